"""定期実行: what runs by the clock, for each municipality. Temporal keeps the Schedules; every start brings them up to
date with the settings.
"""

from datetime import time, timedelta
from typing import Any

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleUpdate,
    ScheduleUpdateInput,
)

from procedures.values import MunicipalityCode
from workflows.audit_anchor_workflow import AuditAnchorWorkflow
from workflows.certificate_status_workflow import CertificateStatusWorkflow
from workflows.contracts import CASES_QUEUE, AnchorInput, MunicipalityRun, RetentionInput, StatusCheck
from workflows.reconciliation_workflow import ReconciliationWorkflow
from workflows.retention_workflow import RetentionWorkflow
from workflows.sheet_intake_workflow import SheetIntakeWorkflow

ONE_AT_A_TIME = ScheduleOverlapPolicy.SKIP


def reconciliation_id(municipality: MunicipalityCode) -> str:
    return f"reconciliation-{municipality}"


def reconciliation(municipality: MunicipalityCode) -> Schedule:
    """照合: every five minutes."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            ReconciliationWorkflow.run,
            MunicipalityRun(municipality=municipality),
            id=reconciliation_id(municipality),
            task_queue=CASES_QUEUE,
        ),
        spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=timedelta(minutes=5))]),
        policy=SchedulePolicy(overlap=ONE_AT_A_TIME),
    )


def certificate_status_id(municipality: MunicipalityCode) -> str:
    return f"certificate-status-{municipality}"


def certificate_status(check: StatusCheck, *, at: time, time_zone: str) -> Schedule:
    """日次失効確認: once a day at the city's own time; one slept through is made up for within half a day."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            CertificateStatusWorkflow.run,
            check,
            id=certificate_status_id(check.municipality),
            task_queue=CASES_QUEUE,
        ),
        spec=_daily(at, time_zone),
        policy=SchedulePolicy(overlap=ONE_AT_A_TIME, catchup_window=timedelta(hours=12)),
    )


def audit_anchor_id(municipality: MunicipalityCode) -> str:
    return f"audit-anchor-{municipality}"


def audit_anchor(given: AnchorInput, *, at: time, time_zone: str) -> Schedule:
    """監査の錨: once a day at the city's own time. One that is due while another still waits begins right after it."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            AuditAnchorWorkflow.run,
            given,
            id=audit_anchor_id(given.municipality),
            task_queue=CASES_QUEUE,
        ),
        spec=_daily(at, time_zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.BUFFER_ONE, catchup_window=timedelta(days=3)),
    )


def retention_id(municipality: MunicipalityCode) -> str:
    return f"retention-{municipality}"


def retention(given: RetentionInput, *, at: time, time_zone: str) -> Schedule:
    """廃棄: every night at the city's own time; one slept through is made up for by the next."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            RetentionWorkflow.run,
            given,
            id=retention_id(given.municipality),
            task_queue=CASES_QUEUE,
        ),
        spec=_daily(at, time_zone),
        policy=SchedulePolicy(overlap=ONE_AT_A_TIME, catchup_window=timedelta(hours=2)),
    )


def sheet_intake_id(municipality: MunicipalityCode) -> str:
    return f"sheet-intake-{municipality}"


def sheet_intake(municipality: MunicipalityCode, *, at: time, time_zone: str) -> Schedule:
    """帳票の取込み: every night at the city's own time; what was slept through lies there the next night."""
    return Schedule(
        action=ScheduleActionStartWorkflow(
            SheetIntakeWorkflow.run,
            MunicipalityRun(municipality=municipality),
            id=sheet_intake_id(municipality),
            task_queue=CASES_QUEUE,
        ),
        spec=_daily(at, time_zone),
        policy=SchedulePolicy(overlap=ONE_AT_A_TIME, catchup_window=timedelta(hours=2)),
    )


def _daily(at: time, time_zone: str) -> ScheduleSpec:
    """毎日 at this time there."""
    moment = ScheduleCalendarSpec(hour=[ScheduleRange(at.hour)], minute=[ScheduleRange(at.minute)])
    return ScheduleSpec(calendars=[moment], time_zone_name=time_zone)


async def keep(client: Client, schedule_id: str, schedule: Schedule) -> None:
    """定期実行を置く, or bring it up to date; whether somebody paused it is not ours to change."""
    try:
        await client.create_schedule(schedule_id, schedule)
    except ScheduleAlreadyRunningError:

        def updated(known: ScheduleUpdateInput) -> ScheduleUpdate:
            schedule.state = known.description.schedule.state
            return ScheduleUpdate(schedule=schedule)

        await client.get_schedule_handle(schedule_id).update(updated)


async def begin(client: Client, schedule_id: str, **options: Any) -> None:
    """いま始める; a run that is under way stays the only one."""
    await client.get_schedule_handle(schedule_id).trigger(overlap=ONE_AT_A_TIME, **options)
