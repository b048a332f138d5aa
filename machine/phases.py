"""所要時間: what the start spent its seconds on, from `make` to the first delivered case."""

import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Phase:
    """Consecutive, so the seconds add up: each phase begins when the one before ended."""

    name: str
    seconds: float


@dataclass
class Phases:
    """A stopwatch with laps, printing each as it ends."""

    console: Console
    laps: list[Phase] = field(default_factory=list)
    _since: float = field(default_factory=time.monotonic)

    @classmethod
    def after(cls, record: Path, console: Console) -> "Phases":
        """Goes on from what bootstrap.sh wrote (name, tab, seconds), and takes that away."""
        laps = []
        if record.exists():
            rows = (line.rsplit("\t", 1) for line in record.read_text().splitlines())
            laps = [Phase(name, float(seconds)) for name, seconds in rows]
            record.unlink()
        return cls(console, laps)

    def lap(self, name: str) -> Phase:
        now = time.monotonic()
        phase, self._since = Phase(name, now - self._since), now
        self.laps.append(phase)
        self.console.print(f"  [green]✓[/green] {name:<34} [dim]{phase.seconds:6.2f} s[/dim]", highlight=False)
        return phase

    def total(self) -> float:
        return sum(phase.seconds for phase in self.laps)

    def table(self) -> Table:
        total = self.total() or 1.0
        table = Table("Phase", "Seconds", "Share", title="From `make` to here", title_justify="left")
        for phase in self.laps:
            table.add_row(phase.name, f"{phase.seconds:.2f}", f"{phase.seconds / total:.0%}")
        table.add_section()
        table.add_row("total", f"{self.total():.2f}", "100%")
        return table
