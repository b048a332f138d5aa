"""Every page of officers, with the context its router gives it."""

from collections.abc import Iterator
from uuid import UUID

import approval_samples
import case_samples
import case_view_samples
import deadline_samples
from audit_samples import audit_pages
from bulk_samples import bulk_pages
from certificate_samples import certificate_pages
from console_samples import console_pages
from form_samples import form_pages
from inbox_samples import colleagues, inbox_views, search_views
from notice_samples import notice_pages
from officer_samples import away, officer_pages, reader_of, standing_in
from paper_samples import compared, paper_pages, paper_tasks
from repair_samples import repair_pages
from replay_samples import replay_pages
from retention_samples import retention_pages
from sample_parts import (
    HOSTILE,
    LIBRARY,
    NOW,
    OFFICER,
    RECEIPT,
    RESIDENT,
    TODAY,
    Sample,
    a_case,
    a_draft,
    a_mark,
    a_task,
    an_unread,
    answers_for,
    certificate_answers,
)
from statistics_samples import statistics_pages

from api.desk.views import TaskLine, TaskView
from api.views import (
    ThreadView,
)
from procedures.answers import check_answers
from procedures.document import Procedure
from procedures.texts import Language
from ui.reviewer import case_contents
from ui.reviewer import contents as reviewer_contents


def desk_pages(language: Language, hostile: bool) -> Iterator[Sample]:
    procedure = LIBRARY.current("residence_certificate")
    answers = certificate_answers(HOSTILE) if hostile else None
    text = HOSTILE if hostile else "ご確認ください。"
    free = a_task("approve", findings=(), assignee=None, assignee_name=None)
    tasks = [a_task(), free, a_task("post_document", escalated=True), a_task(decision_pending=True)]
    yield from _inboxes(language, [TaskLine.model_validate(view.model_dump()) for view in tasks], text, hostile=hostile)
    refused = reviewer_contents.Typed("send_back", HOSTILE if hostile else "", {"phone": a_mark("x")})
    for view, typed in (
        (a_task(answers=answers), None),
        (a_task(answers=answers), refused),
        (a_task(assignee=None), None),
        (a_task("post_document"), None),
        (a_task(decision_pending=True), None),
        (a_task(closed_at=NOW, reason=HOSTILE if hostile else "確認済み"), None),
        (a_task(findings=(), attachments=(), payments=()), None),
    ):
        thread = case_samples.a_thread(RECEIPT, NOW, text, closed=view.closed_at is not None)
        page = _of_task(language, procedure, view, text, thread, typed)
        state = f"{view.assignee} {view.closed_at} {view.decision_pending}"
        name = f"task {view.kind} {state} {typed is not None} {view.attachments == ()}"
        yield Sample(name, "reviewer/task.html", page, OFFICER, f"/tasks/{view.id}")
    yield from _allowances(language, text, hostile)
    deciding = a_task("approve", step="approve", procedure="child_allowance")
    for name, route in approval_samples.routes(language, LIBRARY, HOSTILE if hostile else "直してください。", NOW):
        yield Sample(f"task {name}", "reviewer/task.html", page | {"task": deciding} | route, OFFICER, "/tasks/1")
    yield from _writing(language, text, hostile)
    for name, template, shown, path in officer_pages(language, LIBRARY, NOW, HOSTILE if hostile else ""):
        yield Sample(name, template, shown, reader_of(name, path, OFFICER), path)
    for name, template, shown, path in console_pages(language, LIBRARY, NOW, hostile=hostile):
        yield Sample(name, template, shown, OFFICER, path)
    text = HOSTILE if hostile else ""
    for name, template, shown, reader, path in deadline_samples.deadline_pages(language, LIBRARY, NOW, text):
        yield Sample(name, template, shown, reader, path)
    for decided, view in deadline_samples.tasks(LIBRARY, a_task, NOW):
        page = _of_task(language, decided, view, text or "ご確認ください。", thread)
        yield Sample(view.outcome or "task of the law", "reviewer/task.html", page, OFFICER, "/tasks/1")
    yield from _administration(language, text)
    for name, template, shown, path in notice_pages(NOW, text):
        yield Sample(name, template, shown, RESIDENT, path)
    yield from _papers(language, text or "申請書のとおり")


def _administration(language: Language, text: str) -> Iterator[Sample]:
    """Numbers, certificates, replays and anchors: for heads, administrators and auditors."""
    for name, template, shown, path in (*statistics_pages(language, LIBRARY, NOW, text), *certificate_pages(NOW, text)):
        yield Sample(name, template, shown, OFFICER, path)
    for name, template, shown, path in (
        *replay_pages(language, LIBRARY, NOW, text), *repair_pages(language, LIBRARY, NOW, text)
    ):  # fmt: skip
        yield Sample(name, template, shown, OFFICER, path)
    for name, template, shown, path in form_pages(language, LIBRARY, text):
        yield Sample(name, template, shown, OFFICER, path)
    for name, template, shown, path in retention_pages(language, LIBRARY, NOW, text):
        yield Sample(name, template, shown, OFFICER, path)
    for name, template, shown, path in audit_pages(NOW, text):
        yield Sample(name, template, shown, reader_of(name, path, OFFICER), path)


