"""上限: a body larger than allowed is refused while it arrives, before anything is written."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem


class UploadLimit:
    """上限 in bytes, whatever Content-Length claims."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

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

        await self._app(scope, counted, send)
