"""設定の文書: a setting nobody can look up is a trap."""

import ast

import pytest
from house import Module
from settings_page import PAGE, page, settings_classes, settings_of

CLASSES = list(settings_classes())


@pytest.mark.parametrize(("file", "node"), CLASSES, ids=[node.name for _, node in CLASSES])
def test_every_setting_says_what_it_is(file: Module, node: ast.ClassDef) -> None:
    assert ast.get_docstring(node), f"{file.name}: {node.name} has no docstring"
    silent = [setting.variable for setting in settings_of(node) if not setting.meaning]
    assert not silent, f"{file.name}: write a docstring under {', '.join(silent)} (unit, effect, who needs it)"


def test_the_page_of_settings_is_up_to_date() -> None:
    written = PAGE.read_text("utf-8") if PAGE.exists() else ""
    assert written == page(), "run: .venv/bin/python tests/architecture/settings_page.py"


def test_two_settings_never_share_a_variable() -> None:
    variables = [setting.variable for _, node in CLASSES for setting in settings_of(node)]
    assert len(variables) == len(set(variables))
    assert len(variables) > 40, "the settings classes are no longer found: adapt settings_page.py"
