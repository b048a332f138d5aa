"""帳票と手続: how what was read becomes the answers of a request; and whether a document says it rightly."""

from collections.abc import Iterator, Mapping
from typing import Any

from procedures.document import Procedure
from procedures.form import ChoiceField, ConsentField, FormField, IntegerField, TextField
from procedures.mistakes import Mistake, Where, suggested
from procedures.parts import Node, nodes
from procedures.writing import read_date
from sheets.document import CellId, Sheet
from sheets.results import BirthDate, StatedFrom, Taken
from sheets.values import Empty, NoValue, Value, value

Texts = Mapping[str, str | None]
"""欄の記入: by cell; None where nobody knows."""


# --- what was read ----------------------------------------------------------------------------------------------------


def taken(sheet: Sheet, source: Taken, texts: Texts) -> str | None:
    """記入から: what a cell says, or what the ticked box means; "" where nothing is written, None where nobody
    can tell.

    A decimal point is where the comb has its gap: 1652 in [3, 1] is 165.2.
    """
    if source.cell is not None:
        return _said(sheet, CellId(source.cell), texts)
    return _ticked(source.one_of, texts)


def birth_date(born: BirthDate, texts: Texts) -> str | None:
    """生年月日: ISO 8601; "" where nothing is written, None unless era, year, month and day make a day."""
    era, parts = _ticked(born.era, texts), [texts.get(each) for each in (born.year, born.month, born.day)]
    if era is None or None in parts:
        return None
    figures = [(each or "").strip() for each in parts]
    if not era and not any(figures):
        return ""
    found = read_date(f"{era}{'-'.join(figures)}") if era else None
    return found.isoformat() if found else None


def stated(sheet: Sheet, said: StatedFrom, texts: Texts) -> dict[str, str | None]:
    """申請者の記載."""
    words = {name: _said(sheet, CellId(getattr(said, name)), texts) for name in ("name", "name_kana", "address")}
    return {**words, "birth_date": birth_date(said.birth_date, texts)}


def _said(sheet: Sheet, cell_id: CellId, texts: Texts) -> str | None:
    text, cell = texts.get(cell_id), sheet.cell(cell_id)
    if text is None:
        return None
    try:
        found: Value | Empty = value(cell.kind, text)
    except NoValue:
        return None
    if isinstance(found, Empty):
        return ""
    if cell.kind in ("time", "duration"):
        return f"{int(found) // 60}:{int(found) % 60:02}"
    if cell.kind != "digits":
        return str(found)
    return _with_point(sheet.writing(cell).comb, text.strip())


def _with_point(comb: tuple[int, ...], figures: str) -> str:
    if len(comb) != 2:
        return figures
    padded = figures.rjust(comb[1] + 1, "0")
    return f"{padded[: -comb[1]]}.{padded[-comb[1] :]}"


def _ticked(boxes: Mapping[str, str], texts: Texts) -> str | None:
    marks = {box: texts.get(box) for box in boxes}
    found = [boxes[box] for box, mark in marks.items() if mark]
    if None in marks.values() or len(found) > 1:
        return None
    return found[0] if found else ""


def answer(field: FormField, said: str) -> object:
    """回答: as the form's own page would send it."""
    match field:
        case ConsentField():
            return said == "1"
        case ChoiceField(many=True):
            return [said] if said else []
        case _:
            return said


# --- the document -----------------------------------------------------------------------------------------------------


def mistakes(data: Any, procedures: Mapping[str, Procedure]) -> list[Mistake]:
    """手続との不整合: of a sheet document's plain data, with the procedures in force."""
    result = data.get("result") if isinstance(data, dict) else None
    if not isinstance(result, dict) or result.get("kind") != "filing":
        return []
    name, where = result.get("procedure"), ("result", "procedure")
    if not isinstance(name, str):
        return []
    if name not in procedures:
        return [Mistake(where, f'there is no procedure "{name}"', f"procedure: {suggested(name, procedures)}")]
    fields = {each.id: each for each in procedures[name].form.fields()}
    kinds = {str(node.get("id")): str(node.get("kind")) for _, node in nodes(data, "fields")}
    found = (_answer(place, node, fields, kinds) for place, node in nodes(result, "answers", ("result",)))
    return [mistake for each in found for mistake in each]


def _answer(where: Where, node: Node, fields: Mapping[str, FormField], kinds: Mapping[str, str]) -> Iterator[Mistake]:
    name, boxes = node.get("answer"), node.get("one_of")
    if not isinstance(name, str):
        return
    field = fields.get(name)
    if field is None:
        yield Mistake((*where, "answer"), f'the form asks for no "{name}"', f"answer: {suggested(name, fields)}")
        return
    if isinstance(field, ChoiceField):
        yield from _choice(where, boxes, field)
    elif isinstance(boxes, dict):
        yield Mistake((*where, "one_of"), f'"{name}" is no choice', "cell: one that holds the answer")
    elif not _fits(field, kinds.get(str(node.get("cell")), "")):
        problem = f'"{name}" is a {field.kind}, which this cell cannot hold'
        yield Mistake((*where, "cell"), problem, "a tick for a consent, figures for a number, any but a tick for words")


def _choice(where: Where, boxes: Any, field: ChoiceField) -> Iterator[Mistake]:
    options = [each.value for each in field.options]
    if not isinstance(boxes, dict):
        yield Mistake(where, f'"{field.id}" is a choice', f"one_of: {{box.one: {options[0]}, …}}")
        return
    for box, meant in boxes.items():
        if meant not in options:
            yield Mistake((*where, "one_of", box), f'"{meant}" is no option', f"{suggested(str(meant), options)}")


def _fits(field: FormField, kind: str) -> bool:
    match field:
        case ConsentField():
            return kind == "tick"
        case IntegerField():
            return kind == "digits"
        case TextField():
            return kind != "tick"
        case _:
            return False
