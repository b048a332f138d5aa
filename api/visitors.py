"""来訪者: who is asking right now, and what an officer among them may do, on their own or in another's place."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class DutyView(BaseModel):
    """事務分掌: a function in one department, or (`*`) in the whole city."""

    model_config = ConfigDict(frozen=True)

    department: str
    function: str

    def covers(self, department: str, function: str) -> bool:
        """Whether it counts there."""
        return self.function == function and self.department in (department, "*")


class InPlaceView(BaseModel):
    """代理: for whom an officer stands in, until the end of which day, and the duties held only so."""

    model_config = ConfigDict(frozen=True)

    absent: UUID
    name: str
    until: date
    duties: frozenset[DutyView]


class Visitor(BaseModel):
    """来訪者: who is asking. An officer is a visitor with duties."""

    model_config = ConfigDict(frozen=True)

    account_id: UUID
    credential_id: UUID | None = None
    """What this session was opened with."""
    officer_name: str | None = None
    duties: frozenset[DutyView] = frozenset()
    """One's own, and those of whoever one stands in for today."""
    in_place: tuple[InPlaceView, ...] = ()
    unread_notices: int = 0
    """職員へのお知らせ not read yet."""

    @property
    def functions(self) -> frozenset[str]:
        """In whichever department: what to offer on a page, never what to allow."""
        return frozenset(duty.function for duty in self.duties)

    def may(self, department: str, function: str) -> bool:
        """Whether this officer has that function in that department."""
        return any(duty.covers(department, function) for duty in self.duties)

    def in_place_of(self, department: str, *functions: str) -> UUID | None:
        """代理: by whose duty alone this officer has any of the functions there; None: by their own."""
        only_so = frozenset().union(*(each.duties for each in self.in_place))
        if _any_covers(self.duties - only_so, department, functions):
            return None
        return next((each.absent for each in self.in_place if _any_covers(each.duties, department, functions)), None)

    @property
    def is_administrator(self) -> bool:
        """Administration knows no departments: only the whole city's administrator is one."""
        return DutyView(department="*", function="administrator") in self.duties

    @property
    def is_auditor(self) -> bool:
        """監査担当 of the whole city."""
        return DutyView(department="*", function="auditor") in self.duties

    @property
    def headed(self) -> frozenset[str]:
        """所属: the departments whose superior this officer is; `*` is every one."""
        return frozenset(duty.department for duty in self.duties if duty.function == "head")

    def heads(self, department: str) -> bool:
        """所属長: whether this officer is the superior there."""
        return self.may(department, "head")


def _any_covers(duties: frozenset[DutyView], department: str, functions: tuple[str, ...]) -> bool:
    return any(duty.covers(department, function) for duty in duties for function in functions)
