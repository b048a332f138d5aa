"""証拠一式の取出し: everything a third party needs to verify a case offline; for auditors, and at the server.

Taking it is a look (閲覧記録, kind `evidence`) and a line of the case's own audit log; both are written before anything
is read, so the bundle holds the line about itself.
"""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from api.audit.bundle import Anchored, Bundle, Gathered
from api.audit.verification import checked
from api.case.access import absent, actor_of
from api.counter import Auditor, City, Counter, CounterHere
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from store import accesses, anchors, audit_log, cases, decisions, documents, evidence, tree
from store.database import Database
from store.objects import Objects
from trust.anchors import AnchorRegistry

router = APIRouter(prefix="/api/audit", tags=["audit"])

AT_THE_SERVER = "counter"
"""Whoever sits at the server acts as the counter itself: no officer is known there."""


@router.get("/cases/{receipt_number}/evidence", response_class=Response)
def read_evidence(counter: CounterHere, city: City, auditor: Auditor, receipt_number: str) -> Response:
    """証拠一式 (ZIP)."""
    data = taken(counter, city, auditor, ReceiptNumber(receipt_number))
    return Response(data, media_type="application/zip", headers={"X-Content-Type-Options": "nosniff"})


# --- use cases --------------------------------------------------------------------------------------------------------


def taken(counter: Counter, city: MunicipalityCode, auditor: Visitor, receipt_number: ReceiptNumber) -> bytes:
    """証拠一式 for an auditor. Raises Problem: not_found."""
    return Evidence(counter.database, counter.objects, counter.anchors).taken_by(city, auditor, receipt_number)


class Evidence:
    """証拠一式の部屋: what it needs of the counter is little, so the command line uses it too."""

    def __init__(self, database: Database, objects: Objects, registry: AnchorRegistry) -> None:
        self._database = database
        self._objects = objects
        self._registry = registry

    def taken_by(self, city: MunicipalityCode, auditor: Visitor, receipt_number: ReceiptNumber) -> bytes:
        """監査担当が取り出す. Raises Problem: not_found."""
        with self._database.transaction(city) as connection:
            self._require(connection, receipt_number)
            accesses.note(connection, auditor.account_id, "evidence", receipt_number)
            cases.say(connection, receipt_number, "evidence_taken", actor=actor_of(auditor))
        return self._zipped(city, receipt_number)

    def taken_at_the_server(self, city: MunicipalityCode, receipt_number: ReceiptNumber) -> bytes:
        """サーバーで取り出す. Raises Problem: not_found."""
        with self._database.transaction(city) as connection:
            self._require(connection, receipt_number)
            cases.say(connection, receipt_number, "evidence_taken", actor=AT_THE_SERVER)
        return self._zipped(city, receipt_number)

    def _require(self, connection: Connection, receipt_number: ReceiptNumber) -> None:
        row = cases.read(connection, receipt_number)
        if row is None or row.purged_at is not None:
            raise absent(connection, receipt_number)

    def _zipped(self, city: MunicipalityCode, receipt_number: ReceiptNumber) -> bytes:
        with self._database.reading(city) as connection:
            gathered = self._gathered(connection, receipt_number)
        return Bundle(gathered, self._registry).zip()

    def _gathered(self, connection: Connection, receipt_number: ReceiptNumber) -> Gathered:
        return Gathered(
            receipt_number=receipt_number,
            made_at=datetime.now(UTC),
            filed=evidence.filed(connection, receipt_number),
            decided=evidence.decided(connection, receipt_number),
            put_right=decisions.answer_corrections(connection, receipt_number),
            lines=[each.line for each in audit_log.lines_of(connection, receipt_number)],
            anchored=self._anchored(connection, receipt_number),
            documents=[
                (row, self._objects.get(row.object_key)) for row in documents.of_case(connection, receipt_number)
            ],
        )

    def _anchored(self, connection: Connection, receipt_number: ReceiptNumber) -> Anchored | None:
        """The newest anchor the case is in that has its timestamp."""
        for number, leaf in reversed(anchors.leaves_of(connection, receipt_number)):
            anchor = anchors.of_number(connection, number)
            check = checked(anchor, self._registry) if anchor else None
            if anchor is not None and check is not None and check.at is not None:
                leaves = [tree.leaf(each.leaf.data) for each in anchors.seen(connection, number)]
                return Anchored(anchor, leaf, tree.path(leaves, leaf.position), check)
        return None
