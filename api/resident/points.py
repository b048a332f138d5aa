"""ポイント: a resident's balance and what it is made of."""

from fastapi import APIRouter

from api.counter import City, Counter, CounterHere, LoggedIn
from api.views import PointsLine, PointsView, Visitor
from procedures.values import MunicipalityCode, Points
from store import points

router = APIRouter(prefix="/api/points", tags=["points"])


@router.get("")
def read_balance(counter: CounterHere, city: City, visitor: LoggedIn) -> PointsView:
    """ポイント残高."""
    return balance(counter, city, visitor)


def balance(counter: Counter, city: MunicipalityCode, visitor: Visitor) -> PointsView:
    """残高: the sum of the postings, and the postings."""
    with counter.database.reading(city) as connection:
        rows = points.lines(connection, visitor.account_id)
    lines = tuple(PointsLine(**row.__dict__) for row in rows)
    return PointsView(balance=Points(sum(line.points for line in lines)), lines=lines)
