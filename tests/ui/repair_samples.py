"""修復の見本: the pages of repairs in every state; `ui_samples` shows them with all other pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

from api.administration.cases import CaseCountsView, CasesAsked
from api.bulk.orders import ProgressView
from api.problems import problem
from api.repair.adopting import PARTS, VersionChange
from api.repair.orders import RepairItemView, RepairView
from api.repair.outlook import Obstacle, RepairOutlook
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId
from ui.admin import repair_contents as contents
from ui.admin.repair_contents import Typed

PLACE = "/admin/repairs"
NUMBER = ReceiptNumber("282014-261123-7K3MQ")
EXPECTED = RepairOutlook(
    stays=(StepId("signature"), StepId("register"), StepId("fee")), again=(StepId("review"), StepId("issue")),
    asked_again=(StepId("review"),), documents_revoked=1, points_reversed=True, yen_kept=300,
)  # fmt: skip

Shown = tuple[str, str, dict[str, Any], str]


def repair_pages(language: Language, library: Library, now: datetime, text: str) -> Iterator[Shown]:
    """Every page of repairs; `text` is what people wrote."""
    lines = [a_repair(now, text, state=state) for state in contents.STATES]
    yield "repairs", "admin/repairs.html", contents.overview(language, lines), PLACE
    yield "no repairs", "admin/repairs.html", contents.overview(language, ()), PLACE
    for name, typed, found, earlier, refused in (
        ("of many", Typed(), 1_234, [], None),
        ("of a case", Typed(case=NUMBER), 0, lines, None),
        ("refused", Typed(kind="go_back", reason=text), 12, [], problem("repair_step_unsaid").text),
    ):
        counts = CaseCountsView(looked_at=found, capped=False, found=found, statuses={})
        shown = contents.form(language, library, CasesAsked(), counts, earlier, typed) | {"problem": refused}
        yield f"repair form {name}", "admin/repair_form.html", shown, f"{PLACE}/new"
    for each in lines:
        yield f"repair {each.state}", "admin/repair.html", contents.repair(language, library, each), PLACE
    moved = a_repair(now, text, kind="adopt_version", items=adopted(), said={"kind": "adopt_version", "reason": text})
    yield "repair to a new version", "admin/repair.html", contents.repair(language, library, moved), PLACE
    answer = a_repair(now, text, kind="answer", own=True)
    yield "repair of one's own", "admin/repair.html", contents.repair(language, library, answer), PLACE


def adopted() -> tuple[RepairItemView, ...]:
    """A case for which nearly everything changes."""
    change = VersionChange(
        before=1, after=2, added=(StepId("council"), StepId("legal")), dropped=(StepId("issue"),),
        changed=(StepId("review"),), parts=PARTS,
    )  # fmt: skip
    item = RepairItemView(
        position=0, receipt_number=NUMBER, procedure=ProcedureId("smart_city_partner"), version=1,
        status="under_review", step=StepId("review"), outcome=None, reason=None,
        outlook=RepairOutlook(stays=(StepId("signature"),), version=change),
    )  # fmt: skip
    return (item,)


def a_repair(now: datetime, text: str, **changes: object) -> RepairView:
    proposed = changes.get("state", "proposed") == "proposed"
    outlooks = [EXPECTED, *(RepairOutlook(obstacle=each) for each in get_args(Obstacle))]
    items = tuple(
        RepairItemView(
            position=n, receipt_number=NUMBER, procedure=ProcedureId("residence_certificate"), version=1,
            status="under_review", step=StepId("review"), outlook=each if proposed else None,
            outcome=None if proposed else ("done", "refused", "sent", None)[n % 4],
            reason=None if proposed or n % 4 != 1 else "step_not_reached",
        )
        for n, each in enumerate(outlooks)
    )  # fmt: skip
    signed = {} if proposed else {"approved_by": text[:40] or "余部　進", "approved_at": now}
    return RepairView.model_validate(
        {
            "id": UUID(int=7), "kind": "go_back", "state": "proposed", "own": False, "items": items,
            "said": {"kind": "go_back", "step": "review", "outcome": "done", "reason": text},
            "asked_by": text[:40] or "姫路　花子", "approved_by": None, "planned_at": now - timedelta(hours=1),
            "approved_at": None, "finished_at": None,
            "progress": ProgressView(total=len(items), done=2, refused=2, sent=1, waiting=len(items) - 5),
        }
        | signed
        | changes
    )  # fmt: skip
