"""証拠: what signature check and register said, kept as they said it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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
_KEPT = text(
    """
    select k.revision, k.outcome, k.reason, k.evidence, k.checked_at, s.content, s.cms, s.answers, s.draft_id,
           s.received_at
      from submission n
      join signature_check k on k.receipt_number = n.receipt_number and k.revision = coalesce(n.follows, n.revision)
      join submission s on s.receipt_number = k.receipt_number and s.revision = k.revision
     where n.receipt_number = :receipt_number
     order by n.revision desc limit 1
    """
)


@dataclass(frozen=True)
class KeptCheck:
    """署名検証の記録 as kept, with the submission it is about. `evidence`: binary parts are base64."""

    revision: int
    outcome: str
    reason: str | None
    evidence: Mapping[str, object]
    checked_at: datetime
    content: bytes
    cms: bytes
    answers: Mapping[str, object]
    draft_id: UUID
    received_at: datetime


def signature_check(connection: Connection, receipt_number: ReceiptNumber) -> KeptCheck | None:
    """署名検証の記録 of the newest revision that has one."""
    row = connection.execute(_KEPT, {"receipt_number": receipt_number}).one_or_none()
    return None if row is None else KeptCheck(**row._mapping)


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


# --- the whole of a case, for others ----------------------------------------------------------------------------------

_FILED = text(
    """
    select s.revision, s.content, s.cms, s.received_at, k.outcome, k.reason, k.evidence, k.checked_at
      from submission s
      left join signature_check k on k.receipt_number = s.receipt_number and k.revision = s.revision
     where s.receipt_number = :receipt_number and s.follows is null
     order by s.revision
    """
)
_DECIDED = text(
    """
    select step, epoch, round, kind, function, outcome, decided_by, closed_at as decided_at,
           case when outcome in ('send_back', 'reject') then reason end as reason
      from task
     where receipt_number = :receipt_number and closed_at is not null and decided_by is not null
     order by closed_at, id
    """
)


@dataclass(frozen=True)
class Filed:
    """提出された申請, as the resident filed it; with its signature and how that was checked, where there is one."""

    revision: int
    content: bytes
    cms: bytes | None
    received_at: datetime
    outcome: str | None
    reason: str | None
    evidence: Mapping[str, object] | None
    checked_at: datetime | None


@dataclass(frozen=True)
class Decided:
    """判断. The officer by account id; the reason only where the resident was told it."""

    step: str
    epoch: int
    round: int
    kind: str
    function: str
    outcome: str
    decided_by: UUID
    decided_at: datetime
    reason: str | None


def filed(connection: Connection, receipt_number: ReceiptNumber) -> tuple[Filed, ...]:
    """提出された申請: every revision the resident filed, oldest first; not those an officer put right."""
    rows = connection.execute(_FILED, {"receipt_number": receipt_number})
    return tuple(Filed(**row._mapping) for row in rows)


def decided(connection: Connection, receipt_number: ReceiptNumber) -> tuple[Decided, ...]:
    """判断: what officers decided, oldest first."""
    rows = connection.execute(_DECIDED, {"receipt_number": receipt_number})
    return tuple(Decided(**row._mapping) for row in rows)
