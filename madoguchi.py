"""窓口: where everything is wired: settings, and the command line."""

import asyncio
import gc
import logging
import shlex
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer
import uvicorn
from fastapi import FastAPI
from pydantic_settings import BaseSettings, SettingsConfigDict
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from api.settings import HistorySettings, IdentitySettings, PushSettings, ScanSettings, TemporalSettings, WebSettings
from commands import certificates, notices, officers, procedures
from procedures.loader import Library
from store.database import Database
from store.keys import CaseKeys
from store.notice_key import NoticeKey
from store.objects import Objects
from store.settings import StoreSettings
from trust.anchors import AnchorRegistry
from trust.revocation import RevocationChecker, RevocationSettings
from trust.signature import SignatureVerifier
from workflows import schedules
from workflows.case_workflow import CaseWorkflow
from workflows.certificate_status_workflow import CertificateStatusWorkflow
from workflows.codec import data_converter
from workflows.contracts import CASES_QUEUE, DOCUMENTS_QUEUE, StatusCheck
from workflows.export_workflow import ExportWorkflow
from workflows.recall_workflow import RecallWorkflow
from workflows.reconciliation_workflow import ReconciliationWorkflow

if TYPE_CHECKING:
    from activities.notify.courier import Courier

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Madoguchi 窓口: a city counter as workflows.",
)
cli.add_typer(procedures.cli, name="procedures")
cli.add_typer(officers.cli, name="officers")
cli.add_typer(certificates.cli, name="certificates")
cli.add_typer(notices.cli, name="notices")

