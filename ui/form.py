"""申請フォーム: the questions of one step of a procedure's form, as a page asks them.

Conditional questions: the server shows those whose condition holds for the answers. Choosing an answer that steers
others shows them: by htmx at once, without JavaScript by going on. htmx fills only the slots of conditional questions
and saves nothing, so that what is typed meanwhile stays. Showing every question with its condition in words was the
alternative; it makes a short form look long.

Names of inputs are paths (`phone`, `children.0.birth_date.year`); ids of elements are the same with hyphens, which no
field's id can hold.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from api.views import AttachmentView, DraftView
from procedures.answers import MEDIA_TYPES, check_answers
from procedures.document import Procedure
from procedures.form import (
    AttachmentField,
    ChoiceField,
    DateField,
    FormField,
    GroupField,
    ItemField,
    Section,
    TextField,
)
from procedures.marks import Mark
from procedures.problems import Problem
from procedures.texts import Language, Text
from ui import answers
from ui.postal import PostalFound

DATE_PARTS = ("year", "month", "day")
MOST_RADIOS = 8
KEYBOARDS = {
    "phone": {"type": "tel", "inputmode": "tel", "width": "medium"},
    "postal_code": {"inputmode": "numeric", "width": "short"},
    "email": {"type": "email", "inputmode": "email"},
}
"""入力の補助: which keyboard a phone shows, by how the answer is written."""
AUTOCOMPLETE = {
    "name": "name", "phone": "tel", "postal_code": "postal-code", "email": "email", "address": "street-address",
}  # fmt: skip
"""自動入力 (WCAG 1.3.5): only of what is the resident's own."""


@dataclass(frozen=True)
class Question:
    """質問: one field as shown, with what was typed and what is wrong with it."""

    field: FormField
    path: str
    """Its name in the form: the field's id, after group and index in a repeated group."""
    value: object = None
    error: Text | None = None
    mark: Mark | None = None
    """補正: the reviewer's reason for sending this answer back."""
    fixed: str | None = None
    """補正: the answer in words, where it may not change."""
    tidied: str | None = None
    """整えた回答: in words, where it is kept otherwise than typed."""
    other: str | None = None
    """競合: what another device saved meanwhile, in words, where it is something else."""
    steers: bool = False
    """Other questions appear or vanish by this answer."""
    files: tuple[AttachmentView, ...] = ()
    items: tuple["Item", ...] = ()
    hidden: bool = False
    """Its condition does not hold; only its slot is on the page."""
    postal: PostalFound | None = None
    """What the postal code stands for, just asked."""

    @property
    def id(self) -> str:
        """要素のid: also a CSS identifier, unlike the path."""
        return self.path.replace(".", "-")

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
        return f"{self.id}-first" if self.is_group and not self.is_full else self.id

    @property
    def described_by(self) -> str:
        """説明の参照: ids of error, mark and hint, as `aria-describedby` wants them."""
        notes = (("error", self.error), ("mark", self.mark), ("hint", self.field.hint), ("-elsewhere", self.other))
        return " ".join(f"{self.id}-{name}" for name, note in notes if note)

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

    @property
    def keyboard(self) -> Mapping[str, str | None]:
        """入力の補助: type and inputmode of a one-line answer."""
        return {"type": "text", "inputmode": None, "width": "full", **KEYBOARDS.get(self._writing, {})}

    @property
    def autocomplete(self) -> str | None:
        """自動入力: what a browser may fill in."""
        own = self._writing if "." not in self.path else ""
        return AUTOCOMPLETE.get(self.field.prefill or own)

    @property
    def finds_address(self) -> bool:
        """住所を入れる: whether this postal code fills an address."""
        return isinstance(self.field, TextField) and self.field.address_field is not None

    @property
    def address_id(self) -> str:
        """住所の入力欄: the id of the question the postal code fills."""
        own = self.field.address_field if isinstance(self.field, TextField) else None
        return "-".join([*self.path.split(".")[:-1], own or ""])

    @property
    def may_grow(self) -> bool:
        """繰返しの上限: whether one more fits."""
        return isinstance(self.field, GroupField) and len(self.items) < self.field.maximum

    @property
    def may_shrink(self) -> bool:
        """繰返しの下限: whether one may go."""
        least = self.field.minimum if isinstance(self.field, GroupField) else 0
        return len(self.items) > least

    @property
    def _writing(self) -> str:
        return self.field.writing if isinstance(self.field, TextField) else ""

    def all(self) -> Iterator["Question"]:
        """この質問と、その中の質問."""
        yield self
        for item in self.items:
            yield from item.questions


@dataclass(frozen=True)
class Item:
    """繰返しの一件: one of several people or things."""

    path: str
    number: int
    """Counts from 1, as people do."""
    questions: tuple[Question, ...]

    @property
    def id(self) -> str:
        """要素のid."""
        return self.path.replace(".", "-")


