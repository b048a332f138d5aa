"""監査の錨の処理: gather what has grown under one root; have it timestamped; keep what checks it later.

Gathering is one transaction and happens once for each run and day. A token is kept only after it was checked by the
same rules that will check it later.
"""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

from temporalio import activity

from activities.desk import Desk, day_in_japan
from activities.documents.timestamp import TimestampClient, TimestampUnavailable
from store import anchors
from store.anchors import AuditAnchor
from trust.anchors import AnchorRegistry
from trust.revocation import RevocationChecker, RevocationStatus
from trust.timestamp import TokenOutcome, asked_now, check_token
from workflows.contracts import AnchorRound

EARLY = timedelta(minutes=5)
"""How far the authority's clock may be behind ours."""


class AnchorGathering:
    """監査の末尾を集める: where the database is near."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    def gather_anchor(self, run: AnchorRound) -> None:
        """集める: today's anchor, once for each run; one that waited past midnight gathers the next day's too."""
        with self._desk.writing(run.municipality) as connection:
            anchors.gather(connection, run.municipality, run.run_id, day_in_japan(datetime.now(UTC)))


class AnchorStamping:
    """時刻印: where the seals' timestamp authority is known."""

    def __init__(
        self, desk: Desk, clock: TimestampClient, registry: AnchorRegistry, revocation: RevocationChecker
    ) -> None:
        self._desk = desk
        self._clock = clock
        self._registry = registry
        self._revocation = revocation

    @activity.defn
    def stamp_anchors(self, run: AnchorRound) -> int:
        """時刻印を得る: for every anchor that has none, oldest first. How many are left without."""
        with self._desk.writing(run.municipality) as connection:
            waiting = anchors.unstamped(connection)
        return sum(not self._stamp(run, anchor) for anchor in waiting)

    def _stamp(self, run: AnchorRound, anchor: AuditAnchor) -> bool:
        try:
            token, at, evidence = self._asked(anchor)
        except TimestampUnavailable as fault:
            with self._desk.writing(run.municipality) as connection:
                anchors.put_off(connection, anchor.number, str(fault))
            return False
        with self._desk.writing(run.municipality) as connection:
            anchors.stamp(connection, anchor.number, token, at, evidence)
        return True

    def _asked(self, anchor: AuditAnchor) -> tuple[bytes, datetime, list[dict[str, object]]]:
        said = anchor.statement.encode()
        token = asyncio.run(self._clock.async_timestamp(hashlib.sha256(said).digest(), "sha256")).dump()
        answer = asked_now(token, self._registry, self._revocation)
        if answer.status is RevocationStatus.REVOKED:
            raise TimestampUnavailable(f"the timestamp authority's certificate was revoked at {answer.revoked_at}")
        evidence = answer.evidence if answer.status is RevocationStatus.GOOD else ()
        found = check_token(token, said, self._registry, evidence)
        if found.outcome is not TokenOutcome.VALID or found.at is None:
            raise TimestampUnavailable(f"the timestamp authority's token cannot be believed: {found.detail}")
        if found.at < anchor.gathered_at - EARLY:
            raise TimestampUnavailable(f"the timestamp authority's clock says {found.at}, before this was gathered")
        return token, found.at, [each.model_dump(mode="json") for each in evidence]
