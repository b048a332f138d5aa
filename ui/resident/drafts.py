"""申請書: filling in a draft, step by step; leaving it, going on elsewhere, carrying it over, throwing it away."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Response
from starlette.responses import RedirectResponse

from api.filing import attachments, drafts, prefill, renewal
from api.filing.attachments import Chosen
from api.problems import Problem as ApiProblem
from api.problems import problem
from api.views import DraftView
from procedures.form import Section
from procedures.problems import Problem
from ui import entry, form, postal, steps
from ui.form import Remarks
from ui.problems import PageRoute
from ui.resident import draft_contents as contents
from ui.resident import prefill as from_card
from ui.resident.seat import Opened, Seat, Seated, opened, today
from ui.submitted import Sent, text

router = APIRouter(route_class=PageRoute)
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Tidied = Annotated[str, Query(max_length=2000)]


@router.get("/drafts/{draft_id}")
def resume(seat: Seated) -> Response:
    """続きから: the first step that is not finished."""
    here = opened(seat)
    return here if isinstance(here, Response) else _to(steps.address(here.draft, here.way.resumed()))


@router.get("/drafts/{draft_id}/steps/{section_id}")
def read(seat: Seated, section_id: Name, tidied: Tidied = "", unfinished: bool = False) -> Response:
    """申請書の一段階: as last saved; `unfinished`: with what is still wrong, before a review.

    A step this draft does not come through leads to the one it does.
    """
    here = opened(seat)
    if isinstance(here, Response):
        return here
    section = here.way.section(section_id)
    if section is None:
        return _elsewhere(here, section_id)
    notes = contents.tidied(seat.language, here.procedure, here.draft, tidied.split(","))
    wrong = [*_unknown(here), *steps.of_section(section, here.way.problems)] if unfinished else []
    return _page(seat, here, section, Remarks(wrong), notes=notes, status=200)


def _elsewhere(here: Opened, section_id: str) -> Response:
    if section_id not in {each.id for each in here.procedure.form.sections}:
        raise problem("not_found")
    return _to(steps.place(here.draft))


@router.post("/drafts/{draft_id}/steps/{section_id}")
def write(seat: Seated, section_id: Name, sent: Sent) -> Response:
    """一段階の保存: what was typed is kept even where it is wrong; then on, or again with what is wrong."""
    here = opened(seat, even_outdated=True)
    if isinstance(here, Response):
        return here
    section = next((each for each in here.procedure.form.sections if each.id == section_id), None)
    if section is None:
        raise problem("not_found")
    typed = entry.typed(here.procedure, here.draft, sent)
    if text(sent, entry.ACTION) == "show" or postal.ADDRESS in sent:
        return _unsaved(seat, here, section, sent, typed)
    if entry.regroups(sent):
        typed = entry.regrouped(here.procedure, typed, sent)
    try:
        saved = drafts.save(*seat.who, seat.draft_id, typed, based_on=entry.based_on(sent))
    except ApiProblem as found:
        if found.code != "draft_changed":
            raise
        return _clash(seat, section, sent)
    here = here.saved(saved)
    if refused := _files(seat, here, sent):
        return _page(seat, here.reread(seat), section, Remarks(refused, saved.tidied))
    return _onward(seat, here, section, sent, saved)


def _unsaved(seat: Seated, here: Opened, section: Section, sent: Sent, typed: dict[str, Any]) -> Response:
    """The same page with more on it. It stays based on the revision its reader saw."""
    found: dict[str, postal.PostalFound] = {}
    if postal.ADDRESS in sent:
        typed, found = postal.filled(here.procedure, typed, text(sent, postal.ADDRESS))
    revision = entry.based_on(sent) or here.draft.revision
    draft = here.draft.model_copy(update={"answers": typed, "revision": revision})
    return _page(seat, here.of(draft), section, Remarks(postal=found))


def _clash(seat: Seated, section: Section, sent: Sent) -> Response:
    """競合: another device saved meanwhile. Nothing is written; saving again takes what stands on this page."""
    here = opened(seat)
    if isinstance(here, Response):
        return here
    theirs = here.draft.answers
    mine = here.draft.model_copy(update={"answers": entry.typed(here.procedure, here.draft, sent)})
    return _page(seat, here.of(mine), section, Remarks(theirs=theirs), status=409)


def _onward(seat: Seated, here: Opened, section: Section, sent: Sent, saved: drafts.Saved) -> Response:
    """次へ: where the pressed button leads."""
    if here.draft.outdated:
        return _to(seat.place)
    again = steps.address(here.draft, section)
    if entry.regroups(sent):
        place = _place(here.draft, sent)
        by_htmx = "hx-request" in seat.request.headers
        return _page(seat, here, section, fresh=place) if by_htmx else _to(f"{again}#{place}")
    return _pressed(seat, here, section, sent, saved)


def _pressed(seat: Seated, here: Opened, section: Section, sent: Sent, saved: drafts.Saved) -> Response:
    match text(sent, entry.ACTION):
        case "later":
            return _to(seat.later)
        case "back":
            return _to(_back(here, section))
        case "card":
            return _to(prefill.request_reading(*seat.who, seat.draft_id))
        case "next":
            return _next(seat, here, section, sent, saved)
        case _:
            return _to(steps.address(here.draft, section))


def _place(draft: DraftView, sent: Sent) -> str:
    """Where the page should stand after an item came or went: at the new one, or at the group."""
    group = text(sent, entry.ADD)
    count = len(form.items(draft.answers.get(group)))
    return f"{group}-{count - 1}" if group and count else text(sent, entry.REMOVE).partition(".")[0] or group


def _back(here: Opened, section: Section) -> str:
    before = here.way.beside(section, -1) if section in here.way.sections else None
    return steps.address(here.draft, before) if before else steps.beginning(here.draft)


def _next(seat: Seated, here: Opened, section: Section, sent: Sent, saved: drafts.Saved) -> Response:
    """This step's mistakes bring it back; those of others wait for their own step."""
    wrong = [*_unknown(here), *steps.of_section(section, here.way.problems)]
    if wrong and entry.only_new(wrong, sent):
        return _page(seat, here, section, grown=True)
    if wrong:
        return _page(seat, here, section, Remarks(wrong, saved.tidied))
    after = here.way.beside(section, 1) if section in here.way.sections else here.way.resumed()
    own = {field.id for field in section.fields}
    tidied = [path for path in saved.tidied if path.partition(".")[0] in own]
    query = f"?{urlencode({'tidied': ','.join(tidied)})}" if tidied else ""
    return _to(steps.address(here.draft, after) + query)


