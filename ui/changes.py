"""変更: what officers changed in a case, as pages say it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from api.views import PutRightView
from procedures.document import Procedure
from procedures.texts import Language
from ui import answers


@dataclass(frozen=True)
class PutRight:
    """職権訂正 in words."""

    label: str
    before: str
    after: str
    reason: str
    at: datetime


def put_right(language: Language, procedure: Procedure, found: Iterable[PutRightView]) -> list[PutRight]:
    """職員が正した項目."""
    fields = {field.id: field for field in procedure.form.fields()}

    def said(field: str, value: object) -> str:
        return "" if value is None else answers.shown(language, value, fields[field])

    return [
        PutRight(fields[e.field].label.of(language), said(e.field, e.before), said(e.field, e.after), e.reason, e.at)
        for e in found
    ]
