"""ポイントと書面の確認の見本."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from api.views import PointsLine, PointsView, VerificationView
from procedures.loader import Library
from procedures.texts import Language
from procedures.values import Points, ReceiptNumber
from ui import wording
from ui.resident import contents

Page = tuple[str, str, Mapping[str, object], bool, str]


def a_balance(now: datetime, receipt: ReceiptNumber) -> PointsView:
    booked = (("award", 5000, 0), ("award", 1000, 40), ("reversal", -1000, 55), ("award", 500, 90))
    rows = tuple(
        PointsLine.model_validate(
            {"programme": "happy_pass", "kind": kind, "points": points, "booked_at": now + timedelta(days=days),
             "receipt_number": receipt}
        )
        for kind, points, days in booked
    )  # fmt: skip
    return PointsView(balance=Points(5500), lines=rows)


def public_pages(language: Language, library: Library, now: datetime, receipt: ReceiptNumber) -> Iterator[Page]:
    """(name, template, contents, whether somebody is logged in, address)."""
    yield "points", "resident/points.html", contents.points(library, a_balance(now, receipt)), True, "/points"
    nothing = PointsView(balance=Points(0), lines=())
    yield "no points", "resident/points.html", contents.points(library, nothing), True, "/points"
    yield "verify", "resident/verify.html", contents.verification(language), False, "/verify"
    yield "verify nothing", "resident/verify.html", contents.verification(language, missing=True), False, "/verify"
    title = library.current("residence_certificate").document("certificate").title.model_dump()
    for outcome in wording.OUTCOMES:
        found = VerificationView.model_validate(
            {"outcome": outcome}
            if outcome == "unknown"
            else {"outcome": outcome, "title": title, "issued_at": now, "municipality": "282014",
                  "revoked_at": now if outcome == "revoked" else None}
        )  # fmt: skip
        page = contents.verification(language, found, "7KQ4-M2VX-93RD-HF5T")
        yield f"verify {outcome}", "resident/verify.html", page, False, "/verify"
