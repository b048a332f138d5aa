"""Officers, their duties, substitutes and what they looked at, as their pages show them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from starlette.datastructures import FormData

from api.access.appointments import known_duties
from api.desk.handover import ColleagueView
from api.problems import problem
from api.staff.accesses import AccessesAsked, AccessesPage, AccessView
from api.staff.functions import DutyHolderView, FunctionView, ProcedureFunctionsView, StepFunctionView
from api.staff.officers import AppointmentView, OfficerRecord, OfficerView
from api.staff.substitutions import SubstitutionView
from api.views import DutyView, Visitor
from api.visitors import InPlaceView
from procedures.document import Procedure
from procedures.loader import Library
from procedures.occupancy import Gap
from procedures.texts import Language
from procedures.values import ProcedureId, ReceiptNumber, StepId
from store.accesses import KINDS, Kind
from ui.admin import access_contents
from ui.admin import officer_contents as contents
from ui.duties import DutyNames

DUTIES = tuple(
    DutyView(department=department, function=function)
    for department, function in (
        ("children", "allowance_review"), ("children", "head"), ("health", "health_review"), ("*", "administrator"),
        ("gone", "gone_function"),
    )
)  # fmt: skip
SUPERIOR = Visitor(
    account_id=UUID(int=51),
    officer_name="手柄　信子",
    duties=frozenset({DutyView(department="children", function="head")}),
)
AUDITOR = Visitor(
    account_id=UUID(int=52), officer_name="広畑　正", duties=frozenset({DutyView(department="*", function="auditor")})
)
Page = tuple[str, str, dict[str, Any], str]


def reader_of(name: str, path: str, officer: Visitor) -> Visitor:
    """Who reads this page."""
    return AUDITOR if path.startswith("/audit/") else SUPERIOR if "superior" in name else officer


def standing_in(officer: Visitor, name: str) -> Visitor:
    duties = frozenset({DutyView(department="health", function="health_review")})
    in_place = InPlaceView(absent=UUID(int=22), name=name, until=date(2026, 4, 30), duties=duties)
    return officer.model_copy(update={"in_place": (in_place,), "duties": officer.duties | duties})


def away() -> tuple[SubstitutionView, ...]:
    return (a_substitution("姫路　花子"),)


def a_substitution(name: str, **changes: object) -> SubstitutionView:
    return SubstitutionView.model_validate(
        {
            "id": UUID(int=61), "absent": UUID(int=21), "absent_name": name, "substitute": UUID(int=22),
            "substitute_name": "網干　健二", "first_day": date(2026, 4, 1), "last_day": date(2026, 4, 30),
            "departments": None, "declared_by": UUID(int=21), "declared_by_name": name, "running": True,
            "may_revoke": True, **changes,
        }
    )  # fmt: skip


def officer_pages(language: Language, library: Library, now: datetime, hostile: str) -> Iterator[Page]:
    """(name, template, what it gets, address)."""
    name = hostile or "窓口　一郎"
    officer = OfficerView(account_id=UUID(int=21), name=name, duties=DUTIES, open_tasks=12)
    substitute = OfficerView(account_id=UUID(int=22), name="網干　健二", duties=DUTIES[2:3], open_tasks=0)
    coming = a_substitution(name, running=False, may_revoke=False, departments=("children", "health"))
    substitutions = (a_substitution(name), coming)
    listed = contents.officers(language, library, (officer, substitute), substitutions)
    yield "officers", "admin/officers.html", listed | {"dismissed": False}, "/officers"
    yield "officers after a dismissal", "admin/officers.html", listed | {"dismissed": True}, "/officers"
    nobody = contents.officers(language, library, (), ())
    yield "no officers for a superior", "admin/officers.html", nobody | {"dismissed": False}, "/officers"
    yield from _records(language, library, now, name, officer, substitutions)
    yield from _appointing(language, library, hostile)
    yield from _functions(language, library, name)
    yield from _own(language, library, name, substitutions)
    yield from _accesses(language, now, name)


def _records(
    language: Language, library: Library, now: datetime, name: str, officer: OfficerView,
    substitutions: tuple[SubstitutionView, ...],
) -> Iterator[Page]:  # fmt: skip
    history = (
        AppointmentView(at=now, name=name, duties=DUTIES, by="管理　夏男"),
        AppointmentView(at=now - timedelta(days=400), name=name, duties=(), by=None),
    )
    colleagues = (ColleagueView(account_id=UUID(int=22), name="網干　健二"),)
    quiet = {"problem": None, "handed": None, "freed": 0} | contents.typed_substitution(None)
    typed = contents.typed_substitution(FormData({"substitute": str(UUID(int=22)), "first_day.year": name}))
    refused = quiet | typed | {"problem": problem("substitution_period").text}
    for kind, lines, declared, more in (
        ("an officer", history, substitutions, quiet),
        ("an officer seen by a superior", (), (), quiet | {"handed": 11, "freed": 1}),
        ("an officer whose substitute is refused", history, substitutions, refused),
    ):
        record = OfficerRecord(**officer.model_dump(), history=lines)
        shown = contents.record(language, library, record, colleagues, declared)
        yield kind, "admin/officer.html", shown | more, f"/officers/{officer.account_id}"
    free = OfficerRecord(**officer.model_copy(update={"open_tasks": 0}).model_dump(), history=())
    shown = contents.record(language, library, free, colleagues, ())
    yield "an officer without tasks", "admin/officer.html", shown | quiet, f"/officers/{officer.account_id}"


def _appointing(language: Language, library: Library, hostile: str) -> Iterator[Page]:
    known = [DutyView(department=each.department, function=each.function) for each in known_duties(library)]
    typed = contents.Typed(hostile or "網干　健二", "aboshi", ("children:allowance_review", "*:auditor"))
    empty = contents.appointing(language, library, known, contents.Typed())
    filled = contents.appointing(language, library, known, typed)
    here = {"identity": hostile or "姫路市職員認証", "problem": None, "changes": None}
    refused = here | {"problem": problem("appointment_incomplete").text}
    yield "appointment", "admin/appointment.html", empty | here, "/officers/new"
    yield "appointment without provider", "admin/appointment.html", empty | here | {"identity": None}, "/officers/new"
    yield "refused appointment", "admin/appointment.html", filled | refused, "/officers/new"
    changing = filled | here | {"changes": UUID(int=21)}
    yield "duties to change", "admin/appointment.html", changing, f"/officers/{UUID(int=21)}/duties"


def _functions(language: Language, library: Library, name: str) -> Iterator[Page]:
    holder = DutyHolderView(account_id=UUID(int=21), name=name, whole_city=True, substitute=True)
    other = DutyHolderView(account_id=UUID(int=22), name="網干　健二", whole_city=False, substitute=False)
    allowance, screening = library.current("child_allowance"), library.current("cancer_screening")
    good = _bound(screening, {"review": ((other,), None)}, ())
    levels: dict[str, tuple[tuple[DutyHolderView, ...], Gap | None]] = {
        "review": ((holder, other), None), "approve": ((), "deputy_only"), "department": ((), "nobody"),
    }  # fmt: skip
    bad = _bound(allowance, levels, ((StepId("review"), StepId("approve")),))
    for kind, found in (("functions", (good, bad)), ("functions in order", (good,)), ("no functions", ())):
        shown = contents.functions(language, library, found)
        yield kind, "admin/functions.html", shown, "/functions"


def _bound(
    procedure: Procedure,
    levels: dict[str, tuple[tuple[DutyHolderView, ...], Gap | None]],
    alone: tuple[tuple[StepId, ...], ...],
) -> ProcedureFunctionsView:
    titles = {each.id: each.title.model_dump() for each in procedure.functions}

    def function(name: str, holders: tuple[DutyHolderView, ...]) -> FunctionView:
        return FunctionView(id=name, title=titles[name], holders=holders)

    steps = []
    for step_id, (holders, gap) in levels.items():
        step = procedure.step(step_id)
        deputy = getattr(step, "deputy", None)
        view = {
            "step": step.id, "title": step.title.model_dump(), "kind": step.kind, "needed": 2 if gap else 1,
            "function": function(step.function, holders), "gap": gap,
            "deputy": function(deputy.function, holders[:1]) if deputy else None,
        }  # fmt: skip
        steps.append(StepFunctionView.model_validate(view))
    return ProcedureFunctionsView(
        procedure=ProcedureId(procedure.id), version=procedure.version, title=procedure.title.model_dump(),
        department=procedure.department.id, steps=tuple(steps), too_few_for=alone,
    )  # fmt: skip


def _own(
    language: Language, library: Library, name: str, substitutions: tuple[SubstitutionView, ...]
) -> Iterator[Page]:
    names = DutyNames.of(language, library)
    for kind, found, refused in (
        ("substitutions", substitutions, None),
        ("no substitutions", (), problem("no_substitute").text),
    ):
        shown = {
            "substitutions": contents.declared(names, found),
            "colleagues": [(str(UUID(int=22)), name)],
            "problem": refused,
            **contents.typed_substitution(FormData({"last_day.day": "31"}) if refused else None),
        }
        yield kind, "reviewer/substitutions.html", shown, "/substitutions"


def _accesses(language: Language, now: datetime, name: str) -> Iterator[Page]:
    def line(kind: Kind, at: int) -> AccessView:
        number = None if kind in ("certificates", "access_log", "sheet") else ReceiptNumber("282014-260401-7K3MQ")
        absent = "休み　太郎" if kind == "task" else None
        return AccessView(at=now - timedelta(minutes=at), officer=UUID(int=21), officer_name=name, kind=kind,
                          receipt_number=number, in_place_of=absent, **(paper if kind == "sheet" else {}))  # fmt: skip

    paper: dict[str, Any] = {
        "sheet_batch_id": UUID(int=2), "sheet_page_id": UUID(int=1), "sheet_name": name,
        "sheet_file": "2026-10_002.pdf", "sheet_number": 3,
    }  # fmt: skip
    everybody = ((UUID(int=21), name), (UUID(int=22), "網干　健二"))
    full = AccessesPage(lines=tuple(line(kind, at) for at, kind in enumerate(KINDS)), next_page="2026-04-01T00:00:00_1")
    nothing = {"officer": "", "number": "", "kind": "", "since": "", "until": "", "after": ""}
    narrowed = nothing | {"number": "282014-260401-7K3MQ", "kind": "label", "since": "2026-04-01", "after": "x"}
    for kind, said, asked, found in (
        ("accesses", nothing, AccessesAsked(), full),
        ("narrowed accesses with nothing", narrowed, AccessesAsked.model_validate(narrowed), AccessesPage(lines=())),
        ("no accesses yet", nothing, AccessesAsked(), AccessesPage(lines=())),
        ("illegible accesses", nothing | {"since": "2026-04-02", "until": "2026-04-01"}, None, None),
    ):
        shown = access_contents.accesses(language, said, asked, found, everybody)
        yield kind, "admin/accesses.html", shown, "/audit/accesses"
