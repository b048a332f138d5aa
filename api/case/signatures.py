"""電子署名の事実: what was signed, with which certificate, and how that was checked; the evidence for experts."""

import json
from collections.abc import Mapping
from typing import Any

from cryptography import x509
from fastapi import APIRouter, Response
from sqlalchemy import Connection

from api.audit.bundle import signature_files, zipped
from api.case.access import actor_of, look_into
from api.case.views import CertificateUsedView, RevocationCheckView, SignatureView
from api.counter import City, Counter, CounterHere, Officer
from api.problems import problem
from api.views import Visitor
from procedures.texts import LANGUAGES
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, drafts
from store.evidence import KeptCheck, signature_check
from trust import explanation
from trust.anchors import Use
from trust.explanation import Asked, CertificateUsed
from trust.reasons import Reason, sentences
from trust.signature import SignatureEvidence

router = APIRouter(prefix="/api/inbox/cases", tags=["inbox"])

README = """\
電子署名の証拠 / Evidence of an electronic signature

content.json      署名された申請 (RFC 8785)。 The application that was signed, byte for byte.
signature.p7s     電子署名 (CAdES-BES, DER、内容を含まない)。 The detached signature.
certificate.der   署名者の電子証明書。 The signer's certificate.
revocation-N.*    失効確認の答え (OCSP または CRL、DER)。 What the revocation service answered.
check.json        検証の記録。 When and with what result the counter checked it.

確かめ方 / To check it yourself, with the authority's certificate as anchor.pem:
  openssl cms -verify -binary -inform DER -in signature.p7s -content content.json -CAfile anchor.pem -purpose any -no_check_time -out /dev/null
  openssl ocsp -respin revocation-1.ocsp.der -noverify -text

このファイルには個人情報が含まれます。 These files contain personal data.
"""  # noqa: E501


@router.get("/{receipt_number}/signature")
def read_signature(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> SignatureView:
    """電子署名の事実."""
    found = read(counter, city, officer, ReceiptNumber(receipt_number))
    if found is None:
        raise problem("nothing_signed")
    return found


@router.get("/{receipt_number}/evidence", response_class=Response)
def read_evidence(counter: CounterHere, city: City, officer: Officer, receipt_number: str) -> Response:
    """電子署名の証拠 (ZIP)."""
    data = evidence(counter, city, officer, ReceiptNumber(receipt_number))
    return Response(data, media_type="application/zip", headers={"X-Content-Type-Options": "nosniff"})


# --- use cases --------------------------------------------------------------------------------------------------------


def read(
    counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber
) -> SignatureView | None:
    """電子署名の事実; None where none was checked. Raises Problem: not_found, recused."""
    with counter.database.reading(city) as connection:
        look_into(counter, connection, officer, receipt_number, "case")
        kept = signature_check(connection, receipt_number)
        return None if kept is None else _view(counter, connection, kept)


def evidence(counter: Counter, city: MunicipalityCode, officer: Visitor, receipt_number: ReceiptNumber) -> bytes:
    """電子署名の証拠 as a ZIP; who took it is in the audit log. Raises Problem: not_found, recused, nothing_signed."""
    with counter.database.transaction(city) as connection:
        look_into(counter, connection, officer, receipt_number, "evidence")
        kept = signature_check(connection, receipt_number)
        if kept is None:
            raise problem("nothing_signed")
        cases.say(connection, receipt_number, "evidence_taken", actor=actor_of(officer))
    return zipped({"README.txt": README.encode(), **signature_files(kept)})


# --- small things -----------------------------------------------------------------------------------------------------


def _view(counter: Counter, connection: Connection, kept: KeptCheck) -> SignatureView:
    found = SignatureEvidence.model_validate(kept.evidence)
    used = explanation.certificate_used(found, counter.anchors)
    serial = x509.load_der_x509_certificate(found.certificate).serial_number if found.certificate else None
    checks = [explanation.asked(each, serial) for each in found.revocation]
    signed = _signed_files(kept)
    return SignatureView.model_validate(
        {
            "outcome": kept.outcome,
            "reason": kept.reason,
            "reason_text": _told(kept.reason),
            "revision": kept.revision,
            "attachments": len(signed),
            "unchanged": _is_unchanged(connection, kept, signed),
            "signed_at": found.signing_time,
            "received_at": kept.received_at,
            "checked_at": found.checked_at,
            "certificate": None if used is None else _certificate(used),
            "revocation": tuple(_check(each) for each in checks),
            "revoked_since": next((each.revoked_at for each in checks if each.revoked_at), None),
        }
    )


def _told(reason: str | None) -> dict[str, str] | None:
    """What happened and what it means; what to do next is said to residents."""
    if reason not in set(Reason):
        return None
    return {each: "".join(sentences(Reason(reason), each)[:2]) for each in LANGUAGES}


def _is_unchanged(connection: Connection, kept: KeptCheck, signed: list[Mapping[str, Any]]) -> bool:
    """不変: the bytes are those of the signature; the answers and files kept beside them are those of the bytes."""
    stored = sorted((each.field, each.sha256) for each in drafts.attachments(connection, kept.draft_id))
    return (
        explanation.is_unchanged(kept.content, kept.cms)
        and json.loads(kept.content).get("answers") == kept.answers
        and stored == sorted((str(each["field"]), str(each["sha256"])) for each in signed)
    )


def _signed_files(kept: KeptCheck) -> list[Mapping[str, Any]]:
    files: list[Mapping[str, Any]] = json.loads(kept.content).get("attachments", [])
    return files


def _certificate(used: CertificateUsed) -> CertificateUsedView:
    return CertificateUsedView(
        kind="business" if used.use is Use.BUSINESS_SIGNING else "individual",
        medium=used.medium,
        authority=used.anchor.name.model_dump(),
        serial=used.serial,
        not_before=used.not_before,
        not_after=used.not_after,
    )


def _check(asked: Asked) -> RevocationCheckView:
    return RevocationCheckView.model_validate(
        {
            "kind": asked.kind,
            "asked_at": asked.asked_at,
            "address": asked.host,
            "answered_by": asked.answered_by,
            "as_of": asked.as_of,
        }
    )
