"""廃棄: what of a case goes at the end of its retention and what stays; which cases are due; what the runs did.

`purge_case` (migrations/0016) does it, with the line of the audit log, in one transaction. Files follow: their keys
are written down in the same transaction, and are gone from there once the objects are.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, cast, delete, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert

from procedures.values import ProcedureId, ReceiptNumber
from store.tables import purged_object, retention_run

Fate = Literal["deleted", "emptied", "kept"]

FATES: Mapping[str, tuple[Fate, str]] = {
    "answer_correction": ("deleted", "answers"),
    "attachment": ("deleted", "what residents sent"),
    "bulk_item": ("deleted", "reasons; the order itself stays"),
    "case_key": ("deleted", "shreds the history in Temporal"),
    "case_name": ("deleted", "names"),
    "case_note": ("deleted", "what officers wrote"),
    "command": ("deleted", "reasons and marks"),
    "draft": ("deleted", "answers"),
    "effect": ("deleted", "results of steps that will not run again"),
    "extension": ("deleted", "reasons"),
    "legal_hold": ("deleted", "reasons; that it was held is in the audit log"),
    "message": ("deleted", "what was written"),
    "message_attachment": ("deleted", "what was sent"),
    "notice": ("deleted", "of the resident's account"),
    "notice_delivery": ("deleted", "of the resident's account"),
    "officer_notice": ("deleted", "about nothing any more"),
    "opinion": ("deleted", "questions and answers"),
    "paper_filing": ("deleted", "the person written on a paper"),
    "paper_notice": ("deleted", "of the resident"),
    "paper_reading": ("deleted", "what a machine read on a paper"),
    "recusal": ("deleted", "who is close to whom"),
    "register_extract": ("deleted", "the household"),
    "review_sheet": ("deleted", "what reviewers filled in"),
    "robot_entry": ("deleted", "what was typed into the registry's terminal"),
    "signature_check": ("deleted", "the signer"),
    "signing_request": ("deleted", "what was signed"),
    "submission": ("deleted", "answers and signature"),
    "bulk": ("emptied", "what an order says goes with its last case"),
    "case_file": ("emptied", "counts of statistics; the account becomes nobody's, the reason goes"),
    "correction": ("emptied", "that there was one is counted; the marks go"),
    "document": ("emptied", "anyone may verify it for as long as the paper lives; the file goes"),
    "payment": ("emptied", "amounts and days of money (地方自治法); card and gateway ids go"),
    "task": ("emptied", "who decided when is counted; reasons, results and findings go"),
    "access": ("kept", "who looked; never what"),
    "audit": ("kept", "codes without personal data; the chain must verify"),
    "audit_anchor_leaf": ("kept", "hashes"),
    "audit_head": ("kept", "hashes"),
    "points_posting": ("kept", "a person's balance is not the case's"),
    "points_transaction": ("kept", "an award is given once, for longer than a case is kept"),
    "purged_object": ("kept", "until the objects are gone"),
    "replay_case": ("kept", "outcomes without personal data"),
}
"""行方: of every table that has to do with a case. A test fails for one that nobody decided about."""

MOST_FAILURES = 50


@dataclass(frozen=True)
class Rule:
    """保存の規則: cases of this version that closed before are due."""

    procedure: str
    version: int
    closed_before: datetime


@dataclass(frozen=True)
class Due:
    """廃棄の対象."""

    receipt_number: ReceiptNumber
    closed_at: datetime


@dataclass(frozen=True)
class RetentionRunRow:
    """廃棄の一巡 as stored. `held`: due, but to be kept; `failed`: tried in vain, tried again by the next."""

    id: str
    started_at: datetime
    finished_at: datetime | None
    due: int
    held: int
    purged: int
    failed: int
    failures: Sequence[Mapping[str, str]]


@dataclass(frozen=True)
class KeptCases:
    """保存中の案件: closed in one fiscal year, of one version. `held`: of these."""

    procedure: ProcedureId
    version: int
    fiscal_year: int
    cases: int
    held: int


_DUE = """
      from case_file c
      join unnest(cast(:procedures as text[]), cast(:versions as integer[]), cast(:before as timestamptz[]))
           as rule (procedure, version, closed_before)
        on rule.procedure = c.procedure and rule.version = c.version and c.closed_at < rule.closed_before
     where c.closed_at is not null and c.purged_at is null
