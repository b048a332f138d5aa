"""検証コード: the code printed on every sealed document, by which anyone may look it up, and its QR symbol.

Nineteen random symbols (95 bits) and one check symbol, from Crockford's base 32 (no I, L, O, U), in groups of four:
`7K3M-Q0XW-…`. The check symbol is a code over GF(32): it finds every single wrong symbol and every swap of two symbols,
so a slip of the pen is told apart from a document we never issued.
"""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import segno

from procedures.values import VerificationCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
RANDOM_SYMBOLS = 19
GROUP = 4
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_IDENTIFIER = re.compile(rb"<(?:\w+:)?identifier>\s*([0-9A-Z-]{20,40})\s*</(?:\w+:)?identifier>")
_FIELD = 0b100101  # x⁵+x²+1, primitive over GF(2): its powers repeat only after 31 symbols


class CodeMistyped(ValueError):
    """The text can't be one of our codes: wrong length, wrong letters, or the check symbol disagrees."""


@dataclass(frozen=True)
class Verification:
    """検証情報: what a document prints so that it can be looked up."""

    code: VerificationCode
    public_url: str

    @property
    def url(self) -> str:
        """The public page that tells whether this document is valid."""
        return f"{self.public_url.rstrip('/')}/verify/{self.code}"

    @property
    def qr_rows(self) -> tuple[bytes, ...]:
        """The address as a QR symbol: a row of bytes per line, 1 is dark, without the quiet zone."""
        return tuple(bytes(row) for row in self._symbol.matrix)

    @cached_property
    def _symbol(self) -> segno.QRCode:
        # ISO/IEC 18004, level M. A reader takes any of the eight masks; trying all of them takes 4 ms a document.
        return segno.make(self.url, error="m", micro=False, mask=3)


def new_code() -> VerificationCode:
    """A fresh code; unguessable, so knowing one document's code says nothing about another's."""
    values = [secrets.randbelow(len(ALPHABET)) for _ in range(RANDOM_SYMBOLS)]
    return _printed([*values, _check(values)])


def read_code(typed: str) -> VerificationCode:
    """The code a person typed: full width, small letters, spaces, O for 0 and I for 1 are understood.

    Raises CodeMistyped with a sentence for that person.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    symbols = [symbol for symbol in plain if symbol.isalnum()]
    if len(symbols) != RANDOM_SYMBOLS + 1:
        raise CodeMistyped(f"検証コードは{RANDOM_SYMBOLS + 1}文字です。{len(symbols)}文字が入力されました。")
    unknown = sorted({symbol for symbol in symbols if symbol not in _VALUE})
    if unknown:
        raise CodeMistyped(f"検証コードに使われない文字があります: {' '.join(unknown)}")
    values = [_VALUE[symbol] for symbol in symbols]
    if _check(values[:-1]) != values[-1]:
        raise CodeMistyped("検証コードが正しくありません。書類に印字されたとおりに入力してください。")
    return _printed(values)


def printed_code(pdf: bytes) -> VerificationCode | None:
    """The code an uploaded file claims, even where the file is altered; None where it claims none of ours."""
    for found in _IDENTIFIER.finditer(pdf):
        try:
            return read_code(found[1].decode())
        except CodeMistyped:
            continue
    return None


def _printed(values: list[int]) -> VerificationCode:
    symbols = "".join(ALPHABET[value] for value in values)
    return VerificationCode("-".join(symbols[at : at + GROUP] for at in range(0, len(symbols), GROUP)))


def _check(values: list[int]) -> int:
    check = 0
    for value in values:
        check = (check ^ value) << 1
        if check & 0b100000:
            check ^= _FIELD
    return check
