"""住民記録端末への引継ぎ: an accepted case is told to the registry, by numbers and codes."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from activities.rpa.door import Door, Gate
from activities.rpa.once import Found, Shown
from activities.rpa.player import Player
from activities.rpa.script import ScreenId
from procedures.values import PersonId, ProcedureId, ReceiptNumber


class RegistryHandover(BaseModel):
    """受付引継: of one accepted case. Its receipt number is the key there, too."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    receipt_number: ReceiptNumber
    person_id: PersonId
    procedure: ProcedureId
    received_on: date
    accepted_on: date

    @property
    def reference(self) -> str:
        """受付番号."""
        return self.receipt_number


class Terminal:
    """住民記録端末: an OldSystem for RegistryHandover."""

    NEEDS: ClassVar[Mapping[ScreenId, frozenset[str]]] = {
        "login": frozenset({"user", "password", "log_in"}),
        "refused_login": frozenset(),
        "menu": frozenset({"take"}),
        "search": frozenset({"receipt", "search"}),
        "handovers": frozenset({"new", "handovers", "handovers.number", "handovers.receipt", "handovers.procedure"}),
        "entry": frozenset({"receipt", "person", "procedure", "received", "accepted", "store"}),
        "stored": frozenset({"handovers"}),
        "handover": frozenset({"number", "receipt", "person", "procedure", "received", "accepted"}),
    }

    def __init__(self, player: Player, gate: Gate) -> None:
        self._player = player
        self._door = Door(player, gate)

    async def log_in(self) -> None:
        """ログイン: to the search by receipt number."""
        await self._door.open("menu")
        await self._player.press("menu", "take", "search")

    async def look(self, order: RegistryHandover) -> Found:
        """確認: what was handed over under the receipt number."""
        await self._player.fill("search", {"receipt": order.receipt_number})
        await self._player.press("search", "search", "handovers")
        return await self._found(order)

    async def look_again(self, order: RegistryHandover) -> Found:
        """再確認: by the link to the list."""
        await self._player.press("stored", "handovers", "handovers")
        return await self._found(order)

    async def _found(self, order: RegistryHandover) -> Found:
        rows = await self._player.rows("handovers", "handovers")
        return Found(tuple(row["number"] for row in rows if row["receipt"] == order.receipt_number))

    async def write(self, order: RegistryHandover) -> None:
        """入力."""
        await self._player.press("handovers", "new", "entry")
        await self._player.fill("entry", self.expected(order))

    async def press(self) -> None:
        """登録."""
        await self._player.press("entry", "store", "stored")

    async def read_back(self, number: str) -> Shown:
        """照会: from the list."""
        rows = await self._player.rows("handovers", "handovers")
        place = [row["number"] for row in rows].index(number)
        await self._player.open_row("handovers", "handovers", place, "handover")
        shown = await self._player.read("handover")
        del shown["number"]
        return shown

    def expected(self, order: RegistryHandover) -> Mapping[str, str]:
        """期待値: what is typed is what is shown."""
        return {
            "receipt": order.receipt_number,
            "person": order.person_id,
            "procedure": order.procedure,
            "received": f"{order.received_on:%Y%m%d}",
            "accepted": f"{order.accepted_on:%Y%m%d}",
        }
