"""監査記録の検証: every chain walked and hashed anew outside the database, every anchor checked against it.

Memory does not grow with the log: lines and leaves are read a page at a time. What is found is told as it is found.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection

from procedures.values import MunicipalityCode, ReceiptNumber
from store import anchors, audit_log, tree
from store.anchors import AuditAnchor, Leaf, Seen
from store.audit_log import Read
from store.chain import Chain, Finding, FindingKind
from store.database import Database
from trust.anchors import AnchorRegistry
from trust.evidence import RevocationEvidence
from trust.timestamp import TokenCheck, TokenOutcome, check_token

OVERDUE = timedelta(days=2)
"""An anchor or its timestamp that is missing for so long is no delay any more."""
CLOCKS = timedelta(minutes=5)
"""How far the authority's clock and ours may be apart."""


class Verification:
    """検証 of one municipality; what it has gone through is counted."""

    def __init__(self, database: Database, registry: AnchorRegistry, municipality: MunicipalityCode) -> None:
        self._database = database
        self._registry = registry
        self._municipality = municipality
        self._told: set[ReceiptNumber] = set()
        self._roots: set[str] = set()
        self.cases = self.lines = self.anchors = self.ends = 0
        self.remarks: list[str] = []
        """What is no fault of the log, but should be known."""

    def findings(
        self, receipt_number: ReceiptNumber | None = None, known: Collection[str] = (), now: datetime | None = None
    ) -> Iterator[Finding]:
        """発見. `known`: roots of anchors that were written down elsewhere (hex): they must still be there."""
        with self._database.reading(self._municipality) as connection:
            yield from self._chains(connection, receipt_number)
            yield from self._anchored(connection, receipt_number, now or datetime.now(UTC))
        for root in known:
            if root.lower() not in self._roots:
                yield Finding("anchor_unknown", f"No anchor has the root {root}: it was removed or exchanged.")

    # --- chains -------------------------------------------------------------------------------------------------------

    def _chains(self, connection: Connection, receipt_number: ReceiptNumber | None) -> Iterator[Finding]:
        read: Iterable[Read] = (
            audit_log.lines(connection) if receipt_number is None else audit_log.lines_of(connection, receipt_number)
        )
        for number, of_case in groupby(read, key=lambda each: each.line.receipt_number):
            yield from self._chain(number, of_case)
        for number, head in audit_log.emptied(connection, receipt_number):
            self.cases += 1
            yield Finding("cut_off", f"All {head.length} lines of the case are gone.", number, 1)

    def _chain(self, number: ReceiptNumber, of_case: Iterable[Read]) -> Iterator[Finding]:
        chain, head = Chain(number), None
        for each in of_case:
            chain.take(each.line)
            head = each.head
            self.lines += 1
        self.cases += 1
        yield from chain.findings(head)

    # --- anchors ------------------------------------------------------------------------------------------------------

    def _anchored(
        self, connection: Connection, receipt_number: ReceiptNumber | None, now: datetime
    ) -> Iterator[Finding]:
        wanted = None if receipt_number is None else {n for n, _ in anchors.leaves_of(connection, receipt_number)}
        before: AuditAnchor | None = None
        for anchor in anchors.in_order(connection):
            self._roots.add(anchor.root.hex())
            if anchor.number != (before.number + 1 if before else 1):
                yield _of_anchor("anchor_missing", anchor, "The anchors before it have a gap: some were removed.")
            if wanted is None or anchor.number in wanted:
                yield from self._anchor(connection, anchor, before, receipt_number, now)
            self._remember_days(before, anchor)
            before = anchor
        if receipt_number is None:
            yield from _waiting(anchors.unanchored_since(connection), now)

    def _anchor(
        self,
        connection: Connection,
        anchor: AuditAnchor,
        before: AuditAnchor | None,
        receipt_number: ReceiptNumber | None,
        now: datetime,
    ) -> Iterator[Finding]:
        self.anchors += 1
        if not is_as_stated(self._municipality, anchor, before):
            yield _of_anchor("anchor_altered", anchor, "Its numbers are not those that were timestamped.")
        yield from self._ends(connection, anchor, receipt_number)
        yield from self._stamped(anchor, now)

    def _ends(
        self, connection: Connection, anchor: AuditAnchor, receipt_number: ReceiptNumber | None
    ) -> Iterator[Finding]:
        different: list[Seen] = []

        def hashes() -> Iterator[bytes]:
            for each in anchors.seen(connection, anchor.number):
                wanted = receipt_number in (None, each.leaf.receipt_number)
                self.ends += wanted
                if wanted and each.now != each.leaf.hash and each.leaf.receipt_number not in self._told:
                    self._told.add(each.leaf.receipt_number)
                    different.append(each)
                yield tree.leaf(each.leaf.data)

        if tree.root(hashes()) != anchor.root:
            yield _of_anchor("anchor_altered", anchor, "The ends of chains it was made of were changed later.")
        yield from (_not_as_anchored(anchor, each) for each in different)

    def _stamped(self, anchor: AuditAnchor, now: datetime) -> Iterator[Finding]:
        if anchor.token is None:
            if now - anchor.gathered_at > OVERDUE:
                yield _of_anchor("anchor_overdue", anchor, f"It has no timestamp yet: {anchor.error or 'not asked'}.")
            else:
                self.remarks.append(f"Anchor {anchor.number} of {anchor.day} waits for its timestamp: {anchor.error}.")
            return
        found = checked(anchor, self._registry)
        if found is not None and found.outcome is not TokenOutcome.VALID:
            yield _of_anchor("anchor_untrusted", anchor, f"Its timestamp does not hold: {found.detail}.")

    def _remember_days(self, before: AuditAnchor | None, anchor: AuditAnchor) -> None:
        missing = (anchor.day - before.day).days - 1 if before else 0
        if missing > 0:
            self.remarks.append(f"No anchor was made on {missing} day(s) before {anchor.day}; that one covers them.")


