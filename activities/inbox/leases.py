"""担当の時間切れ: releases what nobody worked on, with a line in each case's timeline."""

from temporalio import activity

from activities.desk import Desk
from store import cases, leases
from workflows.contracts import LeasesLeft, MunicipalityRun


class Leases:
    """担当の時間の処理."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @activity.defn
    def release_lapsed_tasks(self, run: MunicipalityRun) -> LeasesLeft:
        """時間切れの担当を外す: they are everybody's again."""
        with self._desk.writing(run.municipality) as connection:
            for each in leases.release_lapsed(connection):
                facts = {"reason": "lease_lapsed"}
                cases.say(connection, each.receipt_number, "task_released", step=each.step, facts=facts)
            return LeasesLeft(next_end=leases.next_end(connection))
