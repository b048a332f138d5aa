"""欄の読み: what is probable for single boxes becomes what is probable for a whole cell.

Boxes are read apart from each other, so a cell's alternatives are products of its boxes' alternatives. What a box may
hold beside digits and nothing (struck out, written over) is in no alternative: it is the cell's "something else".
"""

import heapq
import math
from collections.abc import Iterator, Sequence

from activities.ocr.digits import EMPTY, LEAST, Probabilities
from sheets.document import Cell
from sheets.reading import Alternative, CellReading

MOST = 40
"""Alternatives of one cell: the decoder looks for the most probable that fits, and it is hardly ever further down."""
BLANK = " "
TICK = "1"
_CHARACTERS = (*"0123456789", BLANK)


def combed(cell: Cell, boxes: Sequence[Probabilities]) -> CellReading:
    """一文字一枠の欄: `boxes` are the probabilities of the classes in each box, from the left."""
    alternatives = [
        Alternative(text=_text(characters), probability=probability) for characters, probability in _ranked(boxes)
    ]
    return CellReading(cell=cell.id, alternatives=tuple(alternatives))


def ticked(cell: Cell, box: Probabilities) -> CellReading:
    """印の欄: a tick is whatever is not nothing."""
    empty = min(float(box[EMPTY]), 1.0)
    found = (Alternative(text="", probability=empty), Alternative(text=TICK, probability=1 - empty))
    return CellReading(cell=cell.id, alternatives=tuple(sorted(found, key=lambda each: -each.probability)))


def _text(characters: str) -> str:
    """What is wholly empty has no characters at all."""
    return characters if characters.strip() else ""


def _ranked(boxes: Sequence[Probabilities]) -> Iterator[tuple[str, float]]:
    """The most probable combinations, best first, by a queue of neighbours: no need to make all 11 to the fourth."""
    ranked = [_of_box(box) for box in boxes]
    queue = [(-_product(ranked, first := (0,) * len(ranked)), first)]
    seen = {queue[0][1]}
    for _ in range(MOST):
        if not queue:
            return
        negative, places = heapq.heappop(queue)
        if -negative < LEAST:
            return
        yield "".join(ranked[at][place][0] for at, place in enumerate(places)), -negative
        for at in range(len(places)):
            neighbour = (*places[:at], places[at] + 1, *places[at + 1 :])
            if neighbour[at] < len(ranked[at]) and neighbour not in seen:
                seen.add(neighbour)
                heapq.heappush(queue, (-_product(ranked, neighbour), neighbour))


def _of_box(box: Probabilities) -> list[tuple[str, float]]:
    characters = zip(_CHARACTERS, box.tolist()[: len(_CHARACTERS)], strict=True)
    return sorted(characters, key=lambda each: -each[1])


def _product(ranked: Sequence[list[tuple[str, float]]], places: Sequence[int]) -> float:
    return math.prod(ranked[at][place][1] for at, place in enumerate(places))
