"""退出: a command that has loaded Temporal's client leaves with its own status, and with everything else done."""

import subprocess
import sys

import pytest

from machine.layout import CLONE

PROGRAM = """
import atexit, sys, threading, time
import temporalio.client
from commands.leaving import carry_out

def late():
    time.sleep(0.2)
    print("a thread ended")

def command():
    atexit.register(lambda: print("put away"))
    threading.Thread(target=late).start()
    print("said", end="")
    {ending}

class Finalized:
    def __del__(self):
        print("taken apart")

kept = Finalized()
sys.modules["kept"] = kept
carry_out(command)
"""


@pytest.mark.parametrize(
    ("ending", "status"),
    [("pass", 0), ("sys.exit(3)", 3), ("sys.exit()", 0), ("sys.exit('no')", 1), ("raise ValueError", 1)],
)
def test_it_ends_with_its_status_and_is_not_taken_apart_under_temporals_threads(ending: str, status: int) -> None:
    program = PROGRAM.format(ending=ending)
    ran = subprocess.run([sys.executable, "-c", program], cwd=CLONE, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (status, "saida thread ended\nput away\n")
    assert ("ValueError" in ran.stderr) == (ending == "raise ValueError")


def test_without_temporal_it_ends_as_any_program() -> None:
    program = PROGRAM.format(ending="sys.exit(3)").replace("import temporalio.client", "")
    ran = subprocess.run([sys.executable, "-c", program], cwd=CLONE, capture_output=True, text=True)
    assert ran.returncode == 3
    assert "taken apart" in ran.stdout