WORKFLOWS: list[type] = [
    CaseWorkflow,
    RecallWorkflow,
    ReconciliationWorkflow,
    CertificateStatusWorkflow,
    ExportWorkflow,
]
DATABASE_THREADS = 10
KEEP_ALIVE = 75
"""Seconds; longer than a reverse proxy keeps an idle connection, so that it is never the one surprised."""
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class Environment(BaseSettings):
    """環境 (MADOGUCHI_*): sandbox (demo, tests) or production, which refuses every sandbox neighbour."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_", frozen=True)

    environment: str = "production"
    """`sandbox` lets sandbox neighbours in; anything else is production."""

    @property
    def sandbox(self) -> bool:
        return self.environment == "sandbox"

    def require_real(self, **neighbours: str) -> None:
        """模擬の拒否: production never starts against a neighbour on its own machine, where only sandboxes live."""
        for name, address in neighbours.items():
            if not self.sandbox and urlsplit(address).hostname in LOOPBACK:
                raise SystemExit(
                    f"Production refuses to start: the {name} at {address} is on this machine, as only a sandbox is. "
                    f"Set its address, or MADOGUCHI_ENVIRONMENT=sandbox for a demonstration."
                )

    def require_protected(self, **neighbours: str) -> None:
        """平文の拒否: who says whom somebody is must not be overheard or replaced on the way."""
        for name, address in neighbours.items():
            if not self.sandbox and address and urlsplit(address).scheme != "https":
                raise SystemExit(f"Production refuses to start: the {name} at {address} must have an https address.")

    def require_encrypted_mail(self, security: str) -> None:
        """平文の拒否: a mail names its receiver, and a login its password."""
        if not self.sandbox and security == "none":
            raise SystemExit(
                "Production refuses to start: mail would leave in the clear. "
                "Set MADOGUCHI_MAIL_SECURITY to starttls or tls."
            )


class TrustSettings(BaseSettings):
    """信頼の起点の設定 (MADOGUCHI_TRUST_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_TRUST_", frozen=True)

    anchors_file: Path
    """The certificate authorities the city believes (JSON, `trust/anchors.py`)."""


# --- shared wiring ----------------------------------------------------------------------------------------------------


class Foundation:
    """基礎: what web server and workers share."""

    def __init__(self) -> None:
        self.store = StoreSettings()
        self.temporal = TemporalSettings()
        self.database = Database(self.store)
        self.objects = Objects(self.store.objects_url)
        self.keys = CaseKeys(self.database, self.store.master_key_file)
        self.library = Library.read()
        self.anchors = AnchorRegistry.load(TrustSettings().anchors_file, allow_sandbox=Environment().sandbox)
        self.revocation = RevocationChecker(RevocationSettings())
        self.verifier = SignatureVerifier(self.anchors, self.revocation)

    async def connect(self) -> Client:
        """Temporal, with every payload encrypted by its case's key."""
        return await Client.connect(
            self.temporal.address, namespace=self.temporal.namespace, data_converter=data_converter(self.keys)
        )


def web_app() -> FastAPI:
    """窓口のウェブ: the JSON API and the pages over it."""
    import ui.app
    from api.access.history import HttpHistory
    from api.access.identity_provider import IdentityProvider
    from api.app import create_app
    from api.counter import Counter
    from api.dispatch import Dispatch
    from api.events import Events
    from api.filing.request_key import RequestKey
    from api.filing.virus_scan import VirusScan
    from api.push_services import PushServices
    from api.relay import Relay

    settings, foundation = WebSettings(), Foundation()
    of_history, of_identity = HistorySettings(), IdentitySettings()
    named = {"certificate_history": of_history.base_url or "", "identity_provider": of_identity.issuer or ""}
    Environment().require_real(**named)
    Environment().require_protected(**named)
    history, identity = HttpHistory.connect(of_history), IdentityProvider.connect(of_identity, settings.public_url)
    scan, push = VirusScan.connect(ScanSettings()), PushServices.connect(PushSettings())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        dispatch = Dispatch(foundation.database, await foundation.connect(), settings.update_timeout)
        app.state.counter = Counter(
            settings=settings,
            database=foundation.database,
            objects=foundation.objects,
            keys=foundation.keys,
            library=foundation.library,
            dispatch=dispatch,
            anchors=foundation.anchors,
            verifier=foundation.verifier,
            temporal_namespace=foundation.temporal.namespace,
            webhook_secret=settings.webhook_secret_file.read_text().strip(),
            request_key=RequestKey.read(settings.request_key_file),
            history=history,
            identity=identity,
            scan=scan,
            notice_key=NoticeKey.read(foundation.store.master_key_file),
            push=push,
        )
        app.state.events = Events(foundation.database, foundation.store, settings.session_idle)
        relay = asyncio.create_task(Relay(foundation.database, dispatch, settings.municipalities).run())
        events = asyncio.create_task(app.state.events.run())
        _settle_memory()
        try:
            yield
        finally:
            for task in (relay, events):
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            foundation.database.close()

    app = create_app(lifespan, settings.upload_limit)
    ui.app.register(app)
    return app


def _settle_memory() -> None:
    """What was made so far stays (modules, procedures, models): no garbage collection walks it again."""
    gc.collect()
    gc.freeze()


def cases_activities(foundation: Foundation, client: Client) -> Sequence[Callable[..., Any]]:
    """Database writes and neighbours reached over the network."""
    from activities.account.closing import Accounts
    from activities.cases.closing import CaseRecords
    from activities.desk import Desk
    from activities.documents.delivery import Delivery
    from activities.export.collecting import DataExports
    from activities.export.settings import ExportSettings
    from activities.inbox.reconciliation import InboxReconciliation
    from activities.inbox.tasks import Inbox
    from activities.jpki.check_signature import SignatureChecks
    from activities.jpki.status import CertificateStatus
    from activities.payment.fees import Fees
    from activities.payment.gateway import StripeGateway
    from activities.payment.settings import PaymentSettings
    from activities.points.ledger import PointsLedger
    from activities.registry.check_register import RegisterChecks
    from activities.registry.register import HttpRegister
    from activities.registry.settings import RegisterSettings

    desk = Desk(foundation.database, foundation.library)
    payment, registry = PaymentSettings(), RegisterSettings()
    Environment().require_real(payment_gateway=payment.api_base, resident_register=registry.base_url)
    gateway = StripeGateway.connect(payment)
    fees = Fees(desk, gateway, WebSettings().public_url)
    inbox, points, records, delivery = Inbox(desk), PointsLedger(desk), CaseRecords(desk), Delivery(desk)
    signatures = SignatureChecks(desk, foundation.verifier)
    register = RegisterChecks(desk, HttpRegister.connect(registry))
    certificates = CertificateStatus(desk, foundation.anchors, foundation.revocation)
    exports = DataExports(desk, foundation.objects, client, ExportSettings())
    return [
        Accounts(desk, foundation.objects).close_account,
        exports.collect_export,
        exports.fail_export,
        exports.reconcile_exports,
        signatures.check_signature,
        register.check_register,
        fees.collect_fee,
        fees.settle_payment,
        fees.refund_fee,
        fees.refund_surplus,
        fees.reconcile_payments,
        inbox.review,
        inbox.approve,
        inbox.nudge_task,
        inbox.record_decision,
        InboxReconciliation(desk, client).reconcile_inbox,
        certificates.check_status_lists,
        certificates.finish_status_run,
        delivery.deliver,
        delivery.revoke_documents,
        points.award_points,
        points.reverse_points,
        records.record_wait,
        records.close_case,
    ]


def documents_activities(foundation: Foundation) -> Sequence[Callable[..., Any]]:
    """Rendering and sealing: fonts, key and evidence are loaded once per process."""
    from activities.desk import Desk
    from activities.documents.issue import Documents
    from activities.documents.render import Renderer
    from activities.documents.seal import Sealer
    from activities.documents.settings import DocumentSettings, SealSettings
    from activities.export.printing import ExportPrints
    from activities.export.settings import ExportSettings

    settings, seal = DocumentSettings(), SealSettings()
    Environment().require_real(timestamp_authority=seal.tsa_url)
    sealer = Sealer(seal)
    desk = Desk(foundation.database, foundation.library)
    renderer = Renderer(settings.library)
    documents = Documents(desk, foundation.objects, renderer, sealer, settings)
    prints = ExportPrints(desk, foundation.objects, renderer, ExportSettings())
    return [documents.issue_document, documents.post_document, prints.print_export, prints.bind_export]


def worker(client: Client, queue: str, foundation: Foundation) -> Worker:
    """ワーカー of one task queue. Documents are made one at a time per process: run as many processes as cores."""
    cases = queue == CASES_QUEUE
    activities = cases_activities(foundation, client) if cases else documents_activities(foundation)
    threads = DATABASE_THREADS if cases else 1
    return Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS if cases else [],
        activities=activities,
        activity_executor=ThreadPoolExecutor(threads),
        max_concurrent_activities=threads,
        max_concurrent_local_activities=threads,
        workflow_runner=SandboxedWorkflowRunner(
            restrictions=SandboxRestrictions.default.with_passthrough_modules("procedures", "workflows", "pydantic")
        ),
        graceful_shutdown_timeout=timedelta(seconds=20),
    )


