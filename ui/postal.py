"""住所の自動入力: a postal code typed in the form, and the address it fills."""

from dataclasses import dataclass, replace
from typing import Any

from api.resident import postal_codes
from api.resident.postal_codes import PostalAddress
from procedures.document import Procedure
from procedures.form import GroupField, TextField

ADDRESS = "-address"
"""The button's name; its value is the postal code's path, or path:number once one of several is chosen."""


@dataclass(frozen=True)
class PostalFound:
    """郵便番号の結果: which addresses, and whether one of them was written into the address."""

    addresses: tuple[PostalAddress, ...]
    filled: str | None = None


def filled(procedure: Procedure, answers: dict[str, Any], wanted: str) -> tuple[dict[str, Any], dict[str, PostalFound]]:
    """住所を入れる: `answers` with the address, and what to say beside the postal code.

    An address somebody typed is replaced only when its replacement was chosen by itself.
    """
    path, _, choice = wanted.partition(":")
    holder, asked = _place(procedure, answers, path)
    if holder is None or asked is None or asked.address_field is None:
        return answers, {}
    digits = postal_codes.digits_of(str(holder.get(asked.id) or ""))
    found = PostalFound(postal_codes.addresses(digits) if digits else ())
    picked = _picked(found, choice, has_address=bool(str(holder.get(asked.address_field) or "").strip()))
    if picked is not None:
        holder[asked.address_field] = picked.text
        found = replace(found, filled=picked.text)
    return answers, {path: found}


def _picked(found: PostalFound, choice: str, *, has_address: bool) -> PostalAddress | None:
    if choice.isascii() and choice.isdigit() and int(choice) < len(found.addresses):
        return found.addresses[int(choice)]
    return found.addresses[0] if len(found.addresses) == 1 and not has_address else None


def _place(procedure: Procedure, answers: dict[str, Any], path: str) -> tuple[dict[str, Any] | None, TextField | None]:
    """The answers the postal code stands among (the whole form's, or one item's), and its field."""
    match path.split("."):
        case [name]:
            fields, holder = procedure.form.fields(), answers
        case [group, index, name]:
            groups = {each.id: each for each in procedure.form.fields() if isinstance(each, GroupField)}
            items = answers.get(group)
            if group not in groups or not isinstance(items, list) or not index.isdecimal() or int(index) >= len(items):
                return None, None
            fields, holder = groups[group].fields, items[int(index)]
        case _:
            return None, None
    found = next((each for each in fields if each.id == name and isinstance(each, TextField)), None)
    return holder, found
