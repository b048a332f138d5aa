"""最初の一件: `make demo` in a fresh clone, from nothing to the first delivered certificate."""

import os
import random
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest
from rich.console import Console

from machine.layout import CLONE, Ports
from machine.ports import is_free

pytestmark = pytest.mark.timeout(600)

TITLE = "From `make` to here"
"""The demonstration's own table of phases (machine/phases.py); the installer's phases come first in it."""


def test_a_fresh_clone_delivers_its_first_certificate(tmp_path: Path, console: Console) -> None:
    clone = tmp_path / "madoguchi"
    subprocess.run(["git", "clone", "--quiet", str(CLONE), str(clone)], check=True)
    surroundings = {name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "MAKEFLAGS")}
    surroundings |= {"MADOGUCHI_PORT_BASE": str(_free_ports()), "COLUMNS": str(console.width)}
    made = subprocess.run(
        ["make", "demo"], cwd=clone, env=surroundings, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )
    assert made.returncode == 0, (made.stdout + made.stderr)[-3000:]
    console.print()
    console.print(_phases(made.stdout), markup=False)
    console.print("Python and npm packages come out of this machine's caches where it has them.")


def _phases(output: str) -> str:
    """The table as it was printed."""
    lines = output[output.index(TITLE) :].splitlines()
    end = next(number for number, line in enumerate(lines) if line.startswith("└"))
    return "\n".join(lines[: end + 1])


def _free_ports() -> int:
    """The first of eleven consecutive ports that nobody holds."""
    for base in random.sample(range(20_000, 30_000, 16), 200):
        if all(is_free(base + step) for step in range(len(fields(Ports)))):
            return base
    raise RuntimeError("No eleven consecutive ports are free between 20000 and 30000.")
