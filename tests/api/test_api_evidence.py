"""証拠一式: a third party verifies it by its own README, with openssl, pdfsig and coreutils, in an empty folder."""

import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from machine.demo import deliver_certificate
from machine.layout import Layout, environment
from sandbox.people import OFFICER
from tests.api.scenes import HIMEJI, Books, Newcomer, account, screening_under_review
from tests.town import anchoring

BLOCK, END = "```sh\n", "```"
UNPROVEN = {"README.md", "decisions.json", "submission-1/check.json", "SHA256SUMS"}
"""What the city only says, as the README tells."""


@dataclass(frozen=True)
class Taken:
    """取り出した証拠."""

    number: str
    file: Path

    def unpacked(self, folder: Path) -> Path:
        with zipfile.ZipFile(self.file) as file:
            file.extractall(folder)
        return folder

    @property
    def names(self) -> list[str]:
        with zipfile.ZipFile(self.file) as file:
            return file.namelist()


@pytest.fixture(scope="module")
def taken(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """The evidence of a delivered certificate, after its day's anchor, as an auditor takes it."""
    case, _ = deliver_certificate(town)
    number = str(case["receipt_number"])
    anchoring.ended(town, anchoring.begin(town, HIMEJI))
    books = Books(town)
    with books.newcomer("*:auditor") as auditor:
        answer = auditor.http.get(f"/api/audit/cases/{number}/evidence")
    books.close()
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    file = tmp_path_factory.mktemp("evidence") / "bundle.zip"
    file.write_bytes(answer.content)
    return Taken(number, file)


def blocks(folder: Path) -> list[str]:
    """Every block of commands of the README, as it stands."""
    return [part.split(END, 1)[0] for part in (folder / "README.md").read_text().split(BLOCK)[1:]]


def refused_by(folder: Path, commands: list[str]) -> str | None:
    """The first block that does not end with status 0; None: everything holds."""
    for block in commands:
        done = subprocess.run(["sh", "-eu", "-c", block], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return f"{block}\n{done.stdout}{done.stderr}"
    return None


def test_everything_in_it_holds_by_its_own_readme(taken: Taken, tmp_path: Path) -> None:
    folder = taken.unpacked(tmp_path)
    commands = blocks(folder)
    assert refused_by(folder, commands) is None
    programs = " ".join(commands)
    for program in ("sha256sum -c", "openssl cms -verify", "openssl ocsp", "openssl ts -verify", "pdfsig"):
        assert program in programs
    assert {name.split("/")[0] for name in taken.names} >= {
        "README.md", "SHA256SUMS", "submission-1", "decisions.json", "audit", "anchor", "document-1",
    }  # fmt: skip


def test_one_byte_altered_anywhere_is_seen_by_the_commands_that_prove_something(taken: Taken, tmp_path: Path) -> None:
    unseen = []
    for at, name in enumerate(sorted(set(taken.names) - UNPROVEN)):
        folder = taken.unpacked(tmp_path / str(at))
        file = folder / name
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(data)
        if refused_by(folder, blocks(folder)[1:]) is None:
            unseen.append(name)
        shutil.rmtree(folder)
    assert unseen == []


def test_a_line_of_the_log_left_out_or_moved_is_seen(taken: Taken, tmp_path: Path) -> None:
    for at, change in enumerate((lambda lines: lines[:2] + lines[3:], lambda lines: [lines[1], lines[0], *lines[2:]])):
        folder = taken.unpacked(tmp_path / str(at))
        log = folder / "audit" / "lines.txt"
        log.write_text("".join(change(log.read_text().splitlines(keepends=True))))
        assert "hashes.txt" in (refused_by(folder, blocks(folder)[1:]) or "")


def test_it_names_no_officer_and_holds_nothing_internal(taken: Taken, town: Layout, tmp_path: Path) -> None:
    folder = taken.unpacked(tmp_path)
    readable = [file.read_text() for file in folder.rglob("*") if file.suffix in (".txt", ".json", ".md")]
    assert not any(OFFICER.name in text for text in readable)
    told = json.loads((folder / "decisions.json").read_text())
    assert [(each["outcome"], each["reason"]) for each in told["decisions"]] == [("approve", None)]
    assert not any(word in name for name in taken.names for word in ("register", "note", "attachment"))


def test_taking_it_is_a_look_and_a_line_of_the_case(newcomer: Newcomer, books: Books) -> None:
    number, auditor = screening_under_review(newcomer()), newcomer("*:auditor")
    answer = auditor.http.get("/audit/evidence", params={"number": f" {number.lower()} "})
    assert answer.headers["content-disposition"] == f'attachment; filename="{number}-evidence.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        assert "evidence_taken" in file.read("audit/lines.txt").decode().splitlines()[-1]
        assert "電子署名のない申請" in file.read("README.md").decode()
    (look,) = books.rows("select officer, kind from access where receipt_number = %s and kind = 'evidence'", number)
    assert str(look["officer"]) == account(auditor)


def test_a_case_that_was_not_anchored_yet_says_so_and_the_rest_holds(newcomer: Newcomer, tmp_path: Path) -> None:
    number, auditor = screening_under_review(newcomer()), newcomer("*:auditor")
    with zipfile.ZipFile(io.BytesIO(auditor.http.get(f"/api/audit/cases/{number}/evidence").content)) as file:
        file.extractall(tmp_path)
    assert "まだ時刻印を受けていません" in (tmp_path / "README.md").read_text()
    assert refused_by(tmp_path, blocks(tmp_path)) is None


def test_an_unknown_number_is_told_on_the_page(newcomer: Newcomer) -> None:
    auditor = newcomer("*:auditor")
    answer = auditor.http.get("/audit/evidence", params={"number": "<script>"})
    assert answer.status_code == 404
    assert "この受付番号の案件はありません" in answer.text
    assert auditor.http.get("/api/audit/cases/282014-000000-AAAAA/evidence").status_code == 404


def test_whoever_sits_at_the_server_takes_it_by_command(town: Layout, newcomer: Newcomer, tmp_path: Path) -> None:
    number = screening_under_review(newcomer())
    target = tmp_path / "evidence.zip"
    command = [f"{sys.prefix}/bin/madoguchi", "audit", "evidence", number, "--out", str(target)]
    done = subprocess.run(command, env=environment(town), cwd=town.clone, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert target.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(target) as file:
        assert "\x1fcounter\x1fevidence_taken\x1f" in file.read("audit/lines.txt").decode()
    officer = newcomer("health:health_review")
    assert "evidence_taken" in [line["action"] for line in officer.get(f"/api/inbox/cases/{number}/history")]
    assert "証拠（電子署名など）が取り出されました" in officer.http.get(f"/inbox/cases/{number}").text


def test_auditors_see_the_anchors_and_that_they_hold(town: Layout, newcomer: Newcomer) -> None:
    auditor = newcomer("*:auditor")
    anchoring.ended(town, anchoring.begin(town, HIMEJI))
    found = auditor.get("/api/audit/anchors")
    newest = found["anchors"][0]
    assert (newest["number"], newest["state"], newest["different"]) == (found["total"], "verified", 0)
    page = auditor.http.get("/audit/anchors").text
    assert "確認済み" in page
    assert newest["root"] in page
    for duty in ("*:administrator", "*:head", "health:auditor", "health:health_review"):
        officer = newcomer(duty)
        for path in ("/audit/anchors", "/audit/evidence", "/api/audit/anchors"):
            assert officer.http.get(path).status_code == 403, (duty, path)
