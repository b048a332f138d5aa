"""演習の進行: residents and officers in threads, the saboteur among them, then rest and the checker."""

import asyncio
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random

from rich.console import Console
from temporalio.client import Client
from temporalio.service import RPCError

from faults.campaign.obstacles import Obstacles, make_room
from faults.campaign.officers import AdministratorAtDesk, OfficerAtDesk
from faults.campaign.person import PersonAtCounter
from faults.campaign.plan import PlannedCase, plan
from faults.campaign.processes import Processes
from faults.campaign.resets import begin_again_from_everywhere
from faults.campaign.residents import Resident
from faults.campaign.saboteur import Saboteur
from faults.checker.facts import Facts, Finding
from faults.checker.reading import Places, read
from faults.checker.rules import findings, findings_in_effects
from faults.journal import Journal
from machine.demo import appoint_officers
from machine.layout import CLONE, Layout, Ports, url
from machine.postgres import DATABASE, Role
from machine.up import up
from sandbox.people import ADMINISTRATOR, APPROVER, DEPUTY, DIRECTOR, LEGAL, OFFICER, Person

OFFICERS = (OFFICER, APPROVER, DIRECTOR, DEPUTY, LEGAL)
AT_THE_PROVIDER = frozenset({DEPUTY.key, LEGAL.key})
"""These officers log in at the city's identity provider, the others with their card."""
Work = Callable[[Callable[[], bool]], None]
LOOK_EVERY = 4.0
PATIENCE = 180.0
"""Seconds each process may take to become ready: a rehearsal may share its machine."""
LONGEST_PAUSE = 2.0
"""Seconds the supervisor waits at most before it starts a killed process again: nobody but us makes them crash."""
WITH_MAIL_AT = frozenset({"hanako", "taro", "kenji", "li"})
RECONCILIATION = "reconciliation-282014"


@dataclass(frozen=True)
class Wanted:
    """演習の大きさ. Times in seconds; `rest`: how long the city may take to come to rest afterwards."""

    seed: int
    cases: int
    kills: int
    sabotage: float
    rest: float
    folder: Path
    own_room: bool


@dataclass
class Outcome:
    """結果: what the report is written from."""

    wanted: Wanted
    saboteur: Saboteur
    facts: Facts
    findings: list[Finding]
    unanswered: Counter[str]
    seconds_to_rest: float
    seconds: float
    resets: int
    cases: list[PlannedCase] = field(default_factory=list)


def run(wanted: Wanted, console: Console) -> Outcome:
    """演習. The city is opened and closed here; what it wrote stays in the folder, the objects excepted."""
    layout = Layout(CLONE, wanted.folder, Ports.free())
    begun = time.monotonic()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    layout.furnish()
    if wanted.own_room:
        make_room(layout.objects)
    log = Console(file=(wanted.folder / "city.log").open("a"))
    with up(layout, log, longest_pause=LONGEST_PAUSE, patience=PATIENCE):
        appoint_officers(layout)
        outcome = Campaign(layout, wanted, console).run()
    outcome.seconds = time.monotonic() - begun
    return outcome