def is_as_stated(municipality: MunicipalityCode, anchor: AuditAnchor, before: AuditAnchor | None) -> bool:
    """錨の文どおりか: whether what the row says is what its statement, which is timestamped, says."""
    told = anchors.statement(
        municipality, anchor.number, anchor.day, anchor.gathered_at, anchor.cases, anchor.root,
        before.statement if before else None,
    )  # fmt: skip
    if before is None and anchor.number > 1:  # what stood before it is gone: only its own numbers can be compared
        return told.splitlines()[:-1] == anchor.statement.splitlines()[:-1]
    return told == anchor.statement


def checked(anchor: AuditAnchor, registry: AnchorRegistry) -> TokenCheck | None:
    """時刻印の検証; None where there is none yet. A stamp older than what it stamps is not believed."""
    if anchor.token is None:
        return None
    evidence = [RevocationEvidence.model_validate(each) for each in anchor.evidence]
    found = check_token(anchor.token, anchor.statement.encode(), registry, evidence)
    if found.at is not None and found.at < anchor.gathered_at - CLOCKS:
        detail = f"it is of {found.at}, before the anchor was made"
        return TokenCheck(outcome=TokenOutcome.UNTRUSTED, at=found.at, detail=detail)
    return found


def _not_as_anchored(anchor: AuditAnchor, seen: Seen) -> Finding:
    leaf: Leaf = seen.leaf
    what = "is gone" if seen.now is None else "is another one"
    return Finding(
        "not_as_anchored",
        f"When anchor {anchor.number} of {anchor.day} was made the chain ended with line {leaf.length}; "
        f"now that line {what}: the chain was rewritten or cut after that day.",
        leaf.receipt_number,
        leaf.length,
        anchor.number,
    )


def _waiting(since: datetime | None, now: datetime) -> Iterator[Finding]:
    if since is not None and now - since > OVERDUE:
        yield Finding("anchor_overdue", f"Lines written since {since:%Y-%m-%d %H:%M} UTC are in no anchor.")


def _of_anchor(kind: FindingKind, anchor: AuditAnchor, meaning: str) -> Finding:
    return Finding(kind, f"Anchor of {anchor.day}. {meaning}", anchor=anchor.number)
