"""紙の読取り: the scan of a paper fills the form's answers in; an officer confirms what is not sure, or types by hand.

What a machine read is on no draft until an officer has looked at all of it that is doubtful.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

import anyio.from_thread

from api.counter import Counter
from api.filing import drafts as draft_cases
from api.filing import paper
from api.paper.views import PaperReadingView, ReadLine, ReadStanding
from api.problems import problem
from api.views import Visitor
from procedures.document import Procedure
from procedures.submission import PAPER_SCAN
from procedures.values import MunicipalityCode
from sheets.document import Sheet
from sheets.filing import Texts, answer, birth_date, taken
from sheets.results import FilingResult, StatedFrom, Taken
from store import drafts, paper_readings
from store.paper import PaperDraftRow
from store.paper_readings import ReadingRow
from store.sheet_pages import CellRead

LATE = timedelta(minutes=3)
"""A page takes seconds. After so long its readers are away, and a hand is quicker."""
STATED = "stated."
"""Before the name of what is written of the person; all else is a question of the form."""


def readable(counter: Counter, procedure_id: str) -> bool:
    """読み取れる様式があるか否か, of this procedure."""
    results = (each.result for each in counter.sheets.all())
    return any(isinstance(each, FilingResult) and each.procedure == procedure_id for each in results)


def ask(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> PaperReadingView:
    """読取りを求める: it goes on in the background. Asked again, it is read anew.

    Raises Problem: not_found, draft_filed, not_readable, scan_missing, reading_unreachable.
    """
    with counter.database.transaction(city) as connection:
        row = paper.permitted(counter, connection, officer, draft_id)
        if row.receipt_number is not None:
            raise problem("draft_filed")
        if row.corrects is not None or not readable(counter, row.procedure):
            raise problem("not_readable")
        if not any(each.field == PAPER_SCAN for each in drafts.attachments(connection, draft_id)):
            raise problem("scan_missing")
        paper_readings.ask(connection, draft_id, officer.account_id)
    if not anyio.from_thread.run(counter.dispatch.begin_paper_reading, city, draft_id):
        with counter.database.transaction(city) as connection:
            paper_readings.discard(connection, draft_id)
        raise problem("reading_unreachable")
    return read(counter, city, officer, draft_id)


def read(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> PaperReadingView:
    """読取り, as far as it has come. Raises Problem not_found: nobody asked for one."""
    with counter.database.reading(city) as connection:
        row = paper.looked_at(counter, connection, officer, draft_id)
        return _view(counter, row, _asked_for(paper_readings.read(connection, draft_id)))


def picture(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> bytes:
    """紙の画像 (WebP). Raises Problem: not_found."""
    with counter.database.reading(city) as connection:
        paper.looked_at(counter, connection, officer, draft_id)
        found = paper_readings.picture(connection, draft_id)
    if found is None:
        raise problem("not_found")
    return found


def confirm(
    counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID, values: Mapping[str, str],
    seen: frozenset[str],
) -> PaperReadingView:  # fmt: skip
    """確かめた: the answers are the draft's now, and the person is proposed. Values not sent are as read.

    Raises Problem: not_found, draft_filed, nothing_to_confirm, reading_unseen.
    """
    with counter.database.reading(city) as connection:
        row = paper.permitted(counter, connection, officer, draft_id)
        found = _view(counter, row, _asked_for(paper_readings.read(connection, draft_id)))
        resident = Visitor(account_id=row.account_id)
        there = draft_cases.owned(connection, resident, draft_id).answers
    if found.state != "read":
        raise problem("nothing_to_confirm")
    if unseen(found, values, seen):
        raise problem("reading_unseen")
    said = {line.place: values.get(line.place, line.value or "") for line in found.lines}
    procedure = counter.library.version(row.procedure, row.version)
    draft_cases.save(counter, city, resident, draft_id, {**there, **_answers(procedure, said)})
    stated = {name.removeprefix(STATED): word for name, word in said.items() if name.startswith(STATED)}
    with counter.database.transaction(city) as connection:
        paper_readings.settle(connection, draft_id, stated)
    return read(counter, city, officer, draft_id)


def discard(counter: Counter, city: MunicipalityCode, officer: Visitor, draft_id: UUID) -> None:
    """読取りを使わない: it is typed by hand. Raises Problem: not_found."""
    with counter.database.transaction(city) as connection:
        paper.permitted(counter, connection, officer, draft_id)
        paper_readings.discard(connection, draft_id)


def unseen(found: PaperReadingView, values: Mapping[str, str], seen: frozenset[str]) -> tuple[str, ...]:
    """未確認: what is not sure, was neither ticked nor changed."""
    return tuple(
        line.place
        for line in found.lines
        if line.standing != "sure"
        and line.place not in seen
        and values.get(line.place, line.value or "").strip() == (line.value or "")
    )


# --- small things -----------------------------------------------------------------------------------------------------


def _asked_for(row: ReadingRow | None) -> ReadingRow:
    if row is None:
        raise problem("not_found")
    return row


def _answers(procedure: Procedure, said: Mapping[str, str]) -> dict[str, object]:
    """Nothing written is no answer: what was typed before stays."""
    fields = {field.id: field for field in procedure.form.fields()}
    return {
        name: answer(fields[name], word)
        for name, word in said.items()
        if name in fields and (word or fields[name].kind == "consent")
    }


def _view(counter: Counter, row: PaperDraftRow, reading: ReadingRow) -> PaperReadingView:
    late = reading.state == "waiting" and datetime.now(UTC) - reading.asked_at > LATE
    lines: tuple[ReadLine, ...] = ()
    if reading.sheet is not None and reading.sheet_version is not None:
        sheet = counter.sheets.version(reading.sheet, reading.sheet_version)
        lines = tuple(_lines(sheet, counter.library.version(row.procedure, row.version), reading.read_cells))
    return PaperReadingView(
        state=reading.state, asked_at=reading.asked_at, late=late, fault=reading.fault, sheet=reading.sheet,
        sheet_version=reading.sheet_version, lines=lines,
    )  # fmt: skip


def _lines(sheet: Sheet, procedure: Procedure, cells: tuple[CellRead, ...]) -> Iterator[ReadLine]:
    """The person first, as the paper has it; then the questions that this version of the form asks."""
    if not isinstance(sheet.result, FilingResult):
        return
    by_id = {each.cell: each for each in cells}
    texts: Texts = {name: each.text for name, each in by_id.items()}
    if sheet.result.stated is not None:
        yield from _person(sheet, sheet.result.stated, by_id, texts)
    asked = {field.id for field in procedure.form.fields()}
    for each in sheet.result.answers:
        if each.answer in asked:
            yield _line(each.answer, each.cells, taken(sheet, each, texts), by_id)


def _person(
    sheet: Sheet, said: StatedFrom, by_id: Mapping[str, CellRead], texts: Texts
) -> Iterator[ReadLine]:  # fmt: skip
    for name, cell in (("name", said.name), ("name_kana", said.name_kana)):
        yield _line(STATED + name, (cell,), taken(sheet, Taken(cell=cell), texts), by_id)
    born = said.birth_date
    yield _line(f"{STATED}birth_date", born.cells, birth_date(born, texts), by_id)
    yield _line(f"{STATED}address", (said.address,), taken(sheet, Taken(cell=said.address), texts), by_id)


def _line(place: str, cells: tuple[str, ...], value: str | None, by_id: Mapping[str, CellRead]) -> ReadLine:
    standing: ReadStanding = "sure" if all(by_id[each].accepted for each in cells) else "doubtful"
    return ReadLine(place=place, value=value, standing="unread" if value is None else standing, cells=cells)