class Campaign:
    """演習: one city that is up."""

    def __init__(self, layout: Layout, wanted: Wanted, console: Console) -> None:
        self._layout = layout
        self._wanted = wanted
        self._console = console
        random, of_obstacles, of_kills = (Random(f"{wanted.seed}/{part}") for part in ("cases", "obstacles", "kills"))  # noqa: S311
        self._cases = plan(random, wanted.cases, wanted.sabotage)
        self._journal = Journal(wanted.folder / "journal.jsonl")
        self._over = threading.Event()
        self._begun = time.monotonic()
        processes = Processes(layout)
        self._obstacles = Obstacles(layout, processes, of_obstacles, own_room=wanted.own_room)
        self._saboteur = Saboteur(processes, self._obstacles, of_kills, wanted.kills, wanted.sabotage)
        self._people: list[PersonAtCounter] = []
        self._broken: list[Finding] = []

    def run(self) -> Outcome:
        with self._everybody() as residents:
            self._saboteur.run(self._over.is_set)
            self._console.print(f"{self._saboteur.kills.total()} kills; all is mended, the city comes to rest")
            rested = time.monotonic()
            found, facts = self._rest(residents)
            seconds_to_rest = time.monotonic() - rested
            self._over.set()
        resets = 0
        if not found:
            resets, found, facts = self._begin_again(facts)
        return Outcome(
            self._wanted, self._saboteur, facts, found, sum((person.unanswered for person in self._people), Counter()),
            seconds_to_rest, 0.0, resets, self._cases,
        )  # fmt: skip

    # --- people -----------------------------------------------------------------------------------------------------

    @contextmanager
    def _everybody(self) -> Iterator[list[Resident]]:
        """All of them at work, each in a thread."""
        with ExitStack() as stack:
            residents = [self._resident(stack, person) for person in dict.fromkeys(c.resident for c in self._cases)]
            work: list[Work] = [resident.run for resident in residents]
            work += [OfficerAtDesk(self._person(stack, each), self._planned, self._journal).run for each in OFFICERS]
            work.append(AdministratorAtDesk(self._person(stack, ADMINISTRATOR)).run)
            self._begun = time.monotonic()
            threads = [threading.Thread(target=self._guarded, args=(each,), daemon=True) for each in work]
            for thread in threads:
                thread.start()
            try:
                yield residents
            finally:
                self._over.set()
                for thread in threads:
                    thread.join(timeout=60)

    def _guarded(self, work: Work) -> None:
        """A script that breaks is no proof of anything: it is told as a finding."""
        try:
            work(self._over.is_set)
        except Exception as broken:
            self._broken.append(Finding("script_broken", type(work).__name__, repr(broken)))
            self._console.print_exception()

    def _person(self, stack: ExitStack, person: Person) -> PersonAtCounter:
        found = PersonAtCounter(self._layout, person, self._over.is_set, by_provider=person.key in AT_THE_PROVIDER)
        stack.callback(found.close)
        found.log_in()
        self._people.append(found)
        return found

    def _resident(self, stack: ExitStack, person: Person) -> Resident:
        cases = [case for case in self._cases if case.resident is person]
        at_counter = self._person(stack, person)
        resident = Resident(at_counter, cases, self._journal, self._now, f"{self._wanted.seed}/{person.key}")
        if person.key in WITH_MAIL_AT:
            resident.give_address()
        return resident

    def _planned(self, receipt_number: str) -> PlannedCase | None:
        return next((case for case in self._cases if case.receipt_number == receipt_number), None)

    def _now(self) -> float:
        return time.monotonic() - self._begun

    # --- rest -------------------------------------------------------------------------------------------------------

    def _rest(self, residents: list[Resident]) -> tuple[list[Finding], Facts]:
        """Nothing is broken any more: until the checker finds nothing, or the patience for it is over."""
        deadline = time.monotonic() + self._wanted.rest
        places = self._places()
        while True:
            self._obstacles.mend()
            time.sleep(LOOK_EVERY)
            over = time.monotonic() > deadline
            if not over and not all(resident.finished for resident in residents):
                self._reconcile()
                continue
            facts = asyncio.run(read(places))
            found = [*self._broken, *self._never_filed(), *findings(facts)]
            if over or not found:
                return found, facts
            self._console.print(f"{len(found)} findings left, e.g. {found[0]}", highlight=False)

    def _begin_again(self, facts: Facts) -> tuple[int, list[Finding], Facts]:
        """Nothing was lost or doubled; nor is it when every case is begun again from wherever it stood."""
        numbers = [str(case["receipt_number"]) for case in facts.cases]
        resets = asyncio.run(begin_again_from_everywhere(self._layout, numbers))
        self._console.print(f"{len(numbers)} cases begun again from {resets} points")
        facts = asyncio.run(read(self._places()))
        return resets, list(findings_in_effects(facts)), facts

    def _never_filed(self) -> Iterator[Finding]:
        for case in self._cases:
            if not case.receipt_number:
                yield Finding("never_filed", case.resident.key, f"{case.procedure} was planned and is not filed")

    def _reconcile(self) -> None:
        """照合 now, instead of at the next five minutes."""

        async def trigger() -> None:
            client = await Client.connect(self._layout.temporal.address, namespace=self._layout.temporal.namespace)
            await client.get_schedule_handle(RECONCILIATION).trigger()

        with suppress(RPCError, RuntimeError):
            asyncio.run(trigger())

    def _places(self) -> Places:
        layout, ports = self._layout, self._layout.ports
        found = Places(
            database=f"host=127.0.0.1 port={ports.postgres} user={Role.ADMIN} dbname={DATABASE}",
            password_file=str(layout.postgres.password_file(Role.ADMIN)),
            temporal=layout.temporal.address, namespace=layout.temporal.namespace,
            gateway=url(ports.gateway), mailbox=url(ports.mailbox), objects=str(layout.objects),
            journal=str(self._journal.file),
        )  # fmt: skip
        (self._wanted.folder / "places.json").write_text(json.dumps(asdict(found), indent=2))
        return found
