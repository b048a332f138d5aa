"""廃棄の処理: which cases are due by the version each is pinned to; the rows in one transaction, then the files.

Killed in between, the run after it finds the keys of the files that are left. A file that is gone already is no error.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from temporalio import activity

from activities.desk import Desk, day_in_japan
from procedures.loader import Library
from procedures.retention import closed_before
from procedures.values import MunicipalityCode, ReceiptNumber
from store import cases, retention
from store.keys import CaseKeys
from store.objects import Objects
from store.retention import FIRST, Due, Rule
from workflows.contracts import DueCase, Purging, RetentionPage

PAGE = 100
LEFTOVERS = 1_000


class Purges:
    """廃棄の処理."""

    def __init__(self, desk: Desk, objects: Objects, keys: CaseKeys) -> None:
        self._desk = desk
        self._objects = objects
        self._keys = keys

    @activity.defn
    def begin_retention(self, page: RetentionPage) -> None:
        """始める: first what an earlier run left half done, then how much there is to do."""
        with self._desk.writing(page.municipality) as connection:
            left = retention.with_objects(connection, LEFTOVERS)
        for number in left:
            self._remove_files(page.municipality, number)
        with self._desk.writing(page.municipality) as connection:
            retention.begin(connection, page.run_id, rules(self._desk.library))

    @activity.defn
    def find_due(self, page: RetentionPage) -> list[DueCase]:
        """対象: the next of those whose retention is over and that nothing holds."""
        after = Due(page.after.receipt_number, page.after.closed_at) if page.after else FIRST
        with self._desk.writing(page.municipality) as connection:
            found = retention.due(connection, rules(self._desk.library), after, PAGE)
        return [DueCase(receipt_number=each.receipt_number, closed_at=each.closed_at) for each in found]

    @activity.defn
    def purge_case(self, given: Purging) -> None:
        """廃棄する: what happened meanwhile (a hold, a reopening) is respected."""
        number = given.receipt_number
        with self._desk.writing(given.municipality) as connection:
            case = cases.read(connection, number)
            if case is None:
                return
            years = self._desk.library.version(case.procedure, case.version).retention.years
            retention.purge(connection, number, closed_before(day_in_japan(datetime.now(UTC)), years), given.run_id)
        self._keys.forget(number)
        self._remove_files(given.municipality, number)

    @activity.defn
    def tell_unpurged(self, given: Purging) -> None:
        """失敗."""
        with self._desk.writing(given.municipality) as connection:
            retention.fail(connection, given.run_id, given.receipt_number, given.cause)

    @activity.defn
    def finish_retention(self, page: RetentionPage) -> None:
        """終わり."""
        with self._desk.writing(page.municipality) as connection:
            retention.finish(connection, page.run_id)

    def _remove_files(self, municipality: MunicipalityCode, number: ReceiptNumber) -> None:
        """Only of a purged case: of any other there is nothing written down."""
        with self._desk.writing(municipality) as connection:
            keys = retention.objects_of(connection, number)
        if not keys:
            return
        for key in keys:
            self._objects.discard(key)
        with self._desk.writing(municipality) as connection:
            retention.objects_gone(connection, number, keys)


def rules(library: Library) -> Sequence[Rule]:
    """保存の規則 of every version there is, as of today in Japan."""
    today = day_in_japan(datetime.now(UTC))
    return [
        Rule(name, version, closed_before(today, edition.procedure.retention.years))
        for (name, version), edition in library.editions.items()
    ]
