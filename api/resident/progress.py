"""進み具合: the stages of a case, whose turn it is, since when, and how long they have. Pure; read from the audit log.

The workflow decides; this tells what it decided. Each moment here is the one the workflow counts from.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from api.views import CLOSED, Action, Actor, CaseStatus, StageView, TimelineEntry
from procedures import calendar
from procedures.approval_route import decided_by_law, judged_anew
from procedures.document import Procedure
from procedures.rules import Facts, RuleFailed
from procedures.steps import Step
from procedures.texts import Text
from store.cases import CaseRow

ACTS_NEXT: Mapping[CaseStatus, Actor | None] = {
    "received": "counter",
    "checking": "counter",
    "awaiting_payment": "resident",
    "under_review": "officer",
    "awaiting_correction": "resident",
    "awaiting_neighbour": "neighbour",
    "issuing": "counter",
    "mailing": "officer",
    "handing_out": "officer",
    "delivered": None,
    "rejected": None,
    "withdrawn": None,
    "lapsed": None,
    "recalled": None,
}
"""次に対応する人, by status."""

BEGINNINGS: Mapping[CaseStatus, Action] = {
    "received": "received",
    "awaiting_payment": "payment_opened",
    "under_review": "task_opened",
    "mailing": "task_opened",
    "handing_out": "task_opened",
    "awaiting_correction": "sent_back",
    "awaiting_neighbour": "neighbour_awaited",
}
"""What is said when a case begins to wait like this. The others begin with whatever was said last."""

COMPLETING: frozenset[Action] = frozenset(
    {
        "signature_checked",
        "register_checked",
        "payment_confirmed",
        "payment_received",
        "approved",
        "deemed_accepted",
        "document_issued",
        "delivered",
        "posted",
        "handed_out",
        "points_awarded",
    }
)
"""What is said when a step is done."""

RECEIPT = Text(ja="受付", en="Received", zh="受理", ko="접수")
HANDING_OUT = Text(ja="書面の交付", en="Handing the documents out", zh="交付文件", ko="서류 교부")
"""交付: what a step of electronic delivery is to whoever applied on paper."""


@dataclass(frozen=True)
class Progress:
    """進み具合 of one case, from its row, its answers and its timeline (oldest first)."""

    procedure: Procedure
    row: CaseRow
    answers: Mapping[str, object]
    timeline: Sequence[TimelineEntry]
    city_closed: Collection[date]
    """市の休庁日."""

    @property
    def closed(self) -> bool:
        return self.row.status in CLOSED

    @property
    def round(self) -> tuple[TimelineEntry, ...]:
        """今回の経過: since the last correction; a corrected case walks from its first step again.

        Without what officers judge anew since one of them returned the case to another.
        """
        last = max((n for n, entry in enumerate(self.timeline) if entry.action == "corrected"), default=0)
        found: list[TimelineEntry] = []
        for entry in self.timeline[last:]:
            if entry.action == "returned":
                anew = judged_anew(self.procedure.process().steps, str(entry.facts.get("to")))
                found = [each for each in found if each.step not in anew]
            else:
                found.append(entry)
        return tuple(found)

    def acts_next(self) -> Actor | None:
        """次に対応する人."""
        return next((who for status, who in ACTS_NEXT.items() if status == self.row.status), None)

    def since(self) -> datetime | None:
        """いつから: when the case began to wait for them, or when it was closed."""
        if self.row.closed_at is not None:
            return self.row.closed_at
        action = next((begun for status, begun in BEGINNINGS.items() if status == self.row.status), None)
        said = [entry for entry in self.round if entry.action == action] if action else list(self.round[-1:])
        if not said:
            return None
        if action in ("neighbour_awaited", "payment_opened"):  # asked again and again: the first time counts
            return next(entry.at for entry in said if entry.step == said[-1].step)
        return said[-1].at

    def act_until(self) -> datetime | None:
        """あなたの期限: by when the resident must pay or correct, as the workflow counts."""
        since = self.since()
        if self.row.status == "awaiting_payment" and since is not None:
            return since + timedelta(days=self.procedure.limits.payment_days)
        if self.row.status == "awaiting_correction" and self.row.suspended_at is not None:
            return self.row.suspended_at + timedelta(days=self.procedure.limits.correction_days)
        return None

    def business_days_left(self, now: datetime | None = None) -> int | None:
        """残りの開庁日数; stopped with the clock (行政手続法7条), negative once the period is over."""
        if self.closed:
            return None
        counted_from = (self.row.suspended_at or now or datetime.now(UTC)).astimezone(calendar.JAPAN).date()
        due_on = self.row.due_at.astimezone(calendar.JAPAN).date()
        return calendar.business_days_between(counted_from, due_on, self.city_closed)

    def retry_at(self) -> datetime | None:
        """次に確認する時刻 of a system that could not tell."""
        if self.row.status != "awaiting_neighbour":
            return None
        said = [entry.facts.get("retry_at") for entry in self.timeline if entry.action == "neighbour_awaited"]
        return datetime.fromisoformat(str(said[-1])) if said and said[-1] else None

    # --- stages -------------------------------------------------------------------------------------------------------

    def stages(self) -> tuple[StageView, ...]:
        """段階: the receipt, then every step of the procedure."""
        at = None if self.on_paper else self.row.received_at  # [of a paper only the day is known]
        received = StageView(step=None, title=RECEIPT.model_dump(), state="done", at=at)
        by_law = self._settled_by_law()
        applying = [step for step in self.steps if self._applies(step) and step.id not in by_law]
        done = self._done(applying)
        current = next((_group(step) for step in applying if step.id not in done), None)
        return (received, *(self._stage(step, applying, done, current) for step in self.steps))

    @property
    def on_paper(self) -> bool:
        return self.row.arrival != "online"

    @property
    def steps(self) -> tuple[Step, ...]:
        """Those there can be: whoever applied on paper signed nothing."""
        return tuple(step for step in self.procedure.steps if not (self.on_paper and step.kind == "check_signature"))

    def _settled_by_law(self) -> frozenset[str]:
        """みなしで行わない段階: levels after the one at which the law decided."""
        at = next((entry.step for entry in self.round if entry.action == "deemed_accepted" and entry.step), None)
        return decided_by_law(self.procedure.process().steps, at) - {at} if at else frozenset()

    def _stage(
        self, step: Step, applying: Sequence[Step], done: Mapping[str, datetime | None], current: str | None
    ) -> StageView:
        title = HANDING_OUT if self.on_paper and step.kind == "deliver" else step.title
        view = StageView(step=step.id, title=title.model_dump(), state="ahead")
        if step not in applying:
            return view.model_copy(update={"state": "passed_over"})
        if step.id in done:
            return view.model_copy(update={"state": "done", "at": done[step.id]})
        if _group(step) == current:
            return view.model_copy(update={"state": "stopped" if self.closed else "now"})
        return view.model_copy(update={"state": "passed_over"}) if self.closed else view

    def _done(self, applying: Sequence[Step]) -> dict[str, datetime | None]:
        """済んだ処理 and when. What lies before a step that has begun is done, though nothing was said of it."""
        said: dict[str, datetime] = {
            entry.step: entry.at for entry in self.round if entry.action in COMPLETING and entry.step
        }
        if self.row.status == "delivered":
            return {step.id: said.get(step.id) for step in applying}
        begun = {entry.step for entry in self.round if entry.step}
        reached = [n for n, step in enumerate(applying) if step.id in begun]
        furthest = applying[reached[-1]] if reached else None
        before = applying[: reached[-1]] if reached else []
        passed = [step for step in before if furthest is not None and _group(step) != _group(furthest)]
        return {step.id: said.get(step.id) for step in applying if step in passed or step.id in said}

    def _applies(self, step: Step) -> bool:
        facts = Facts(self.answers, self.row.received_at.astimezone(calendar.JAPAN).date())
        try:
            return step.applies(facts)
        except RuleFailed:
            return True


def _group(step: Step) -> str:
    """並行する処理: neighbours of one name count as one."""
    return step.parallel or step.id
