"""処理基盤の画面: Temporal's Web UI has an address of its own; only it may ask the codec from a browser.

Cross-Origin Resource Sharing (Fetch Standard §3.2), for the codec alone: no other route answers another origin.
"""

from urllib.parse import urlsplit

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

PLACE = "/codec/"


def origin_of(address: str) -> str:
    """生成元: scheme, host and port of an address."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def is_asking(path: str, origin: str | None, address: str) -> bool:
    """画面からの問い: the codec, asked by Temporal's Web UI at this address, and by nobody else."""
    return path.startswith(PLACE) and origin == origin_of(address)


class OpenToTheEngineUi:
    """門: in front of everything, opened for one origin and one place."""

    def __init__(self, app: ASGIApp, address: str) -> None:
        self._app = app
        self._asked = CORSMiddleware(
            app, allow_origins=[origin_of(address)], allow_credentials=True, allow_methods=["POST"],
            allow_headers=["content-type", "x-namespace", "authorization"],
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        here = scope["type"] == "http" and scope["path"].startswith(PLACE)
        await (self._asked if here else self._app)(scope, receive, send)
