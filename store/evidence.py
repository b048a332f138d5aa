"""証拠: what signature check and register said, kept as they said it."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

from procedures.values import PersonId, ReceiptNumber

_SIGNATURE = text(
    """
    insert into signature_check (receipt_number, revision, outcome, reason, facts, evidence)
    values (:receipt_number, :revision, :outcome, :reason, cast(:facts as jsonb), cast(:evidence as jsonb))
    on conflict (receipt_number, revision) do nothing
    """
)
_REGISTER = text(
    """
    insert into register_extract (receipt_number, epoch, person_id, subject_id, record, differences)
    values (:receipt_number, :epoch, :person_id, :subject_id, cast(:record as jsonb), :differences)
    on conflict (receipt_number, epoch) do nothing
    """
)


def keep_signature_check(
    connection: Connection,
    receipt_number: ReceiptNumber,
    revision: int,
    *,
    outcome: str,
    reason: str | None,
    facts: Mapping[str, object],
    evidence: Mapping[str, object],
) -> None:
    """署名検証の記録: only final outcomes; an *unknown* leaves no row. Binary evidence is base64."""
    row = {"outcome": outcome, "reason": reason, "facts": json.dumps(facts), "evidence": json.dumps(evidence)}
    connection.execute(_SIGNATURE, {"receipt_number": receipt_number, "revision": revision, **row})


def keep_register_extract(
    connection: Connection,
    receipt_number: ReceiptNumber,
    epoch: int,
    *,
    person_id: PersonId,
    subject_id: PersonId,
    record: Mapping[str, object],
    differences: Sequence[str],
) -> None:
    """住民記録の写し: the only source of a document's content."""
    row = {"person_id": person_id, "subject_id": subject_id, "record": json.dumps(record, default=str)}
    key = {"receipt_number": receipt_number, "epoch": epoch, "differences": list(differences)}
    connection.execute(_REGISTER, key | row)
