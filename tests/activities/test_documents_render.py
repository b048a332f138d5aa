"""文書作成: what goes in comes out as text, nothing is fetched, nothing is left out in silence."""

import subprocess
from pathlib import Path

import pytest
from documents_samples import HANAKO, ISSUED_AT, LANGUAGES, LIBRARY, RESIDENCE, context, renderer, verification
from PIL import Image

from activities.documents.render import DocumentUnprintable, RenderedDocument, Renderer
from procedures.verification import Verification, printed_code

__all__ = ["renderer", "verification"]

TEMPLATES = sorted(str(path.relative_to(LIBRARY)) for path in LIBRARY.glob("*/documents/*.html"))
TEMPLATES += ["_shared/receipt.html", "_shared/address_label.html"]
HOSTILE = "<script>alert(1)</script><img src='file:///etc/passwd'>{{ 7 * 7 }}{% include 'x' %} & \"'"


def _text(pdf: bytes) -> str:
    """The text of the PDF, in one piece: pdftotext spaces it out after the layout."""
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(said.stdout.decode().split())


def _page(renderer: Renderer, folder: Path, body: str) -> RenderedDocument:
    """Renders a template made of `body` in a library of its own."""
    (folder / "_shared").mkdir()
    (folder / "_shared" / "document.css").write_text("html { font-family: IPAexMincho }")
    (folder / "page.html").write_text(f"<title>t</title>{body}")
    return Renderer(folder).render("page.html", {}, issued_at=ISSUED_AT)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", TEMPLATES)
def test_every_template_fits_one_page_in_every_language(
    renderer: Renderer, verification: Verification, template: str, language: str
) -> None:
    document = renderer.render(template, context(language), issued_at=ISSUED_AT, verification=verification)
    assert document.page_count == 1
    assert "None" not in _text(document.pdf)


def test_the_same_input_gives_the_same_bytes(renderer: Renderer, verification: Verification) -> None:
    first, second = (
        renderer.render(RESIDENCE, context(), issued_at=ISSUED_AT, verification=verification) for _ in range(2)
    )
    assert first == second
    assert first == Renderer(LIBRARY).render(RESIDENCE, context(), issued_at=ISSUED_AT, verification=verification)


def test_markup_and_braces_in_data_come_out_as_text(renderer: Renderer) -> None:
    hostile = context()
    hostile["register"]["person"] = HANAKO | {"previous_address": HOSTILE}
    text = _text(renderer.render(RESIDENCE, hostile, issued_at=ISSUED_AT).pdf)
    assert "<script>alert(1)</script>" in text
    assert "{{7*7}}{%include'x'%}" in text


def test_a_certificate_shows_the_register_and_never_the_answers(renderer: Renderer) -> None:
    forged = context(name="偽名　太郎", address="東京都千代田区", birth_date="1900-01-01")
    text = _text(renderer.render(RESIDENCE, forged, issued_at=ISSUED_AT).pdf)
    assert "姫路花子" in text
    assert "偽名" not in text
    assert "千代田" not in text


def test_what_was_not_asked_for_is_left_out(renderer: Renderer) -> None:
    modest = context(include_domicile=False, include_relationship=False)
    text = _text(renderer.render(RESIDENCE, modest, issued_at=ISSUED_AT).pdf)
    assert "龍野" not in text
    assert "太郎" not in text.replace("城太郎", "")
    assert "省略" in text


def test_a_household_of_three_fits_on_one_page(renderer: Renderer, verification: Verification) -> None:
    document = renderer.render(RESIDENCE, context(kind="household"), issued_at=ISSUED_AT, verification=verification)
    assert "姫路さくら" in _text(document.pdf)
    assert document.page_count == 1


def test_a_larger_household_lists_every_member_and_numbers_its_pages(
    renderer: Renderer, verification: Verification
) -> None:
    large = context(kind="household")
    large["register"]["household"]["members"] *= 2
    document = renderer.render(RESIDENCE, large, issued_at=ISSUED_AT, verification=verification)
    text = _text(document.pdf)
    assert text.count("姫路さくら") == 2
    assert document.page_count == 2
    assert "2／2" in text
    assert text.count(verification.code) >= 2


