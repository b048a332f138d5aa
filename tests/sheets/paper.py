"""紙: small sheets, and a reader whose mistakes are known, so that a decoder's answers can be judged."""

from collections.abc import Iterable, Mapping
from random import Random

from sheets.document import CellId, Sheet
from sheets.reading import Alternative, CellReading

TITLE = {"ja": "様", "en": "a sheet", "zh": "表", "ko": "표"}
CHECKS = (
    {"kind": "difference", "table": "row", "start": "start", "end": "end", "minus": "break", "equals": "hours"},
    {"kind": "complete", "table": "row", "columns": ["day", "start", "end", "hours"]},
    {"kind": "days", "table": "row", "column": "day"},
    {"kind": "sum", "table": "row", "column": "hours", "total": "total.hours"},
)


def report(
    rows: int, *, step: int = 1, checks: Iterable[Mapping[str, object]] = CHECKS, counted: bool = False
) -> Sheet:
    """A work report of so many rows; `counted`: with a field for the number of days, too."""

    def written(name: str, kind: str, x: int, comb: list[int]) -> dict[str, object]:
        stepped = step if kind in ("time", "duration") else 1
        return {"id": name, "kind": kind, "x": x, "comb": comb, "label": TITLE, "step": stepped}

    columns = [
        written("day", "day", 20, [2]),
        written("start", "time", 40, [2, 2]),
        written("end", "time", 70, [2, 2]),
        written("break", "duration", 100, [1, 2]),
        written("hours", "duration", 130, [2, 2]),
    ]
    total = {**written("total.hours", "duration", 120, [3, 2]), "y": 250}
    days = {**written("total.days", "digits", 30, [2]), "y": 250}
    count = {"kind": "count", "table": "row", "column": "day", "total": "total.days"}
    return Sheet.model_validate(
        {
            "id": "report",
            "version": 1,
            "title": TITLE,
            "belongs_to": "person_month",
            "department": "children",
            "fields": [total, days] if counted else [total],
            "tables": [{"id": "row", "rows": rows, "top": 50, "pitch": 7, "columns": columns}],
            "checks": [*checks, count] if counted else list(checks),
        },
        strict=False,
    )


def read(cell: str, *alternatives: tuple[str, float]) -> CellReading:
    """A reader's belief about one cell."""
    found = tuple(Alternative(text=text, probability=probability) for text, probability in alternatives)
    return CellReading(cell=CellId(cell), alternatives=found)


def certain(texts: Mapping[str, str], sure: float = 0.999) -> list[CellReading]:
    """A reader that is nearly sure, and right."""
    return [read(cell, (text, sure)) for cell, text in texts.items()]


def row(name: str, day: str, start: str, end: str, rest: str, hours: str) -> dict[str, str]:
    """What is written in one row."""
    columns = ("day", "start", "end", "break", "hours")
    return {f"{name}.{column}": text for column, text in zip(columns, (day, start, end, rest, hours), strict=True)}


def misread(text: str, random: Random, doubt: float) -> tuple[tuple[str, float], ...]:
    """A calibrated reader: this share of its characters is doubtful, and of those it is wrong as often as it says."""
    found = [("", 1.0)]
    for character in text:
        spread = _believed(character, random) if character.isdigit() and random.random() < doubt else {character: 1.0}
        found = [(begun + seen, weight * own) for begun, weight in found for seen, own in spread.items()]
    return tuple(sorted(found, key=lambda each: -each[1])[:12])


def _believed(character: str, random: Random) -> dict[str, float]:
    """Three digits it may be; the true one takes each place as often as the probability of that place says."""
    sure = random.uniform(0.35, 0.999)
    places = [sure, (1 - sure) * 0.6, (1 - sure) * 0.4]
    others = random.sample(sorted(set("0123456789") - {character}), 2)
    true_place = random.choices(range(3), places)[0]
    return dict(zip([*others[:true_place], character, *others[true_place:]], places, strict=True))
