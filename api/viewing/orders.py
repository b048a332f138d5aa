"""描画の注文: what the web process and its rasterizer say to each other; neither needs the other's libraries."""

import json
import struct
from dataclasses import dataclass
from typing import IO, Literal

Turn = Literal[0, 90, 180, 270]
"""Clockwise."""
Failure = Literal["broken", "locked", "too_large", "no_such_page", "unfinished"]
"""unfinished: it took too long or too much memory, and was ended."""

MOST_PAGES = 2_000
"""Pages of a PDF that can be looked at one by one; more is for a reader of one's own."""
MOST_BYTES = 64 * 1024 * 1024
"""Of a file to be drawn and of a picture; whoever announces more is not believed."""
LENGTHS = struct.Struct(">II")
"""Of the two parts of a message: JSON and bytes."""


@dataclass(frozen=True)
class Wanted:
    """求める頁: of a file of this media type, so many pixels wide once it is turned. Page 0 only counts."""

    media_type: str
    page: int = 1
    width: int = 1200
    turn: Turn = 0


@dataclass(frozen=True)
class Drawn:
    """描いた頁: how many pages the file has; `failure`: why there is no picture."""

    pages: int = 0
    failure: Failure | None = None


def send(pipe: IO[bytes], said: object, data: bytes = b"") -> None:
    """一通送る: JSON and bytes, each behind its length."""
    text = json.dumps(said).encode()
    pipe.write(LENGTHS.pack(len(text), len(data)) + text)
    pipe.write(data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> tuple[dict[str, object], bytes]:
    """一通受け取る. Raises EOFError where the other side is gone, or out of its mind."""
    head = pipe.read(LENGTHS.size)
    if len(head) < LENGTHS.size:
        raise EOFError
    said, more = LENGTHS.unpack(head)
    if max(said, more) > MOST_BYTES:
        raise EOFError
    text, data = pipe.read(said), pipe.read(more)
    if len(text) < said or len(data) < more:
        raise EOFError
    return json.loads(text), data
