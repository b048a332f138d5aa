"""破壊者: kills processes and puts up obstacles, by a plan drawn from one seed, within a bounded time."""

import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from random import Random

from faults.campaign.obstacles import Obstacles
from faults.campaign.processes import Processes
from machine.program import Identity

WEIGHTS = {
    "worker-cases": 6, "worker-documents": 4, "web": 5, "temporal": 18, "postgres": 18, "gateway": 15,
    "register": 11, "pki": 10, "mail": 9, "identity": 4,
}  # fmt: skip
"""Of a hundred kills."""
AHEAD = 10
LONGEST_RETURN = 60.0
SERVED = 8.0
"""Seconds for which a process that came back is left alone: a city that never works proves nothing."""
PROBE_EVERY = 0.5
"""To see whether a process serves costs processor time that the city needs."""
OBSTACLES_SHARE = 0.3
"""So many obstacles for each kill."""


def targets(random: Random, kills: int) -> list[str]:
    """Whom to kill, in this order; each at least once where there are enough kills."""
    more = random.choices(list(WEIGHTS), weights=list(WEIGHTS.values()), k=max(0, kills - len(WEIGHTS)))
    named = [*list(WEIGHTS)[:kills], *more]
    random.shuffle(named)
    return named


class Saboteur:
    """破壊者. A kill counts only of a process that was serving; who is still coming back is left for later."""

    def __init__(self, processes: Processes, obstacles: Obstacles, random: Random, kills: int, seconds: float) -> None:
        self._processes = processes
        self._random = random
        self._left = targets(random, kills)
        self._pause = seconds / kills
        self._seconds = seconds
        self._kinds = obstacles.kinds()
        self._names = sorted(self._kinds)
        random.shuffle(self._names)
        self._standing: list[tuple[float, ExitStack]] = []
        self._free_from: dict[str, float] = defaultdict(float)
        self._down: dict[str, tuple[float, Identity]] = {}
        self.back: dict[str, list[float]] = defaultdict(list)
        """Seconds from a kill until the process served again."""
        self.kills: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        """Obstacles by name."""

    def run(self, stopped: Callable[[], bool]) -> None:
        """Until every kill is done, or the time is over by half (a minute at least)."""
        begun = time.monotonic()
        end = begun + max(1.5 * self._seconds, self._seconds + LONGEST_RETURN)
        due = begun
        while self._left and not stopped() and time.monotonic() < end:
            self._take_away(time.monotonic())
            self._look()
            if time.monotonic() >= due and self._kill_one():
                due += self._pause
                if self._random.random() < OBSTACLES_SHARE:
                    self._put_up()
            time.sleep(PROBE_EVERY)
        self._take_away(float("inf"))
        patience = time.monotonic() + LONGEST_RETURN
        while self._down and not stopped() and time.monotonic() < patience:
            self._look()
            time.sleep(PROBE_EVERY)

    def _kill_one(self) -> bool:
        """The next of the plan who serves; not from far ahead, or the quick ones would all be killed first."""
        for name in dict.fromkeys(self._left[:AHEAD]):
            left_alone = name in self._down or time.monotonic() < self._free_from[name]
            process = None if left_alone else self._processes.serving(name)
            if process is not None:
                self._processes.kill(process)
                self._down[name] = time.monotonic(), process
                self._left.remove(name)
                self.kills[name] += 1
                return True
        return False

    def _look(self) -> None:
        for name, (since, killed) in list(self._down.items()):
            process = self._processes.serving(name)
            if process is not None and process != killed:
                self.back[name].append(time.monotonic() - since)
                self._free_from[name] = time.monotonic() + SERVED
                del self._down[name]

    def _put_up(self) -> None:
        """The next obstacle, for some seconds."""
        name = self._names[self.met.total() % len(self._names)]
        self._standing.append((time.monotonic() + self._random.uniform(2, 7), self._kinds[name]()))
        self.met[name] += 1

    def _take_away(self, now: float) -> None:
        over = [each for each in self._standing if each[0] <= now]
        self._standing = [each for each in self._standing if each[0] > now]
        for _, stack in over:
            stack.close()

    def rows(self) -> list[tuple[str, int, float, float]]:
        """Process, kills, median and longest seconds until it served again."""
        return [
            (name, self.kills[name], statistics.median(self.back[name] or [0.0]), max(self.back[name], default=0.0))
            for name in WEIGHTS
            if self.kills[name]
        ]
