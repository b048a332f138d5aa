"""添付ファイル: what its bytes say counts; whatever pretends, explodes or is too large is refused and not kept."""

import io
import socket
import struct
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import ExifTags, Image
from pypdf import PdfReader, PdfWriter

from api.counter import SESSION_COOKIE
from machine.layout import Layout
from machine.postgres import Role
from machine.visitor import Visitor, wait_for
from tests.api.scenes import HAPPY_PASS, HIMEJI, PDF, SCREENING, Books, Newcomer

EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00\xb8" + b"\x00" * 100 + b"PE\x00\x00"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, kind)
    return out.getvalue()


def noise(size: tuple[int, int], exif: Image.Exif | None = None, kind: str = "JPEG") -> bytes:
    """A photograph: what a camera writes, and nothing a compressor could make small."""
    out = io.BytesIO()
    Image.effect_noise(size, 80).convert("RGB").save(out, kind, exif=exif or Image.Exif())
    return out.getvalue()


def lying_down() -> Image.Exif:
    """What a phone held upright in Himeji writes into a photograph."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Kamera-no-Himeji"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (34.0, 50.0, 21.7), 3: "E", 4: (134.0, 41.0, 38.0)})
    return exif


def pdf(pages: int, password: str | None = None, *, owner_only: bool = False) -> bytes:
    out, writer = io.BytesIO(), PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if password:
        writer.encrypt("" if owner_only else password, password, algorithm="AES-256")
    writer.write(out)
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

    opened = resident.http.get(f"/api/drafts/{draft_id}/attachments/{kept['id']}")
    assert (kept["media_type"], kept["bytes"]) == (kind, len(opened.content))


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("invoice.pdf", EXE, "attachment_refused"),
        ("photo.png", HTML, "attachment_refused"),
        ("photo.jpg", SVG, "attachment_refused"),
        ("photo.png", picture("GIF"), "attachment_refused"),
        ("scan.pdf", archive(), "attachment_refused"),
        ("empty.pdf", b"", "attachment_refused"),
        ("noise.pdf", bytes(range(256)) * 4, "attachment_refused"),
        ("header only.pdf", b"%PDF-1.7\n" + EXE, "file_broken"),
        ("header and end.pdf", b"%PDF-1.7\n" + EXE + b"startxref\n1\n%%EOF", "file_broken"),
        ("half.pdf", PDF[:200], "file_broken"),
        ("no pages.pdf", PDF.replace(b"Kids[3 0 R]/Count 1", b"Kids[]/Count 0     "), "file_broken"),
        ("locked.pdf", pdf(1, password="1904"), "file_locked"),
        ("header only.png", b"\x89PNG\r\n\x1a\n" + HTML, "file_broken"),
        ("half.png", picture("PNG", (400, 400))[:60], "file_broken"),
        ("cut.jpg", b"\xff\xd8\xff\xe0" + HTML, "file_broken"),
        ("half.jpg", noise((200, 200))[:2000], "file_broken"),
        ("bomb.png", bomb(), "picture_too_large"),
    ],
)
def test_what_is_not_what_it_seems_is_refused_and_not_kept(
    newcomer: Newcomer, books: Books, name: str, data: bytes, code: str
) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)

    assert send(resident, draft_id, name, data) == (422, code)
    assert books.of_draft(draft_id)["attachments"] == 0


def test_a_file_that_is_two_things_is_only_ever_served_as_the_one_we_found(newcomer: Newcomer, books: Books) -> None:
    """A picture with a page behind it: no browser may take it for the page."""
    resident = newcomer()
    draft_id = draft_of(resident)

    kept = resident.attach(draft_id, "card_receipt", "photo.png", picture("PNG") + HTML)

    opened = resident.http.get(f"/api/drafts/{draft_id}/attachments/{kept['id']}")
    assert kept["media_type"] == opened.headers["content-type"] == "image/png"
    assert b"script" not in opened.content, "only the picture was kept"


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
    assert send(resident, draft_id, "b.pdf", pdf(2)) == (422, "too_many_files"), "one was asked for"
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


# --- photographs -----------------------------------------------------------------------------------------------------

ALLOWANCE, INSURANCE = "child_allowance", "health_insurance"


def send_all(resident: Visitor, draft_id: str, *files: tuple[str, bytes]) -> httpx.Response:
    return resident.http.post(
        f"/api/drafts/{draft_id}/attachments",
        data={"field": INSURANCE},
        files=[("file", each) for each in files],
    )


def opened(resident: Visitor, draft_id: str, kept: dict[str, Any]) -> httpx.Response:
    return resident.http.get(f"/api/drafts/{draft_id}/attachments/{kept['id']}")


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photograph_is_kept_upright_and_without_its_place(newcomer: Newcomer, kind: str) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    taken = noise((60, 40), lying_down(), kind)
    assert b"Kamera-no-Himeji" in taken

    kept = resident.attach(draft_id, "card_receipt", "写真.jpg", taken)

    data = opened(resident, draft_id, kept).content
    with Image.open(io.BytesIO(data)) as picture:
        assert (picture.size, len(picture.getexif())) == ((40, 60), 0)
    assert b"Kamera-no-Himeji" not in data


def test_photographs_chosen_together_become_one_pdf(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, ALLOWANCE)
    files = [("IMG_1.jpg", noise((800, 600), lying_down())), ("IMG_2.png", picture("PNG", (90, 30)))]

    answer = send_all(resident, draft_id, *files)

    assert answer.status_code == 201, answer.text
    (kept,) = answer.json()
    assert (kept["name"], kept["media_type"]) == ("IMG_1.pdf", "application/pdf")
    data = opened(resident, draft_id, kept).content
    sizes = [[float(side) / 72 * 25.4 for side in page.mediabox[2:]] for page in PdfReader(io.BytesIO(data)).pages]
    assert sizes == [pytest.approx([210, 297], abs=2), pytest.approx([297, 210], abs=2)], "A4, each in its direction"
    assert b"Kamera-no-Himeji" not in data


def test_a_large_photograph_is_made_a_page_of_legible_size(newcomer: Newcomer) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, ALLOWANCE)
    photo = noise((3000, 4000))

    (kept,) = send_all(resident, draft_id, ("a.jpg", photo), ("b.jpg", picture("JPEG"))).json()

    first = PdfReader(io.BytesIO(opened(resident, draft_id, kept).content)).pages[0].images[0].image
    assert first is not None
    assert 2400 < max(first.size) <= 2480
    assert kept["bytes"] < len(photo)


def test_one_bad_file_of_several_is_named_and_none_is_kept(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, ALLOWANCE)
    refused = send_all(resident, draft_id, ("a.jpg", picture("JPEG")), ("請求書.exe", EXE))
    assert (refused.status_code, refused.json()["title"]) == (422, "attachment_refused")
    assert refused.json()["detail"].startswith("「請求書.exe」")
    assert books.of_draft(draft_id)["attachments"] == 0


def test_more_pages_than_the_question_takes_are_refused(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, ALLOWANCE)
    many = [(f"{n}.jpg", picture("JPEG")) for n in range(5)]
    for files in ([("five.pdf", pdf(5))], many):
        refused = send_all(resident, draft_id, *files)
        assert (refused.status_code, refused.json()["title"]) == (422, "too_many_pages")
    assert send_all(resident, draft_id, ("four.pdf", pdf(4))).status_code == 201
    assert books.of_draft(draft_id)["attachments"] == 1


def test_a_pdf_that_only_forbids_printing_is_readable_and_taken(newcomer: Newcomer) -> None:
    resident = newcomer()
    data = pdf(1, "owner", owner_only=True)
    assert send(resident, draft_of(resident), "bank.pdf", data)[0] == 201


# --- on the way, and back --------------------------------------------------------------------------------------------


def test_an_upload_cut_half_way_leaves_nothing_and_can_be_sent_again(
    newcomer: Newcomer, books: Books, town: Layout
) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    before = kept_objects(town)
    body = (
        b'--x\r\ncontent-disposition: form-data; name="field"\r\n\r\ncard_receipt\r\n'
        b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + PDF
    )
    head = (
        f"POST /api/drafts/{draft_id}/attachments HTTP/1.1\r\nhost: 127.0.0.1\r\n"
        f"cookie: {SESSION_COOKIE}={resident.http.cookies[SESSION_COOKIE]}\r\n"
        f"content-type: multipart/form-data; boundary=x\r\ncontent-length: {len(body) + 5000}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", town.ports.web)) as line:
        line.sendall(head.encode() + body)
        line.shutdown(socket.SHUT_WR)
        line.settimeout(20)
        assert b" 201 " not in line.recv(100)

    assert books.of_draft(draft_id)["attachments"] == 0
    assert kept_objects(town) == before
    assert send(resident, draft_id, "a.pdf", PDF)[0] == 201
    assert len(kept_objects(town) - before) == 1


def test_bytes_of_a_draft_that_vanished_meanwhile_are_removed(newcomer: Newcomer, books: Books, town: Layout) -> None:
    """Another device holds the draft while the file arrives, and deletes it: the row cannot be written."""
    resident = newcomer()
    draft_id = draft_of(resident)
    before = kept_objects(town)
    with ThreadPoolExecutor(1) as device, town.postgres.connect(Role.OWNER) as other, other.transaction():
        other.execute("select from draft where id = %s for update", (draft_id,))
        sent = device.submit(send, resident, draft_id, "a.pdf", PDF)
        wait_for(lambda: len(kept_objects(town) - before), lambda new: new == 1, "the bytes to be written")
        other.execute("delete from draft where id = %s", (draft_id,))
    assert sent.result() == (404, "not_found")
    assert kept_objects(town) == before


def test_two_devices_do_not_attach_more_than_is_asked_for(newcomer: Newcomer, books: Books, town: Layout) -> None:
    resident = newcomer()
    draft_id = draft_of(resident)
    before = kept_objects(town)
    with ThreadPoolExecutor(4) as devices:
        answers = list(devices.map(lambda n: send(resident, draft_id, f"{n}.pdf", pdf(n + 1))[0], range(4)))
    assert sorted(answers) == [201, 422, 422, 422]
    assert books.of_draft(draft_id)["attachments"] == 1
    assert len(kept_objects(town) - before) == 1


@pytest.mark.parametrize("files", [[("a.pdf", PDF)], [("1.png", picture("PNG")), ("2.jpg", picture("JPEG"))]])
def test_a_double_click_attaches_a_file_once(
    newcomer: Newcomer, books: Books, town: Layout, files: list[tuple[str, bytes]]
) -> None:
    """Two are asked for, so that there is room for it twice; photographs are one PDF by then."""
    resident = newcomer()
    draft_id = draft_of(resident, ALLOWANCE)
    before = kept_objects(town)

    with ThreadPoolExecutor(2) as clicks, town.postgres.connect(Role.OWNER) as other, other.transaction():
        other.execute("select from draft where id = %s for update", (draft_id,))
        sent = [clicks.submit(send_all, resident, draft_id, *files) for _ in range(2)]
        wait_for(lambda: len(kept_objects(town) - before), lambda new: new == 2, "both to have come as far as the lock")

    first, second = (each.result() for each in sent)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert books.of_draft(draft_id)["attachments"] == 1
    assert len(kept_objects(town) - before) == 1
    opened_again = resident.http.get(f"/api/drafts/{draft_id}/attachments/{first.json()[0]['id']}")
    assert len(opened_again.content) == first.json()[0]["bytes"]


def test_the_same_file_sent_again_is_there_once_and_takes_no_room(newcomer: Newcomer, town: Layout) -> None:
    resident = newcomer()
    draft_id = draft_of(resident, ALLOWANCE)
    before = kept_objects(town)

    twice = send_all(resident, draft_id, ("a.pdf", PDF), ("b.pdf", PDF)).json()
    again = send_all(resident, draft_id, ("c.pdf", PDF), ("d.pdf", pdf(2)))
    full = send_all(resident, draft_id, ("e.pdf", pdf(3)))

    assert (again.status_code, full.status_code) == (201, 422)
    assert {each["id"] for each in twice} == {again.json()[0]["id"]}
    assert [each["name"] for each in resident.get(f"/api/drafts/{draft_id}")["attachments"]] == ["a.pdf", "d.pdf"]
    assert len(kept_objects(town) - before) == 2


def test_the_owner_opens_a_file_again_and_nobody_else(newcomer: Newcomer) -> None:
    owner, stranger = newcomer(), newcomer()
    draft_id = draft_of(owner)
    kept = owner.attach(draft_id, "card_receipt", "リス; a=1.pdf", PDF)

    for folder in ("/api/drafts", "/drafts"):
        answer = owner.http.get(f"{folder}/{draft_id}/attachments/{kept['id']}")
        assert answer.content == PDF
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E3%83%AA%E3%82%B9%3B%20a%3D1.pdf"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "no-store" in answer.headers["cache-control"]
        assert stranger.http.get(f"{folder}/{draft_id}/attachments/{kept['id']}").status_code == 404
        assert owner.http.get(f"{folder}/{draft_of(owner)}/attachments/{kept['id']}").status_code == 404


def kept_objects(town: Layout) -> set[str]:
    """Everything in the object store of this city's attachments."""
    return {path.name for path in (town.objects / HIMEJI / "attachments").glob("*")}
