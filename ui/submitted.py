"""送信内容: what a form sent, bounded, and closed when the answer is out."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData

MOST_FIELDS = 700
MOST_FILES = 20


async def sent(request: Request) -> AsyncIterator[FormData]:
    """送信内容: of this request."""
    async with request.form(max_fields=MOST_FIELDS, max_files=MOST_FILES) as form:
        yield form


Sent = Annotated[FormData, Depends(sent)]


def text(form: FormData, name: str, longest: int = 2000) -> str:
    """文字: one field as text; a file or nothing is empty."""
    value = form.get(name)
    # PostgreSQL's text cannot hold U+0000, and nobody types it.
    return value.replace("\x00", "").strip()[:longest] if isinstance(value, str) else ""
