"""紙の申請の内容: what the pages of a paper show before it is filed; nothing is read or written here."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from pydantic import ValidationError

from api.paper.views import PaperDraftView, PaperProcedureView
from api.problems import Problem
from api.problems import problem as lacking
from api.views import DraftView
from procedures.answers import MEDIA_TYPES, Checked
from procedures.document import Procedure
from procedures.paper import SCAN, RecordedIdentity, suffice
from procedures.submission import PAPER_SCAN
from procedures.texts import Language
from procedures.writing import read_date
from ui import answers, notation, paper_wording, steps, wording
from ui.language import NAMES, translated
from ui.resident import draft_contents
from ui.steps import Walk
from ui.wording import N_

Row = tuple[str, str]
Content = dict[str, Any]
Errors = dict[str, str]
Wrong = ValidationError | Problem | None

RECEIPT_ERRORS: Mapping[str, str] = {
    "procedure": N_("手続を選んでください。"),
    "arrival": N_("受付方法を選んでください。"),
    "received_on": N_("申請書が届いた日を、年・月・日で入力してください。"),
    "language": N_("言語を選んでください。"),
}
PERSON_ERRORS: Mapping[str, str] = {
    "name": N_("申請書に書かれた氏名を入力してください。"),
    "name_kana": N_("フリガナは100文字までで入力してください。"),
    "birth_date": N_("生年月日を、年・月・日で入力してください。"),
    "address": N_("申請書に書かれた住所を入力してください。"),
    "sex": N_("性別を選んでください。"),
    "proofs": N_("写真付きの公的な書類を1点か、ほかの書類を2点（1点以上は公的な書類）選んでください。"),
    "proxy_name": N_("代理人の氏名を入力してください。"),
    "authority": N_("代理権を確認した書類を選んでください。"),
}
AT: Mapping[str, str] = {
    "received_in_the_future": "received_on",
    "received_too_long_ago": "received_on",
    "not_received_then": "received_on",
    "not_found": "procedure",
    "not_on_paper": "procedure",
    "stated_incomplete": "birth_date",
    "proofs_insufficient": "proofs",
}
"""Beside which question a problem stands; the others are about the scan."""


def as_day(typed: str) -> str:
    """日付: as ISO 8601 where it is one, in whatever calendar it was written; else as typed."""
    found = read_date(typed)
    return typed if found is None else found.isoformat()


def parts_of(day: str) -> tuple[str, ...]:
    """年月日 for three inputs."""
    return (*(part.lstrip("0") for part in day.split("-")), "", "", "")[:3]


def _errors(language: Language, sentences: Mapping[str, str], wrong: Wrong) -> Errors:
    """誤り by question; empty where there is none."""
    found: Errors = dict.fromkeys((PAPER_SCAN, *sentences), "")
    if isinstance(wrong, Problem):
        found[AT.get(wrong.code, PAPER_SCAN)] = wrong.text.of(language)
    elif wrong is not None:
        for each in wrong.errors():
            place = _place([str(part) for part in each["loc"]])
            if place in sentences:
                found[place] = translated(language, sentences[place])
    return found


def _place(where: Sequence[str]) -> str:
    if "proofs" in where:
        return "proofs"
    return "proxy_name" if where[-2:] == ["proxy", "name"] else where[-1] if where else ""


# --- 受付 -------------------------------------------------------------------------------------------------------------


def receipt(
    language: Language, procedures: Iterable[PaperProcedureView], typed: Mapping[str, str], wrong: Wrong,
    found: PaperDraftView | None = None,
) -> Content:  # fmt: skip
    """受付: what is asked before a paper is entered, or put right while it is (`found`)."""
    return {
        "found": found,
        "procedures": sorted(((each.id, each.title[language]) for each in procedures), key=lambda each: each[1]),
        "arrivals": [(code, translated(language, paper_wording.ARRIVALS[code])) for code in ("counter", "post")],
        "languages_of_letters": list(NAMES.items()),
        "typed": {"arrival": "", "language": "ja", "procedure": "", **typed},
        "parts": parts_of(typed.get("received_on", "")),
        "errors": _errors(language, RECEIPT_ERRORS, wrong),
        "trail": _trail(language, N_("紙の申請を入力する")),
    }


def receipt_of(found: PaperDraftView) -> dict[str, str]:
    """受付, as written down."""
    day = found.draft.received_on
    return {
        "arrival": found.draft.arrival,
        "language": found.draft.language,
        "received_on": day.isoformat() if day else "",
    }


# --- 申請書と本人 -----------------------------------------------------------------------------------------------------


def typed_person(found: PaperDraftView) -> Content:
    """本人: as written down, as read from the scan, or nothing yet."""
    empty = {"name": "", "name_kana": "", "birth_date": "", "address": "", "sex": "", **(found.read_stated or {})}
    return {
        "stated": found.stated.facts() if found.stated else empty,
        "identity_check": found.identity_check.model_dump() if found.identity_check else {"proofs": (), "proxy": None},
    }


def person(
    language: Language, procedure: Procedure, way: Walk, found: PaperDraftView, typed: Content, wrong: Wrong,
    *, readable: bool = False,
) -> Content:  # fmt: skip
    """申請書と本人: the scan, who it is, and what they showed; `readable`: there is a sheet that a machine reads."""
    alone, others = paper_wording.proof_groups(language)
    errors = _errors(language, PERSON_ERRORS, wrong)
    if wrong is not None and "scan" in found.missing and not errors[PAPER_SCAN]:
        errors[PAPER_SCAN] = lacking("scan_missing").text.of(language)
    if wrong is not None and found.draft.corrects is None and not suffice(typed["identity_check"]["proofs"]):
        errors["proofs"] = translated(language, PERSON_ERRORS["proofs"])
    return {
        "procedure": procedure,
        "draft": found.draft,
        "found": found,
        "readable": readable and found.draft.corrects is None,
        "place": steps.place(found.draft),
        "steps": steps.navigation(language, procedure, way, steps.PERSON),
        "stated": typed["stated"],
        "check": typed["identity_check"],
        "parts": parts_of(str(typed["stated"]["birth_date"])),
        "sexes": [(code, translated(language, name)) for code, name in wording.SEXES.items()],
        "alone": alone,
        "others": others,
        "authorities": [(code, translated(language, name)) for code, name in paper_wording.AUTHORITIES.items()],
        "accept": ",".join(MEDIA_TYPES[kind] for kind in SCAN.accept),
        "scan_field": PAPER_SCAN,
        "errors": errors,
        "facts": receipt_rows(language, found.draft),
        "trail": _trail(language, procedure.title.of(language)),
    }


def receipt_rows(language: Language, draft: DraftView) -> tuple[Row, ...]:
    """受付: how and when it came."""
    day = notation.weekday(language, draft.received_on) if draft.received_on else ""
    rows = (
        (N_("受付方法"), translated(language, paper_wording.ARRIVALS[draft.arrival])),
        (N_("受付日"), day),
        (N_("手紙の言語"), NAMES[draft.language]),
    )
    return tuple((translated(language, label), value) for label, value in rows)


def person_rows(language: Language, stated: Mapping[str, str]) -> tuple[Row, ...]:
    """本人, as written on the paper."""
    rows = (
        (N_("氏名"), stated["name"]),
        (N_("フリガナ"), stated["name_kana"] or "—"),
        (N_("生年月日"), notation.birthday(language, date.fromisoformat(stated["birth_date"]))),
        (N_("性別"), translated(language, wording.SEXES[stated["sex"]])),
        (N_("住所"), stated["address"]),
    )
    return tuple((translated(language, label), value) for label, value in rows)


def identity_rows(language: Language, check: RecordedIdentity, by: str | None, at: datetime | None) -> tuple[Row, ...]:
    """本人確認: what was shown by whom, and who looked when."""
    comma = answers.comma(language)
    proofs = comma.join(translated(language, paper_wording.PROOFS[each]) for each in check.proofs)
    proxy = check.proxy
    authority = f"{proxy.name}（{translated(language, paper_wording.AUTHORITIES[proxy.authority])}）" if proxy else ""
    rows = [
        (N_("確認した書類"), proofs),
        *_by_card(language, check),
        (N_("手続をした人"), authority or translated(language, N_("申請するご本人"))),
        (N_("確認した職員"), by or ""),
        (N_("確認した日時"), notation.moment(language, at) if at else ""),
    ]
    return tuple((translated(language, label), value) for label, value in rows)


def _by_card(language: Language, check: RecordedIdentity) -> tuple[Row, ...]:
    """カードによる確認, where a reader at the counter found it good."""
    if check.card is None:
        return ()
    said = translated(language, N_("窓口 %(counter)s のカードリーダーで、暗証番号と証明書の有効性を確認（%(moment)s）"))
    facts = {"counter": check.card.counter, "moment": notation.moment(language, check.card.confirmed_at)}
    return ((N_("カードによる確認"), said % facts),)


# --- 確認 -------------------------------------------------------------------------------------------------------------


def review(
    language: Language, procedure: Procedure, view: DraftView, checked: Checked, found: PaperDraftView,
    city_closed: Collection[date],
) -> Content:  # fmt: skip
    """内容の確認: what will be filed, what it costs, and what an officer should know of it."""
    shown = draft_contents.review(language, procedure, view, checked, datetime.now(UTC), city_closed)
    check = found.identity_check
    return shown | {
        "place": steps.place(view),
        "found": found,
        "facts": receipt_rows(language, view),
        "person": person_rows(language, found.stated.facts()) if found.stated else (),
        "identity": identity_rows(language, check, found.checked_by_name, found.checked_at) if check else (),
        "trail": _trail(language, translated(language, N_("内容の確認"))),
    }


def _trail(language: Language, here: str) -> tuple[tuple[str, str | None], ...]:
    return ((translated(language, N_("紙の申請")), "/paper"), (translated(language, here), None))
