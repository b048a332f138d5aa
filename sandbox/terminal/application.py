"""住基端末の画面: login, menu, what was handed over under a receipt number, handing over, and each as stored."""

import re
from datetime import date
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.legacy.book import Json
from sandbox.legacy.system import Hours, LegacySystem, entry

FIELDS = {
    "receipt": r"[0-9A-Za-z-]{6,40}",
    "person": r"\d{10,15}",
    "procedure": r"[a-z_]{3,40}",
    "received": r"\d{8}",
    "accepted": r"\d{8}",
}
"""項目: what each must look like; days as YYYYMMDD."""


def create_application(folder: Path, *, hours: Hours, idle_seconds: float) -> Starlette:
    """組立て: opens FOLDER's book."""
    templates = Path(__file__).parent / "templates"
    system = LegacySystem("terminal", "住民記録端末", folder, templates, hours=hours, idle_seconds=idle_seconds)
    return Terminal(system).application()


class Terminal:
    """住基端末."""

    def __init__(self, system: LegacySystem) -> None:
        self._system = system

    def application(self) -> Starlette:
        """経路."""
        route = self._system.route
        return Starlette(
            routes=[
                route("/terminal/", self.enter, public=True),
                route("/terminal/login", self.log_in, "POST", public=True),
                route("/terminal/menu", self.menu),
                route("/terminal/search", self.search),
                route("/terminal/handovers", self.handovers),
                route("/terminal/entry", self.entry),
                route("/terminal/handovers", self.store, "POST"),
                route("/terminal/handovers/{number:int}", self.handover),
                *self._system.controls(),
            ]
        )

    async def enter(self, request: Request) -> Response:
        """入口."""
        if self._system.logged_in(request):
            return RedirectResponse("/terminal/menu", 303)
        return self._system.render("login.html", problem="")

    async def log_in(self, request: Request) -> Response:
        """ログイン."""
        return await self._system.log_in(request, "/terminal/menu")

    async def menu(self, _: Request) -> Response:
        """処理選択."""
        return self._system.render("menu.html")

    async def search(self, _: Request) -> Response:
        """受付番号検索."""
        return self._system.render("search.html")

    async def handovers(self, request: Request) -> Response:
        """引継一覧: of one receipt number."""
        receipt = request.query_params.get("receipt", "")
        found = [each for each in self._system.book.records() if each["receipt"] == receipt]
        return self._system.render("handovers.html", receipt=receipt, handovers=found)

    async def entry(self, request: Request) -> Response:
        """引継登録."""
        return self._system.render("entry.html", receipt=request.query_params.get("receipt", ""), problem="")

    async def store(self, request: Request) -> Response:
        """登録: whatever arrives, as often as it arrives."""
        form = await request.form()
        typed = {name: entry(form, name) for name in FIELDS}
        wrong = [name for name, pattern in FIELDS.items() if not re.fullmatch(pattern, typed[name])]
        if wrong or not _is_day(typed["received"]) or not _is_day(typed["accepted"]):
            problem = "入力内容に誤りがあります。"
            return self._system.render("entry.html", receipt=typed["receipt"], problem=problem)
        body: Json = typed | ({"accepted": typed["received"]} if self._system.altered(request) else {})
        number = self._system.book.store(body)
        return self._system.render("stored.html", number=number, receipt=typed["receipt"])

    async def handover(self, request: Request) -> Response:
        """引継照会. A number nobody has is an error page (StopIteration)."""
        number = request.path_params["number"]
        found = next(each for each in self._system.book.records() if each["number"] == number)
        return self._system.render("handover.html", handover=found)


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
