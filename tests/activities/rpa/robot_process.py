"""ロボットの過程: one entry by a robot in a process of its own, tried again as a workflow would.

python robot_process.py REFERENCE SETTLES
"""

import asyncio
import random
import sys

from temporalio.exceptions import ApplicationError
from temporalio.testing import ActivityEnvironment
from workplace import CHROMIUM, HIMEJI, payroll_script

from activities.desk import Desk
from activities.rpa.door import Gate
from activities.rpa.entering import PayrollRobot
from activities.rpa.settings import PayrollSettings
from activities.rpa.window import Window
from procedures.loader import Library
from store.database import Database
from store.objects import Objects
from store.settings import StoreSettings
from workflows.contracts import RobotRun


async def enter(reference: str, settles_seconds: float) -> str:
    """登録: until it is done. A final failure ends the process."""
    store, payroll = StoreSettings(), PayrollSettings()
    script = payroll_script(settles_seconds=settles_seconds)
    window = Window(CHROMIUM, script, payroll.base_url)
    desk = Desk(Database(store), Library({}, {}))
    robot = PayrollRobot(desk, Objects(store.objects_url), window, Gate(script, payroll.account()))
    run = RobotRun(municipality=HIMEJI, reference=reference)
    patience = 0.1
    while True:
        try:
            result = await ActivityEnvironment().run(robot.enter_payroll, run)
            await window.close()
            return str(result.number)
        except ApplicationError as error:
            if error.non_retryable:
                raise
            sys.stdout.write(f"{error.type}\n")
            patience *= 2  # two robots that never wait overtake each other for ever
            told = error.next_retry_delay
            await asyncio.sleep(told.total_seconds() if told else random.uniform(0, patience))


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(enter(sys.argv[1], float(sys.argv[2]))))
