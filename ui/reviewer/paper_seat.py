"""紙の申請の記載台: an officer before a paper, filling its form in for whoever wrote it."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from api.counter import City, Counter, CounterHere, Officer
from api.filing import paper
from api.views import Visitor
from procedures.values import MunicipalityCode, ReceiptNumber
from ui.resident.seat import Seat

PAPER = "/paper"


@dataclass(frozen=True)
class PaperSeat(Seat):
    """紙の申請の記載台: `visitor` is whoever the paper is of, for the use cases; the officer reads the pages."""

    officer: Visitor

    @property
    def reader(self) -> Visitor:
        return self.officer

    @property
    def place(self) -> str:
        return f"{PAPER}/drafts/{self.draft_id}"

    @property
    def later(self) -> str:
        return PAPER

    def case(self, receipt_number: ReceiptNumber) -> str:
        return f"{PAPER}/cases/{receipt_number}"

    @property
    def desk(self) -> tuple[Counter, MunicipalityCode, Visitor]:
        """What the use cases of papers ask first."""
        return self.counter, self.city, self.officer


def the_paper_seat(request: Request, counter: CounterHere, city: City, officer: Officer, draft_id: UUID) -> PaperSeat:
    """Raises Problem where the paper is of another counter."""
    resident = paper.resident_of(counter, city, officer, draft_id)
    return PaperSeat(request, counter, city, resident, draft_id, officer)


PaperSeated = Annotated[PaperSeat, Depends(the_paper_seat)]
