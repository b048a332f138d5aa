"""受付: what makes a case of a draft, or the next revision of one: case, audit line and command row in one transaction.

The same for whoever signs, who only logs in, and for an officer who enters what came on paper.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Connection

from api.counter import Counter
from api.filing import drafts as draft_cases
from api.problems import Problem, problem
from procedures import calendar, deadlines
from procedures.document import Procedure
from procedures.paper import arrived_at
from procedures.process import PinnedStep, Process
from procedures.reception import reception_at, reception_text, takes_on
from procedures.rules import Facts
from procedures.values import MunicipalityCode, ProcedureId, ReceiptNumber
from store import cases, commands, drafts
from store.cases import CaseRow
from store.commands import Command
from store.drafts import DraftRow
from store.filing import Opening, open_case
from store.receipts import new_receipt_number
from workflows.contracts import CaseInput


class Filed(BaseModel):
    """受付: the receipt number, also the address of the case."""

    model_config = ConfigDict(frozen=True)

    receipt_number: ReceiptNumber


def in_force(counter: Counter, row: DraftRow) -> Procedure:
    """A correction keeps its case's version; a new submission must be of the version in force."""
    procedure = counter.library.version(row.procedure, row.version)
    if draft_cases.is_outdated(counter, row):
        raise problem("draft_outdated")
    return procedure


def require_reception(procedure: Procedure, row: DraftRow, closed: Collection[date]) -> None:
    """受付期間: new applications only within it, on paper as of their arrival; a correction is always taken."""
    if row.corrects is not None:
        return
    if row.received_on is not None:
        if not takes_on(procedure.reception, row.received_on, closed):
            raise problem("not_received_then")
        return
    reception = reception_at(procedure.reception, datetime.now(UTC), closed)
    if not reception.is_open:
        raise Problem(409, "reception_closed", reception_text(reception))


def require_asked(connection: Connection, row: DraftRow) -> None:
    """補正の求め: nobody signs, or files, a correction that the city does not wait for (any more)."""
    if row.corrects is None:
        return
    case = cases.read(connection, row.corrects, row.account_id)
    if case is None or case.status != "awaiting_correction":
        raise problem("nothing_to_correct")


