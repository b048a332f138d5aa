"""監査の錨: each day the ends of all chains that grew go under one root, which a timestamp authority stamps.

An anchor's statement names the one before it, so the newest vouches for all. Leaves are kept for good: they are what a
single case is checked against.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Connection, func, insert, select, text, update

from procedures.values import MunicipalityCode, ReceiptNumber
from store import tree
from store.tables import audit_anchor, audit_anchor_leaf

NONE_BEFORE = "none"
PAGE = 5_000


@dataclass(frozen=True)
class Leaf:
    """葉: the end of one chain, as an anchor saw it."""

    position: int
    receipt_number: ReceiptNumber
    length: int
    hash: bytes

    @property
    def data(self) -> bytes:
        """葉の内容, as it is hashed: one line of text."""
        return f"{self.receipt_number} {self.length} {self.hash.hex()}\n".encode()


@dataclass(frozen=True)
class AuditAnchor:
    """監査の錨 as stored. `token`: None while the timestamp authority has not answered."""

    number: int
    day: date
    cases: int
    root: bytes
    statement: str
    gathered_at: datetime
    token: bytes | None
    stamped_at: datetime | None
    evidence: Sequence[Mapping[str, object]]
    """What the authority's revocation service answered when it was stamped; binary parts are base64."""
    attempts: int
    tried_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class Seen:
    """錨から見た一件: a leaf, and the hash its line has now (None: it is gone)."""

    number: int
    leaf: Leaf
    now: bytes | None


_COLUMNS = tuple(audit_anchor.c[name] for name in AuditAnchor.__annotations__)
_LOCK = text("select pg_advisory_xact_lock(hashtext('audit_anchor'), hashtext(current_setting('app.municipality')))")
_TAKE_LEAVES = text(
    """
    insert into audit_anchor_leaf (number, position, receipt_number, length, hash)
    select :number, row_number() over (order by h.receipt_number collate "C") - 1, h.receipt_number, h.length, h.hash
      from audit_head h
      left join lateral (select max(length) as length from audit_anchor_leaf l
                          where l.receipt_number = h.receipt_number) known on true
     where h.length > coalesce(known.length, 0)
    """
)
_SEEN = text(
    """
    select l.number, l.position, l.receipt_number, l.length, l.hash, a.hash as now
      from audit_anchor_leaf l
      left join audit a on a.receipt_number = l.receipt_number and a.seq = l.length
     where l.number = :number and l.position >= :position
     order by l.position
     limit :page
    """
)
_DIFFERENT = text(
    """
    select l.number, count(*) as different
      from audit_anchor_leaf l
      left join audit a on a.receipt_number = l.receipt_number and a.seq = l.length
     where l.number between :first and :last and a.hash is distinct from l.hash
     group by l.number
    """
)
_UNANCHORED = text(
    """
    select min(a.at) from audit_head h
      join audit a on a.receipt_number = h.receipt_number and a.seq = h.length
     where h.length > coalesce((select max(length) from audit_anchor_leaf l
                                 where l.receipt_number = h.receipt_number), 0)
    """
)


# --- making one -------------------------------------------------------------------------------------------------------


def gather(connection: Connection, municipality: MunicipalityCode, run_id: str, day: date) -> None:
    """集める: what has grown since the anchor before goes under one root. Once for each run and day."""
    connection.execute(_LOCK)
    known = select(audit_anchor.c.number).where(audit_anchor.c.run_id == run_id, audit_anchor.c.day == day)
    if connection.execute(known).scalar_one_or_none() is not None:
        return
    before = newest(connection)
    number = before.number + 1 if before else 1
    cases: int = connection.execute(_TAKE_LEAVES, {"number": number}).rowcount
    found = tree.root(tree.leaf(each.leaf.data) for each in seen(connection, number))
    gathered_at = datetime.now(UTC)
    said = statement(municipality, number, day, gathered_at, cases, found, None if before is None else before.statement)
    row = {"number": number, "run_id": run_id, "day": day, "cases": cases, "root": found, "statement": said}
    connection.execute(insert(audit_anchor).values(**row, gathered_at=gathered_at))


def statement(
    municipality: MunicipalityCode, number: int, day: date, gathered_at: datetime, cases: int, root: bytes,
    before: str | None,
) -> str:  # fmt: skip
    """錨の文: what is timestamped. `before`: the statement of the anchor before."""
    at = gathered_at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
    return (
        "madoguchi audit anchor, version 1\n"
        f"municipality: {municipality}\n"
        f"number: {number}\n"
        f"day: {day.isoformat()}\n"
        f"gathered: {at}\n"
        f"cases: {cases}\n"
        f"root: {root.hex()}\n"
        f"before: {NONE_BEFORE if before is None else hashlib.sha256(before.encode()).hexdigest()}\n"
    )


