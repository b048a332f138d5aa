"""申請フォーム: the questions of a procedure as a page asks them, and what a browser sent back.

Conditional questions: the server shows those whose condition holds for the answers. Choosing an answer that steers
others shows them: by htmx at once, without JavaScript by the button at the end or by going on. htmx fills only the
slots of conditional questions and saves nothing, so that what is typed meanwhile stays. Showing every question with its
condition in words was the alternative; it makes a short form look long.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.datastructures import FormData, UploadFile

from api.views import AttachmentView, DraftView
from procedures.answers import MEDIA_TYPES, check_answers
from procedures.document import Procedure
from procedures.form import AttachmentField, ChoiceField, ConsentField, DateField, FormField
from procedures.problems import Problem
from procedures.texts import Language, Text
from ui import answers

ASKED = "-asked"
"""Hidden input naming each question on the page, so that an unchecked box differs from a question not asked.
Field ids cannot hold a hyphen, so no question can take a control's name."""
ACTION, DETACH = "-action", "-detach"
DATE_PARTS = ("year", "month", "day")
MOST_RADIOS = 8


@dataclass(frozen=True)
class Question:
    """質問: one field as shown, with what was typed and what is wrong with it."""

    field: FormField
    value: object
    error: Text | None
    mark: str | None
    """補正: the reviewer's reason for sending this answer back."""
    fixed: str | None
    """補正: the answer in words, where it may not change."""
    steers: bool
    """Other questions appear or vanish by this answer."""
    files: tuple[AttachmentView, ...]
    hidden: bool
    """Its condition does not hold; only its slot is on the page."""

    @property
    def is_select(self) -> bool:
        """プルダウン: more options than fit a screen of radio buttons."""
        return isinstance(self.field, ChoiceField) and not self.field.many and len(self.field.options) > MOST_RADIOS

    @property
    def is_group(self) -> bool:
        """複数の入力欄: several inputs answer one question."""
        return (isinstance(self.field, DateField | ChoiceField) and not self.is_select) or self.is_full

    @property
    def is_full(self) -> bool:
        """添付の上限: as many files as the question takes; removing one makes room."""
        return isinstance(self.field, AttachmentField) and len(self.files) >= self.field.max_files

    @property
    def target(self) -> str:
        """入力欄: the id an error summary leads to."""
        return f"{self.field.id}-first" if self.is_group and not self.is_full else self.field.id

    @property
    def described_by(self) -> str:
        """説明の参照: ids of error, mark and hint, as `aria-describedby` wants them."""
        notes = (("error", self.error), ("mark", self.mark), ("hint", self.field.hint))
        return " ".join(f"{self.field.id}-{name}" for name, note in notes if note)

    @property
    def accept(self) -> str:
        """受け付ける種類: media types, as a file input wants them."""
        kinds = self.field.accept if isinstance(self.field, AttachmentField) else ()
        return ",".join(MEDIA_TYPES[kind] for kind in kinds)

    @property
    def parts(self) -> Mapping[str, str]:
        """年・月・日: as typed, or from an ISO date an earlier case or the chip gave."""
        given = [part.lstrip("0") for part in str(self.value or "").split("-", 2)]
        return dict(zip(DATE_PARTS, [*given, "", ""], strict=False))


@dataclass(frozen=True)
class Part:
    """区分: a section of the form; hidden questions keep their place."""

    id: str
    title: Text
    questions: tuple[Question, ...]

    @property
    def asked(self) -> tuple[Question, ...]:
        """今の質問: what is on the page."""
        return tuple(question for question in self.questions if not question.hidden)

    @property
    def is_conditional(self) -> bool:
        """条件付きの区分: every question hangs on another, so the heading comes and goes with them."""
        return all(question.field.visible_when for question in self.questions)


