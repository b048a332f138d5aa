"""机: what every step's activity has at hand: the store, the procedure library, and the way a step is recorded.

An effect is keyed by (case, step, epoch, round). An activity that is run again finds its stored result and returns it.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypedDict, Unpack
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from procedures.document import Procedure
from procedures.loader import Library
from procedures.process import StepKind
from procedures.rules import Facts
from procedures.steps import Step
from procedures.values import MunicipalityCode
from store import cases
from store.cases import Situation
from store.closed_days import ClosedDays
from store.database import Database
from workflows.contracts import StepInput, StepResult

JAPAN = ZoneInfo("Asia/Tokyo")


class Shown(TypedDict, total=False):
    """How a step shows: its status on pages, its facts (without personal data) in the audit log."""

    status: str
    facts: Mapping[str, object]


@dataclass(frozen=True)
class StepAtDesk:
    """机上の案件: the situation of one step, its procedure and its options."""

    given: StepInput
    kind: StepKind
    case: Situation
    procedure: Procedure
    options: Step

    @property
    def stored(self) -> StepResult | None:
        """The result of the effect, where it happened before."""
        return None if self.case.stored is None else StepResult.model_validate(self.case.stored)

    @property
    def received_on(self) -> date:
        return day_in_japan(self.case.received_at)

    @property
    def on_paper(self) -> bool:
        """紙の申請か否か: nobody signed it, and its resident has no portal."""
        return self.case.arrival != "online"

    @property
    def facts(self) -> Facts:
        """事実: what this step's rules may read; `today` is the day of receipt."""
        return Facts(
            answers=self.case.answers,
            today=self.received_on,
            signer=self.case.signer,
            register=_subject(self.case.register_record),
        )

    @property
    def effect_key(self) -> str:
        """冪等キー: (case, step, epoch) as one string, for a neighbour's own idempotency."""
        return f"{self.given.receipt_number}/{self.given.step}/{self.given.epoch}"


def _subject(record: Mapping[str, object] | None) -> Mapping[str, object] | None:
    subject = None if record is None else record.get("subject")
    return subject if isinstance(subject, Mapping) else None


def day_in_japan(at: datetime) -> date:
    return at.astimezone(JAPAN).date()


class Desk:
    """机: one per worker process."""

    def __init__(self, database: Database, library: Library) -> None:
        self._database = database
        self.library = library
        self.closed = ClosedDays(database)
        """市の休庁日 of a municipality."""

    @contextmanager
    def writing(self, municipality: MunicipalityCode) -> Iterator[Connection]:
        """One transaction in the case's municipality."""
        with self._database.transaction(municipality) as connection:
            yield connection

    def take(self, given: StepInput, kind: StepKind) -> StepAtDesk:
        """Read all a step needs, in one statement."""
        with self._database.reading(given.municipality) as connection:
            case = cases.situation(connection, given.receipt_number, given.step, given.epoch, kind, given.round)
        procedure = self.library.version(case.procedure, case.version)
        return StepAtDesk(given, kind, case, procedure, procedure.step(given.step))

    def record(self, step: StepAtDesk, result: StepResult, action: str, **shown: Unpack[Shown]) -> StepResult:
        """記録: in a transaction of its own."""
        with self.writing(step.given.municipality) as connection:
            self.record_in(connection, step, result, action, **shown)
        return result

    def record_in(
        self, connection: Connection, step: StepAtDesk, result: StepResult, action: str, **shown: Unpack[Shown]
    ) -> None:
        """記録: effect, status and audit line in one statement, in the transaction of what belongs to them."""
        effect = cases.Effect(
            receipt_number=step.given.receipt_number,
            step=step.given.step,
            epoch=step.given.epoch,
            round=step.given.round,
            kind=step.kind,
            result=result.model_dump_json(),
            action=action,
            facts=json.dumps(shown.get("facts", {})),
            status=shown.get("status"),
            reason=result.reason,
        )
        cases.record(connection, effect)
