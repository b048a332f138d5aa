"""入力: what a browser sent from one step of a form, as answers."""

from collections.abc import Iterable, Sequence
from typing import Any

from starlette.datastructures import FormData, UploadFile

from api.views import DraftView
from procedures.document import Procedure
from procedures.form import AttachmentField, ChoiceField, ConsentField, DateField, FormField, GroupField
from procedures.problems import Problem
from ui.form import DATE_PARTS, items

ASKED = "-asked"
"""Hidden input naming each question and each repeated item on the page, so that an unchecked box differs from a
question not asked. Field ids cannot hold a hyphen, so no question can take a control's name."""
ACTION, DETACH, ADD, REMOVE, REVISION = "-action", "-detach", "-add", "-remove", "-revision"
MOST_ITEMS = 100


def typed(procedure: Procedure, draft: DraftView, sent: FormData) -> dict[str, Any]:
    """入力: what was typed, by field, over what was saved.

    Unknown names pass through so that api can refuse them; those saved earlier are left out, so that the form heals.
    """
    fields = {field.id: field for field in procedure.form.fields()}
    kept = {name: value for name, value in draft.answers.items() if name in fields}
    fresh = {name: answer(fields.get(name), sent, name) for name in _names(sent) if not _is_file(fields.get(name))}
    return {**kept, **fresh}


def _names(sent: FormData) -> set[str]:
    asked = {str(name).partition(".")[0] for name in sent.getlist(ASKED)}
    return asked | {key.partition(".")[0] for key in sent if key[:1] != "-"}


def _is_file(field: FormField | None) -> bool:
    return isinstance(field, AttachmentField)


def answer(field: FormField | None, sent: FormData, name: str) -> object:
    match field:
        case ConsentField():
            return sent.get(name) == "true"
        case ChoiceField(many=True):
            return [str(value) for value in sent.getlist(name)]
        case DateField():
            return "-".join(str(sent.get(f"{name}.{part}") or "").strip() for part in DATE_PARTS).strip("-")
        case GroupField():
            return [
                {asked.id: answer(asked, sent, f"{name}.{index}.{asked.id}") for asked in field.fields}
                for index in _indices(sent, name)
            ]
        case _:
            return str(sent.get(name) or "")


def _indices(sent: FormData, group: str) -> list[int]:
    """Which items the page held, in their order."""
    names = [*map(str, sent.getlist(ASKED)), *(key for key in sent if key[:1] != "-")]
    found = (name.split(".")[1] for name in names if name.startswith(f"{group}."))
    indices = {int(index) for index in found if index.isascii() and index.isdigit() and len(index) < 4}
    return sorted(indices)[:MOST_ITEMS]


def regrouped(procedure: Procedure, answers: dict[str, Any], sent: FormData) -> dict[str, Any]:
    """繰返しの増減: with an item more, or one less, where one of these buttons was pressed."""
    groups = {field.id: field for field in procedure.form.fields() if isinstance(field, GroupField)}
    added, (shrunk, _, index) = str(sent.get(ADD) or ""), str(sent.get(REMOVE) or "").partition(".")
    if added in groups and len(items(answers.get(added))) < groups[added].maximum:
        return {**answers, added: [*items(answers.get(added)), {}]}
    if shrunk in groups and index.isascii() and index.isdigit():
        rest = [item for place, item in enumerate(items(answers.get(shrunk))) if place != int(index)]
        return {**answers, shrunk: rest}
    return answers


def regroups(sent: FormData) -> bool:
    """繰返しの増減か否か."""
    return ADD in sent or REMOVE in sent


def files(procedure: Procedure, sent: FormData) -> Iterable[tuple[str, UploadFile]]:
    """添付: the files chosen in this request, by field; an input left empty sends a nameless file."""
    for field in procedure.form.fields():
        for file in sent.getlist(field.id):
            if _is_file(field) and isinstance(file, UploadFile) and file.filename:
                yield field.id, file


def based_on(sent: FormData) -> int | None:
    """版: which revision of the draft the page showed; None where it does not say."""
    said = str(sent.get(REVISION) or "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else None


def only_new(problems: Sequence[Problem], sent: FormData) -> bool:
    """質問の追加: whether all that is wrong are questions that were not on the page yet."""
    asked = {str(name) for name in sent.getlist(ASKED)}
    return bool(problems) and all(
        each.field.partition(".")[0] not in asked and each.code in ("required", "consent_required") for each in problems
    )
