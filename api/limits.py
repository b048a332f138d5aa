"""上限: a body larger than allowed is refused while it arrives, before anything is written."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem

WITHOUT_FILES = 4 * 1024 * 1024
"""Bytes of a body that carries no files: it is held in memory, files are not."""


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
        with_files = Headers(scope=scope).get("content-type", "").startswith("multipart/form-data")
        left = self._limit if with_files else min(self._limit, WITHOUT_FILES)

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
