"""紙の申請の案件の内容: what the list and the page of one paper case show; nothing is read or written here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.paper.views import PaperCaseLine, PaperCaseView, PaperDraftLine, PaperView
from procedures.document import Procedure
from procedures.loader import Library
from procedures.texts import Language, Text
from ui import answers, notation, paper_wording, wording
from ui.language import translated
from ui.reviewer.paper_contents import identity_rows, person_rows
from ui.wording import N_, State

Content = dict[str, Any]
Row = tuple[str, str]

MISREAD = State(
    N_("本人の確認待ち"),
    N_("申請書に書かれた方が、住民記録に見つかりません。読み誤りがないか、申請書と見比べてください。"),
    "orange",
    "officer",
)
"""本人の確認待ち: more likely misread than not registered."""


@dataclass(frozen=True)
class PaperLine:
    """紙の申請の一行: an open case, or a draft."""

    title: Text
    address: str
    support: str
    state: State | None
    turns: tuple[str, ...]


def listed(
    language: Language, library: Library, drafts: Iterable[PaperDraftLine], cases: Iterable[PaperCaseLine], *,
    may_enter: bool,
) -> Content:  # fmt: skip
    """紙の申請の一覧."""
    return {
        "drafts": [_draft_line(language, library, each) for each in drafts],
        "cases": [_case_line(language, library, each) for each in cases],
        "may_enter": may_enter,
    }


def _draft_line(language: Language, library: Library, line: PaperDraftLine) -> PaperLine:
    arrival = translated(language, paper_wording.ARRIVALS[line.arrival])
    said = {"arrival": arrival, "officer": line.entered_by_name}
    if line.corrects is not None:
        support = translated(language, N_("%(number)s の補正 · %(officer)s")) % (said | {"number": line.corrects})
    else:
        day = notation.day(language, line.received_on) if line.received_on else ""
        support = translated(language, N_("%(day)s %(arrival)sで受付 · %(officer)s")) % (said | {"day": day})
    title = library.version(line.procedure, line.version).title
    return PaperLine(title, f"/paper/drafts/{line.id}", support, None, ())


def _case_line(language: Language, library: Library, line: PaperCaseLine) -> PaperLine:
    arrival = translated(language, paper_wording.ARRIVALS[line.arrival])
    support = translated(language, N_("受付番号 %(number)s · %(day)s %(arrival)sで受付 · 期限 %(due)s")) % {
        "number": line.receipt_number, "day": notation.day(language, line.received_at), "arrival": arrival,
        "due": notation.day(language, line.due_at),
    }  # fmt: skip
    state = MISREAD if "person" in line.turns else wording.STATES[line.status]
    turns = tuple(translated(language, paper_wording.TURNS[each]) for each in line.turns)
    title = library.version(line.procedure, line.version).title
    return PaperLine(title, f"/paper/cases/{line.receipt_number}", support, state, turns)


def case(
    language: Language, procedure: Procedure, view: PaperCaseView, problem: Text | None, typed: Mapping[str, str] | None
) -> Content:
    """案件: where it stands, what is to be done, what came."""
    filed = view.case
    lines = answers.lines(language, procedure, filed.answers, filed.attachments)
    stated = dict(typed or (view.paper.stated.facts() if view.paper.stated else {}))
    return {
        "view": view,
        "case": filed,
        "here": f"/paper/cases/{filed.receipt_number}",
        "procedure": procedure,
        "state": MISREAD if "person" in view.turns else wording.STATES[filed.status],
        "problem": problem,
        "rows": [(line.label.of(language), line.answer) for line in lines],
        "compared": (),
        "viewer": None,
        "stated": stated,
        "parts": (*(part.lstrip("0") for part in stated.get("birth_date", "").split("-")), "", "", "")[:3],
        "sexes": [(code, translated(language, name)) for code, name in wording.SEXES.items()],
        "methods": [(code, translated(language, paper_wording.METHODS[code])) for code in ("cash", "money_order")],
        "refunds": (("cash", translated(language, N_("現金"))), ("transfer", translated(language, N_("口座振込")))),
        "ways": [(code, translated(language, name)) for code, name in paper_wording.TOLD.items()],
        "marks": _marks(language, procedure, view),
        "reason": _reason(language, view),
        "trail": ((translated(language, N_("紙の申請")), "/paper"), (filed.receipt_number, None)),
        **facts(language, view.paper),
    }


def facts(language: Language, paper: PaperView) -> Content:
    """紙の申請の事実: as the page of a paper case and that of its task show them."""
    check = paper.identity_check
    arrival = translated(language, paper_wording.ARRIVALS[paper.arrival])
    return {
        "paper": paper,
        "receipt_rows": (
            (translated(language, N_("受付方法")), arrival),
            (translated(language, N_("受付日")), notation.weekday(language, paper.received_on)),
            (translated(language, N_("入力した職員")), paper.entered_by_name),
        ),
        "person_rows": person_rows(language, paper.stated.facts()) if paper.stated else (),
        "identity_rows": identity_rows(language, check, paper.checked_by_name, paper.checked_at) if check else (),
        "untold": [each for each in paper.notices if each.told_at is None],
        "told": [_told(language, each) for each in paper.notices if each.told_at is not None],
    }


def _told(language: Language, notice: Any) -> Row:
    """知らせたこと, how, by whom and when."""
    kind = translated(language, wording.NOTICES.get(notice.kind, wording.NEWS))
    how = translated(language, paper_wording.TOLD[notice.told_how])
    return kind, f"{notation.moment(language, notice.told_at)} · {how} · {notice.told_by_name}"


def _marks(language: Language, procedure: Procedure, view: PaperCaseView) -> list[tuple[str, str, str]]:
    """直してもらう項目: what a letter about a correction has to say."""
    labels = {field.id: field.label.of(language) for field in procedure.form.fields()}
    return [
        (labels.get(name, name), translated(language, wording.FAULTS[mark.fault]), mark.reason)
        for name, mark in view.case.marks.items()
    ]


def _reason(language: Language, view: PaperCaseView) -> str:
    said = view.case.reason_text
    if said:
        return said if isinstance(said, str) else said.get(language, "")
    sentence = wording.reason(view.case)
    return translated(language, sentence) if sentence and "person" not in view.turns else ""
