"""一つの街: the processes of a whole counter with its sandbox neighbours, and what each waits for."""

import sys
from dataclasses import replace
from pathlib import Path

from machine.layout import COUNTER, HERE, Layout, environment, url
from machine.program import Program
from machine.readiness import answers, lays, polls
from machine.supervisor import Unit
from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, ROBOTS_QUEUE, SHEETS_QUEUE

AGENTS_READER, VISITORS_READER = "Virtual PCD 00 00", "Virtual PCD 00 01"
"""The virtual reader has two slots: one for whoever sits at the card agent, one for the demonstration and, once that is
over, for whoever stands at the counter."""


def units(layout: Layout) -> tuple[Unit, ...]:
    """In an order that keeps two cores busy: what takes long to start comes first."""
    return (*servers(layout), *neighbours(layout), *counter(layout))


def servers(layout: Layout) -> tuple[Unit, ...]:
    postgres, temporal = layout.postgres, layout.temporal
    return (
        Unit(
            temporal.program(), temporal.ready, prepare=temporal.prepare,
            ports=(layout.ports.temporal, layout.ports.temporal_ui),
        ),
        Unit(
            postgres.program(), postgres.ready, prepare=postgres.prepare, furnish=postgres.furnish,
            ports=(layout.ports.postgres,),
        ),
    )  # fmt: skip


def neighbours(layout: Layout) -> tuple[Unit, ...]:
    """The sandbox, and the agent that would run on the resident's own machine."""
    ports, sandbox = layout.ports, layout.sandbox
    webhook, callback = f"{layout.public_url}/webhooks/payment", f"{layout.public_url}/login/identity/callback"
    return (
        _module(layout, "pki", ports.pki, "sandbox.pki", layout.pki),
        _module(layout, "gateway", ports.gateway, "sandbox.gateway", sandbox / "gateway", "--webhook", webhook),
        _module(layout, "register", ports.register, "sandbox.register", sandbox / "register"),
        _module(layout, "identity", ports.identity, "sandbox.identity", sandbox / "identity", "--callback", callback),
        Unit(
            _program(
                layout, "mail", _python(), "-m", "sandbox.mail", str(sandbox / "mail"), "--port", str(ports.mailbox),
                "--smtp-port", str(ports.mail), "--pipe", f"{_command()} notices bounce",
            ),
            answers(url(ports.mailbox)), ports=(ports.mail, ports.mailbox),
        ),
        Unit(
            _program(
                layout, "reader", _python(), "-m", "sandbox.cards", str(layout.pki), "--place", str(layout.reader)
            ),
            lays(layout.tray), after=("pki",),
        ),
        Unit(
            _program(
                layout, "agent", _python(), "-m", "card.agent", "--port", str(ports.agent),
                "--cities", str(layout.cities), "--reader", AGENTS_READER, "--tray", str(layout.tray),
            ),
            answers(url(ports.agent)), after=("reader",), ports=(ports.agent,),
        ),
    )  # fmt: skip


def counter(layout: Layout) -> tuple[Unit, ...]:
    """窓口: the product's own processes."""
    needs = ("migrate", "temporal", "pki", "gateway", "register", "identity", "mail")
    return (
        Unit(_madoguchi(layout, "migrate", "migrate"), after=("postgres",), job=True),
        Unit(
            _madoguchi(layout, "worker-cases", "worker", CASES_QUEUE, engine=layout.ports.engine_cases),
            polls(layout.temporal, CASES_QUEUE), after=needs, ports=(layout.ports.engine_cases,),
        ),
        Unit(
            _madoguchi(layout, "worker-documents", "worker", DOCUMENTS_QUEUE, engine=layout.ports.engine_documents),
            polls(layout.temporal, DOCUMENTS_QUEUE), after=needs, ports=(layout.ports.engine_documents,),
        ),
        Unit(
            _madoguchi(layout, "web", "serve", engine=layout.ports.engine_web, metrics=layout.ports.metrics),
            answers(f"{layout.public_url}/readyz"),
            after=needs, ports=(layout.ports.web, layout.ports.metrics, layout.ports.engine_web),
        ),
    )  # fmt: skip


def at_counter(layout: Layout) -> Unit:
    """窓口のカードリーダー: with a page on which a demo card is laid down and its PIN typed."""
    program = _madoguchi(
        layout, "counter-reader", "reader", "--counter", COUNTER, "--municipality", "282014",
        "--cities", str(layout.cities), "--port", str(layout.ports.reader),
        "--name", VISITORS_READER, "--tray", str(layout.tray), "--slot", "1",
    )  # fmt: skip
    return Unit(program, answers(url(layout.ports.reader)), ports=(layout.ports.reader,))


CLUBS = "1"
"""The seed of the clubs whose people the payroll pays, and whose sheets `madoguchi sheets pile` makes."""


BROWSER = Path("/usr/bin/chromium")
"""What the robots type with; `make install-test` brings it, a counter for residents does without."""


def back_office(layout: Layout) -> tuple[Unit, ...]:
    """事務室: what reads paper and types into old systems, beside a counter that is open; nobody at it needs them."""
    payroll, terminal = layout.sandbox / "payroll", layout.sandbox / "terminal"
    return (
        _module(layout, "payroll", layout.ports.payroll, "sandbox.payroll", payroll, "--seed", CLUBS),
        _module(layout, "terminal", layout.ports.terminal, "sandbox.terminal", terminal),
        Unit(_madoguchi(layout, "worker-sheets", "worker", SHEETS_QUEUE), polls(layout.temporal, SHEETS_QUEUE)),
        Unit(
            _madoguchi(layout, "worker-robots", "worker", ROBOTS_QUEUE),
            polls(layout.temporal, ROBOTS_QUEUE), after=("payroll", "terminal"),
        ),
    )  # fmt: skip


def _module(layout: Layout, name: str, port: int, module: str, folder: Path, *more: str) -> Unit:
    program = _program(layout, name, _python(), "-m", module, str(folder), "--port", str(port), *more)
    return Unit(program, answers(url(port)), ports=(port,))


def _madoguchi(layout: Layout, name: str, *command: str, **watched: int) -> Program:
    """One of ours; `watched`: where this very process tells its numbers."""
    program = _program(layout, name, _command(), *command)
    told = {f"MADOGUCHI_OBSERVE_{what.upper()}": f"{HERE}:{port}" for what, port in watched.items()}
    return replace(program, environment={**program.environment, **told})


def _program(layout: Layout, name: str, *argv: str) -> Program:
    return Program(name, argv, environment(layout), layout.logs / f"{name}.log", folder=layout.clone)


def _command() -> str:
    return str(Path(sys.prefix) / "bin" / "madoguchi")


def _python() -> str:
    return str(Path(sys.prefix) / "bin" / "python")
