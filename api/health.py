"""健全性: whether the web server and its database answer."""

from fastapi import APIRouter
from sqlalchemy import text

from api.counter import City, CounterHere

router = APIRouter(tags=["health"])


@router.get("/healthz")
def healthy(counter: CounterHere, city: City) -> dict[str, str]:
    """200 when the database answers."""
    with counter.database.reading(city) as connection:
        connection.execute(text("select 1"))
    return {"status": "ok"}
