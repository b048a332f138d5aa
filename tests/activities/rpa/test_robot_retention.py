"""廃棄: what the robot was told of a batch that is gone, with the picture of its failure; by the nightly run."""

import asyncio
from datetime import timedelta
from typing import cast

from temporalio.client import Client
from temporalio.testing import ActivityEnvironment
from workplace import HIMEJI, Workplace

from activities.batch.intake import FolderIntake, Intake
from activities.batch.settings import SheetSettings
from activities.rpa.payroll import PayrollEntry
from activities.rpa.robot import picture_key
from machine.layout import Layout
from machine.postgres import Role
from store import robot_entries
from store.robot_entries import EntryKey
from workflows.contracts import MunicipalityRun

NOBODY = None
"""No batch is under way: nobody starts one."""


def night(workplace: Workplace) -> None:
    """夜間の取込み, as its Schedule runs it."""
    intake = Intake(workplace.database, workplace.objects, "club_work_report")
    nightly = FolderIntake(workplace.desk, workplace.objects, intake, cast(Client, NOBODY), SheetSettings())

    async def perform() -> None:
        await ActivityEnvironment().run(nightly.take_in_folder, MunicipalityRun(municipality=HIMEJI))

    asyncio.run(perform())


def failed(workplace: Workplace) -> PayrollEntry:
    """An entry the robot could not make, with its picture."""
    entry = workplace.entry()
    workplace.planned(entry)
    key = EntryKey("payroll", entry.reference)
    workplace.objects.put(picture_key(HIMEJI, key), b"picture")
    with workplace.database.transaction(HIMEJI) as connection:
        robot_entries.fail(connection, key, "EntryRefused", "It refuses.", picture_key(HIMEJI, key))
    return entry


def is_kept(workplace: Workplace, entry: PayrollEntry) -> tuple[bool, bool]:
    """The row, and the picture."""
    key = EntryKey("payroll", entry.reference)
    with workplace.database.reading(HIMEJI) as connection:
        row = robot_entries.read(connection, key)
    try:
        return row is not None, bool(workplace.objects.get(picture_key(HIMEJI, key)))
    except FileNotFoundError:
        return row is not None, False


def test_what_is_older_than_batches_are_kept_goes_with_its_picture_and_nothing_else(
    town: Layout, workplace: Workplace
) -> None:
    old, young = failed(workplace), failed(workplace)
    database = workplace.settings.database_url.rsplit("/", 1)[1]
    with town.postgres.connect(Role.OWNER, database) as owner:
        owner.execute(
            "update robot_entry set planned_at = planned_at - %s, failed_at = failed_at - %s where reference = %s",
            (timedelta(days=2000), timedelta(days=2000), old.reference),
        )
        owner.commit()

    night(workplace)

    assert is_kept(workplace, old) == (False, False)
    assert is_kept(workplace, young) == (True, True)