@dataclass(frozen=True)
class Filing:
    """受付の処理: what goes into one transaction."""

    counter: Counter
    city: MunicipalityCode
    procedure: Procedure
    draft: DraftRow
    content: bytes
    cms: bytes | None
    entered_by: UUID | None = None
    """The officer who entered it from paper; None: its resident filed it."""

    def write(self, connection: Connection) -> Command | None:
        """Case or correction, audit line, draft and command row together; None as `open_case`. Raises Problem."""
        if self.draft.corrects is not None:
            return self._correct(connection, self.draft.corrects)
        return self._open(connection)

    @cached_property
    def answers(self) -> Mapping[str, object]:
        answers: Mapping[str, object] = json.loads(self.content)["answers"]
        return answers

    def _process(self, received_at: datetime) -> Process:
        facts = Facts(self.answers, received_at.astimezone(calendar.JAPAN).date())
        return self.procedure.pinned(facts, signed=self.entered_by is None)

    @property
    def _actor(self) -> str:
        return "resident" if self.entered_by is None else f"officer:{self.entered_by}"

    def _case(self, steps: Sequence[PinnedStep], received_at: datetime, closed: Collection[date]) -> CaseRow:
        deemed_at = self._deemed_at(steps, received_at, closed)
        business_days = self.procedure.limits.processing_business_days
        return CaseRow(
            receipt_number=new_receipt_number(self.city, received_at.astimezone(calendar.JAPAN).date()),
            account_id=self.draft.account_id,
            procedure=ProcedureId(self.procedure.id),
            version=self.procedure.version,
            department=self.procedure.department.id,
            language=self.draft.language,
            status="received",
            step=None,
            reason=None,
            epoch=1,
            received_at=received_at,
            due_at=deadlines.due_at(received_at, business_days, deemed_at, closed),
            suspended_at=None,
            closed_at=None,
            deemed_at=deemed_at,
            arrival=self.draft.arrival,
        )

    def _open(self, connection: Connection) -> Command | None:
        now, closed = datetime.now(UTC), self.counter.closed.within(connection, self.city)
        received_at = now if self.draft.received_on is None else arrived_at(self.draft.received_on, now)
        process = self._process(received_at)
        case = self._case(process.steps, received_at, closed)
        start = CaseInput(
            receipt_number=case.receipt_number, municipality=self.city, process=process, entered_by=self.entered_by
        )
        on_paper = self.entered_by is not None
        opening = Opening(
            municipality=self.city,
            case=case,
            content=self.content,
            answers=self.answers,
            cms=self.cms,
            draft_id=self.draft.id,
            draft_revision=self.draft.revision,
            key=self.counter.keys.make(case.receipt_number),
            start=start.model_dump(mode="json"),
            actor=self._actor,
            action="entered_on_paper" if on_paper else "received",
            facts={"arrival": case.arrival} if on_paper else {},
        )
        return open_case(connection, opening)

    def _correct(self, connection: Connection, receipt_number: ReceiptNumber) -> Command:
        """補正: the next revision; the processing period goes on where it stopped (行政手続法7条)."""
        case = cases.read(connection, receipt_number, self.draft.account_id, lock=True)
        asked = cases.asked_correction(connection, receipt_number)
        if case is None or asked is None or case.status != "awaiting_correction":
            raise problem("nothing_to_correct")
        now, closed = datetime.now(UTC), self.counter.closed.within(connection, self.city)
        revision, _, _ = cases.newest_submission(connection, receipt_number)
        cases.file_revision(
            connection,
            receipt_number,
            revision + 1,
            content=self.content,
            answers=self.answers,
            cms=self.cms,
            draft_id=self.draft.id,
        )
        cases.answer_correction(connection, receipt_number, asked[0])
        resumed = self._resumed(case, now, closed)
        cases.show(connection, receipt_number, status="checking", epoch=case.epoch + 1, **resumed)
        cases.say(connection, receipt_number, "corrected", actor=self._actor)
        drafts.filed(connection, self.draft.id, receipt_number)
        steps = [step.model_dump(mode="json") for step in self._process(case.received_at).steps]
        entered_by = None if self.entered_by is None else str(self.entered_by)
        payload: dict[str, object] = {"epoch": case.epoch + 1, "steps": steps, "entered_by": entered_by}
        return commands.write(connection, self.city, receipt_number, "correct", payload)

    def _deemed_at(
        self, steps: Sequence[PinnedStep], received_at: datetime, closed: Collection[date]
    ) -> datetime | None:  # fmt: skip
        """みなしの時 of a case in which these steps apply."""
        declared = self.procedure.deemed
        if declared is None or declared[0] not in {step.id for step in steps}:
            return None
        return deadlines.deemed_at(declared[1], received_at, closed)

    def _resumed(self, case: CaseRow, now: datetime, closed: Collection[date]) -> dict[str, object]:
        """期限の再開: deadline and day of the law, as the correction moved them, and for how long the clock stood."""
        stopped_at = case.suspended_at or now
        deemed_at = case.deemed_at
        if self.procedure.deemed is not None and deemed_at is not None:
            deemed_at = deadlines.deemed_resumed(self.procedure.deemed[1], deemed_at, stopped_at, now, closed)
        due_at = deadlines.resumed(case.due_at, stopped_at, now, closed)
        return {
            "suspended_at": None,
            "suspended_days": case.suspended_days + deadlines.stood_still(stopped_at, now, closed),
            "due_at": deadlines.before_the_law(due_at, deemed_at, closed),
            "deemed_at": deemed_at,
        }


def begin(counter: Counter, command: Command) -> None:
    """A new case starts after its resident was answered; a correction may be refused, and is waited for."""
    if command.kind == "start":
        counter.dispatch.start_soon(command)
    else:
        counter.tell(command)
