"""QRの内容: which sheet a page is, and whose. Numbers only: whoever finds the paper learns no name from it."""

import re
from typing import Annotated

from pydantic import Field, StringConstraints

from procedures.form import Id
from procedures.texts import Model
from sheets.known import YearMonth

PREFIX = "MADOGUCHI1"
"""So that a parcel's QR on a foreign page is not taken for ours; the digit counts layouts of this text."""

Number = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}$")]
"""番号: leading zeros count."""


class ForeignLabel(ValueError):
    """他所のQR: not a label of ours."""


class Label(Model):
    """QRの内容: what is not known when a sheet is printed stays empty and is written by hand."""

    sheet: Id
    version: int = Field(ge=1)
    page: int = Field(default=1, ge=1)
    month: YearMonth | None = None
    group: Number | None = None
    """The club's number."""
    person: Number | None = None
    """The person's number, as their employer counts; never the My Number (番号法)."""

    def encode(self) -> str:
        """符号化: the text of the QR."""
        facts = (self.month, self.group, self.person)
        return "/".join([PREFIX, self.sheet, str(self.version), str(self.page), *(each or "" for each in facts)])


_TEXT = re.compile(
    rf"{PREFIX}/(?P<sheet>[a-z][a-z0-9_]*)/(?P<version>[0-9]+)/(?P<page>[0-9]+)"
    r"/(?P<month>[0-9-]*)/(?P<group>[0-9]*)/(?P<person>[0-9]*)"
)


def parse(text: str) -> Label:
    """復号: a label from the text of a QR. Raises ForeignLabel."""
    found = _TEXT.fullmatch(text)
    if not found:
        raise ForeignLabel("the QR on this page is none of ours")
    facts = {name: found[name] or None for name in ("month", "group", "person")}
    try:
        return Label(sheet=found["sheet"], version=int(found["version"]), page=int(found["page"]), **facts)
    except ValueError as error:
        raise ForeignLabel(f"the QR on this page begins like ours and is not: {text[:80]!r}") from error
