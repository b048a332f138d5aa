"""給与システムの画面: login, frames, menu, search with paging, a person's slips, entry, and each slip as stored."""

from calendar import monthrange
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.legacy.book import Json
from sandbox.legacy.system import Hours, LegacySystem, entry
from sandbox.payroll.officers import Officer, officers
from sandbox.payroll.slips import SlipWrong, read_slip

PAGE = 5
WEEKDAYS = "月火水木金土日"


def create_application(folder: Path, seed: int, *, hours: Hours, idle_seconds: float) -> Starlette:
    """組立て: opens FOLDER's book."""
    templates = Path(__file__).parent / "templates"
    system = LegacySystem("payroll", "給与システム", folder, templates, hours=hours, idle_seconds=idle_seconds)
    return Payroll(system, officers(seed)).application()


class Payroll:
    """給与システム."""

    def __init__(self, system: LegacySystem, people: tuple[Officer, ...]) -> None:
        self._system = system
        self._officers = {officer.number: officer for officer in people}

    def application(self) -> Starlette:
        """経路."""
        route = self._system.route
        return Starlette(
            routes=[
                route("/payroll/", self.enter, public=True),
                route("/payroll/login", self.log_in, "POST", public=True),
                route("/payroll/frames", self.frames),
                route("/payroll/menu", self.menu),
                route("/payroll/welcome", self.welcome),
                route("/payroll/search", self.search),
                route("/payroll/officers", self.officers),
                route("/payroll/slips", self.slips),
                route("/payroll/entry", self.entry),
                route("/payroll/slips", self.store, "POST"),
                route("/payroll/slips/{number:int}", self.slip),
                *self._system.controls(),
            ]
        )

    async def enter(self, request: Request) -> Response:
        """入口: on to the frames for whoever is logged in."""
        if self._system.logged_in(request):
            return RedirectResponse("/payroll/frames", 303)
        return self._system.render("login.html", problem="")

    async def log_in(self, request: Request) -> Response:
        """ログイン."""
        return await self._system.log_in(request, "/payroll/frames")

    async def frames(self, _: Request) -> Response:
        """画面分割."""
        return self._system.render("frames.html")

    async def menu(self, _: Request) -> Response:
        """メニュー."""
        return self._system.render("menu.html")

    async def welcome(self, _: Request) -> Response:
        """初期画面."""
        return self._system.render("welcome.html")

    async def search(self, _: Request) -> Response:
        """対象者検索."""
        return self._system.render("search.html", problem="")

    async def officers(self, request: Request) -> Response:
        """対象者一覧: of one club, five a page."""
        month, club = request.query_params.get("month", ""), request.query_params.get("club", "")
        found = [officer for officer in self._officers.values() if officer.club == club]
        if _days(month) is None or not found:
            return self._system.render("search.html", problem="該当するデータがありません。")
        page = max(1, int(request.query_params.get("page", "1")))
        shown, pages = found[(page - 1) * PAGE : page * PAGE], -(-len(found) // PAGE)
        return self._system.render("officers.html", month=month, club=club, officers=shown, page=page, pages=pages)

    async def slips(self, request: Request) -> Response:
        """伝票一覧: of one person and month."""
        officer, month, _ = self._subject(request)
        return self._system.render("slips.html", officer=officer, month=month, slips=self._of(officer, month))

    async def entry(self, request: Request) -> Response:
        """実績入力."""
        return self._entry(request, "")

    async def store(self, request: Request) -> Response:
        """登録: whatever arrives, as often as it arrives."""
        officer, month, days = self._subject(request)
        form = await request.form()
        typed = {name: entry(form, name) for name in form}
        try:
            slip = read_slip(typed, officer.number, officer.club, month, days)
        except SlipWrong as wrong:
            return self._entry(request, str(wrong))
        number = self._system.book.store((slip.rounded() if self._system.altered(request) else slip).body())
        return self._system.render("stored.html", officer=officer, month=month, number=number)

    async def slip(self, request: Request) -> Response:
        """伝票照会."""
        number = request.path_params["number"]
        found = next((each for each in self._system.book.records() if each["number"] == number), None)
        if found is None:
            return self._system.render("search.html", problem="該当するデータがありません。")
        return self._system.render("slip.html", slip=found, officer=self._officers[found["officer"]])

    def _entry(self, request: Request, problem: str) -> Response:
        officer, month, days = self._subject(request)
        first = monthrange(int(month[:4]), int(month[4:]))[0]
        named = [(day, WEEKDAYS[(first + day - 1) % 7]) for day in range(1, days + 1)]
        return self._system.render("entry.html", officer=officer, month=month, days=named, problem=problem)

    def _subject(self, request: Request) -> tuple[Officer, str, int]:
        """The person, the month and its days. Whoever makes up an address sees the error page (KeyError)."""
        month = request.query_params["month"]
        days = _days(month)
        if days is None:
            raise KeyError(month)
        return self._officers[request.query_params["officer"]], month, days

    def _of(self, officer: Officer, month: str) -> list[Json]:
        return [
            each
            for each in self._system.book.records()
            if (each["officer"], each["month"]) == (officer.number, month)
        ]  # fmt: skip


def _days(month: str) -> int | None:
    """How many days YYYYMM has; None for what is no month."""
    if len(month) != 6 or not month.isdecimal() or not "01" <= month[4:] <= "12":
        return None
    return monthrange(int(month[:4]), int(month[4:]))[1]