@dataclass(frozen=True)
class Shown:
    """表示内容: the form, ready for its template."""

    parts: tuple[Part, ...]
    elsewhere: tuple[Problem, ...] = ()
    """Problems of no question on this page."""

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for part in self.parts for question in part.asked)

    @property
    def slots(self) -> str:
        """差込み位置: the elements htmx fills, as `hx-select-oob` wants them."""
        whole = [f"#slot-part-{part.id}" for part in self.parts if part.is_conditional]
        single = [
            f"#slot-{question.field.id}"
            for part in self.parts
            for question in part.questions
            if question.field.visible_when and not part.is_conditional
        ]
        return ",".join([*whole, *single])

    @property
    def faulty(self) -> tuple[Question, ...]:
        """誤りのある質問: for the summary at the top of the page."""
        return tuple(question for question in self.questions if question.error)

    @property
    def takes_files(self) -> bool:
        return any(_takes_files(question.field) for question in self.questions)

    @property
    def steered(self) -> bool:
        return any(question.steers for question in self.questions)


def _takes_files(field: FormField) -> bool:
    return isinstance(field, AttachmentField)


def shown(
    language: Language, procedure: Procedure, draft: DraftView, today: date, problems: Sequence[Problem] = ()
) -> Shown:
    """フォーム: every section, with the questions to ask now."""
    checked = check_answers(procedure, draft.answers, today)
    errors = {problem.field: problem.message for problem in problems}
    given = {line.field: line.answer for line in answers.lines(language, procedure, checked.answers, draft.attachments)}
    steering = {name for field in procedure.form.fields() if field.visible_when for name in field.visible_when.fields}

    open_fields = correctable(procedure, draft)

    def question(field: FormField) -> Question:
        is_fixed = draft.corrects is not None and field.id not in open_fields
        return Question(
            field=field,
            value=draft.answers.get(field.id),
            error=errors.get(field.id),
            mark=draft.marks.get(field.id),
            fixed=given.get(field.id, "") if is_fixed else None,
            steers=field.id in steering,
            files=tuple(file for file in draft.attachments if file.field == field.id),
            hidden=field.id not in checked.visible,
        )

    parts = tuple(
        Part(section.id, section.title, tuple(question(field) for field in section.fields))
        for section in procedure.form.sections
    )
    elsewhere = tuple(problem for problem in problems if problem.field not in checked.visible)
    return Shown(parts, elsewhere)


def correctable(procedure: Procedure, draft: DraftView) -> frozenset[str]:
    """補正できる項目: what the reviewer marked, and the questions that appear or vanish by it."""
    found = set(draft.marks)
    for field in procedure.form.fields():
        if field.visible_when and field.visible_when.fields & found:
            found.add(field.id)
    return frozenset(found)


def typed(procedure: Procedure, draft: DraftView, sent: FormData) -> dict[str, object]:
    """入力: what was typed, by field, over what was saved; unknown names pass through so that api can refuse them."""
    fields = {field.id: field for field in procedure.form.fields()}
    names = {str(name) for name in sent.getlist(ASKED)} | {key.partition(".")[0] for key in sent if key[:1] != "-"}
    fresh = {name: _answer(fields.get(name), sent, name) for name in names if not _is_file(fields.get(name))}
    return {**draft.answers, **fresh}


def _is_file(field: FormField | None) -> bool:
    return field is not None and _takes_files(field)


def _answer(field: FormField | None, sent: FormData, name: str) -> object:
    match field:
        case ConsentField():
            return sent.get(name) == "true"
        case ChoiceField(many=True):
            return [str(value) for value in sent.getlist(name)]
        case DateField():
            return "-".join(str(sent.get(f"{name}.{part}") or "").strip() for part in DATE_PARTS).strip("-")
        case _:
            return str(sent.get(name) or "")


def files(procedure: Procedure, sent: FormData) -> Iterable[tuple[str, UploadFile]]:
    """添付: the files chosen in this request, by field; an input left empty sends a nameless file."""
    for field in procedure.form.fields():
        for file in sent.getlist(field.id):
            if _takes_files(field) and isinstance(file, UploadFile) and file.filename:
                yield field.id, file


def only_new(problems: Sequence[Problem], sent: FormData) -> bool:
    """質問の追加: whether all that is wrong are questions that were not on the page yet."""
    asked = {str(name) for name in sent.getlist(ASKED)}
    return bool(problems) and all(p.field not in asked and p.code in ("required", "consent_required") for p in problems)