@dataclass(frozen=True)
class Shown:
    """表示内容: one step of the form, ready for its template."""

    section: Section
    questions: tuple[Question, ...]
    """Hidden ones keep their place."""
    elsewhere: tuple[Problem, ...] = ()
    """Problems of no question on this page."""

    @property
    def asked(self) -> tuple[Question, ...]:
        """今の質問: what is on the page, items of groups among them."""
        visible = (question for question in self.questions if not question.hidden)
        return tuple(inner for question in visible for inner in question.all())

    @property
    def slots(self) -> str:
        """差込み位置: the elements htmx fills, as `hx-select-oob` wants them."""
        return ",".join(f"#slot-{question.id}" for question in self.questions if question.field.visible_when)

    @property
    def faulty(self) -> tuple[Question, ...]:
        """誤りのある質問: for the summary at the top of the page."""
        return tuple(question for question in self.asked if question.error)

    @property
    def clashing(self) -> tuple[Question, ...]:
        """競合する質問: answered otherwise on another device."""
        return tuple(question for question in self.asked if question.other is not None)

    @property
    def takes_files(self) -> bool:
        return any(isinstance(question.field, AttachmentField) for question in self.asked)

    @property
    def steered(self) -> bool:
        return any(question.steers for question in self.asked)


@dataclass(frozen=True)
class Remarks:
    """書込み: what a page says beside its questions, by path."""

    problems: Sequence[Problem] = ()
    tidied: Collection[str] = ()
    theirs: Mapping[str, object] | None = None
    """競合: the answers another device saved; None: there is no conflict."""
    postal: Mapping[str, PostalFound] = field(default_factory=dict)


PLAIN = Remarks()


def shown(
    language: Language, procedure: Procedure, draft: DraftView, today: date, section: Section, remarks: Remarks = PLAIN
) -> Shown:
    """一段階のフォーム: the questions of a section, those to ask now and the slots of the others.

    A correction is looked through as of the day its case was received, not of `today`.
    """
    page = _Page(language, procedure, draft, today, remarks)
    questions = tuple(page.question(asked) for asked in section.fields)
    on_page = {inner.path for question in questions if not question.hidden for inner in question.all()}
    elsewhere = tuple(each for each in remarks.problems if each.field not in on_page)
    return Shown(section, questions, elsewhere)


class _Page:
    """One page being made."""

    def __init__(
        self, language: Language, procedure: Procedure, draft: DraftView, today: date, remarks: Remarks
    ) -> None:
        self.language, self.draft, self.remarks = language, draft, remarks
        day = draft.received_on or today
        checked = check_answers(procedure, draft.answers, day)
        self.visible, self.valid = checked.visible, checked.answers
        self.errors = {each.field: each.message for each in reversed(remarks.problems)}
        self.open = correctable(procedure, draft)
        conditions = (each.visible_when for each in procedure.form.fields())
        self.steering = {name for condition in conditions if condition for name in condition.fields}
        theirs = None if remarks.theirs is None else check_answers(procedure, remarks.theirs, day).answers
        self.theirs = None if theirs is None or remarks.theirs is None else {**remarks.theirs, **theirs}

    def question(self, asked: FormField) -> Question:
        files = tuple(file for file in self.draft.attachments if file.field == asked.id)
        is_fixed = self.draft.corrects is not None and asked.id not in self.open
        return Question(
            field=asked,
            path=asked.id,
            value=self.draft.answers.get(asked.id),
            error=self.errors.get(asked.id),
            mark=self.draft.marks.get(asked.id),
            fixed=self._said(asked, self.valid.get(asked.id), files) if is_fixed else None,
            tidied=self._tidied(asked, asked.id, self.valid.get(asked.id)),
            other=self._other(asked),
            steers=asked.id in self.steering,
            files=files,
            items=() if is_fixed else self._items(asked),
            hidden=asked.id not in self.visible,
            postal=self.remarks.postal.get(asked.id),
        )

    def _items(self, asked: FormField) -> tuple[Item, ...]:
        if not isinstance(asked, GroupField):
            return ()
        given = items(self.draft.answers.get(asked.id))
        return tuple(
            Item(
                f"{asked.id}.{index}",
                index + 1,
                tuple(self._inner(asked, index, inner, item) for inner in asked.fields),
            )
            for index, item in enumerate(given or [{}] * asked.minimum)
        )

    def _inner(self, group: GroupField, index: int, asked: ItemField, item: Mapping[str, object]) -> Question:
        path = f"{group.id}.{index}.{asked.id}"
        value = item.get(asked.id)
        return Question(
            field=asked,
            path=path,
            value=value,
            error=self.errors.get(path),
            tidied=self._tidied(asked, path, value),
            postal=self.remarks.postal.get(path),
        )

    def _said(self, asked: FormField, value: object, files: Sequence[AttachmentView] = ()) -> str:
        if isinstance(asked, AttachmentField):
            return answers.comma(self.language).join(file.name for file in files)
        return "" if value is None else answers.shown(self.language, value, asked)

    def _tidied(self, asked: FormField, path: str, value: object) -> str | None:
        return self._said(asked, value) if path in self.remarks.tidied else None

    def _other(self, asked: FormField) -> str | None:
        if self.theirs is None or isinstance(asked, AttachmentField):
            return None
        mine = self._said(asked, self.valid.get(asked.id, self.draft.answers.get(asked.id)))
        other = self._said(asked, self.theirs.get(asked.id))
        return other if other != mine else None


def items(value: object) -> list[Mapping[str, object]]:
    """繰返しの各件: of a stored or typed group, whatever it holds."""
    given = value if isinstance(value, list | tuple) else ()
    return [item if isinstance(item, Mapping) else {} for item in given]


def correctable(procedure: Procedure, draft: DraftView) -> frozenset[str]:
    """補正できる項目: what the reviewer marked, and the questions that appear or vanish by it."""
    found = set(draft.marks)
    for each in procedure.form.fields():
        if each.visible_when and each.visible_when.fields & found:
            found.add(each.id)
    return frozenset(found)
