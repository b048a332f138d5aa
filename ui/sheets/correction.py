"""訂正の頁: one sheet after the other, the doubtful cells first; a form like any other where there is no script."""

import time
from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.counter import City, Counter, CounterHere, Officer
from api.problems import Problem, problem
from api.sheets import batches, corrections, naming, rights
from api.sheets.corrections import LONGEST_LOOK, AsideWanted, CorrectionWanted, SheetSeen, ValuesImpossible
from api.sheets.naming import NamedSheet
from api.sheets.views import SheetPageView
from api.views import Visitor
from procedures.values import MunicipalityCode
from ui.language import chosen, translated
from ui.pages import page
from ui.problems import PageRoute
from ui.sheets import correction_contents, naming_contents
from ui.sheets.batch_contents import cause
from ui.sheets.correction_contents import Typed
from ui.sheets.words import IMPOSSIBLE, PAGES
from ui.submitted import Sent, text

router = APIRouter(prefix="/sheets/pages", route_class=PageRoute)
NAMES = ("version", "shown_at", "seen", "despite", "-action")


@router.get("/{page_id}")
def read(request: Request, counter: CounterHere, city: City, officer: Officer, page_id: UUID) -> Response:
    """一枚の帳票."""
    return _shown(request, counter, city, officer, page_id)


@router.get("/{page_id}/files/picture", response_class=Response)
def picture(counter: CounterHere, city: City, officer: Officer, page_id: UUID) -> Response:
    """紙の画像."""
    return corrections.picture_response(corrections.picture(counter, city, officer, page_id))


@router.get("/{page_id}/files/screen", response_class=Response)
def screen(counter: CounterHere, city: City, officer: Officer, page_id: UUID) -> Response:
    """ロボットの画面."""
    return corrections.picture_response(corrections.screen(counter, city, officer, page_id))


@router.post("/{page_id}")
def correct(
    request: Request, counter: CounterHere, city: City, officer: Officer, page_id: UUID, form: Sent
) -> Response:  # fmt: skip
    """保存・確定: a refused save is shown again with what was typed; a finished sheet leads to the next one."""
    typed = Typed(_texts(form), frozenset(str(each) for each in form.getlist("seen")))
    finish = text(form, "-action", 10) == "finish"
    try:
        wanted = CorrectionWanted(
            version=_version(form), seconds=_seconds(form), texts=dict(typed.texts), seen=typed.seen, finish=finish,
            despite=text(form, "despite") == "yes",
        )  # fmt: skip
        corrections.correct(counter, city, officer, page_id, wanted)
    except ValidationError as wrong:
        raise problem("malformed") from wrong
    except ValuesImpossible as refused:
        typed = Typed(typed.texts, typed.seen, dict.fromkeys(refused.cells, translated(chosen(request), IMPOSSIBLE)))
        return _shown(request, counter, city, officer, page_id, typed, refused)
    except Problem as refused:
        return _shown(request, counter, city, officer, page_id, typed, refused)
    if finish:
        return RedirectResponse(_after(counter, city, officer, page_id), 303)
    return RedirectResponse(f"/sheets/pages/{page_id}", 303)


@router.post("/{page_id}/confirmation")
def confirm(
    request: Request, counter: CounterHere, city: City, officer: Officer, page_id: UUID, form: Sent
) -> Response:  # fmt: skip
    """二人目の確認."""
    try:
        corrections.confirm(counter, city, officer, page_id, _seen(form))
    except Problem as refused:
        return _shown(request, counter, city, officer, page_id, refused=refused)
    return RedirectResponse(_after(counter, city, officer, page_id), 303)


@router.post("/{page_id}/set-aside")
def set_aside(
    request: Request, counter: CounterHere, city: City, officer: Officer, page_id: UUID, form: Sent
) -> Response:  # fmt: skip
    """取り分ける."""
    try:
        corrections.set_aside(counter, city, officer, page_id, _aside(form))
    except Problem as refused:
        return _shown(request, counter, city, officer, page_id, refused=refused)
    return RedirectResponse(_after(counter, city, officer, page_id), 303)


