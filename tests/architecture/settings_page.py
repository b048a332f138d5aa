"""設定の一覧: writes docs/settings.md from the settings classes themselves.

.venv/bin/python tests/architecture/settings_page.py
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from house import CLONE, Module, modules

PAGE = CLONE / "docs" / "settings.md"
OPENING = """# Settings 設定

Every setting is an environment variable, read once at the start by the class named here. Secrets are never variables:
a setting ending in `_FILE` names a file that holds one. `make run` sets all of them itself (`machine/layout.py`); in
production `docker-compose.yml` sets most, `deploy/city.env` the rest.

Written by `.venv/bin/python tests/architecture/settings_page.py`; a test fails when this page is out of date.
"""


@dataclass(frozen=True)
class Setting:
    """設定 of one variable. `default` is source text, or None where it must be set."""

    variable: str
    default: str | None
    meaning: str


def settings_classes() -> Iterator[tuple[Module, ast.ClassDef]]:
    for file in modules():
        for node in ast.walk(file.tree):
            if isinstance(node, ast.ClassDef) and any(ast.unparse(base) == "BaseSettings" for base in node.bases):
                yield file, node


def settings_of(node: ast.ClassDef) -> Iterator[Setting]:
    prefix = _prefix(node)
    for field, after in zip(node.body, [*node.body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            yield Setting(f"{prefix}{field.target.id.upper()}", _default(field.value), _meaning(after))


def _prefix(node: ast.ClassDef) -> str:
    for call in ast.walk(node):
        if isinstance(call, ast.keyword) and call.arg == "env_prefix" and isinstance(call.value, ast.Constant):
            return str(call.value.value)
    raise ValueError(f"{node.name} has no env_prefix")


def _default(value: ast.expr | None) -> str | None:
    match value:
        case ast.Call(func=ast.Name(id="Field"), keywords=[*named]):
            return next((ast.unparse(each.value) for each in named if each.arg == "default"), None)
        case ast.Call(func=ast.Name(id="timedelta"), keywords=[ast.keyword(arg=str(unit), value=amount)]):
            return f"{ast.unparse(amount)} {unit}"
        case ast.Call(args=[ast.Constant(value=str(text))]):
            return text
        case None:
            return None
    return ast.unparse(value).strip("'") or "(empty)"


def _meaning(after: ast.stmt | None) -> str:
    match after:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return " ".join(text.split()).replace("|", r"\|")
    return ""


def page() -> str:
    """The whole page."""
    parts = [OPENING]
    for file, node in settings_classes():
        first = (ast.get_docstring(node) or "").split("\n")[0]
        parts.append(f"## {node.name}\n\n{first} Defined in `{file.name}`.\n")
        rows = [f"| `{s.variable}` | {_shown(s)} | {s.meaning} |" for s in settings_of(node)]
        parts.append("\n".join(["| Variable | Default | Meaning |", "|---|---|---|", *rows]) + "\n")
    return "\n".join(parts)


def _shown(setting: Setting) -> str:
    return "must be set" if setting.default is None else f"`{setting.default}`"


if __name__ == "__main__":
    Path(PAGE).write_text(page(), "utf-8")
