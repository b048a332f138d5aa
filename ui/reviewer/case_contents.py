"""案件の内容: everything officers see of a case, section by section, from read models and the procedure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from api.case.views import (
    ComparisonView,
    DutyChoice,
    EarlierView,
    HistoryLine,
    NoteView,
    OpinionView,
    PagesView,
    ReviewSheetView,
    SignatureView,
    TemplateView,
)
from api.views import AttachmentView, ExtensionView, PaymentView, PutRightView, ThreadView
from procedures.document import Procedure
from procedures.form import AttachmentField
from procedures.loader import Library
from procedures.texts import Language, Text
from procedures.values import ReceiptNumber
from ui import answers, changes
from ui.reviewer import history_contents, opinion_contents, person_contents, sheet_contents, viewer_contents
from ui.reviewer.opinion_contents import TypedQuestion
from ui.reviewer.sheet_contents import TypedSheet
from ui.reviewer.viewer_contents import Looking, Where


@dataclass(frozen=True)
class Parts:
    """案件の部分: as the API gives them. `task`: the one the page is opened for."""

    receipt_number: ReceiptNumber
    answers: Mapping[str, object]
    attachments: tuple[AttachmentView, ...]
    put_right: tuple[PutRightView, ...]
    extensions: tuple[ExtensionView, ...]
    payments: tuple[PaymentView, ...]
    comparison: ComparisonView
    signature: SignatureView | None
    history: tuple[HistoryLine, ...]
    earlier: EarlierView
    notes: tuple[NoteView, ...]
    opinions: tuple[OpinionView, ...]
    choices: tuple[DutyChoice, ...]
    thread: ThreadView
    templates: tuple[TemplateView, ...]
    sheet: ReviewSheetView | None
    looking: Looking
    pages: PagesView | None
    where: Where
    on_paper: bool = False
    task: UUID | None = None


@dataclass(frozen=True)
class Refused:
    """断られた入力: what was typed in one part of the page, and why it was refused."""

    part: str = ""
    problem: Text | None = None
    note: str = ""
    question: TypedQuestion | None = None
    sheet: TypedSheet | None = None


NOTHING = Refused()


@dataclass(frozen=True)
class AnsweredSection:
    """申請の一区分: the questions answered under one heading of the form."""

    title: str
    rows: tuple["AnsweredRow", ...]


@dataclass(frozen=True)
class AnsweredRow:
    """回答の一行; files lead to the viewer."""

    label: str
    answer: str
    files: tuple[tuple[str, str], ...] = field(default=())
    differs: bool = False
    """Certificate or register say something else."""


def case(
    language: Language, library: Library, procedure: Procedure, parts: Parts, refused: Refused = NOTHING
) -> dict[str, Any]:
    """案件."""
    return {
        "procedure": procedure,
        "receipt_number": parts.receipt_number,
        "of_task": parts.task,
        "answered": answered(language, procedure, parts),
        "put_right": changes.put_right(language, procedure, parts.put_right),
        "extensions": parts.extensions,
        "notes": parts.notes,
        "next_note": uuid4(),
        "typed_note": refused.note,
        "thread": parts.thread,
        "on_paper": parts.on_paper,
        "templates": [(str(each.id), each.name) for each in parts.templates],
        "refused": dict.fromkeys(("note", "opinion", "sheet")) | {refused.part: refused.problem},
        **viewer_contents.viewer(language, procedure, parts.attachments, parts.looking, parts.pages, parts.where),
        **person_contents.comparison(language, parts.comparison),
        **person_contents.signature(language, parts.signature),
        **history_contents.history(language, procedure, parts.history),
        **history_contents.payments(language, parts.payments, parts.history),
        **history_contents.earlier(library, parts.earlier),
        **opinion_contents.opinions(
            language, procedure, parts.opinions, parts.choices, parts.answers, parts.attachments, refused.question
        ),
        **sheet_contents.sheet(language, procedure, parts.sheet, refused.sheet),
    }


def answered(language: Language, procedure: Procedure, parts: Parts) -> tuple[AnsweredSection, ...]:
    """申請の内容: under the form's own headings; a section nobody answered is left out."""
    lines = answers.lines(language, procedure, parts.answers, parts.attachments)
    doubtful = {
        row.attribute
        for row in parts.comparison.rows
        if "differs" in (row.answer_and_certificate, row.answer_and_register)
    }
    found = []
    for section in procedure.form.sections:
        fields = {each.id: each for each in section.fields}
        rows = tuple(
            AnsweredRow(
                line.label.of(language),
                line.answer,
                _links(parts, line.asked) if isinstance(fields[line.asked], AttachmentField) else (),
                fields[line.asked].prefill in doubtful,
            )
            for line in lines
            if line.asked in fields
        )
        if rows:
            found.append(AnsweredSection(section.title.of(language), rows))
    return tuple(found)


def _links(parts: Parts, asked: str) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, parts.where.href(Looking(each.id))) for each in parts.attachments if each.field == asked)
