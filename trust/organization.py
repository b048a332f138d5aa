"""事業者: which organisation an electronic certificate was issued to.

Read by the anchor's own `SubjectMapping`, and only after the certificate has been believed.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from asn1crypto import core, parser
from cryptography import x509
from pydantic import AfterValidator, BaseModel, ConfigDict

from trust.certificate import CertificateMalformed
from trust.subject import Place, SubjectMapping

CONTEXT: Final = 2
"""The class of a context-specific tag (X.690 8.1.2.2)."""


def check_digit(twelve: str) -> str:
    """検査用数字: of the twelve digits after it (法人番号の指定等に関する省令2条: 9 − Σ PnQn mod 9)."""
    total = sum(int(digit) * (1 + n % 2) for n, digit in enumerate(reversed(twelve)))
    return str(9 - total % 9)


def _checked(number: str) -> str:
    if not (len(number) == 13 and number.isascii() and number.isdigit()):
        raise ValueError("a corporate number has thirteen digits")
    if number[0] != check_digit(number[1:]):
        raise ValueError("the check digit of the corporate number is wrong")
    return number


CorporateNumber = Annotated[str, AfterValidator(_checked)]
"""法人番号: thirteen digits, the first of which checks the others."""


class Organization(BaseModel):
    """事業者: what the certificate says of it, untouched; None where this authority's certificates say nothing."""

    model_config = ConfigDict(frozen=True)

    name: str
    corporate_number: CorporateNumber | None = None
    representative: str | None = None
    office: str | None = None


def organization(certificate: x509.Certificate, mapping: SubjectMapping) -> Organization:
    """事業者 of a believed certificate. Raises CertificateMalformed when it breaks its authority's own profile."""
    try:
        return Organization(
            name=_name(certificate, mapping),
            corporate_number=_corporate_number(_text(certificate, mapping.corporate_number)),
            representative=_text(certificate, mapping.representative),
            office=_text(certificate, mapping.office),
        )
    except CertificateMalformed:
        raise
    except (ValueError, TypeError, LookupError) as error:  # ours about the number, asn1crypto's about the rest
        raise CertificateMalformed(f"the organisation cannot be read ({type(error).__name__})") from error


def _name(certificate: x509.Certificate, mapping: SubjectMapping) -> str:
    name = _text(certificate, mapping.name)
    if not name:
        raise CertificateMalformed("the certificate names no organisation where its authority writes it")
    return name


def _corporate_number(text: str | None) -> str | None:
    """会社法人等番号 (twelve digits, as in 商業登記) becomes the 法人番号 that is made of it (番号法施行令35条)."""
    if text is None:
        return None
    digits = unicodedata.normalize("NFKC", text).replace("-", "").strip()
    return check_digit(digits) + digits if len(digits) == 12 and digits.isdigit() else digits


def _text(certificate: x509.Certificate, place: Place | None) -> str | None:
    if place is None:
        return None
    found = [text.removeprefix(place.prefix) for text in _texts(certificate, place) if text.startswith(place.prefix)]
    if len(found) > 1:
        raise CertificateMalformed(f"{place.oid} is given {len(found)} times")
    return found[0].strip() if found else None


def _texts(certificate: x509.Certificate, place: Place) -> Iterable[str]:
    oid = x509.ObjectIdentifier(place.oid)
    if place.within == "extension":
        return _extension_texts(certificate, oid, place.tag)
    names = [certificate.subject] if place.within == "subject" else _alternative_names(certificate)
    return [str(attribute.value) for name in names for attribute in name.get_attributes_for_oid(oid)]


def _alternative_names(certificate: x509.Certificate) -> list[x509.Name]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return list(names.get_values_for_type(x509.DirectoryName))


def _extension_texts(certificate: x509.Certificate, oid: x509.ObjectIdentifier, tag: int | None) -> list[str]:
    try:
        value = certificate.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return []
    if not isinstance(value, x509.UnrecognizedExtension):
        raise CertificateMalformed(f"extension {oid.dotted_string} holds no text of an authority's own")
    if tag is None:
        return [_string(value.value)]
    return [_string(content) for found, content in _members(value.value) if found == tag]


def _members(sequence: bytes) -> Iterator[tuple[int, bytes]]:
    """The context-tagged members of a SEQUENCE: (tag, what it wraps)."""
    _, _, _, _, rest, _ = parser.parse(sequence, strict=True)
    while rest:
        kind, _, tag, header, content, trailer = parser.parse(rest)
        if kind == CONTEXT:
            yield tag, content
        rest = rest[len(header) + len(content) + len(trailer) :]


def _string(der: bytes) -> str:
    text = core.load(der, strict=True).native
    if not isinstance(text, str):
        raise CertificateMalformed("an extension does not hold a text where its authority writes one")
    return text