def unstamped(connection: Connection) -> tuple[AuditAnchor, ...]:
    """時刻印待ち, oldest first."""
    found = select(*_COLUMNS).where(audit_anchor.c.token.is_(None)).order_by(audit_anchor.c.number)
    return tuple(AuditAnchor(**row._mapping) for row in connection.execute(found))


def stamp(
    connection: Connection, number: int, token: bytes, stamped_at: datetime, evidence: Sequence[Mapping[str, object]]
) -> None:
    """時刻印: only the first one stays."""
    this = audit_anchor.c.number == number, audit_anchor.c.token.is_(None)
    values = {"token": token, "stamped_at": stamped_at, "evidence": list(evidence), "tried_at": func.now()}
    connection.execute(
        update(audit_anchor).where(*this).values(**values, attempts=audit_anchor.c.attempts + 1, error=None)
    )


def put_off(connection: Connection, number: int, error: str) -> None:
    """時刻印を得られない: tried, why not, and that it is tried again."""
    this = audit_anchor.c.number == number, audit_anchor.c.token.is_(None)
    values = {"tried_at": func.now(), "error": error}
    connection.execute(update(audit_anchor).where(*this).values(**values, attempts=audit_anchor.c.attempts + 1))


# --- reading ----------------------------------------------------------------------------------------------------------


def newest(connection: Connection) -> AuditAnchor | None:
    return next(iter(listed(connection, 1)), None)


def listed(connection: Connection, limit: int) -> tuple[AuditAnchor, ...]:
    """一覧, the newest first."""
    found = select(*_COLUMNS).order_by(audit_anchor.c.number.desc()).limit(limit)
    return tuple(AuditAnchor(**row._mapping) for row in connection.execute(found))


def in_order(connection: Connection, page: int = 100) -> Iterator[AuditAnchor]:
    """全部, oldest first, a page at a time."""
    after = 0
    while rows := connection.execute(
        select(*_COLUMNS).where(audit_anchor.c.number > after).order_by(audit_anchor.c.number).limit(page)
    ).all():
        yield from (AuditAnchor(**row._mapping) for row in rows)
        after = rows[-1].number


def counted(connection: Connection) -> tuple[int, date | None]:
    """How many anchors there are, and the day of the first."""
    count, first = connection.execute(select(func.count(), func.min(audit_anchor.c.day))).one()
    return count, first


def of_number(connection: Connection, number: int) -> AuditAnchor | None:
    row = connection.execute(select(*_COLUMNS).where(audit_anchor.c.number == number)).one_or_none()
    return None if row is None else AuditAnchor(**row._mapping)


def seen(connection: Connection, number: int, page: int = PAGE) -> Iterator[Seen]:
    """錨が見たもの: its leaves in order, a page at a time."""
    position = 0
    while rows := connection.execute(_SEEN, {"number": number, "position": position, "page": page}).all():
        for row in rows:
            yield Seen(row.number, Leaf(row.position, row.receipt_number, row.length, row.hash), row.now)
        position = rows[-1].position + 1


def leaves_of(connection: Connection, receipt_number: ReceiptNumber) -> tuple[tuple[int, Leaf], ...]:
    """一件の葉: in which anchors the case is, oldest first."""
    columns = (audit_anchor_leaf.c[name] for name in ("number", *Leaf.__annotations__))
    found = select(*columns).where(audit_anchor_leaf.c.receipt_number == receipt_number)
    rows = connection.execute(found.order_by(audit_anchor_leaf.c.number))
    return tuple((row.number, Leaf(row.position, row.receipt_number, row.length, row.hash)) for row in rows)


def different(connection: Connection, first: int, last: int) -> dict[int, int]:
    """不一致: in how many cases the log is not as these anchors saw it; anchors without any are left out."""
    rows = connection.execute(_DIFFERENT, {"first": first, "last": last})
    return {row.number: row.different for row in rows}


def unanchored_since(connection: Connection) -> datetime | None:
    """錨のない最古の末尾: since when a chain has waited for its anchor. Of a chain that goes on: its newest line."""
    found: datetime | None = connection.execute(_UNANCHORED).scalar_one()
    return found
