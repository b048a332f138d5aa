"""Samples of the administrators' certificate pages, in every state; `ui_samples` shows them with all others."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from api.administration.certificate_problems import certificate_problem
from api.administration.certificates import (
    RegistrationEventView,
    RegistrationView,
    StatusRunView,
    StatusView,
    UnconfirmedListView,
)
from procedures.texts import Text
from ui.admin import certificate_contents as contents

AUTHORITY = Text(
    ja="公的個人認証サービス 利用者証明用認証局",
    en="JPKI user authentication CA",
    zh="JPKI 用户认证",
    ko="JPKI 이용자 인증",
)
PLACE = "CN=Himeji-shi CRLDP,OU=Hyogo-ken,OU=CRL Distribution Points,OU=JPKI for user authentication,O=JPKI,C=JP"
OVERVIEW = "/admin/certificates"

Shown = tuple[str, str, dict[str, object], str]
"""Name, template, what it shows, path."""


def a_run(now: datetime, days_ago: int = 0, **changes: Any) -> StatusRunView:
    began = now - timedelta(days=days_ago)
    facts: dict[str, Any] = {
        "id": f"run-{days_ago}", "started_at": began, "finished_at": began + timedelta(seconds=6),
        "registrations": 512_345, "lists": 41, "checked": 41, "suspended": 3 * (days_ago % 5), "unconfirmed": 0,
    }  # fmt: skip
    return StatusRunView.model_validate(facts | changes)


def a_list(reason: str, hostile: str, **changes: Any) -> UnconfirmedListView:
    facts: dict[str, Any] = {
        "authority": AUTHORITY, "issuer_key_id": "ab" * 20, "distribution_point": PLACE, "registrations": 12_345,
        "reason": reason, "detail": hostile or "http://crl.example.jp/himeji.crl answered HTTP 503",
    }  # fmt: skip
    return UnconfirmedListView.model_validate(facts | changes)


def a_registration(now: datetime, hostile: str = "", **changes: Any) -> RegistrationView:
    said = hostile or "カードの紛失の届出"
    lines = (("officer:1", "suspended", said), ("system", "suspended", "revoked"), ("holder", "registered", None))
    events = [RegistrationEventView(at=now, by=by, action=action, reason=reason) for by, action, reason in lines]
    facts: dict[str, Any] = {
        "id": UUID(int=9), "kind": "jpki_card", "authority": AUTHORITY, "issuer_key_id": "ab" * 20,
        "serial": "67108865", "officer_name": hostile or "姫路　花子", "registered_at": now,
        "expires_at": now + timedelta(days=900), "confirmed_at": now, "suspended_at": None, "suspension": None,
        "suspension_note": None, "events": events,
    }  # fmt: skip
    return RegistrationView.model_validate(facts | changes)


def certificate_pages(now: datetime, hostile: str = "") -> Iterator[Shown]:
    """Every state of both pages; `hostile` stands where people or neighbours write."""
    month = tuple(a_run(now, days, unconfirmed=20_000 * (days % 3)) for days in range(30))
    reasons = [a_list(reason, hostile) for reason in contents.CAUSES]
    nameless = a_list("no_source", hostile, authority=None, distribution_point="")
    views = {
        "no check yet": (StatusView(runs=(), unconfirmed_lists=()), False),
        "a check asked for": (StatusView(runs=(a_run(now, 1),), unconfirmed_lists=()), True),
        "a check under way": (
            StatusView(
                runs=(a_run(now, finished_at=None, checked=12, unconfirmed=300_000), *month[1:]),
                unconfirmed_lists=tuple(reasons),
            ),
            False,
        ),
        "a check that waits": (
            StatusView(
                runs=(a_run(now, finished_at=None, checked=40, unconfirmed=1), *month[1:]),
                unconfirmed_lists=(nameless,),
            ),
            False,
        ),
        "an incomplete check": (
            StatusView(runs=(a_run(now, unconfirmed=1), *month[1:]), unconfirmed_lists=tuple(reasons[1:])),
            False,
        ),
        "a complete check": (StatusView(runs=month, unconfirmed_lists=()), False),
    }
    found = [
        a_registration(now, hostile),
        a_registration(now, suspension="revoked", officer_name=None, confirmed_at=None),
    ]
    for name, (view, started) in views.items():
        yield name, "admin/certificates.html", _overview(view, started=started), OVERVIEW
    calm = views["a complete check"][0]
    yield "certificates found", "admin/certificates.html", _overview(calm, found, officer=hostile or "花"), OVERVIEW
    yield "no certificate found", "admin/certificates.html", _overview(calm, serial="1"), OVERVIEW
    yield "an unreadable search", "admin/certificates.html", _overview(calm, serial="12x", unreadable=True), OVERVIEW
    for suspension in contents.STATES:
        shown = contents.registration(
            a_registration(
                now, hostile, suspension=suspension, suspension_note=(hostile or "紛失") if suspension else None
            )
        )
        yield f"certificate {suspension}", "admin/certificate.html", shown | {"reason": "", "problem": None}, OVERVIEW
    refused = contents.registration(a_registration(now, expires_at=None, authority=None, events=()))
    refused |= {"reason": hostile, "problem": certificate_problem("already_suspended").text}
    yield "certificate refused", "admin/certificate.html", refused, OVERVIEW


def _overview(
    view: StatusView, found: list[RegistrationView] | None = None, *, started: bool = False, unreadable: bool = False,
    **typed: str,
) -> dict[str, object]:  # fmt: skip
    fields = {"officer": "", "serial": "", "issuer_key_id": ""} | typed
    search = {"typed": fields, "asked": bool(typed), "unreadable": unreadable, "found": contents.lines(found or ())}
    return contents.status(view, started=started) | search