def test_the_seal_covers_the_last_letter_of_the_mayors_name_and_no_other(renderer: Renderer, tmp_path: Path) -> None:
    document = renderer.render(RESIDENCE, context(), issued_at=ISSUED_AT)
    assert document.seal_box is not None
    (tmp_path / "c.pdf").write_bytes(document.pdf)
    # pdftotext -bbox merges the name into one word; its right edge is the last letter's
    said = subprocess.run(["pdftotext", "-bbox", tmp_path / "c.pdf", "-"], capture_output=True, check=True, text=True)
    word = next(line for line in said.stdout.splitlines() if "郎</word>" in line and "城" in line)
    right = float(word.split('xMax="')[1].split('"')[0])
    letter = 14.0
    assert right - letter < document.seal_box.left < right


def test_a_template_can_fetch_nothing(renderer: Renderer, tmp_path: Path) -> None:
    for asked in ("file:///etc/hostname", "http://127.0.0.1:9/x", "data:image/png;base64,AAAA"):
        folder = tmp_path / asked[:4]
        folder.mkdir()
        with pytest.raises(DocumentUnprintable, match="asked for"):
            _page(renderer, folder, f'<img src="{asked}">')


def test_a_letter_no_font_has_is_refused_by_name(renderer: Renderer) -> None:
    for unprintable in ("\ue000", "\U0003ffff"):  # a private letter of some office, and none at all
        unknown = context()
        unknown["register"]["person"] = HANAKO | {"name": f"姫路　{unprintable}花"}
        with pytest.raises(DocumentUnprintable, match=f"U.{ord(unprintable):04X}"):
            renderer.render(RESIDENCE, unknown, issued_at=ISSUED_AT)


def test_rare_letters_and_variants_of_names_are_printed(renderer: Renderer) -> None:
    rare = context()
    rare["register"]["person"] = HANAKO | {"name": "𠮷野家　葛\U000e0100𫝆"}
    text = _text(renderer.render(RESIDENCE, rare, issued_at=ISSUED_AT).pdf)
    assert "𠮷野家葛\U000e0100𫝆" in text


def test_missing_data_is_refused_not_left_blank(renderer: Renderer) -> None:
    incomplete = context()
    del incomplete["municipality"]["mayor"]
    with pytest.raises(DocumentUnprintable, match="mayor"):
        renderer.render(RESIDENCE, incomplete, issued_at=ISSUED_AT)


def test_a_template_can_not_reach_pythons_insides(renderer: Renderer, tmp_path: Path) -> None:
    with pytest.raises(DocumentUnprintable):
        _page(renderer, tmp_path, "{{ ''.__class__.__mro__ }}")


def test_a_missing_template_is_said(renderer: Renderer) -> None:
    with pytest.raises(DocumentUnprintable, match="no document template"):
        renderer.render("absent/documents/x.html", {}, issued_at=ISSUED_AT)
    with pytest.raises(DocumentUnprintable):
        renderer.render("../../pyproject.toml", {}, issued_at=ISSUED_AT)


def test_the_code_can_be_read_back_out_of_a_damaged_copy(renderer: Renderer, verification: Verification) -> None:
    pdf = renderer.render(RESIDENCE, context(), issued_at=ISSUED_AT, verification=verification).pdf
    damaged = pdf[: len(pdf) // 3] + b"\0" * 40 + pdf[len(pdf) // 3 + 90 :]
    assert printed_code(pdf) == verification.code
    assert printed_code(damaged) == verification.code
    assert printed_code(b"%PDF-1.7 another file") is None


def test_the_qr_symbol_is_drawn_module_by_module(
    renderer: Renderer, verification: Verification, tmp_path: Path
) -> None:
    document = renderer.render(RESIDENCE, context(), issued_at=ISSUED_AT, verification=verification)
    (tmp_path / "c.pdf").write_bytes(document.pdf)
    subprocess.run(["pdftoppm", "-r", "300", "-gray", tmp_path / "c.pdf", tmp_path / "c"], check=True)
    page = Image.open(tmp_path / "c-1.pgm")
    rows = verification.qr_rows
    dots = 300 / 25.4
    left, top = 18 * dots, (297 - 40 + 2.5) * dots  # the page margin, then the table cell's own
    module = 20 * dots / len(rows)
    read = tuple(
        bytes(page.getpixel((left + (x + 0.5) * module, top + (y + 0.5) * module)) < 128 for x in range(len(rows)))
        for y in range(len(rows))
    )
    wrong = sum(a != b for drawn, wanted in zip(read, rows, strict=True) for a, b in zip(drawn, wanted, strict=True))
    assert wrong == 0
