"""住民の台本: files what is planned, pays, corrects, withdraws, downloads; sends again whatever was not answered."""

import hashlib
import re
import time
from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any

import httpx

from faults.campaign.forms import BY_COMPANY, DRAWING, FORMS, LEAVERS, NEW_PHONE, SIGNED, fee
from faults.campaign.person import NO_ANSWER, GaveUp, PersonAtCounter
from faults.campaign.plan import PlannedCase
from faults.journal import Journal
from machine.layout import url
from machine.visitor import CounterRefused, wait_for

CLOSED = frozenset({"delivered", "rejected", "withdrawn", "lapsed", "recalled"})
LOOK_EVERY = 1.5
BEFORE_WITHDRAWING = 1.5
Case = Mapping[str, Any]


class Resident:
    """住民: one person with all of their cases."""

    def __init__(
        self, person: PersonAtCounter, cases: list[PlannedCase], journal: Journal, now: Callable[[], float], seed: str
    ) -> None:
        self._person = person
        self._cases = cases
        self._journal = journal
        self._now = now
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose
        self._done: set[tuple[str, str]] = set()
        """(receipt number, what): what is done once for a case."""

    @property
    def finished(self) -> bool:
        """Nothing is left for this person to do."""
        return all(case.receipt_number and self._has(case, "end") for case in self._cases)

    def give_address(self) -> None:
        """お知らせの宛先: verified by the code in a real mail."""
        here, address = "/api/account/notices/address", f"{self._person.person.key}@resident.example"
        self._person.put(here, {"email": address, "language": "ja"})
        box = f"{url(self._person.layout.ports.mailbox)}/_sandbox/mails"
        mails = wait_for(
            lambda: httpx.get(box, params={"to": address}, timeout=10).json(), bool, "a mail with the code"
        )
        code = re.search(r"^\s+(\d{6})\s*$", mails[0]["text"], re.MULTILINE)
        self._person.post(f"{here}/verification", {"code": code[1] if code else ""})

    def run(self, stopped: Callable[[], bool]) -> None:
        """Until everything is done, or the campaign is over."""
        while not stopped() and not self.finished:
            try:
                self._round()
            except (GaveUp, *NO_ANSWER):
                continue
            time.sleep(LOOK_EVERY)

    def _round(self) -> None:
        for case in self._cases:
            if not case.receipt_number and case.begin_at <= self._now() and self._may_file(case):
                self._try(partial(self._file, case))
        listed = {line["receipt_number"]: line for line in self._person.get("/api/cases")}
        for case in self._cases:
            if case.receipt_number and not self._has(case, "end"):
                self._try(partial(self._go_on, case, listed.get(case.receipt_number)))

    def _try(self, what: Callable[[], None]) -> None:
        """The counter may refuse what was right a moment ago: it is looked at anew in the next round."""
        try:
            what()
        except CounterRefused as refused:
            self._journal.write("refused", by=self._person.person.key, says=str(refused))

    def _may_file(self, wanted: PlannedCase) -> bool:
        if wanted.resident not in LEAVERS:
            return True
        return all(self._has(case, "end") for case in self._cases if case.receipt_number)

    # --- filing -----------------------------------------------------------------------------------------------------

    def _file(self, case: PlannedCase) -> None:
        answers = FORMS[case.procedure](case.resident, case.variant)
        draft: str = self._person.post("/api/drafts", {"procedure": case.procedure, "language": "ja"})["id"]
        try:
            if case.procedure == "landscape_notification":
                self._person.insist(lambda: self._person.visitor.attach(draft, "drawings", "立面図.pdf", DRAWING))
            self._person.put(f"/api/drafts/{draft}/answers", {"answers": answers})
            number = self._submit(draft, case.procedure)
        except GaveUp:
            self._journal.write("unanswered", by=self._person.person.key, draft=draft)
            raise
        case.receipt_number = number
        told = {"by": self._person.person.key, "procedure": case.procedure, "fee": fee(case.procedure, answers)}
        self._journal.write("filed", receipt_number=number, draft=draft, **told)
        if case.procedure not in SIGNED and self._random.random() < 0.4:  # a double click
            again = self._submit(draft, case.procedure)
            self._journal.write("filed", receipt_number=again, draft=draft, **told)

    def _submit(self, draft: str, procedure: str) -> str:
        if procedure in SIGNED:
            return self._person.signed(draft, self._person.company() if procedure == BY_COMPANY else None)
        return str(self._person.post(f"/api/drafts/{draft}/submission")["receipt_number"])

    # --- afterwards -------------------------------------------------------------------------------------------------

    def _go_on(self, case: PlannedCase, line: Case | None) -> None:
        if line is None:  # the registration is deleted, and with it the right to look
            self._once(case, "end")
            return
        if case.ending == "withdraw" and line["status"] not in CLOSED:
            self._withdraw(case)
        match line["status"]:
            case "awaiting_payment" if case.ending == "leave_payment":
                self._leave(case, "payment")
            case "awaiting_payment":
                self._pay(case)
            case "under_review" if case.ending == "leave_officer":
                self._leave(case, "officer")
            case "awaiting_correction":
                self._correct(case)
            case status if status in CLOSED:
                self._end(case, status)

    def _leave(self, case: PlannedCase, whom: str) -> None:
        self._journal.write("left", receipt_number=case.receipt_number, waits_for=whom)
        self._once(case, "end")

    def _pay(self, case: PlannedCase) -> None:
        """On the gateway's own page; who has paid comes back to the counter, as a browser would."""
        seen = self._person.get(f"/api/cases/{case.receipt_number}")
        if not any(payment["status"] == "open" for payment in seen["payments"]):
            return
        if not self._has(case, "paid"):
            try:
                if self._person.visitor.pay(seen).status_code == 303:
                    self._journal.write("paid", receipt_number=case.receipt_number)
                    self._once(case, "paid")
            except NO_ANSWER as lost:
                self._person.unanswered[type(lost).__name__] += 1
        self._ask(case, "payment/return")

    def _withdraw(self, case: PlannedCase) -> None:
        since = self._now() - case.begin_at
        if since > BEFORE_WITHDRAWING * (case.variant % 6) and not self._has(case, "withdraw"):
            self._once(case, "withdraw")
            if self._ask(case, "withdrawal"):
                self._journal.write("withdrew", receipt_number=case.receipt_number)

    def _correct(self, case: PlannedCase) -> None:
        if self._has(case, "corrected"):
            return
        draft = self._person.post(f"/api/cases/{case.receipt_number}/correction")
        answers = draft["answers"] | {"phone": NEW_PHONE}
        self._person.put(f"/api/drafts/{draft['id']}/answers", {"answers": answers})
        self._submit(draft["id"], case.procedure)
        self._once(case, "corrected")
        self._journal.write("corrected", receipt_number=case.receipt_number)

    def _end(self, case: PlannedCase, status: str) -> None:
        number = case.receipt_number
        if status == "delivered" and case.ending == "dispute" and not self._has(case, "disputed"):
            self._dispute(case)
        if case.ending == "dispute" and self._has(case, "disputed") and status == "delivered":
            return
        for document in self._person.get(f"/api/cases/{number}")["documents"]:
            self._download(case, document)
        self._journal.write("told_ended", receipt_number=number, status=status)
        self._once(case, "end")

    def _download(self, case: PlannedCase, document: Case) -> None:
        try:
            data = self._person.insist(lambda: self._person.visitor.download(document["id"]))
        except CounterRefused:  # what was recalled is given to nobody
            return
        digest = hashlib.sha256(data).hexdigest()
        self._journal.write("read_document", receipt_number=case.receipt_number, document=document["id"], sha256=digest)

    def _dispute(self, case: PlannedCase) -> None:
        gateway = url(self._person.layout.ports.gateway)
        book = httpx.get(f"{gateway}/_sandbox/ledger", timeout=30).json()
        charges = [row for row in book["charges"] if row["receipt_number"] == case.receipt_number]
        if charges:
            httpx.post(f"{gateway}/_sandbox/disputes", json={"charge": charges[0]["id"]}, timeout=30)
            self._journal.write("disputed", receipt_number=case.receipt_number)
            self._once(case, "disputed")

    def _ask(self, case: PlannedCase, what: str) -> bool:
        """Whether the counter took it in."""
        try:
            self._person.post(f"/api/cases/{case.receipt_number}/{what}")
        except CounterRefused:
            return False
        return True

    def _has(self, case: PlannedCase, what: str) -> bool:
        return (case.receipt_number, what) in self._done

    def _once(self, case: PlannedCase, what: str) -> None:
        self._done.add((case.receipt_number, what))
