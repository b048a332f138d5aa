"""解読の頑健さ: whatever a reader believes, the answer is made of probabilities and of what was read."""

from hypothesis import given, settings
from hypothesis import strategies as st
from paper import report

from sheets.decoding import decode
from sheets.document import CellId
from sheets.known import Known
from sheets.reading import Alternative, CellReading

SHEET = report(3)
TEXTS = st.one_of(
    st.sampled_from(["", " ", "0900", "1730", " 900", "0060", "2570", "05", "100", "x", "３"]), st.text(max_size=6)
)


@st.composite
def readings(draw: st.DrawFn) -> list[CellReading]:
    """Of some of the cells, in any order."""
    cells = draw(st.lists(st.sampled_from([cell.id for cell in SHEET.cells]), unique=True))
    return [_reading(cell, draw(st.lists(st.tuples(TEXTS, st.floats(0, 1)), max_size=5))) for cell in cells]


def _reading(cell: CellId, drawn: list[tuple[str, float]]) -> CellReading:
    whole = max(1.0, sum(weight for _, weight in drawn))
    shares = sorted(((text, weight / whole) for text, weight in drawn), key=lambda each: -each[1])
    return CellReading(cell=cell, alternatives=tuple(Alternative(text=text, probability=p) for text, p in shares))


@settings(max_examples=60, deadline=None)
@given(readings())
def test_every_cell_gets_a_probability_and_nothing_that_was_not_read(believed: list[CellReading]) -> None:
    found = decode(SHEET, believed, Known(month="2026-02"))
    assert [each.cell for each in found.cells] == [cell.id for cell in SHEET.cells]
    read = {reading.cell: {each.text for each in reading.alternatives} for reading in believed}
    for each in found.cells:
        assert 0 <= each.probability <= 1 + 1e-9
        if each.text:
            assert each.text in read[each.cell]
        assert not (each.agreed and each.text is None)


@settings(max_examples=20, deadline=None)
@given(readings(), st.randoms(use_true_random=False))
def test_the_order_of_the_readings_does_not_matter(believed: list[CellReading], random: object) -> None:
    shuffled = list(believed)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert decode(SHEET, believed, Known()) == decode(SHEET, shuffled, Known())
