"""解読の正確さ: on sheets small enough to try every combination, the decoder's probabilities are the exact ones."""

from itertools import pairwise, product
from random import Random

import pytest
from paper import read, report

from sheets.decoding import decode
from sheets.document import CellId
from sheets.known import Known
from sheets.options import SLIP, Option, options
from sheets.reading import CellReading

ROWS = ("row01", "row02")
COLUMNS = ("day", "start", "end", "break", "hours")


def readings(random: Random) -> list[CellReading]:
    """Two or three alternatives a cell, of which some combinations agree."""

    def some(texts: list[str]) -> list[tuple[str, float]]:
        chosen = random.sample(texts, random.choice([1, 2, 2]))
        shares = sorted((random.random() for _ in chosen), reverse=True)
        return [(text, 0.98 * share / sum(shares)) for text, share in zip(chosen, shares, strict=True)]

    texts = {
        "day": ["03", "04", "05"], "start": ["0900", "0930"], "end": ["1200", "1230", "1300"],
        "break": ["", "030"], "hours": ["0300", "0330", "0400"],
    }  # fmt: skip
    cells = [read(f"{row}.{column}", *some(texts[column])) for row in ROWS for column in COLUMNS]
    return [*cells, read("total.hours", *some(["00600", "00630", "00700"]))]


def weight(picked: dict[str, Option]) -> float:
    """How probable one reading of the whole sheet is: as read, and SLIP for each contradiction."""
    found = 1.0
    for option in picked.values():
        found *= option.weight
    for row in ROWS:
        start, end, rest, hours = (picked[f"{row}.{column}"] for column in COLUMNS[1:])
        pause = rest.number if rest.filled else 0
        numbers = [end.number, start.number, pause, hours.number]
        known = [each for each in numbers if each is not None]
        found *= 1 if len(known) == 4 and known[0] - known[1] - known[2] == known[3] else SLIP
    days = [each for each in (picked[f"{row}.day"].number for row in ROWS) if each is not None]
    for earlier, later in pairwise(days):
        found *= 1 if earlier < later else SLIP
    addends = [picked[f"{row}.hours"].number for row in ROWS]
    total = picked["total.hours"].number
    return found * (1 if None not in addends and total == sum(each or 0 for each in addends) else SLIP)


@pytest.mark.parametrize("seed", range(12))
def test_the_probability_of_each_value_is_that_of_all_readings_with_it(seed: int) -> None:
    sheet, read_cells = report(2), readings(Random(seed))
    offered = options(sheet, read_cells, Known())
    cells = list(offered)
    exact: dict[tuple[CellId, object], float] = {}
    whole = 0.0
    for combination in product(*(offered[cell] for cell in cells)):
        picked = {str(cell): option for cell, option in zip(cells, combination, strict=True)}
        own = weight(picked)
        whole += own
        for cell, option in zip(cells, combination, strict=True):
            exact[cell, option.text] = exact.get((cell, option.text), 0.0) + own
    for each in decode(sheet, read_cells, Known()).cells:
        best = max(share for (cell, _), share in exact.items() if cell == each.cell)
        assert exact[each.cell, each.text] == pytest.approx(best, rel=1e-5)
        assert each.probability == pytest.approx(best / whole, rel=1e-5)
