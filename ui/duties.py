"""職務の名前: departments and functions as their procedures call them, in the reader's language."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from api.views import DutyView
from procedures.loader import Library
from procedures.texts import Language
from ui.language import translated
from ui.wording import N_

WHOLE_CITY = "*"
CITY = N_("全庁")
OFFICES: Mapping[str, str] = {
    "administrator": N_("システム管理者"),
    "auditor": N_("監査担当"),
    "head": N_("所属長"),
    "sheet_correction": N_("帳票の訂正"),
    "sheet_approval": N_("帳票の承認"),
}
"""Functions of the city itself, which no procedure asks for."""


@dataclass(frozen=True)
class DutyNames:
    """職務の名前: of every version, so that whoever holds an old one is named too."""

    departments: Mapping[str, str]
    functions: Mapping[str, str]

    @classmethod
    def of(cls, language: Language, library: Library) -> Self:
        found = [edition.procedure for edition in library.editions.values()]
        departments = {each.department.id: each.department.name.of(language) for each in found}
        functions = {function.id: function.title.of(language) for each in found for function in each.functions}
        return cls(
            {**departments, WHOLE_CITY: translated(language, CITY)},
            {**functions, **{name: translated(language, title) for name, title in OFFICES.items()}},
        )

    def department(self, name: str) -> str:
        return self.departments.get(name, name)

    def function(self, name: str) -> str:
        return self.functions.get(name, name)

    def grouped(self, duties: Iterable[DutyView]) -> list[tuple[str, list[tuple[str, str]]]]:
        """担当課ごと: each department with (value, name) of its duties; the whole city comes last."""
        by_department: dict[str, list[tuple[str, str]]] = {}
        for duty in duties:
            option = (written(duty), self.function(duty.function))
            by_department.setdefault(duty.department, []).append(option)
        ordered = sorted(by_department, key=lambda name: (name == WHOLE_CITY, self.department(name)))
        return [(self.department(name), sorted(by_department[name], key=_offices_first)) for name in ordered]


def written(duty: DutyView) -> str:
    """職務の書き方, as forms and the command line have it."""
    return f"{duty.department}:{duty.function}"


def _offices_first(option: tuple[str, str]) -> tuple[bool, str]:
    return read(option[0]).function not in OFFICES, option[1]


def read(text: str) -> DutyView:
    department, _, function = text.partition(":")
    return DutyView(department=department, function=function)
