"""静的ファイル: style, fonts and scripts under an address that carries a hash of all of them.

A browser keeps them for a year; a change gives every file a new address. One hash for the whole tree keeps relative
addresses inside style sheets (fonts) right.

Only these files are compressed, once per process. Pages are not: they carry personal data beside what an address may
put into them (a search), and the length of a compressed page can tell the one by the other (BREACH); nor are event
streams, which a compressor would hold back. Style and scripts are the greater part of a first visit and are kept.
"""

import gzip
from functools import cache
from hashlib import sha256
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).parent / "static"
YEAR = 31_536_000
COMPRESSED = frozenset({".css", ".js", ".svg"})
"""Fonts and pictures are compressed by themselves."""


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


@cache
def compressed(path: Path) -> bytes:
    """圧縮: one static file, as gzip, for as long as the process lives."""
    return gzip.compress(path.read_bytes(), 9, mtime=0)


class Assets(StaticFiles):
    """静的ファイルの配信: an address of another release is answered too, but not kept."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        version, _, file = path.replace("\\", "/").partition("/")
        response = await super().get_response(file, scope)
        if Path(file).suffix in COMPRESSED:
            response = self._compressed(response, file, scope)
        fresh = version == fingerprint()
        response.headers["cache-control"] = f"public, max-age={YEAR}, immutable" if fresh else "no-cache"
        return response

    def _compressed(self, plain: Response, file: str, scope: Scope) -> Response:
        """The plain answer has checked path and method already; whatever is no file stays as it is."""
        plain.headers["vary"] = "Accept-Encoding"
        accepted = Headers(scope=scope).get("accept-encoding", "")
        if plain.status_code != 200 or scope["method"] != "GET" or "gzip" not in accepted:
            return plain
        headers = {"content-encoding": "gzip", "vary": "Accept-Encoding"}
        return Response(compressed(STATIC / file), headers=headers, media_type=plain.media_type)
