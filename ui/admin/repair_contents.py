"""内容: what the pages of repairs show: what may be done, what of each case stays and what happens again, what came."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.administration.cases import CaseCountsView, CasesAsked
from api.bulk.orders import MOST
from api.problems import known
from api.repair.adopting import Part
from api.repair.orders import RepairItemView, RepairLine, RepairView
from api.repair.outlook import RepairOutlook
from api.repair.said import OF_A_STEP, RepairKind
from procedures.document import Procedure
from procedures.loader import Library
from procedures.texts import Language, Text
from procedures.values import StepId
from ui import notation
from ui.language import translated
from ui.order_words import ITEM_STATES, ORDER_STATES
from ui.wording import N_, Colour

KINDS: Mapping[RepairKind, tuple[str, str]] = {
    "go_back": (
        N_("やり直す"),
        N_("選んだ処理の前に戻り、そこから先をもう一度行います。職員の判断も求め直します。"),
    ),
    "rerun": (
        N_("そのまま再実行する"),
        N_("市のシステムの誤りで終わってしまった処理を、記録された判断と結果のまま、最後の正しいところから続けます。"),
    ),
    "pass_over": (N_("処理を飛ばす"), N_("外部の回答を待っている処理を行わずに、先へ進めます。")),
    "answer": (N_("回答を手で記録する"), N_("電話などで確かめた外部の回答を記録します。")),
    "hold": (N_("止めておく"), N_("再開するまで、次の処理を始めません。期限は進みます。")),
    "resume": (N_("再開する"), N_("止めておいた案件を先へ進めます。")),
    "adopt_version": (
        N_("手続の新しい版へ移す"),
        N_("済んだ処理はそのまま残し、これからの処理を、いま有効な版で行います。いま決まっている期限は変わりません。"),
    ),
    "terminate": (N_("打ち切る"), N_("手数料を返し、ポイントを取り消し、書面を無効にして、案件を終えます。")),
}
OUTCOMES: Mapping[str, str] = {"done": N_("問題なし（先へ進める）"), "refused": N_("認められない（却下する）")}
PARTS: Mapping[Part, str] = {
    "form": N_("申請の様式"),
    "review_form": N_("審査欄"),
    "limits": N_("期限"),
    "fee": N_("手数料"),
    "documents": N_("交付する書面"),
    "rejection": N_("却下の理由と通知"),
    "retention": N_("保存期間"),
    "eligibility": N_("申請できる方"),
}
STATES: Mapping[str, tuple[str, Colour]] = {
    "proposed": (N_("承認待ち"), "orange"),
    "withdrawn": (N_("取下げ"), "gray"),
    **ORDER_STATES,
}


@dataclass(frozen=True)
class Typed:
    """入力: a proposal as typed, shown again where it was refused."""

    case: str = ""
    kind: str = ""
    step: str = ""
    outcome: str = "done"
    reason: str = ""


@dataclass(frozen=True)
class ItemRow:
    """一件の行: what is to be expected, or what became of it, and why not."""

    item: RepairItemView
    title: Text | None
    label: str
    colour: Colour
    expected: tuple[str, ...]
    why: Text | None


def overview(language: Language, found: Iterable[RepairLine]) -> dict[str, Any]:
    """修復の記録."""
    return {"lines": [(each, translated(language, KINDS[each.kind][0]), *_state(language, each)) for each in found]}


def form(
    language: Language, library: Library, asked: CasesAsked, counts: CaseCountsView, earlier: Iterable[RepairLine],
    typed: Typed,
) -> dict[str, Any]:  # fmt: skip
    """起案: for whom, and what may be done."""
    steps = {step.id: step.title.of(language) for each in _procedures(library, asked) for step in each.steps}
    return {
        "typed": typed,
        "found": counts.found,
        "most": MOST,
        "there": asked.address("/admin/repairs/new"),
        "kinds": [(code, *(translated(language, each) for each in words)) for code, words in KINDS.items()],
        "of_a_step": sorted(OF_A_STEP),
        "steps": sorted(steps.items(), key=lambda each: each[1]),
        "outcomes": [(code, translated(language, label)) for code, label in OUTCOMES.items()],
        **overview(language, earlier),
    }


def repair(language: Language, library: Library, found: RepairView) -> dict[str, Any]:
    """修復, case by case."""
    rows = [_row(language, library, each) for each in found.items]
    said = found.said.get("outcome")  # nothing is left of what was said of cases that were purged since
    done = (found.progress.done + found.progress.refused, found.progress.total)
    return {
        "repair": found,
        "heading": translated(language, KINDS[found.kind][0]),
        "meaning": translated(language, KINDS[found.kind][1]),
        "state": _state(language, found),
        "step": _step(language, library, found),
        "outcome": translated(language, OUTCOMES[str(said)]) if found.kind == "answer" and said else None,
        "rows": rows,
        "hindered": sum(row.why is not None for row in rows),
        "says": " / ".join(notation.number(language, each) for each in done),
    }


# --- small things -----------------------------------------------------------------------------------------------------


def _procedures(library: Library, asked: CasesAsked) -> list[Procedure]:
    return [
        edition.procedure for edition in library.editions.values() if asked.procedure in (None, edition.procedure.id)
    ]


def _state(language: Language, line: RepairLine) -> tuple[str, Colour]:
    label, colour = STATES[line.state]
    return translated(language, label), colour


def _step(language: Language, library: Library, found: RepairView) -> str | None:
    """処理の名前, as the first case's procedure calls it."""
    wanted = found.said.get("step")
    for each in found.items:
        if each.procedure is not None and each.version is not None:
            steps = library.version(each.procedure, each.version).steps
            return next((step.title.of(language) for step in steps if step.id == wanted), None)
    return None


