"""上限: a body larger than allowed is refused while it arrives, before anything is written."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem


class UploadLimit:
    """上限 in bytes, whatever Content-Length claims; `refusal` answers instead of what a broken-off body led to."""

    def __init__(self, app: ASGIApp, limit: int, refusal: ASGIApp) -> None:
        self._app = app
        self._limit = limit
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        left = self._limit

        async def counted() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise problem("too_large")
            return message

        async def answered(message: Message) -> None:
            if left >= 0:
                await send(message)

        await self._app(scope, counted, answered)
        if left < 0:
            await self._refusal(scope, receive, send)