"""
_HELD = "exists (select from legal_hold h where h.receipt_number = c.receipt_number and h.lifted_at is null)"
_PAGE = text(
    f"""
    select c.receipt_number, c.closed_at {_DUE}
       and not {_HELD}
       and (c.closed_at, c.receipt_number) > (cast(:closed_at as timestamptz), cast(:receipt_number as text))
     order by c.closed_at, c.receipt_number
     limit :limit
    """
)
_COUNT = text(f"select count(*) filter (where not {_HELD}) as due, count(*) filter (where {_HELD}) as held {_DUE}")
_KEPT = text(
    f"""
    select c.procedure, c.version,
           extract(year from c.closed_at at time zone 'Asia/Tokyo' - interval '3 months')::integer as fiscal_year,
           count(*) as cases, count(*) filter (where {_HELD}) as held
      from case_file c
     where c.closed_at is not null and c.purged_at is null
     group by 1, 2, 3 order by 1, 2, 3
    """  # noqa: S608
)
_PURGE = text("select purge_case(:receipt_number, :closed_before, :run)")
FIRST = Due(ReceiptNumber(""), datetime.fromisoformat("0001-01-01T00:00:00+00:00"))
"""Where the first page begins."""


def due(connection: Connection, rules: Sequence[Rule], after: Due, limit: int) -> tuple[Due, ...]:
    """廃棄の対象, those closed longest ago first. A page begins behind the one before: a run meets nothing twice."""
    place = {"closed_at": after.closed_at, "receipt_number": after.receipt_number, "limit": limit}
    return tuple(Due(**row._mapping) for row in connection.execute(_PAGE, _of(rules) | place))


def purge(connection: Connection, receipt_number: ReceiptNumber, closed_before: datetime, run_id: str) -> bool:
    """廃棄する, once. False: it was already, is open again, held, or waits for something."""
    values = {"receipt_number": receipt_number, "closed_before": closed_before, "run": run_id}
    done: bool = connection.execute(_PURGE, values).scalar_one()
    return done


def objects_of(connection: Connection, receipt_number: ReceiptNumber) -> tuple[str, ...]:
    """廃棄待ちのファイル of a purged case."""
    found = select(purged_object.c.object_key).where(purged_object.c.receipt_number == receipt_number)
    return tuple(connection.execute(found).scalars())


def with_objects(connection: Connection, limit: int) -> tuple[ReceiptNumber, ...]:
    """Purged cases whose files are not all gone: a run before was cut short."""
    found = select(purged_object.c.receipt_number).distinct().order_by(purged_object.c.receipt_number).limit(limit)
    return tuple(ReceiptNumber(each) for each in connection.execute(found).scalars())


def objects_gone(connection: Connection, receipt_number: ReceiptNumber, keys: Sequence[str]) -> None:
    """消した: these objects are gone."""
    mine = purged_object.c.receipt_number == receipt_number, purged_object.c.object_key.in_(keys)
    connection.execute(delete(purged_object).where(*mine))


# --- runs -------------------------------------------------------------------------------------------------------------


def begin(connection: Connection, run_id: str, rules: Sequence[Rule]) -> None:
    """一巡を始める, once; what is due and what is held is counted then."""
    counted = connection.execute(_COUNT, _of(rules)).one()
    row = upsert(retention_run).values(id=run_id, due=counted.due, held=counted.held)
    connection.execute(row.on_conflict_do_nothing())


def fail(connection: Connection, run_id: str, receipt_number: ReceiptNumber, cause: str) -> None:
    """失敗: counted; the first ones are named."""
    told = cast(literal(json.dumps([{"receipt_number": receipt_number, "cause": cause}])), JSONB)
    few = func.jsonb_array_length(retention_run.c.failures) < MOST_FAILURES
    this = update(retention_run).where(retention_run.c.id == run_id)
    connection.execute(this.values(failed=retention_run.c.failed + 1))
    connection.execute(this.where(few).values(failures=retention_run.c.failures.concat(told)))


def finish(connection: Connection, run_id: str) -> None:
    """終わり."""
    this = retention_run.c.id == run_id, retention_run.c.finished_at.is_(None)
    connection.execute(update(retention_run).where(*this).values(finished_at=func.now()))


def runs(connection: Connection, limit: int) -> tuple[RetentionRunRow, ...]:
    """一巡の記録, the newest first."""
    columns = (retention_run.c[name] for name in RetentionRunRow.__annotations__)
    found = select(*columns).order_by(retention_run.c.started_at.desc(), retention_run.c.id).limit(limit)
    return tuple(RetentionRunRow(**row._mapping) for row in connection.execute(found))


def kept(connection: Connection) -> tuple[KeptCases, ...]:
    """保存中の案件: counted by the fiscal year in which they closed."""
    return tuple(KeptCases(**row._mapping) for row in connection.execute(_KEPT))


def _of(rules: Sequence[Rule]) -> dict[str, object]:
    return {
        "procedures": [each.procedure for each in rules], "versions": [each.version for each in rules],
        "before": [each.closed_before for each in rules],
    }  # fmt: skip
