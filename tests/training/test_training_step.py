"""学習の一歩, where the training's own packages are: installed as training/README.md says, from the same lock."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from machine.layout import CLONE

LOCK = CLONE / "training" / "requirements.lock"
OURS = CLONE / "var" / "tools" / "bin" / "uv"
STEP = Path(__file__).with_name("one_step.py")


@pytest.fixture(scope="module")
def learner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds nothing but what training needs."""
    venv = tmp_path_factory.mktemp("training") / "venv"
    python = venv / "bin" / "python"
    uv = shutil.which("uv") or OURS
    surroundings = {"UV_SYSTEM_CERTS": "true"} | os.environ
    install: tuple[str | Path, ...] = ("install", "-q", "--python", python, "--require-hashes", "-r", LOCK)
    for command in (("venv", "-q", venv), ("pip", *install)):
        subprocess.run((uv, *command), check=True, env=surroundings)
    return python


def test_a_step_over_a_few_examples_learns_them(learner: Path) -> None:
    said = subprocess.run(
        (learner, STEP), check=True, capture_output=True, text=True, cwd=CLONE,
        env=os.environ | {"PYTHONPATH": str(CLONE)},
    )  # fmt: skip
    found = json.loads(said.stdout.splitlines()[-1])  # the passes are told above it
    assert found["batches"] == 2, "without the corrected ones it would be one batch"
    assert found["after"] < found["before"]
