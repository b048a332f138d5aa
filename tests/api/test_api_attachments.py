"""添付ファイル: what its bytes say counts; whatever pretends, explodes or is too large is refused and not kept."""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

import pytest
from PIL import Image

from machine.visitor import Visitor
from tests.api.scenes import HAPPY_PASS, PDF, SCREENING, Books, Newcomer

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8" + b"\x00" * 100 + b"PE\x00\x00"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that claims to be 900 million pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("zeros", b"\x00" * 1_000_000)
    return out.getvalue()


def draft_of(resident: Visitor, procedure: str = HAPPY_PASS) -> str:
    return str(resident.post("/api/drafts", {"procedure": procedure, "language": "ja"})["id"])


def send(resident: Visitor, draft_id: str, name: str, data: bytes, field: str = "card_receipt") -> tuple[int, str]:
    answer = resident.http.post(
        f"/api/drafts/{draft_id}/attachments", data={"field": field}, files={"file": (name, data)}
    )
    assert answer.is_success or answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, "" if answer.is_success else answer.json()["title"]


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("写真.jpg", picture("JPEG"), "image/jpeg"),
        ("a.png", picture("PNG"), "image/png"),
        ("really a picture.exe", picture("PNG"), "image/png"),
    ],
)
def test_a_pdf_and_pictures_are_taken_by_what_they_are(newcomer: Newcomer, name: str, data: bytes, kind: str) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    kept = resident.attach(draft_id, "card_receipt", name, data)

    assert (kept["media_type"], kept["bytes"]) == (kind, len(data))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("invoice.pdf", EXE),
        ("photo.png", HTML),
        ("photo.jpg", SVG),
        ("photo.png", picture("GIF")),
        ("scan.pdf", archive()),
        ("empty.pdf", b""),
        ("header only.pdf", b"%PDF-1.7\n" + EXE),
        ("header only.png", b"\x89PNG\r\n\x1a\n" + HTML),
        ("cut.jpg", b"\xff\xd8\xff\xe0" + HTML),
        ("bomb.png", bomb()),
        ("noise.pdf", bytes(range(256)) * 4),
    ],
)
def test_a_disguised_file_is_refused_and_not_kept(newcomer: Newcomer, books: Books, name: str, data: bytes) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    assert send(resident, draft_id, name, data) == (422, "attachment_refused")
    assert books.of_draft(draft_id)["attachments"] == 0


def test_a_file_that_is_two_things_is_only_ever_served_as_the_one_we_found(newcomer: Newcomer, books: Books) -> None:
    """A picture with a page behind it: no browser may take it for the page."""
    resident = newcomer()
    draft_id = draft_of(resident)

    kept = resident.attach(draft_id, "card_receipt", "photo.png", picture("PNG") + HTML)

    assert kept["media_type"] == "image/png"


def test_fifty_megabytes_are_refused_while_they_arrive(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    megabyte = b"0" * 1_000_000

    assert send(resident, draft_id, "large.pdf", PDF + megabyte * 50) == (413, "too_large")

    def multipart() -> Iterator[bytes]:
        yield b'--x\r\ncontent-disposition: form-data; name="field"\r\n\r\ncard_receipt\r\n'
        yield b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
        for _ in range(50):
            yield megabyte
        yield b"\r\n--x--\r\n"

    answer = resident.http.post(
        f"/api/drafts/{draft_id}/attachments",
        content=multipart(),
        headers={"content-type": "multipart/form-data; boundary=x"},
    )
    assert (answer.status_code, answer.json()["title"]) == (413, "too_large")
    assert books.of_draft(draft_id)["attachments"] == 0


def test_a_file_larger_than_its_question_allows_is_refused(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    assert send(resident, draft_id, "six.pdf", PDF + b"\n" * 6_000_000 + b"%%EOF\n") == (413, "too_large")
    assert books.of_draft(draft_id)["attachments"] == 0


def test_files_go_only_where_a_file_is_asked_for_and_no_more_than_asked(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id, screening_id = draft_of(resident), draft_of(resident, SCREENING)

    assert send(resident, draft_id, "a.pdf", PDF, field="baby_name") == (422, "attachment_refused")
    assert send(resident, draft_id, "a.pdf", PDF, field="no_such") == (422, "attachment_refused")
    assert send(resident, screening_id, "a.pdf", PDF) == (422, "attachment_refused")
    assert send(resident, draft_id, "a.pdf", PDF)[0] == 201
    assert send(resident, draft_id, "b.pdf", PDF) == (422, "attachment_refused"), "one was asked for"
    assert books.of_draft(draft_id)["attachments"] == 1


def test_a_file_name_is_shown_and_never_a_path(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    kept = resident.attach(draft_id, "card_receipt", "..\\..\\/etc/pass\u202ewd<b>.pdf", PDF)

    assert kept["name"] == "passwd<b>.pdf"


def test_answers_cannot_claim_a_file_that_was_never_sent(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    forged = [{"name": "a.pdf", "media_type": "application/pdf", "bytes": 9, "sha256": "0" * 64}]

    resident.put(f"/api/drafts/{draft_id}/answers", {"answers": {"card_receipt": forged}})

    assert resident.get(f"/api/drafts/{draft_id}")["attachments"] == []


def test_a_strangers_attachment_can_be_neither_seen_nor_removed(newcomer: Newcomer, books: Books) -> None:
    owner, stranger = newcomer(), newcomer()
    draft_id = draft_of(owner)
    kept = owner.attach(draft_id, "card_receipt", "a.pdf", PDF)

    assert send(stranger, draft_id, "b.pdf", PDF) == (404, "not_found")
    removed = stranger.http.delete(f"/api/drafts/{draft_id}/attachments/{kept['id']}")
    assert removed.status_code == 404
    own = draft_of(stranger)
    assert stranger.http.delete(f"/api/drafts/{own}/attachments/{kept['id']}").status_code == 404
    assert books.of_draft(draft_id)["attachments"] == 1