def _unknown(here: Opened) -> list[Problem]:
    """Answers to questions this form does not have: sent by no page of ours."""
    return [each for each in here.way.problems if each.code == "unknown_field" and "." not in each.field]


def _files(seat: Seated, here: Opened, sent: Sent) -> tuple[Problem, ...]:
    """添付: take chosen files in, take removed ones out; a refused file is a problem of its field."""
    removed = text(sent, entry.DETACH)
    for attached in here.draft.attachments:
        if str(attached.id) == removed:
            attachments.detach(*seat.who, seat.draft_id, attached.id)
    refused: list[Problem] = []
    for field, files in groupby(entry.files(here.procedure, sent), key=itemgetter(0)):
        chosen = [attachments.received(seat.counter, file) for _, file in files]
        try:
            if not _are_there(seat, field, chosen):
                attachments.attach(*seat.who, seat.draft_id, field, chosen)
        except ApiProblem as found:
            if not _are_there(seat, field, chosen):
                refused.append(Problem(field, "not_an_attachment", found.text))
    return tuple(refused)


def _are_there(seat: Seat, field: str, chosen: Sequence[Chosen]) -> bool:
    """Whether a first click has brought these files in already."""
    attached = drafts.read(*seat.who, seat.draft_id).attachments
    held = {(file.name, file.bytes) for file in attached if file.field == field}
    return all((file.name, len(file.data)) in held for file in chosen)


def _page(
    seat: Seated, here: Opened, section: Section, remarks: Remarks = form.PLAIN, *,
    grown: bool = False, fresh: str = "", notes: Sequence[contents.Row] = (), status: int | None = None,
) -> Response:  # fmt: skip
    shown = form.shown(seat.language, here.procedure, here.draft, today(), section, remarks)
    return seat.page(
        "resident/draft.html",
        status_code=status or (422 if remarks.problems else 200),
        **contents.step(seat.language, here.procedure, here.way, shown),
        card=from_card.note(seat, here.procedure, here.draft, section),
        clash=remarks.theirs is not None, grown=grown, fresh=fresh, tidied=notes,
    )  # fmt: skip


def _to(address: str) -> Response:
    return RedirectResponse(address, 303)


# --- leaving, carrying over, throwing away ----------------------------------------------------------------------------


@router.get("/drafts/{draft_id}/later")
def later(seat: Seated) -> Response:
    """保存して中断: what is kept, and how to go on, here or on another device."""
    here = opened(seat)
    if isinstance(here, Response):
        return here
    return seat.page("resident/draft_later.html", **contents.draft(seat.language, here.procedure, here.draft))


@router.post("/drafts/{draft_id}/renewal")
def renew(seat: Seated) -> Response:
    """改定への引継ぎ: then on with the form in force."""
    renewal.renew(*seat.who, seat.draft_id)
    return _to(seat.place)


@router.get("/drafts/{draft_id}/delete")
def confirm_deletion(seat: Seated) -> Response:
    """下書きの削除の確認: what goes and what stays."""
    here = opened(seat, even_outdated=True)
    if isinstance(here, Response):
        return here
    return seat.page("resident/draft_delete.html", **contents.draft(seat.language, here.procedure, here.draft))


@router.post("/drafts/{draft_id}/delete")
def delete(seat: Seated) -> Response:
    """下書きの削除. A second click finds it gone, which is what was wanted."""
    try:
        drafts.remove(*seat.who, seat.draft_id)
    except ApiProblem as found:
        if found.code != "not_found":
            raise
    return _to("/cases")
