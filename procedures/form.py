"""申請フォーム: the questions of a procedure, as sections of fields with stable ids."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, StringConstraints

from procedures.rules import Rule
from procedures.texts import Model, Text

Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
"""ID: snake_case, at most 40 characters, never renamed once published."""

LARGEST_INTEGER = 2**53 - 1  # RFC 8785: a canonical JSON number is an IEEE 754 double
Prefill = Literal["name", "name_kana", "birth_date", "address", "sex", "postal_code", "phone", "email"]
"""From the card's chip: name, birth_date, address, and sex as the option values male, female or other. From an earlier
case or the account: all of them."""
Writing = Literal["as_written", "half_width", "katakana", "phone", "postal_code", "email"]
"""as_written: as typed, for names. half_width: 090-1234 however typed. katakana: from hiragana or half width.
phone: a Japanese number, hyphenated. postal_code: 670-8501. email: half width, and of the shape of an address."""
AttachmentKind = Literal["pdf", "jpeg", "png"]


class FieldBase(Model):
    """項目: what every kind of field has."""

    id: Id
    """Stable id; rules read the answer as answers.<id>."""
    label: Text
    hint: Text | None = None
    """How to answer, shown under the label."""
    required: bool = True
    visible_when: Rule | None = None
    """CEL over answers of fields above and today. Reading an answer not given makes the field hidden."""
    prefill: Prefill | None = None
    """Filled from the card's chip or an earlier case; the resident may change it."""


class TextField(FieldBase):
    """一行の文字: one line of text."""

    kind: Literal["text"]
    max_length: int = Field(default=100, ge=1, le=1000)
    """Characters."""
    pattern: str | None = None
    """Regular expression the whole answer must match (Rust syntax: linear time, no look-around)."""
    example: str | None = None
    """An answer the pattern accepts, shown when it does not."""
    writing: Writing = "as_written"
    address_field: Id | None = None
    """With writing: postal_code, the text field that gets the address of that postal code while it is empty."""


class LongTextField(FieldBase):
    """複数行の文字: several lines of text."""

    kind: Literal["long_text"]
    max_length: int = Field(default=1000, ge=1, le=10_000)
    """Characters."""


class IntegerField(FieldBase):
    """整数."""

    kind: Literal["integer"]
    minimum: int = Field(default=-LARGEST_INTEGER, ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)
    maximum: int = Field(default=LARGEST_INTEGER, ge=-LARGEST_INTEGER, le=LARGEST_INTEGER)


class Option(Model):
    """選択肢."""

    value: Id
    """Stable value, compared in rules: answers.kind == "individual"."""
    label: Text


class ChoiceField(FieldBase):
    """選択: one of the options, or several."""

    kind: Literal["choice"]
    options: tuple[Option, ...] = Field(min_length=1, max_length=200)
    many: bool = False
    """True: the answer is a list, in the order of the options."""


class DateField(FieldBase):
    """日付: an ISO date."""

    kind: Literal["date"]
    minimum: Rule | None = None
    """Earliest day: CEL giving an ISO date, e.g. "2022-04-02" in quotes, today, or add_days(today, 7)."""
    maximum: Rule | None = None
    """Latest day, as minimum."""


class AttachmentField(FieldBase):
    """添付書類: files; they are signed by digest and not read by rules."""

    kind: Literal["attachment"]
    accept: tuple[AttachmentKind, ...] = Field(min_length=1)
    max_bytes: int = Field(default=5_000_000, ge=1, le=20_000_000)
    """Bytes of each file."""
    max_files: int = Field(default=1, ge=1, le=20)
    max_pages: int | None = Field(default=None, ge=1, le=200)
    """Pages of a PDF; None: any number."""
    photos_as_pdf: bool = False
    """Photographs chosen together become the pages of one PDF (accept must name pdf and jpeg or png)."""


class ConsentField(FieldBase):
    """同意・希望: one checkbox. The answer is always true or false; required means it must be checked."""

    kind: Literal["consent"]


ItemField = Annotated[
    TextField | LongTextField | IntegerField | ChoiceField | DateField,
    Discriminator("kind"),
]


class GroupField(FieldBase):
    """繰返し項目: the same questions for each of several people or things; the answer is a list of answers by id."""

    kind: Literal["group"]
    item: Text
    """What one of them is called: お子さん."""
    fields: tuple[ItemField, ...] = Field(min_length=1, max_length=20)
    """Their ids are unique within the group. They are always asked: no visible_when."""
    minimum: int = Field(default=1, ge=0, le=50)
    maximum: int = Field(default=10, ge=1, le=50)


FormField = Annotated[
    TextField | LongTextField | IntegerField | ChoiceField | DateField | AttachmentField | ConsentField | GroupField,
    Discriminator("kind"),
]


class Section(Model):
    """区分: fields under one heading."""

    id: Id
    title: Text
    description: Text | None = None
    """What this step is about, shown under its heading."""
    fields: tuple[FormField, ...] = Field(min_length=1, max_length=100)


class Form(Model):
    """申請フォーム."""

    sections: tuple[Section, ...] = Field(min_length=1, max_length=30)

    def fields(self) -> tuple[FormField, ...]:
        """全項目: every field in the order it is asked."""
        return tuple(field for section in self.sections for field in section.fields)


ReviewField = Annotated[
    TextField | LongTextField | IntegerField | ChoiceField | DateField | ConsentField,
    Discriminator("kind"),
]


class ReviewForm(Model):
    """審査欄: what the procedure asks its reviewers. Never shown to residents, read by no rule, on no document."""

    description: Text | None = None
    """What reviewers note here, shown under the heading."""
    fields: tuple[ReviewField, ...] = Field(min_length=1, max_length=40)
    """A required one must be filled in before an approval. They are always asked: no visible_when, no prefill."""
