"""支払画面: the hosted page a resident sees, and its 3-D Secure challenge. Card numbers are never shown again."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox.gateway.cards import BRAND_NAMES, TEST_NUMBERS, Brand, CardUnreadable, read_card
from sandbox.gateway.checkout import Checkout
from sandbox.gateway.journal import Journal
from sandbox.gateway.refusal import Json, Refusal
from sandbox.gateway.words import choose_language, words

# No form-action: Chromium applies it to the redirect to the city's success_url too.
_SECURITY = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


@dataclass
class Pages:
    """支払画面: one per process."""

    journal: Journal
    checkout: Checkout
    wake: Callable[[], None]
    templates: Environment = field(
        default_factory=lambda: Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True, undefined=StrictUndefined
        )
    )

    def routes(self) -> list[Route]:
        """経路: paths under /pay."""
        return [
            Route("/pay/{id}", self.show, methods=["GET"]),
            Route("/pay/{id}", self.pay, methods=["POST"]),
            Route("/pay/{id}/challenge", self.show_challenge, methods=["GET"]),
            Route("/pay/{id}/challenge", self.settle, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """支払画面の表示."""
        return self._closed(request) or self._form(request, 200)

    async def pay(self, request: Request) -> Response:
        """支払: the form's POST (see the package's docstring for its answers)."""
        entered = await request.form()
        if closed := self._closed(request):
            return closed
        try:
            number, expiry, cvc = (_entry(entered, name) for name in ("card_number", "expiry", "cvc"))
            card = read_card(number, expiry, cvc, datetime.now(UTC).date())
        except CardUnreadable as error:
            return self._form(request, 422, wrong_field=error.field, problem=error.problem)
        with self.journal.transaction():
            outcome = self.checkout.pay(self._session(request), card)
        self.wake()
        if outcome == "challenge":
            return RedirectResponse(f"{request.url.path}/challenge", 303)
        if outcome == "declined":
            return self._form(request, 402, problem=card.outcome, tried=_shown(asdict(card)))
        return self._paid(request)

    async def show_challenge(self, request: Request) -> Response:
        """本人認証画面の表示."""
        if closed := self._closed(request):
            return closed
        session = self._session(request)
        if not session["_pending"]:
            return RedirectResponse(f"/pay/{session['id']}", 303)
        return self._render(request, "challenge.html", 200, session, tried=_shown(session["_pending"]))

    async def settle(self, request: Request) -> Response:
        """本人認証の結果: `answer` is complete or fail."""
        entered = await request.form()
        if closed := self._closed(request):
            return closed
        session = self._session(request)
        if not session["_pending"]:
            return RedirectResponse(f"/pay/{session['id']}", 303)
        tried = _shown(session["_pending"])
        with self.journal.transaction():
            outcome = self.checkout.settle_challenge(session, authenticated=_entry(entered, "answer") == "complete")
        self.wake()
        if outcome == "declined":
            return self._form(request, 402, problem="authentication_failed", tried=tried)
        return self._paid(request)

    def _session(self, request: Request) -> Json:
        return self.journal.get("checkout.session", request.path_params["id"])

    def _closed(self, request: Request) -> Response | None:
        """受付終了: a page or redirect for a session that can no longer be paid."""
        try:
            session = self._session(request)
        except Refusal:
            return self._render(request, "closed.html", 404, None, problem="unknown")
        if session["status"] == "complete":
            return self._paid(request)
        if session["status"] == "expired":
            return self._render(request, "closed.html", 410, session, problem="expired")
        return None

    def _paid(self, request: Request) -> Response:
        session = self._session(request)
        return RedirectResponse(session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"]), 303)

    def _form(
        self, request: Request, status: int, *, wrong_field: str = "", problem: str = "", tried: str = ""
    ) -> Response:
        return self._render(
            request, "pay.html", status, self._session(request), wrong_field=wrong_field, problem=problem, tried=tried,
            brands=BRAND_NAMES.values(), test_numbers=TEST_NUMBERS,
        )  # fmt: skip

    def _render(self, request: Request, template: str, status: int, session: Json | None, **values: object) -> Response:
        language = choose_language(session["locale"] if session else "auto", request.headers.get("accept-language", ""))
        html = self.templates.get_template(template).render(
            language=language, words=words(language), session=session, **values
        )
        return Response(html, status, _SECURITY, media_type="text/html")


def _shown(card: Json) -> str:
    """カードの表示: brand and last four digits, all that is ever shown of a card."""
    brand: Brand = card["brand"]
    return f"{BRAND_NAMES[brand]} •••• {card['last4']}"


def _entry(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return "" if isinstance(value, UploadFile) else value[:64]
