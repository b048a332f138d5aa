"""確認できなかったことの記録: so that the officer's page says why, and the request can be answered no more."""

from temporalio import activity

from activities.desk import Desk
from store import reader_checks
from workflows.reader_contracts import IdentityUnconfirmed


class ReaderRecords:
    """窓口での本人確認の記録."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    def record_unconfirmed(self, given: IdentityUnconfirmed) -> None:
        """確認できなかった. What the web server has settled meanwhile stays."""
        with self._desk.writing(given.municipality) as connection:
            reader_checks.refuse(connection, given.request_id, given.reason)
