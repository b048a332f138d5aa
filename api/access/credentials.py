"""資格の判定: from a certificate that was believed to the account it stands for, or the reason it stands for none."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Connection

from api.access.history import HistoryUnreachable, Issued
from api.counter import Counter
from api.problems import problem, reason_text, refused_login
from procedures.values import MunicipalityCode
from store import credentials
from store.credentials import CARD, SMARTPHONE, Certificate, Credential, CredentialKey
from trust import certificate as certificates
from trust.reasons import Reason
from trust.signature import Outcome, SignatureCheck

LONGEST_CHAIN = 5
"""Renewals followed back: a card is renewed every five years."""

SYSTEM = "system"


def presented(check: SignatureCheck) -> Certificate:
    """示された証明書: (kind, CA key identifier, serial). Raises Problem unless it is known to be good."""
    if check.outcome is Outcome.UNKNOWN:
        raise problem("certificate_unknown")
    if check.certificate is None:
        raise refused_login(reason_text(check.reason or Reason.MALFORMED))
    facts = check.certificate
    kind = SMARTPHONE if facts.medium == "smartphone" else CARD
    return Certificate(
        key=CredentialKey(kind, bytes.fromhex(facts.issuer_key_id), facts.serial),
        distribution_point=_distribution_point(check.evidence.certificate),
        expires_at=facts.not_after,
    )


def recognised(
    counter: Counter, city: MunicipalityCode, certificate: Certificate, *, returning: bool = False
) -> Certificate:
    """照会: one that may be used; an unknown one with the registered certificate it replaces, if any. Raises Problem.

    `returning`: its holder may bring back what they had removed.
    """
    with counter.database.reading(city) as connection:
        known = credentials.find(connection, certificate.key)
    if known is not None:
        if not (returning and known.suspension == "removed"):
            require_usable(known)
        return certificate
    former = _former(counter, city, certificate.key)
    if former is not None and former.suspension == "administrator":
        require_usable(former)
    if former is None or former.suspension == "removed":
        return certificate
    return replace(certificate, replaces=CredentialKey(former.kind, former.issuer_key_id, former.serial))


def admit(connection: Connection, certificate: Certificate) -> Credential:
    """受入れ: the registration of this certificate; the first login opens an account or joins the former card's."""
    known = credentials.hold(connection, certificate.key)
    if known is not None:
        require_usable(known)
        credentials.refresh(connection, known, certificate)
        return known
    former = credentials.hold(connection, certificate.replaces) if certificate.replaces else None
    if former is None:
        return credentials.open_account(connection, certificate)
    return succeed(connection, certificate, former, former.account_id)


def succeed(connection: Connection, certificate: Certificate, former: Credential, account_id: UUID) -> Credential:
    """引継ぎ: the new certificate in the place of the one it replaces, whose sessions end."""
    linked = credentials.attach(connection, certificate, account_id, actor=SYSTEM, action="linked")
    credentials.suspend(connection, former.id, "renewed", actor=SYSTEM)
    return linked


def require_usable(known: Credential) -> None:
    """Raises Problem in plain words where this certificate was suspended."""
    if known.suspension is not None:
        raise problem(f"certificate_{known.suspension}")


def _former(counter: Counter, city: MunicipalityCode, key: CredentialKey) -> Credential | None:
    """更新前の資格: the newest registered ancestor. Raises Problem where nobody can tell: unknown is never new."""
    if counter.history is None:
        return None
    issued: Issued | None = Issued(key.issuer_key_id, key.serial)
    for _ in range(LONGEST_CHAIN):
        try:
            issued = counter.history.resolve_previous(issued) if issued else None
        except HistoryUnreachable as error:
            raise problem("former_certificate_unknown") from error
        if issued is None:
            return None
        with counter.database.reading(city) as connection:
            for kind in (CARD, SMARTPHONE):
                if found := credentials.find(connection, CredentialKey(kind, *issued)):
                    return found
    return None


def _distribution_point(der: bytes | None) -> str:
    """CRL配布点 as it is written down: a directory entry in RFC 4514, an address, or nothing."""
    points = certificates.distribution_points(certificates.load(der)) if der else ()
    if not points:
        return ""
    name = points[0].value
    return name if isinstance(name, str) else name.rfc4514_string()
