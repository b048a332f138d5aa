"""名指しの内容: a page no machine could read: why, and what a person is asked about it."""

from collections.abc import Mapping
from typing import Any

from api.sheets.naming import NamingView
from api.sheets.views import SheetPageView
from procedures.texts import Language
from ui.language import translated
from ui.sheets.batch_contents import cause
from ui.sheets.words import REASONS

Content = dict[str, Any]


def naming(language: Language, found: SheetPageView, asked: NamingView, said: Mapping[str, str]) -> Content:
    """名指し; `said`: what was chosen in a form that was refused."""
    return {
        "found": found,
        "asked": asked,
        "why": cause(language, asked.fault) if asked.fault else None,
        "versions": [(str(each), str(each)) for each in asked.versions],
        "clubs": [(number, f"{number}　{name}") for number, name in asked.clubs],
        "chosen": {
            "sheet_version": said.get("sheet_version", str(asked.sheet_version)),
            "group": said.get("group", asked.group or ""),
            "person": said.get("person", asked.person or ""),
            "month": said.get("month", asked.month or ""),
        },
    }


def reasons(language: Language) -> list[tuple[str, str]]:
    """取り分ける理由."""
    return [(code, translated(language, words)) for code, words in REASONS.items()]
