"""日次失効確認の処理: registered certificates against the lists of their authorities, list by list.

A list that cannot be believed is unknown and does not stop the others. Each list is one transaction: its revoked
certificates are suspended, their sessions end and the list is marked, or nothing of it happened.
"""

from collections.abc import Iterable, Iterator
from itertools import islice

from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.desk import Desk
from store import status
from store.status import ListKey
from trust.anchors import Anchor, AnchorRegistry
from trust.evidence import Doubt, NotServed
from trust.revocation import RevocationChecker, RevocationStatus, issuer
from workflows.contracts import StatusRound

AT_ONCE = 10_000
"""Serials sent to the database in one statement."""
ASKED_AT_ONCE = 100
"""Certificates asked about one by one (OCSP) between two writes."""


class CertificateStatus:
    """日次失効確認の処理."""

    def __init__(self, desk: Desk, anchors: AnchorRegistry, revocation: RevocationChecker) -> None:
        self._desk = desk
        self._anchors = anchors
        self._revocation = revocation

    # A thread is never interrupted inside a transaction: between two pieces of work it looks up by itself.
    @activity.defn(no_thread_cancel_exception=True)
    def check_status_lists(self, run: StatusRound) -> int:
        """失効リストの確認: all lists of the run that are not checked yet. How many are unknown afterwards."""
        with self._desk.writing(run.municipality) as connection:
            status.open_run(connection, run.run_id)
            left = status.unchecked(connection, run.run_id)
        return sum(not self._check(run, key) for key in left)

    @activity.defn
    def finish_status_run(self, run: StatusRound) -> None:
        """終了: what is unknown now stays so until tomorrow, and the report says it."""
        with self._desk.writing(run.municipality) as connection:
            status.finish_run(connection, run.run_id)

    def _check(self, run: StatusRound, key: ListKey) -> bool:
        """Whether this list could be checked."""
        _look_up()
        try:
            anchor = issuer(self._anchors, key.issuer_key_id)
            if anchor.revocation.ocsp and not anchor.revocation.crl:
                self._ask_one_by_one(run, key, anchor)
            else:
                self._compare(run, key, self._revocation.revoked_serials(anchor, key.distribution_point, _look_up))
        except Doubt as doubt:
            with self._desk.writing(run.municipality) as connection:
                status.mark_unknown(connection, run.run_id, key, doubt.kind, str(doubt))
            return False
        return True

    def _compare(self, run: StatusRound, key: ListKey, serials: Iterator[int]) -> None:
        with self._desk.writing(run.municipality) as connection:
            if not status.hold_list(connection, run.run_id, key):
                return
            suspended = 0
            while chunk := [str(serial) for serial in islice(serials, AT_ONCE)]:
                suspended += status.suspend_revoked(connection, key.issuer_key_id, chunk)
                _look_up()
            status.mark_checked(connection, run.run_id, key, suspended)

    def _ask_one_by_one(self, run: StatusRound, key: ListKey, anchor: Anchor) -> None:
        """An authority that publishes no list at all. Raises Doubt where one certificate's status stays unknown."""
        unanswered, after = 0, ""
        while page := self._registered(run, key, after):
            revoked, doubtful = self._asked(anchor, page)
            with self._desk.writing(run.municipality) as connection:
                suspended = status.suspend_revoked(connection, key.issuer_key_id, revoked)
                status.count_suspended(connection, run.run_id, key, suspended)
            unanswered, after = unanswered + doubtful, page[-1]
        if unanswered:
            raise NotServed(f"OCSP: the responder does not know {unanswered} of the registered certificates")
        with self._desk.writing(run.municipality) as connection:
            status.mark_checked(connection, run.run_id, key, 0)

    def _registered(self, run: StatusRound, key: ListKey, after: str) -> tuple[str, ...]:
        with self._desk.writing(run.municipality) as connection:
            return status.serials_of(connection, key, after=after, limit=ASKED_AT_ONCE)

    def _asked(self, anchor: Anchor, serials: Iterable[str]) -> tuple[list[str], int]:
        """Those revoked, and how many the responder does not know. Any other Doubt would be the same for the next."""
        revoked: list[str] = []
        doubtful = 0
        for serial in serials:
            _look_up()
            try:
                if self._revocation.ask(anchor, int(serial)).status is RevocationStatus.REVOKED:
                    revoked.append(serial)
            except NotServed:
                doubtful += 1
        return revoked, doubtful


def _look_up() -> None:
    """息継ぎ: a sign of life, and an end where the worker is to stop: the next one goes on from here."""
    activity.heartbeat()
    if activity.is_cancelled() or activity.is_worker_shutdown():
        raise ApplicationError("The worker is ending; the lists that are left are checked by the next one.")
