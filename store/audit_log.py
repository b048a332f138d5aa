"""監査記録の読取り: the lines of all cases in order, a page at a time, so that memory does not grow with the log."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from procedures.values import ReceiptNumber
from store.chain import Head, Line

PAGE = 5_000
"""Lines read in one statement: each is short, and writers are never held up."""

_LINES = text(
    """
    select a.receipt_number, a.municipality, a.seq, a.at, a.actor, a.action, a.step, a.facts::text as facts,
           a.prev_hash, a.hash, h.length as head_length, h.hash as head_hash
      from audit a
      left join audit_head h on h.receipt_number = a.receipt_number and h.receipt_number >= :receipt_number
     where (a.receipt_number, a.seq) > (:receipt_number, :seq)
     order by a.receipt_number, a.seq
     limit :page
    """
)
_OF_CASE = text(
    """
    select a.receipt_number, a.municipality, a.seq, a.at, a.actor, a.action, a.step, a.facts::text as facts,
           a.prev_hash, a.hash, h.length as head_length, h.hash as head_hash
      from audit a
      left join audit_head h on h.receipt_number = a.receipt_number
     where a.receipt_number = :receipt_number
     order by a.seq
    """
)
_EMPTY = text(
    """
    select receipt_number, length, hash from audit_head h
     where (cast(:receipt_number as text) is null or receipt_number = :receipt_number) and length > 0
       and not exists (select from audit a where a.receipt_number = h.receipt_number)
     order by receipt_number
    """
)


@dataclass(frozen=True)
class Read:
    """読み取った行, with the end of its chain as it was at that moment."""

    line: Line
    head: Head | None


def lines(connection: Connection, page: int = PAGE) -> Iterator[Read]:
    """全行: of the municipality, case by case."""
    receipt_number, seq = "", 0
    while True:
        key = {"receipt_number": receipt_number, "seq": seq, "page": page}
        rows = connection.execute(_LINES, key).all()
        yield from map(_read, rows)
        if len(rows) < page:
            return
        receipt_number, seq = rows[-1].receipt_number, rows[-1].seq


def lines_of(connection: Connection, receipt_number: ReceiptNumber) -> tuple[Read, ...]:
    """一件の全行."""
    return tuple(map(_read, connection.execute(_OF_CASE, {"receipt_number": receipt_number})))


def emptied(
    connection: Connection, receipt_number: ReceiptNumber | None = None
) -> tuple[tuple[ReceiptNumber, Head], ...]:
    """空の鎖: ends of chains that have no line any more."""
    rows = connection.execute(_EMPTY, {"receipt_number": receipt_number})
    return tuple((ReceiptNumber(row.receipt_number), Head(row.length, row.hash)) for row in rows)


def _read(row: object) -> Read:
    found = dict(row._mapping)  # type: ignore[attr-defined]
    length, head_hash = found.pop("head_length"), found.pop("head_hash")
    return Read(Line(**found), None if length is None else Head(length, head_hash))
