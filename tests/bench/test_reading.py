"""読取の計測: the same held-out sheets by every reader; what is accepted, what of it is wrong; and what it costs.

Nothing here was learnt from, and the threshold is chosen on other sheets, written by other hands (`calibrate`).
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import pytest
from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from activities.batch.settings import SheetSettings
from activities.ocr.boxes import without_rules
from activities.ocr.images import Gray
from activities.ocr.rapid import RapidReader
from activities.ocr.readers import Reader
from activities.ocr.tesseract import DIGITS_ONLY
from machine.layout import CLONE
from sheets.document import Cell
from sheets.geometry import Box
from sheets.threshold import Judged, Point, chosen, curve
from tests.bench.curve_picture import picture
from tests.bench.reading_pile import FIGURES, Pile, ReadPage, judged, made, read

pytestmark = pytest.mark.timeout(3600)

CALIBRATE_CLUBS, HELD_OUT_CLUBS = 25, 25
"""About eight sheets each."""
COMPARED = 6
"""Sheets that every engine reads; Tesseract takes half a minute for one."""
WANTED_ERROR = 1 / 2000
AIM_ACCEPTED = 0.95
PICTURE = CLONE / "var" / "bench" / "reading-curve.svg"


@dataclass(frozen=True)
class Score:
    """得点: of one reader, over figures that were written."""

    characters: float
    cells: float


@pytest.fixture(scope="module")
def held_out(tmp_path_factory: pytest.TempPathFactory) -> Pile:
    return made(tmp_path_factory.mktemp("held_out"), "held_out", HELD_OUT_CLUBS)


@pytest.fixture(scope="module")
def found(held_out: Pile) -> tuple[list[ReadPage], float]:
    return read(held_out)


@pytest.fixture(scope="module")
def threshold(tmp_path_factory: pytest.TempPathFactory) -> Point:
    """Chosen on sheets nobody is examined on; on written figures, which are the harder ones."""
    pages, _ = read(made(tmp_path_factory.mktemp("calibrate"), "calibrate", CALIBRATE_CLUBS))
    point = chosen(curve(judged(pages, written_only=True)), WANTED_ERROR)
    assert point is not None, "no threshold keeps the error among accepted cells so low"
    return point


def test_every_page_is_told_apart(found: tuple[list[ReadPage], float], console: Console) -> None:
    pairs = Counter((page.truth.kind, page.kind) for page in found[0])
    console.print("\nwhat it is, what it was taken for, pages:", dict(pairs))
    expected = {"sheet": "sheet", "duplicate": "sheet", "blank": "blank", "foreign": "foreign"}
    wrong = {pair: count for pair, count in pairs.items() if expected[pair[0]] != pair[1]}
    assert sum(wrong.values()) <= len(found[0]) / 100, f"{wrong}"


def test_every_reader_on_the_same_sheets(held_out: Pile, found: tuple[list[ReadPage], float], console: Console) -> None:
    pages = [page for page in found[0] if page.reading and page.truth.written][:COMPARED]
    scores = {
        "tesseract, digits only": score(pages, by_engine(held_out, DIGITS_ONLY)),
        "rapidocr": score(pages, by_engine(held_out, RapidReader())),
        "ours": score(pages, by_ours),
        "ours, decoded": score(pages, by_decoder),
    }
    everywhere = [page for page in found[0] if page.reading and page.truth.written]
    scores[f"ours, all {len(everywhere)} sheets"] = score(everywhere, by_ours)
    scores[f"ours, decoded, all {len(everywhere)} sheets"] = score(everywhere, by_decoder)
    console.print(table_of(scores))
    assert scores["ours"].cells > scores["rapidocr"].cells > scores["tesseract, digits only"].cells
    assert scores["ours, decoded"].cells >= scores["ours"].cells


def test_what_is_accepted_is_right(found: tuple[list[ReadPage], float], threshold: Point, console: Console) -> None:
    written, every = (list(judged(found[0], written_only=only)) for only in (True, False))
    console.print(curve_table(written, threshold))
    points = [at(each, threshold.threshold) for each in (written, every)]
    for name, point in zip(("written figures", "all figures, empty ones too"), points, strict=True):
        console.print(
            f"{name}: {point.of:,}, accepted {point.share:.2%}, wrong among them {point.wrong} "
            f"({point.error:.5f}; at most {point.error_at_most:.5f} with 95 % confidence)"
        )
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture(curve(written), points[0], WANTED_ERROR), "utf-8")
    console.print(f"curve: {PICTURE.relative_to(CLONE)}")
    assert points[0].error <= 4 * WANTED_ERROR
    assert points[1].share >= AIM_ACCEPTED - 0.05


def test_what_the_flow_accepts_is_right(found: tuple[list[ReadPage], float], console: Console) -> None:
    """By its own two thresholds: a figure that nothing bears out has to be surer."""
    thresholds = SheetSettings().thresholds
    written = list(judged(found[0], written_only=True))
    sheets = sum(page.decoded is not None for page in found[0])
    points = []
    for name, borne_out, threshold in (("borne out", True, thresholds.borne_out), ("alone", False, thresholds.alone)):
        cells = [cell for cell in written if cell.borne_out == borne_out]
        point = at(cells, threshold)
        points.append(point)
        left = (point.of - point.accepted) / sheets
        console.print(
            f"{name}, from {threshold} on: {point.of:,} figures, accepted {point.share:.2%}, wrong among them "
            f"{point.wrong}; {left:.2f} a sheet left to people"
        )
    accepted = sum(point.accepted for point in points)
    assert sum(point.wrong for point in points) <= accepted * WANTED_ERROR
    assert accepted >= AIM_ACCEPTED * len(written)


def test_what_it_costs(found: tuple[list[ReadPage], float], console: Console) -> None:
    pages, peak = found
    costs = [page.cost for page in pages if page.cost]
    parts = {
        name: sum(getattr(cost, name) for cost in costs) / len(costs) for name in ("sorting", "reading", "decoding")
    }
    console.print({name: f"{1000 * seconds:.0f} ms" for name, seconds in parts.items()})
    console.print(f"{60 / sum(parts.values()):.0f} sheets a minute on one core, at most {peak:.0f} MB")
    assert peak < 1000


# --- readers ----------------------------------------------------------------------------------------------------------

Answers = Callable[[ReadPage, Sequence[Cell]], list[str]]


def by_engine(pile: Pile, reader: Reader) -> Answers:
    """A whole cell as one line, its lines taken out, as these engines want it."""

    def answers(page: ReadPage, cells: Sequence[Cell]) -> list[str]:
        registered = pile.page(page.truth)
        assert registered is not None
        plain = without_rules(registered, [box for cell in cells for box in cell.boxes])
        lines: list[Gray] = [
            cv2.resize(plain.cut(around(cell.boxes), 0.3), None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC)
            for cell in cells
        ]
        return [found[0].text if found else "" for found in reader.read(lines)]

    return answers


def by_ours(page: ReadPage, cells: Sequence[Cell]) -> list[str]:
    assert page.reading
    best = {each.cell: each.alternatives[0].text for each in page.reading.cells if each.alternatives}
    return [best.get(cell.id, "") for cell in cells]


def by_decoder(page: ReadPage, cells: Sequence[Cell]) -> list[str]:
    assert page.decoded
    decoded = {each.cell: each for each in page.decoded.cells}
    return [decoded[cell.id].text or "" for cell in cells]


def around(boxes: Sequence[Box]) -> Box:
    left, right = boxes[0].x, boxes[-1].right
    return Box(x=left, y=boxes[0].y, width=right - left, height=boxes[0].height)


# --- scores -----------------------------------------------------------------------------------------------------------


def score(pages: Sequence[ReadPage], answers: Answers) -> Score:
    """Empty boxes count for nothing, and neither do colons that an engine saw between them."""
    pairs = [pair for page in pages for pair in _pairs(page, answers)]
    likeness = sum(Levenshtein.normalized_similarity(*pair) * len(pair[0]) for pair in pairs)
    return Score(likeness / sum(len(truth) for truth, _ in pairs), sum(t == f for t, f in pairs) / len(pairs))


def _pairs(page: ReadPage, answers: Answers) -> Iterator[tuple[str, str]]:
    assert page.truth.written
    texts = page.truth.written.cells
    cells = [cell for cell in FIGURES if texts[cell.id]]
    for cell, found in zip(cells, answers(page, cells), strict=True):
        yield (texts[cell.id] or "").replace(" ", ""), "".join(found.split()).replace(":", "")


def at(cells: Sequence[Judged], threshold: float) -> Point:
    """What this threshold does with these cells."""
    accepted = [cell for cell in cells if cell.agreed and cell.probability >= threshold]
    return Point(threshold, len(accepted), sum(not cell.right for cell in accepted), len(cells))


def table_of(scores: dict[str, Score]) -> Table:
    table = Table(title=f"読取: written figures of {COMPARED} held-out sheets", title_justify="left")
    for column in ("reader", "characters right", "cells right"):
        table.add_column(column, justify="left" if column == "reader" else "right")
    for name, found in scores.items():
        table.add_row(name, f"{found.characters:.4f}", f"{found.cells:.4f}")
    return table


def curve_table(cells: Sequence[Judged], chosen_point: Point) -> Table:
    title = f"誤りと手間: {len(cells):,} written figures on held-out sheets"
    table = Table(title=title, title_justify="left")
    for column in ("threshold", "accepted", "wrong", "error among accepted", "at most (95 %)"):
        table.add_column(column, justify="right")
    for threshold in sorted({0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999, chosen_point.threshold}):
        point = at(cells, threshold)
        mark = " ← chosen" if threshold == chosen_point.threshold else ""
        row = (f"{threshold:.4f}{mark}", f"{point.share:.2%}", str(point.wrong), f"{point.error:.5f}")
        table.add_row(*row, f"{point.error_at_most:.5f}")
    return table