def _row(language: Language, library: Library, item: RepairItemView) -> ItemRow:
    procedure = (
        None if item.procedure is None or item.version is None else library.version(item.procedure, item.version)
    )
    title = None if procedure is None else procedure.title
    if item.outlook is None:
        label, colour = ITEM_STATES[item.outcome]
        return ItemRow(item, title, translated(language, label), colour, (), known(item.reason))
    if item.outlook.obstacle is not None:
        return ItemRow(item, title, translated(language, N_("できません")), "red", (), known(item.outlook.obstacle))
    expected = tuple(_expected(language, library, procedure, item.outlook)) if procedure else ()
    return ItemRow(item, title, translated(language, N_("できます")), "green", expected, None)


def _expected(
    language: Language, library: Library, procedure: Procedure, expected: RepairOutlook
) -> Iterator[str]:  # fmt: skip
    """見通し in sentences."""
    change = expected.version
    versions = (procedure,) if change is None else (procedure, library.version(procedure.id, change.after))
    titles = {step.id: step.title.of(language) for each in versions for step in each.steps}

    def named(label: str, steps: Iterable[StepId]) -> Iterator[str]:
        names = "、".join(titles[each] for each in steps)
        if names:
            yield translated(language, label) % {"steps": names}

    yield from named(N_("そのまま残る：%(steps)s"), expected.stays)
    yield from named(N_("もう一度行う：%(steps)s"), expected.again)
    yield from named(N_("判断を求め直す：%(steps)s"), expected.asked_again)
    if change is not None:
        said = translated(language, N_("第%(before)s版から第%(after)s版へ"))
        yield said % {"before": change.before, "after": change.after}
        yield from named(N_("新しく行う：%(steps)s"), change.added)
        yield from named(N_("行わなくなる：%(steps)s"), change.dropped)
        yield from named(N_("行い方が変わる：%(steps)s"), change.changed)
        if change.parts:
            parts = "、".join(translated(language, PARTS[each]) for each in change.parts)
            yield translated(language, N_("ほかに変わるところ：%(parts)s")) % {"parts": parts}
    if expected.documents_revoked:
        said = translated(language, N_("交付した書面%(number)s通を無効にする"))
        yield said % {"number": notation.number(language, expected.documents_revoked)}
    if expected.points_reversed:
        yield translated(language, N_("付与したポイントを取り消す"))
    for label, amount in (
        (N_("お支払い済みの%(yen)s円はそのまま（改めて請求しない）"), expected.yen_kept),
        (N_("お支払い済みの%(yen)s円を返す"), expected.yen_refunded),
    ):
        if amount:
            yield translated(language, label) % {"yen": notation.number(language, amount)}
