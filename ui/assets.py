"""静的ファイル: style, fonts and scripts under an address that carries a hash of all of them.

A browser keeps them for a year; a change gives every file a new address. One hash for the whole tree keeps relative
addresses inside style sheets (fonts) right.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
YEAR = 31_536_000


@cache
def fingerprint() -> str:
    """指紋: of every static file's name and content, read once per process."""
    digest = sha256()
    for path in sorted(path for path in STATIC.rglob("*") if path.is_file()):
        digest.update(path.relative_to(STATIC).as_posix().encode() + b"\0")
        digest.update(sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def address(path: str) -> str:
    """アドレス: of one static file."""
    return f"/static/{fingerprint()}/{path}"


class Assets(StaticFiles):
    """静的ファイルの配信: an address of another release is answered too, but not kept."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        version, _, file = path.replace("\\", "/").partition("/")
        response = await super().get_response(file, scope)
        fresh = version == fingerprint()
        response.headers["cache-control"] = f"public, max-age={YEAR}, immutable" if fresh else "no-cache"
        return response