def _papers(language: Language, text: str) -> Iterator[Sample]:
    """紙の申請: its own pages, and the tasks of its case."""
    procedure = LIBRARY.current("residence_certificate")
    draft = a_draft(procedure, certificate_answers(text))
    for name, template, shown, path in paper_pages(language, LIBRARY, NOW, text, draft, a_case):
        yield Sample(name, template, shown, OFFICER, path)
    thread = case_samples.a_thread(RECEIPT, NOW, text)
    parts = {"comparison": compared(text), "signature": None, "on_paper": True}
    for view in paper_tasks(NOW, text, a_task):
        page = _of_task(language, procedure, view, text, thread, **parts)
        yield Sample(f"paper task {view.kind}", "reviewer/task.html", page, OFFICER, "/tasks/1")


def _inboxes(language: Language, lines: list[TaskLine], text: str, *, hostile: bool) -> Iterator[Sample]:
    for name, view in inbox_views(language, LIBRARY, OFFICER, lines, NOW):
        view |= reviewer_contents.unread(LIBRARY, (an_unread(),) if name == "late inbox" else ())
        view |= approval_samples.looked_over(LIBRARY, NOW if name == "late inbox" else None)
        view |= deadline_samples.told(LIBRARY, NOW) if name == "late inbox" else {}
        view["keeps_templates"] = name != "empty inbox"
        view |= case_view_samples.asked_opinions(LIBRARY, NOW if name == "late inbox" else None, text)
        reader = standing_in(OFFICER, HOSTILE if hostile else "網干　健二") if name == "late inbox" else OFFICER
        view |= {"away": away() if name == "late inbox" else ()}
        yield Sample(name, "reviewer/inbox.html", view, reader, "/inbox")
    for name, view in search_views(LIBRARY, OFFICER, lines, NOW):
        yield Sample(name, "reviewer/search.html", view, OFFICER, "/inbox/search")
    for name, template, shown, path in bulk_pages(language, LIBRARY, lines, NOW, HOSTILE if hostile else ""):
        yield Sample(name, template, shown, OFFICER, path)


def _writing(language: Language, text: str, hostile: bool) -> Iterator[Sample]:
    """What officers read and write about a case: messages, the case without a task, opinions, templates."""
    thread = case_samples.a_thread(RECEIPT, NOW, text)
    for name, more in (
        ("", {"typed": "", "problem": None, "filled_in": None}),
        (" refused", {"typed": HOSTILE, "problem": LIBRARY.current("residence_certificate").title, "filled_in": None}),
        (" filled in", {"typed": text, "problem": None, "filled_in": "en"}),
    ):
        shown = {"thread": thread, "task": UUID(int=6) if more["typed"] else None, **more}
        shown["templates"] = [(str(UUID(int=80)), text)]
        yield Sample(f"messages{name}", "reviewer/messages.html", shown, OFFICER, "/inbox")
    given = answers_for(LIBRARY.current("child_allowance"), hostile)
    for name, template, shown in (
        *case_view_samples.case_pages(language, LIBRARY, NOW, text, given, thread),
        *case_view_samples.opinion_pages(language, LIBRARY, NOW, text, given),
        *case_view_samples.template_pages(NOW, text),
    ):
        yield Sample(name, template, shown, OFFICER, "/inbox/cases")


def _of_task(
    language: Language, procedure: Procedure, view: TaskView, text: str, thread: ThreadView,
    typed: reviewer_contents.Typed | None = None, **changes: object,
) -> dict[str, object]:  # fmt: skip
    """審査画面 of a case with all there can be."""
    parts = case_view_samples.parts(
        NOW,
        text,
        view.answers,
        thread,
        attachments=view.attachments,
        payments=view.payments,
        task=view.id,
        **changes,
    )
    page = case_contents.case(language, LIBRARY, procedure, parts)
    problem = procedure.title if typed else None
    page |= reviewer_contents.task(language, procedure, view, NOW, typed, problem, colleagues())
    return page | approval_samples.no_route(language, procedure)


def _allowances(language: Language, text: str, hostile: bool) -> Iterator[Sample]:
    """審査画面 of a procedure that asks its reviewers something, in every state of its parts."""
    procedure = LIBRARY.current("child_allowance")
    view = a_task(
        procedure=procedure.id, version=procedure.version, answers=answers_for(procedure, hostile),
        markable=tuple(check_answers(procedure, answers_for(procedure, hostile), TODAY).visible),
        missing=({"code": "review_form", "fields": ("first_month",)}, {"code": "opinions", "fields": ("required",)}),
    )  # fmt: skip
    thread = case_samples.a_thread(RECEIPT, NOW, text)
    plain = _of_task(language, procedure, view, text, thread)
    for name, found in case_view_samples.reviewed(language, LIBRARY, view, thread, NOW, text):
        yield Sample(f"case {name}", "reviewer/task.html", plain | found, OFFICER, f"/tasks/{view.id}")