@router.post("/{page_id}/label")
def name(
    request: Request, counter: CounterHere, city: City, officer: Officer, page_id: UUID, form: Sent
) -> Response:  # fmt: skip
    """名指し: which sheet it is and whose; it is read again."""
    try:
        naming.name(counter, city, officer, page_id, _named(form))
    except Problem as refused:
        said = {each: text(form, each, 20) for each in ("sheet_version", "group", "person", "month")}
        return _shown(request, counter, city, officer, page_id, refused=refused, named=said)
    return RedirectResponse(_after(counter, city, officer, page_id), 303)


def _shown(
    request: Request, counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID,
    typed: Typed | None = None, refused: Problem | None = None, named: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    found = corrections.read(counter, city, officer, page_id)
    sheet = counter.sheets.version(found.sheet, found.sheet_version)
    language = chosen(request)
    may = rights.may_correct(officer, sheet)
    editable = may and found.state in ("read", "corrected") and bool(found.cells)
    label, colour = PAGES[found.state]
    if found.cells:
        content = correction_contents.correction(language, sheet, found, editable=editable, typed=typed)
    else:
        asked = naming.asked(counter, city, officer, page_id)
        content = naming_contents.naming(language, found, asked, named or {})
    return page(
        request, "sheets/correction.html" if found.cells else "sheets/aside.html", visitor=officer,
        status_code=refused.status if refused else 200, **content, reasons=naming_contents.reasons(language),
        cause=cause(language, found.fault) if found.fault else None,
        may_correct=may, state=(translated(language, label), colour), shown_at=int(time.time()),
        picture=_picture(found), problem=refused.text if refused else None,
    )  # fmt: skip


def _picture(found: SheetPageView) -> str:
    """画像の宛先: another one after a page was read again; browsers keep pictures for a while."""
    return f"/sheets/pages/{found.id}/files/picture" + (f"?read={found.version}" if found.named else "")


def _after(counter: Counter, city: MunicipalityCode, officer: Visitor, page_id: UUID) -> str:
    """次の頁: what waits next in its batch, else the batch."""
    found = batches.following(counter, city, officer, page_id)
    return f"/sheets/pages/{found.page}" if found.page else f"/sheets/batches/{found.batch}"


def _texts(form: FormData) -> dict[str, str]:
    return {name: value[:200] for name, value in form.items() if isinstance(value, str) and name not in NAMES}


def _seen(form: FormData) -> SheetSeen:
    return SheetSeen(version=_version(form), seconds=_seconds(form))


def _aside(form: FormData) -> AsideWanted:
    said = {"version": _version(form), "seconds": _seconds(form), "reason": text(form, "reason", 20) or "by_officer"}
    try:
        return AsideWanted.model_validate(said)
    except ValidationError as wrong:
        raise problem("malformed") from wrong


def _named(form: FormData) -> NamedSheet:
    """名指し; what is no number or no month was not said. Raises Problem: sheet_unnamed."""
    said = {each: text(form, each, 20) or None for each in ("sheet_version", "group", "person", "month")}
    try:
        return NamedSheet.model_validate({"version": _version(form), "seconds": _seconds(form), **said})
    except ValidationError as wrong:
        raise problem("sheet_unnamed") from wrong


def _version(form: FormData) -> int:
    said = text(form, "version", 10)
    return int(said) if said.isascii() and said.isdecimal() else 0


def _seconds(form: FormData) -> int:
    """作業時間 since the page was shown, in seconds."""
    said = text(form, "shown_at", 12)
    shown = int(said) if said.isascii() and said.isdecimal() else 0
    return min(max(0, int(time.time()) - shown), LONGEST_LOOK) if shown else 0
