"""ワーカー: which activities and workflows each task queue has, and what is delivered and watched beside them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from api.settings import PushSettings, ServedSettings, WebSettings
from store.database import Database
from store.notice_key import NoticeKey
from store.settings import StoreSettings
from wiring.foundation import AT_START, Foundation
from wiring.settings import Environment
from wiring.telemetry import observed
from workflows import lease_workflow, schedules
from workflows.audit_anchor_workflow import AuditAnchorWorkflow
from workflows.bulk_workflow import BulkWorkflow
from workflows.case_workflow import CaseWorkflow
from workflows.certificate_status_workflow import CertificateStatusWorkflow
from workflows.codec import KeyRing, data_converter
from workflows.contracts import CASES_QUEUE, ROBOTS_QUEUE, SHEETS_QUEUE, AnchorInput, RetentionInput, StatusCheck
from workflows.draft_workflow import DraftWorkflow
from workflows.export_workflow import ExportWorkflow
from workflows.identity_workflow import IdentityWorkflow
from workflows.lease_workflow import LeaseWorkflow
from workflows.paper_reading_workflow import PaperReadingWorkflow
from workflows.recall_workflow import RecallWorkflow
from workflows.reconciliation_workflow import ReconciliationWorkflow
from workflows.replay import Replay
from workflows.replay_workflow import ReplayWorkflow
from workflows.retention_workflow import RetentionWorkflow
from workflows.sheet_batch_workflow import SheetBatchWorkflow
from workflows.sheet_intake_workflow import SheetIntakeWorkflow

if TYPE_CHECKING:
    from activities.notify.courier import Courier

WORKFLOWS: list[type] = [
    CaseWorkflow,
    RecallWorkflow,
    ReconciliationWorkflow,
    CertificateStatusWorkflow,
    ExportWorkflow,
    DraftWorkflow,
    LeaseWorkflow,
    BulkWorkflow,
    ReplayWorkflow,
    AuditAnchorWorkflow,
    RetentionWorkflow,
    SheetBatchWorkflow,
    SheetIntakeWorkflow,
    IdentityWorkflow,
    PaperReadingWorkflow,
]
DATABASE_THREADS = 10
SHEETS_AT_ONCE = 16
"""Most of them wait for a free process; what is short in between must not wait for them."""


def cases_activities(foundation: Foundation, client: Client) -> Sequence[Callable[..., Any]]:
    """Database writes and neighbours reached over the network."""
    from activities.account.closing import Accounts
    from activities.cases.closing import CaseRecords
    from activities.desk import Desk
    from activities.documents.delivery import Delivery
    from activities.export.collecting import DataExports
    from activities.export.settings import ExportSettings
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
        inbox.record_deemed,
        inbox.record_extension,
        inbox.seat_deputies,
        certificates.check_status_lists,
        certificates.finish_status_run,
        delivery.deliver,
        delivery.revoke_documents,
        points.award_points,
        points.reverse_points,
        records.record_wait,
        records.begin_again,
        records.record_version,
        records.close_case,
    ]


def inbox_rounds(foundation: Foundation, client: Client) -> Sequence[Callable[..., Any]]:
    """受信箱の見回り: what keeps inbox, leases and orders true to their workflows; and the audit log provable."""
    from activities.audit.anchoring import AnchorGathering
    from activities.desk import Desk
    from activities.inbox.bulks import BulkReconciliation
    from activities.inbox.leases import Leases
    from activities.inbox.reconciliation import InboxReconciliation

    desk = Desk(foundation.database, foundation.library)
    return [
        InboxReconciliation(desk, client).reconcile_inbox,
        Leases(desk).release_lapsed_tasks,
        BulkReconciliation(desk, client).reconcile_bulks,
        AnchorGathering(desk).gather_anchor,
    ]


def reader_records(foundation: Foundation) -> Sequence[Callable[..., Any]]:
    """窓口での本人確認の記録."""
    from activities.desk import Desk
    from activities.reader.recording import ReaderRecords

    records = ReaderRecords(Desk(foundation.database, foundation.library))
    return [records.record_unconfirmed]


def retention_activities(foundation: Foundation) -> Sequence[Callable[..., Any]]:
    """廃棄: of cases whose retention is over."""
    from activities.desk import Desk
    from activities.retention.purging import Purges

    purges = Purges(Desk(foundation.database, foundation.library), foundation.objects, foundation.keys)
    return [
        purges.begin_retention,
        purges.find_due,
        purges.purge_case,
        purges.tell_unpurged,
        purges.finish_retention,
    ]


def replay_activities(foundation: Foundation, client: Client) -> Sequence[Callable[..., Any]]:
    """再生: of histories, on this very program."""
    from activities.desk import Desk
    from activities.replay.histories import Replays

    desk = Desk(foundation.database, foundation.library)
    replays = Replays(desk, client, replay_of(foundation.keys, client.namespace))
    return [replays.replay_cases, replays.finish_replay]


def documents_activities(foundation: Foundation) -> Sequence[Callable[..., Any]]:
    """Rendering, sealing and timestamps: fonts, key and evidence are loaded once per process."""
    from activities.audit.anchoring import AnchorStamping
    from activities.desk import Desk
    from activities.documents.issue import Documents
    from activities.documents.press import Press
    from activities.documents.rejection import Rejections
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
    press = Press(foundation.objects, renderer, sealer, settings)
    documents = Documents(desk, foundation.objects, renderer, press)
    rejections = Rejections(desk, press)
    prints = ExportPrints(desk, foundation.objects, renderer, ExportSettings())
    return [
        documents.issue_document,
        documents.post_document,
        rejections.issue_rejection,
        documents.draw_draft,
        documents.discard_draft,
        prints.print_export,
        prints.bind_export,
        AnchorStamping(desk, sealer.clock, foundation.anchors, foundation.revocation).stamp_anchors,
    ]


def robot_activities(foundation: Foundation) -> Sequence[Callable[..., Any]]:
    """自動入力: in a process of their own, with a browser. A window closes with the process."""
    from activities.desk import Desk
    from activities.rpa.entering import PayrollRobot, TerminalRobot
    from activities.rpa.settings import PayrollSettings, RobotSettings, TerminalSettings

    robots, payroll, terminal = RobotSettings(), PayrollSettings(), TerminalSettings()
    Environment().require_real(payroll=payroll.base_url, registry_terminal=terminal.base_url)
    desk = Desk(foundation.database, foundation.library)
    typist = PayrollRobot.connect(desk, foundation.objects, robots, payroll)
    registrar = TerminalRobot.connect(desk, foundation.objects, robots, terminal)
    return [typist.enter_payroll, registrar.tell_registry]


def sheet_activities(foundation: Foundation, client: Client) -> Sequence[Callable[..., Any]]:
    """帳票の一括処理: its pages are read in processes of their own, which end with this one."""
    from activities.batch.entries import SheetEntries
    from activities.batch.intake import FolderIntake, Intake
    from activities.batch.paper_reading import PaperReadings
    from activities.batch.reading import SheetReadings
    from activities.batch.reading_pool import ReadingPool
    from activities.batch.reporting import SheetReports
    from activities.batch.settings import SheetSettings
    from activities.batch.standing import SheetStanding
    from activities.desk import Desk
    from activities.documents.render import Renderer
    from activities.documents.settings import DocumentSettings

    settings, objects = SheetSettings(), foundation.objects
    desk = Desk(foundation.database, foundation.library)
    pool = ReadingPool(settings.processes, settings.page_seconds)
    readings = SheetReadings(desk, objects, pool, settings)
    standing, entries = SheetStanding(desk), SheetEntries(desk)
    intake = Intake(foundation.database, objects, settings.sheet)
    return [
        FolderIntake(desk, objects, intake, client, settings).take_in_folder,
        standing.find_next,
        standing.show_pause,
        standing.end_batch,
        readings.split_files,
        readings.read_pages,
        readings.give_up_pages,
        readings.sort_out,
        PaperReadings(desk, objects, pool, settings).read_paper,
        entries.plan_entries,
        entries.settle_entry,
        SheetReports(desk, objects, Renderer(DocumentSettings().library)).report_batch,
    ]


def worker(client: Client, queue: str, foundation: Foundation) -> Worker:
    """ワーカー of one task queue. Documents are made one at a time per process: run as many processes as cores. A robot
    types one thing at a time: run one process."""
    cases = queue == CASES_QUEUE
    if cases:
        activities = [
            *cases_activities(foundation, client),
            *inbox_rounds(foundation, client),
            *replay_activities(foundation, client),
            *retention_activities(foundation),
            *reader_records(foundation),
        ]
    elif queue == ROBOTS_QUEUE:
        activities = [*robot_activities(foundation)]
    elif queue == SHEETS_QUEUE:
        activities = [*sheet_activities(foundation, client)]
    else:
        activities = [*documents_activities(foundation)]
    threads = DATABASE_THREADS if cases else SHEETS_AT_ONCE if queue == SHEETS_QUEUE else 1
    return Worker(
        client,
        task_queue=queue,
        workflows=WORKFLOWS if cases else [],
        activities=activities,
        activity_executor=ThreadPoolExecutor(threads),
        max_concurrent_activities=threads,
        max_concurrent_local_activities=threads,
        workflow_runner=workflow_runner(),
        graceful_shutdown_timeout=timedelta(seconds=20),
    )


def workflow_runner() -> SandboxedWorkflowRunner:
    """ワークフローの走らせ方: the same wherever one runs or is replayed."""
    restrictions = SandboxRestrictions.default.with_passthrough_modules("procedures", "workflows", "pydantic")
    return SandboxedWorkflowRunner(restrictions=restrictions)


def replay_of(keys: KeyRing, namespace: str) -> Replay:
    """再生: by every workflow a worker of this program runs, as it runs them."""
    return Replay(WORKFLOWS, workflow_runner(), data_converter(keys), keys, namespace)


def courier(database: Database) -> "Courier":
    """配達係: mails always; push messages where the city has a key for them."""
    import ui.municipality
    from activities.notify.courier import Courier
    from activities.notify.letter import City, Writer
    from activities.notify.mail import MailCarrier
    from activities.notify.outcome import Carrier
    from activities.notify.push import PushCarrier, PushKey
    from activities.notify.settings import MailSettings
    from api.resident.push_services import public_key

    mail, push, web, store = MailSettings(), PushSettings(), WebSettings(), StoreSettings()
    Environment().require_real(mail_server=f"smtp://{mail.host}")
    Environment().require_encrypted_mail(mail.security)
    cities = {each: City(ui.municipality.name(each), web.address(each)) for each in web.municipalities}
    writer = Writer(cities, NoticeKey(store.master_key_file), mail.sender, mail.return_path)
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


async def work(queue: str) -> None:
    """働く: one task queue, until it is told to stop."""
    foundation = Foundation()
    client = await foundation.connect(observed(f"worker-{queue}"), AT_START)
    if queue == CASES_QUEUE:
        await _keep_schedules(client)
        async with delivering(courier(foundation.database)):
            await worker(client, queue, foundation).run()
    else:
        if queue == SHEETS_QUEUE:
            await _keep_sheet_intake(client)
        await worker(client, queue, foundation).run()


async def _keep_sheet_intake(client: Client) -> None:
    """帳票の取込み: kept by whoever can do it; a city without scanners has neither worker nor Schedule."""
    from activities.batch.settings import SheetSettings

    settings = SheetSettings()
    for municipality in ServedSettings().municipalities:
        nightly = schedules.sheet_intake(municipality, at=settings.at, time_zone=settings.time_zone)
        await schedules.keep(client, schedules.sheet_intake_id(municipality), nightly)


async def _keep_schedules(client: Client) -> None:
    """定期実行: one Schedule of each kind per municipality, and the watch over its leases."""
    from activities.audit.settings import AuditSettings
    from activities.jpki.settings import StatusSettings
    from activities.retention.settings import RetentionSettings

    settings, audit, ends = StatusSettings(), AuditSettings(), RetentionSettings()
    for municipality in WebSettings().municipalities:
        check = StatusCheck(municipality=municipality, retry_after=settings.retry_after, retry_for=settings.retry_for)
        await schedules.keep(client, schedules.reconciliation_id(municipality), schedules.reconciliation(municipality))
        daily = schedules.certificate_status(check, at=settings.at, time_zone=settings.time_zone)
        await schedules.keep(client, schedules.certificate_status_id(municipality), daily)
        given = AnchorInput(municipality=municipality, retry_after=audit.retry_after)
        anchored = schedules.audit_anchor(given, at=audit.at, time_zone=audit.time_zone)
        await schedules.keep(client, schedules.audit_anchor_id(municipality), anchored)
        nightly = schedules.retention(
            RetentionInput(municipality=municipality), at=ends.at, time_zone=ends.time_zone
        )  # fmt: skip
        await schedules.keep(client, schedules.retention_id(municipality), nightly)
        await lease_workflow.keep(client, municipality)