def courier(database: Database) -> "Courier":
    """配達係: mails always; push messages where the city has a key for them."""
    import ui.municipality
    from activities.notify.courier import Courier
    from activities.notify.letter import City, Writer
    from activities.notify.mail import MailCarrier
    from activities.notify.outcome import Carrier
    from activities.notify.push import PushCarrier, PushKey
    from activities.notify.settings import MailSettings
    from api.push_services import public_key

    mail, push, web, store = MailSettings(), PushSettings(), WebSettings(), StoreSettings()
    Environment().require_real(mail_server=f"smtp://{mail.host}")
    Environment().require_encrypted_mail(mail.security)
    cities = {each: City(ui.municipality.name(each), web.address(each)) for each in web.municipalities}
    writer = Writer(cities, NoticeKey.read(store.master_key_file), mail.sender, mail.return_path)
    carriers: list[Carrier] = [MailCarrier(mail, writer)]
    if push.key_file is not None:
        key = PushKey.read(push.key_file, public_key(push.key_file), push.contact)
        carriers.append(PushCarrier(key, writer, mail.timeout))
    return Courier(database, web.municipalities, carriers, mail)


@asynccontextmanager
async def delivering(courier: "Courier") -> AsyncIterator[None]:
    """配達中: for as long as the block lasts; the delivery in hand is finished or left to the next courier."""
    running = asyncio.create_task(courier.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def _work(queue: str) -> None:
    foundation = Foundation()
    client = await foundation.connect()
    if queue == CASES_QUEUE:
        await _keep_schedules(client)
        async with delivering(courier(foundation.database)):
            await worker(client, queue, foundation).run()
    else:
        await worker(client, queue, foundation).run()


async def _keep_schedules(client: Client) -> None:
    """定期実行: one Schedule of each kind per municipality."""
    from activities.jpki.settings import StatusSettings

    settings = StatusSettings()
    for municipality in WebSettings().municipalities:
        check = StatusCheck(municipality=municipality, retry_after=settings.retry_after, retry_for=settings.retry_for)
        await schedules.keep(client, schedules.reconciliation_id(municipality), schedules.reconciliation(municipality))
        daily = schedules.certificate_status(check, at=settings.at, time_zone=settings.time_zone)
        await schedules.keep(client, schedules.certificate_status_id(municipality), daily)


class CounterServer(uvicorn.Server):
    """窓口のサーバー: open streams would hold a stopping server up for ever, so they are ended first."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if isinstance(self.config.app, FastAPI) and hasattr(self.config.app.state, "events"):
            self.config.app.state.events.close()
        await super().shutdown(sockets)


# --- commands ---------------------------------------------------------------------------------------------------------


@cli.command()
def serve() -> None:
    """Run the web server: pages and JSON API."""
    settings, app = WebSettings(), web_app()
    server = CounterServer(
        uvicorn.Config(app, host=settings.host, port=settings.port, log_level="warning", timeout_keep_alive=KEEP_ALIVE)
    )
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise typer.Exit(1)


@cli.command(name="worker")
def run_worker(queue: Annotated[str, typer.Argument(help=f"{CASES_QUEUE} or {DOCUMENTS_QUEUE}")]) -> None:
    """Run a worker of one task queue."""
    if queue not in (CASES_QUEUE, DOCUMENTS_QUEUE):
        raise typer.BadParameter(f"There is no queue {queue}: it is {CASES_QUEUE} or {DOCUMENTS_QUEUE}.")
    asyncio.run(_work(queue))


@cli.command()
def migrate() -> None:
    """Bring the database to the newest schema (as its owner)."""
    from alembic import command
    from alembic.config import Config

    command.upgrade(Config(str(Path(__file__).parent / "alembic.ini")), "head")


PortsFrom = Annotated[int | None, typer.Option(help="Use consecutive ports from this one.")]


@cli.command()
def up(ports_from: PortsFrom = None) -> None:
    """Run the whole counter on this machine with its sandbox; drive one demonstration case; Ctrl-C ends it."""
    raise typer.Exit(_run_machine(ports_from, keep=True))


@cli.command()
def demo(ports_from: PortsFrom = None) -> None:
    """As `up`, but exit: status 0 only if the case was delivered and its PDF validated."""
    raise typer.Exit(_run_machine(ports_from, keep=False))


def _run_machine(ports_from: int | None, *, keep: bool) -> int:
    from machine.demo import demonstrate
    from machine.layout import Layout
    from machine.up import run

    return run(Layout.of(ports_from=ports_from), demo=demonstrate, keep=keep)


@cli.command(name="environment")
def print_environment(ports_from: PortsFrom = None) -> None:
    """Print this machine's settings for a shell: eval "$(madoguchi environment)", then any other command."""
    from machine.layout import Layout, environment

    for name, value in environment(Layout.of(ports_from=ports_from)).items():
        if name.startswith("MADOGUCHI_"):
            typer.echo(f"export {name}={shlex.quote(value)}")


@cli.command()
def screenshots() -> None:
    """Take pictures of the main pages into docs/screenshots (needs Chromium)."""
    from machine.screenshots import take_pictures

    take_pictures()


@cli.command()
def card_agent_city(
    names: Annotated[list[str], typer.Argument(help="The city's name in Japanese, English, Chinese and Korean.")],
) -> None:
    """Print this city's entry for the card agents' list (cities.json): its address, name and public key."""
    import json

    from api.filing.request_key import RequestKey

    if len(names) != 4:
        raise typer.BadParameter("Give the city's name four times: in Japanese, English, Chinese and Korean.")
    settings = WebSettings()
    name = dict(zip(("ja", "en", "zh", "ko"), names, strict=True))
    keys = RequestKey.read(settings.request_key_file).public()
    typer.echo(
        json.dumps({"cities": [{"origin": settings.public_url, "name": name, "keys": keys}]}, ensure_ascii=False)
    )


def main() -> None:
    """The command line."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    logging.getLogger("pyhanko").setLevel(logging.ERROR)
    cli()


if __name__ == "__main__":
    main()
