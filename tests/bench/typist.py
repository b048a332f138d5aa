"""打鍵する職員: settles sheets in a real browser with keys alone, and counts looks and keys as a person needs them.

The model: a second to look at a cell, to compare it with its piece of paper; 0.15 s for each key (some 80 words a
minute). Names and remarks are typed through an input method: three keys a character. What the page itself takes (to
save, to load the next sheet) is measured and added. A person who hesitates, or asks somebody, is not in it.
"""

import time
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from api.sheets.typed import as_said
from sheets.document import CellId, Sheet
from sheets.kinds import COMBED

LOOK, KEY, KEYS_A_CHARACTER = 1.0, 0.15, 3
LONGEST_WALK = 60
FOCUS = """() => {
  const cell = document.activeElement, row = cell.closest("tr");
  const all = [...document.querySelectorAll("#correction input[data-kind]")].filter((each) => each.checkVisibility());
  return {id: cell.id, value: cell.value ?? "", button: cell.value === "finish" && cell.tagName === "BUTTON",
          row: row ? row.id : null, at: all.indexOf(cell), order: all.map((each) => each.id)};
}"""


@dataclass
class Effort:
    """手間: of one sheet, or of all."""

    looks: int = 0
    keys: int = 0
    waited: float = 0.0
    typed: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.looks * LOOK + self.keys * KEY + self.waited


class Typist:
    """職員: who knows what each sheet has to say."""

    def __init__(self, page: Page, sheet: Sheet) -> None:
        self._page = page
        self._sheet = sheet
        self.effort = Effort()

    def settle(self, due: Mapping[str, str], wrong: frozenset[str]) -> None:
        """一枚: first what nobody doubted and is wrong all the same, then one doubtful cell after the other.

        Last, where its sums are wrong, that they stand so on the paper.
        """
        for cell in sorted(wrong):
            self._walk(cell)
            self._settle(due)
        for _ in self._sheet.cells:
            if self._focus()["button"]:
                break
            self._settle(due)
        self._page.wait_for_load_state("networkidle")
        self._finish()
        if self._page.evaluate("document.activeElement.name") == "despite":
            self.effort.looks += 1
            for key in (" ", "Tab"):
                self._press(key)
            self._finish()

    def _finish(self) -> None:
        began = time.monotonic()
        with self._page.expect_navigation():
            self._press("Enter")
        self.effort.waited += time.monotonic() - began

    def confirm(self) -> None:
        """二人目の確認: the page begins at its button, below the changed total."""
        self.effort.looks += 1
        assert self._page.evaluate("document.activeElement.closest('form')?.action.endsWith('/confirmation')")
        self._finish()

    def _settle(self, due: Mapping[str, str]) -> None:
        """The cell that has the focus: as it stands, or typed anew."""
        here = self._focus()
        cell = self._sheet.cell(CellId(here["id"]))
        wanted = as_said(cell.kind, due[cell.id])
        self.effort.looks += 1
        if _folded(here["value"]) != _folded(wanted):
            self.effort.typed.append(cell.id)
            if not wanted:
                self._press("Delete")
            elif cell.kind in COMBED or cell.kind == "tick":
                for figure in wanted.replace(":", ""):
                    self._press(figure)
            else:
                self._page.keyboard.insert_text(wanted)
                self.effort.keys += KEYS_A_CHARACTER * len(wanted)
        self._press("Enter")

    def _walk(self, target: str) -> None:
        """By arrows, as the page's keys go: along the row, else up and down its column."""
        for _ in range(LONGEST_WALK):
            here = self._focus()
            if here["id"] == target:
                return
            ahead = here["order"].index(target) > here["at"]
            same_row = here["row"] is not None and target.startswith(f"{here['row']}.")
            down, up = ("ArrowRight", "ArrowLeft") if same_row else ("ArrowDown", "ArrowUp")
            self._press(down if ahead else up)
        raise AssertionError(f"{target} cannot be reached by arrows")

    def _press(self, key: str) -> None:
        self._page.keyboard.press(key)
        self.effort.keys += 1

    def _focus(self) -> Any:
        return self._page.evaluate(FOCUS)


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
