"""添付ファイルの検査: what a file is, whether it is whole and harmless; decided by its bytes, never by its name."""

import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import filetype
from pypdf import PasswordType, PdfReader

from api.counter import Counter
from api.filing import photographs as pictures
from api.problems import problem
from procedures.form import AttachmentKind

_KINDS: dict[str, AttachmentKind] = {"application/pdf": "pdf", "image/jpeg": "jpeg", "image/png": "png"}


@dataclass(frozen=True)
class Examined:
    """検査済みのファイル: `data` as it may be kept (a picture without place and camera), `pages` of a PDF."""

    media_type: str
    data: bytes
    pages: int | None


def examine(
    counter: Counter, data: bytes, accept: Collection[AttachmentKind], max_bytes: int, max_pages: int | None
) -> Examined:
    """検査する: size, kind, virus, wholeness, pictures. Sizes in bytes.

    Raises Problem: too_large, attachment_refused (its kind), file_infected, file_unchecked (try again), file_broken,
    file_locked, too_many_pages, picture_too_large.
    """
    media_type = require_kind(data, accept)
    if len(data) > max_bytes:
        raise problem("too_large")
    require_clean(counter, data)
    if media_type == "application/pdf":
        return Examined(media_type, data, _pages(data, max_pages))
    cleaned = pictures.cleaned(data)
    if len(cleaned) > max_bytes:
        raise problem("too_large")
    return Examined(media_type, cleaned, None)


def bind(
    counter: Counter,
    photographs: Sequence[bytes],
    accept: Collection[AttachmentKind],
    max_bytes: int,
    max_pages: int | None,
) -> Examined:
    """写真をPDFにまとめる: each examined, all together one PDF of at most `max_bytes`.

    Raises Problem, as `examine` does.
    """
    if max_pages is not None and len(photographs) > max_pages:
        raise problem("too_many_pages")
    for data in photographs:
        require_kind(data, accept)
        require_clean(counter, data)
    for quality in pictures.QUALITIES:
        bound = pictures.bound(photographs, quality)
        if len(bound) <= max_bytes:
            return Examined("application/pdf", bound, len(photographs))
    raise problem("too_large")


def require_kind(data: bytes, accept: Collection[AttachmentKind]) -> str:
    """種類: the media type its first bytes tell. Raises Problem: attachment_refused."""
    found = filetype.guess(data)
    media_type = str(found.mime) if found else ""
    if _KINDS.get(media_type) not in accept:
        raise problem("attachment_refused")
    return media_type


def require_clean(counter: Counter, data: bytes) -> None:
    """ウイルス検査, where the city has a scanner. Raises Problem: file_infected, file_unchecked."""
    if counter.scan is not None:
        counter.scan.require_clean(data)


def _pages(data: bytes, most: int | None) -> int:
    """ページ数. One that opens without a password is readable by an officer, whatever else it forbids."""
    if b"%%EOF" not in data[-4096:]:  # ISO 32000-1, 7.5.5: cut off on the way
        raise problem("file_broken")
    try:
        pdf = PdfReader(io.BytesIO(data))
        locked = pdf.is_encrypted and pdf.decrypt("") is PasswordType.NOT_DECRYPTED
        count = 0 if locked else len(pdf.pages)
    except Exception as error:  # the parser raises whatever hostile bytes make it raise
        raise problem("file_broken") from error
    if locked:
        raise problem("file_locked")
    if count == 0:
        raise problem("file_broken")
    if most is not None and count > most:
        raise problem("too_many_pages")
    return count
