"""支度: the sentences of bootstrap.sh when a machine lacks something, and its speed when it lacks nothing."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from machine.layout import CLONE

NOBODY = "nobody"


@pytest.fixture
def clone() -> Iterator[Path]:
    """A clone that an unprivileged user may work in."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "clone"
        (folder / "deploy").mkdir(parents=True)
        for file in ("bootstrap.sh", "requirements.lock", "pyproject.toml"):
            shutil.copy(CLONE / file, folder)
        for file in ("apt.txt", "apt-machine.txt", "apt-test.txt"):
            (folder / "deploy" / file).write_text("# nothing more is needed\n")
        if os.geteuid() == 0:
            Path(name).chmod(0o755)
            subprocess.run(["/usr/bin/chown", "-R", NOBODY, folder], check=True)
        yield folder


def bootstrap(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """As a user who is not root and has no sudo."""
    return subprocess.run(
        ["/bin/sh", "bootstrap.sh"], cwd=clone, user=NOBODY if os.geteuid() == 0 else None, check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(clone)} | environment, capture_output=True, text=True,
    )  # fmt: skip


@pytest.mark.skipif(shutil.which("sudo") is not None, reason="sudo would ask for a password here")
def test_without_root_the_missing_packages_are_named(clone: Path) -> None:
    (clone / "deploy" / "apt.txt").write_text("coreutils\nmadoguchi-no-such-font # the page font\n")
    done = bootstrap(clone)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "✗ These Debian packages are missing and need root: ask an administrator for "
        "`apt-get install madoguchi-no-such-font`, then run make again."
    )


def test_an_unreachable_registry_is_one_sentence_and_leaves_nothing_that_looks_finished(clone: Path) -> None:
    tools = clone / "var" / "tools" / "bin"
    tools.mkdir(parents=True)
    (tools / "uv").write_text(
        '#!/bin/sh\n[ "$1 $2" != "pip sync" ] || { echo "error: Failed to fetch" >&2; exit 2; }\n'
    )
    (tools / "uv").chmod(0o755)
    if os.geteuid() == 0:
        subprocess.run(["/usr/bin/chown", "-R", NOBODY, clone / "var"], check=True)
    done = bootstrap(clone)
    assert done.returncode == 1
    assert (
        "The locked Python packages could not be installed: check that the package registry is reachable" in done.stderr
    )
    assert "error: Failed to fetch" in done.stderr
    assert not (clone / "var" / "stamps" / "python").exists()


def test_a_python_that_is_too_old_is_named_with_what_is_needed(clone: Path) -> None:
    shadow = clone / "bin"
    shadow.mkdir()
    for name in ("python3", "python3.11", "python3.12", "python3.13"):
        (shadow / name).write_text("#!/bin/sh\nexit 1\n")
        (shadow / name).chmod(0o755)
    done = bootstrap(clone, PATH=f"{shadow}:/usr/bin:/bin")
    assert done.returncode == 1
    assert done.stderr.strip().startswith("✗ Python 3.11, 3.12 or 3.13 is needed and none is on the PATH")


def test_the_packages_listed_are_names_apt_can_take() -> None:
    for listed in sorted((CLONE / "deploy").glob("apt*.txt")):
        names = [line.split("#")[0].strip() for line in listed.read_text().splitlines()]
        assert all(name.replace("-", "").replace(".", "").isalnum() for name in names if name)
