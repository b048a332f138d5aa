"""受付: all that makes a case out of a draft, in one statement, so that a submission waits for the database once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql

from procedures.values import MunicipalityCode
from store.cases import CaseRow
from store.commands import FIRST_RESEND, Command
from store.keys import WrappedKey
from store.tables import case_file

_NAMES = tuple(CaseRow.__annotations__)
_KINDS = {name: case_file.c[name].type.compile(postgresql.dialect()) for name in _NAMES}  # type: ignore[no-untyped-call]
_VALUES = ", ".join(f"cast(:{name} as {kind})" for name, kind in _KINDS.items())

# Data-modifying parts of one statement run in no order of their own; each reads `filed`, so that the case exists
# before anything that names it (foreign keys, the audit chain's trigger).
_OPEN = text(
    f"""
    with taken as (
        update draft set receipt_number = :receipt_number
        where id = :draft_id and revision = :draft_revision and receipt_number is null returning id),
    filed as (
        insert into case_file ({", ".join(_NAMES)}) select {_VALUES} from taken
        returning receipt_number),
    submitted as (
        insert into submission (receipt_number, revision, content, answers, cms, draft_id)
        select receipt_number, 1, :content, cast(:answers as jsonb), :cms, :draft_id from filed),
    locked as (
        insert into case_key (receipt_number, key_id, wrapped, master_key)
        select receipt_number, :key_id, :wrapped, :master_key from filed),
    promised as (
        insert into command (id, receipt_number, kind, payload, next_attempt_at)
        select :command_id, receipt_number, 'start', cast(:payload as jsonb), now() + :first_resend from filed)
    insert into audit (receipt_number, seq, actor, action, facts, prev_hash, hash)
    select receipt_number, 0, :actor, :action, cast(:facts as jsonb), '', '' from filed
    """  # noqa: S608 - the names are our own columns
)


@dataclass(frozen=True)
class Opening:
    """受付 of one draft: the case, its first submission, its key, and what its workflow is started with."""

    municipality: MunicipalityCode
    case: CaseRow
    content: bytes
    answers: Mapping[str, object]
    cms: bytes | None
    draft_id: UUID
    draft_revision: int
    """Of the draft that `content` was made from."""
    key: WrappedKey
    start: Mapping[str, object]
    actor: str = "resident"
    action: str = "received"
    facts: Mapping[str, object] = field(default_factory=dict)
    """How the first line of the audit log says it."""


def open_case(connection: Connection, opening: Opening) -> Command | None:
    """受け付ける: case, submission, key, draft, audit line and the command to start it, or nothing of them.

    None, and nothing is written, where the draft was filed or changed since it was read. Who does not hold the draft's
    lock must look again. Raises IntegrityError for a receipt number that exists (once in 30^5 a day).
    """
    command = Command(uuid4(), opening.municipality, opening.case.receipt_number, "start", opening.start, 0)
    values = {name: getattr(opening.case, name) for name in _NAMES} | {
        "content": opening.content,
        "answers": json.dumps(opening.answers),
        "cms": opening.cms,
        "draft_id": opening.draft_id,
        "draft_revision": opening.draft_revision,
        "key_id": opening.key.id,
        "wrapped": opening.key.wrapped,
        "master_key": opening.key.master_key,
        "command_id": command.id,
        "payload": json.dumps(opening.start),
        "first_resend": FIRST_RESEND,
        "actor": opening.actor,
        "action": opening.action,
        "facts": json.dumps(opening.facts),
    }
    return command if connection.execute(_OPEN, values).rowcount else None
