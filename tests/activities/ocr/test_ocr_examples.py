"""学習例: what people settled becomes pictures of single boxes, just as they were shown, and nothing beside them."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from scanned_paper import LIBRARY, SHEET, filled_sheet, scanned

from activities.batch.examples import collected, write
from activities.batch.page_reading import _webp
from activities.ocr.boxes import characters, without_rules
from activities.ocr.digits import EMPTY, OTHER
from activities.ocr.examples import Taught, digest
from activities.ocr.registration import RegisteredPage
from activities.ocr.sorting import sort_page
from procedures.values import MunicipalityCode
from sheets.document import CellId
from store.objects import Objects
from store.sheet_pages import Example
from training import corrected

HIMEJI = MunicipalityCode("282014")
KEY = "282014/sheets/1/1.webp"
WRITTEN = {"row01.day": " 3", "row01.start": " 815", "row02.start": "930 ", "row01.end": "1745", "hours": "  930"}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Objects:
    """With one page's picture, as its batch keeps it and its officers see it."""
    paper = filled_sheet(WRITTEN)
    paper.tick(SHEET.cell(CellId("holiday")).boxes[0])
    page = sort_page(scanned(paper, degrees=1), LIBRARY).page
    assert page is not None
    kept = Objects(f"file://{tmp_path_factory.mktemp('objects')}")
    kept.put(KEY, _webp(page.image))
    return kept


def settled(**texts: str) -> list[Example]:
    """A person said this of these cells."""
    said = {name.replace("__", "."): text for name, text in texts.items()}
    return [Example(KEY, SHEET.id, SHEET.version, cell, text, None) for cell, text in said.items()]


def taught(objects: Objects, **texts: str) -> Taught:
    return collected(settled(**texts), objects, LIBRARY)


def shown(objects: Objects, cell: str) -> list[bytes]:
    """The pieces of the picture that a person was shown over this cell, its printed lines taken out."""
    image = cv2.imdecode(np.frombuffer(objects.get(KEY), np.uint8), cv2.IMREAD_GRAYSCALE)
    page = without_rules(
        RegisteredPage(np.asarray(image, np.uint8), 4), [box for each in SHEET.cells for box in each.boxes]
    )
    return [each.tobytes() for each in characters(page, SHEET.cell(CellId(cell)).boxes)]


def test_an_example_is_byte_for_byte_the_cell_that_was_shown(objects: Objects, tmp_path: Path) -> None:
    found = taught(objects, row01__end="1745")
    with np.load(write(tmp_path, HIMEJI, found)) as stored:
        kept = [
            (picture.tobytes(), int(label)) for picture, label in zip(stored["pictures"], stored["labels"], strict=True)
        ]
    assert sorted(kept) == sorted(zip(shown(objects, "row01.end"), (1, 7, 4, 5), strict=True))


@pytest.mark.parametrize(
    ("cell", "said", "boxes"),
    [
        ("row01__start", "0815", [8, 1, 5, EMPTY]),  # typed in full, written without the zero
        ("row02__start", "0930", [9, 3, 0, EMPTY]),  # and to the left
        ("hours", "00930", [9, 3, 0, EMPTY, EMPTY]),
        ("row01__day", "03", [3, EMPTY]),
        ("row03__start", "", [EMPTY] * 4),
        ("holiday", "1", [OTHER]),
    ],
)
def test_in_which_box_a_figure_stands_the_paper_says(objects: Objects, cell: str, said: str, boxes: list[int]) -> None:
    found = taught(objects, **{cell: said})
    by_picture = dict(zip((each.tobytes() for each in found.pictures), found.labels.tolist(), strict=True))
    assert sorted(found.labels.tolist()) == sorted(boxes)
    inked = [by_picture[each] for each in shown(objects, cell.replace("__", ".")) if by_picture[each] not in (EMPTY,)]
    assert inked == [each for each in boxes if each != EMPTY], "each figure is the label of its own box"


@pytest.mark.parametrize(("cell", "said"), [("row01__start", "1815"), ("row03__start", "1200"), ("holiday", "")])
def test_what_the_paper_contradicts_teaches_nothing(objects: Objects, cell: str, said: str) -> None:
    found = taught(objects, **{cell: said})
    assert (len(found.labels), found.left_out) == (0, 1)


def test_remarks_are_never_cut_out_and_nothing_stands_in_the_order_it_was_written(objects: Objects) -> None:
    found = taught(objects, remark="研修", row01__end="1745", row01__start="0815")
    assert len(found.labels) == 8
    digests = [digest(each) for each in found.pictures]
    assert digests == sorted(digests)


def test_of_a_destroyed_page_there_is_nothing(objects: Objects) -> None:
    gone = [Example("282014/sheets/2/1.webp", SHEET.id, SHEET.version, "row01.end", "1745", None)]
    assert len(collected(gone, objects, LIBRARY).labels) == 0


def test_what_is_exported_is_what_training_reads(objects: Objects, tmp_path: Path) -> None:
    everything = taught(objects, row01__end="1745", row01__start="0815", row02__start="0930", hours="00930")
    write(tmp_path, HIMEJI, everything)
    read = corrected.read(tmp_path)
    both = np.concatenate([read.learning.labels, read.examining.labels])
    assert sorted(both.tolist()) == sorted(everything.labels.tolist())
    (tmp_path / "other.npz").write_bytes(b"PK\3\4")
    with pytest.raises(corrected.ExamplesUnreadable, match=r"other\.npz"):
        corrected.read(tmp_path)


def test_a_folder_without_an_export_says_how_one_is_made(tmp_path: Path) -> None:
    with pytest.raises(corrected.ExamplesUnreadable, match="madoguchi sheets examples"):
        corrected.read(tmp_path)
