"""内容: what each resident page shows, from read models and the procedure; nothing is read or written here."""

from collections.abc import Iterable, Mapping
from typing import Any

from api.views import CaseLine, DraftView, NoticeView, PointsView, VerificationView
from procedures.document import Procedure
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import MunicipalityCode
from ui import answers, municipality, notation
from ui.language import translated
from ui.resident import balance
from ui.wording import N_

Row = tuple[str, str]
Content = dict[str, Any]


def answered(
    language: Language, procedure: Procedure, draft: DraftView | None, given: Mapping[str, object]
) -> tuple[Row, ...]:
    """回答: question and answer, with the names of attached files."""
    lines = answers.lines(language, procedure, given, draft.attachments if draft else ())
    return tuple((line.label.of(language), line.answer) for line in lines)


def cases(
    library: Library, filed: Iterable[CaseLine], drafts: Iterable[DraftView], notices: Iterable[NoticeView]
) -> Content:
    """申請の状況: each with the title of its own procedure version."""
    return {
        "cases": [(line, library.version(line.procedure, line.version).title) for line in filed],
        "drafts": [(draft, library.version(draft.procedure, draft.version).title) for draft in drafts],
        "notices": [(notice, library.version(notice.procedure, notice.version).title) for notice in notices],
    }


def points(library: Library, view: PointsView) -> Content:
    """ポイント: balance, bookings, and their picture."""
    titles = balance.programme_titles(library)
    return {
        "points": view,
        "rows": [(line, titles.get(line.programme, line.programme), after) for line, after in balance.balances(view)],
        "chart": balance.chart(view),
    }


def verification(
    language: Language, found: VerificationView | None = None, code: str = "", *, missing: bool = False
) -> Content:
    """書面の確認: the two ways to ask, and the answer."""
    return {"found": found, "facts": _facts(language, found) if found else (), "code": code, "missing": missing}


def _facts(language: Language, found: VerificationView) -> tuple[Row, ...]:
    city = municipality.NAMES.get(MunicipalityCode(found.municipality or ""))
    rows = (
        (N_("書面"), (found.title or {}).get(language)),
        (N_("発行した市町"), city.of(language) if city else None),
        (N_("発行日時"), notation.moment(language, found.issued_at) if found.issued_at else None),
        (N_("無効になった日時"), notation.moment(language, found.revoked_at) if found.revoked_at else None),
    )
    return tuple((translated(language, term), text) for term, text in rows if text)
