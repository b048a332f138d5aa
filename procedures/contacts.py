"""連絡先の表記: telephone numbers, postal codes and e-mail addresses, read however they are typed."""

import re

import phonenumbers

from procedures.writing import half_width

LONGEST_PHONE = 40
LONGEST_EMAIL = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
_PHONE = re.compile(r"\+?[0-9()\-. ]+")
_POSTAL_CODE = re.compile(r"〒?([0-9]{3})-?([0-9]{4})")
_LOCAL_PART = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_LOCAL_PART})@((?:{_LABEL}\.)+(?:[A-Za-z]{{2,63}}|xn--[A-Za-z0-9-]{{1,59}}))")
"""The shape HTML's input type=email accepts, and at least two labels: old mobile addresses hold two dots in a row."""


def read_phone(raw: str) -> str | None:
    """電話番号の読取り: a number of Japan as it is written at home, 079-221-2111; None where there is no such number.

    Full width, spaces, brackets, missing hyphens and +81 are all right. Numbers abroad, extensions and short numbers
    such as 110 are not.
    """
    text = half_width(raw)
    if len(text) > LONGEST_PHONE or not _PHONE.fullmatch(text):
        return None
    try:
        number = phonenumbers.parse(text, "JP")
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number_for_region(number, "JP"):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def read_postal_code(raw: str) -> str | None:
    """郵便番号の読取り: 670-8501, from full width, with 〒, without the hyphen; None where it has not seven digits."""
    found = _POSTAL_CODE.fullmatch(re.sub(r"\s", "", half_width(raw)))
    return f"{found[1]}-{found[2]}" if found else None


def read_email(raw: str) -> str | None:
    """メールアドレスの読取り: one address in half width, its domain in lower case; None where it has not the shape."""
    text = half_width(raw)
    found = _EMAIL.fullmatch(text) if len(text) <= LONGEST_EMAIL else None
    return f"{found[1]}@{found[2].lower()}" if found else None
