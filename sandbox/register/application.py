"""組立て: the register's ASGI application: match, residents, households, and its controls under /_sandbox."""

import asyncio
import hmac
import json
import secrets
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.register.population import population
from sandbox.register.resident import Household, Resident, written

Endpoint = Callable[[Request], Awaitable[Response]]

_ATTRIBUTES = ("name", "birth_date", "sex", "address")
_FAULTS = ("down", "slow", "garbage", "truncated", "wrong_shape", "wrong_person")


def read_token(folder: Path) -> str:
    """合言葉の読取り: created on first use, mode 0600, then kept."""
    path = folder / "token"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(24))
    return path.read_text().strip()


def create_application(folder: Path, *, households: int, seed: int) -> Starlette:
    """組立て: computes the residents and opens the routes."""
    folder.mkdir(parents=True, exist_ok=True)
    return Starlette(routes=Register(population(households, seed), read_token(folder)).routes())


class Register:
    """住民記録: read-only, in memory."""

    def __init__(self, households: Iterable[Household], token: str) -> None:
        self._token = token
        self._households = {household.household_id: household for household in households}
        self._residents = {
            resident.person_id: resident for household in self._households.values() for resident in household.members
        }
        self._by_birth_date: dict[str, list[Resident]] = defaultdict(list)
        self._by_name: dict[str, list[Resident]] = defaultdict(list)
        for resident in self._residents.values():
            self._by_birth_date[resident.birth_date.isoformat()].append(resident)
            self._by_name[_folded(resident.name)].append(resident)
        self._faults: list[dict[str, Any]] = []

    def routes(self) -> list[Route]:
        """経路."""
        return [
            Route("/residents/match", self._guarded(self.match), methods=["POST"]),
            Route("/residents/{id}", self._guarded(self.resident), methods=["GET"]),
            Route("/households/{id}", self._guarded(self.household), methods=["GET"]),
            Route("/_sandbox/health", _health, methods=["GET"]),
            Route("/_sandbox/summary", self.summary, methods=["GET"]),
            Route("/_sandbox/faults", self.faults, methods=["GET", "POST", "DELETE"]),
        ]

    async def match(self, request: Request) -> Response:
        """照合: the resident who agrees best, by at least two of name, birth date and address."""
        given = await _json(request)
        wrong = [name for name in _ATTRIBUTES if not isinstance(given.get(name), str)]
        if wrong or not _is_date(given["birth_date"]):
            named = ", ".join(wrong or ["birth_date"])
            return JSONResponse({"error": f"missing or unreadable: {named}"}, 422)
        return JSONResponse(self._best(given))

    def _best(self, given: dict[str, str]) -> dict[str, Any]:
        candidates = {
            resident.person_id: resident
            for resident in (*self._by_birth_date[given["birth_date"]], *self._by_name[_folded(given["name"])])
        }
        found = [(_differences(resident, given), resident) for resident in candidates.values()]
        found = [(differing, resident) for differing, resident in found if len(set(differing) - {"sex"}) <= 1]
        if not found:
            return {"kind": "none", "differences": [], "resident": None}
        fewest = min(len(differing) for differing, _ in found)
        best = [(differing, resident) for differing, resident in found if len(differing) == fewest]
        if len(best) > 1:
            return {"kind": "several", "differences": [], "resident": None}
        differing, resident = best[0]
        return {"kind": "differs" if differing else "exact", "differences": differing, "resident": written(resident)}

    async def resident(self, request: Request) -> Response:
        """住民の記載事項."""
        found = self._residents.get(request.path_params["id"])
        return JSONResponse(written(found)) if found else JSONResponse({"error": "no such resident"}, 404)

    async def household(self, request: Request) -> Response:
        """世帯の記載事項."""
        found = self._households.get(request.path_params["id"])
        if found is None:
            return JSONResponse({"error": "no such household"}, 404)
        return JSONResponse(_described(found))

    async def summary(self, _: Request) -> Response:
        """概要: counts only."""
        blocks = Counter(household.members[0].block for household in self._households.values())
        return JSONResponse({"residents": len(self._residents), "households": len(self._households), "blocks": blocks})

    async def faults(self, request: Request) -> Response:
        """故障の予約・一覧・取消し."""
        if request.method == "DELETE":
            self._faults.clear()
        elif request.method == "POST":
            given = await _json(request)
            if given.get("kind") not in _FAULTS:
                return JSONResponse({"error": f"kind must be one of {', '.join(_FAULTS)}"}, 422)
            self._faults += [given] * int(given.get("times", 1))
        return JSONResponse(self._faults)

    def _guarded(self, endpoint: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not hmac.compare_digest(token.encode(), self._token.encode()):
                return JSONResponse({"error": "unknown token"}, 401)
            fault = self._faults.pop(0) if self._faults else {}
            if fault.get("kind") == "wrong_person":
                return self._somebody_else(request)
            return await _spoiled(fault, lambda: endpoint(request))

        return answer

    def _somebody_else(self, request: Request) -> Response:
        """取違え: a well-formed answer about the register's last household, whoever was asked about."""
        household = list(self._households.values())[-1]
        members = [written(member) for member in household.members]
        if request.url.path.startswith("/residents/match"):
            return JSONResponse({"kind": "exact", "differences": [], "resident": members[0]})
        if request.url.path.startswith("/residents/"):
            return JSONResponse(members[0])
        return JSONResponse(_described(household))


async def _spoiled(fault: dict[str, Any], answer: Callable[[], Awaitable[Response]]) -> Response:
    match fault.get("kind"):
        case "down":
            return Response("Service Unavailable", 503)
        case "slow":
            await asyncio.sleep(float(fault.get("seconds", 30)))
        case "garbage":
            return Response("<html><body>ただいま保守中です</body></html>", media_type="text/html")
        case "truncated":
            return Response(bytes((await answer()).body)[:-20], media_type="application/json")
        case "wrong_shape":
            return JSONResponse({"kind": "exact", "resident": {"person_id": 1}, "members": "all"})
    return await answer()


def _differences(resident: Resident, given: dict[str, str]) -> list[str]:
    held = {
        "name": resident.name,
        "birth_date": resident.birth_date.isoformat(),
        "sex": resident.sex,
        "address": resident.address,
    }
    return [name for name in _ATTRIBUTES if _folded(held[name]) != _folded(given[name])]


def _described(household: Household) -> dict[str, Any]:
    members = [written(member) for member in household.members]
    return {"household_id": household.household_id, "head_person_id": members[0]["person_id"], "members": members}


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _is_date(text: str) -> bool:
    with suppress(ValueError):
        return date.fromisoformat(text).isoformat() == text
    return False


async def _health(_: Request) -> Response:
    return JSONResponse({"sandbox": True, "neighbour": "resident register"})


async def _json(request: Request) -> dict[str, Any]:
    with suppress(json.JSONDecodeError, UnicodeDecodeError):
        given = json.loads(await request.body())
        if isinstance(given, dict):
            return given
    return {}
