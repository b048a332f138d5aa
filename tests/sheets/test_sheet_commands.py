"""帳票の指令: as a person types them."""

import json
from pathlib import Path

import pypdfium2
import pytest
from typer.testing import CliRunner

from madoguchi import cli
from sandbox.scans.truth import Truth


def typed(*words: str) -> str:
    done = CliRunner().invoke(cli, ["sheets", *words])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_library_is_checked() -> None:
    assert typed("check") == "3 sheets read.\n"


def test_the_schema_is_json() -> None:
    assert json.loads(typed("schema"))["title"] == "Sheet"


def test_a_blank_sheet_is_printed(tmp_path: Path) -> None:
    file = tmp_path / "blank.pdf"
    typed("print", "club_work_report", str(file), "--month", "2026-10", "--club", "012", "--fact", "城北児童クラブ")
    words = pypdfium2.PdfDocument(file)[0].get_textpage().get_text_range()
    assert "2026年10月分" in words
    assert "城北児童クラブ" in words
    assert "MADOGUCHI1/club_work_report/1/1/2026-10/012/" in words


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = CliRunner().invoke(cli, ["sheets", "print", "tax_return", str(tmp_path / "x.pdf")])
    assert done.exit_code == 2
    assert 'there is no sheet "tax_return"' in done.output


def test_a_pile_is_made_once(tmp_path: Path) -> None:
    folder = str(tmp_path / "pile")
    assert "files" in typed("pile", folder, "--clubs", "1", "--dpi", "100", "--part", "train")
    assert len(Truth.read(tmp_path / "pile").clubs) == 1
    assert CliRunner().invoke(cli, ["sheets", "pile", folder]).exit_code == 2


@pytest.mark.parametrize("clubs", ["0", "68"])
def test_there_are_as_many_clubs_as_there_are(tmp_path: Path, clubs: str) -> None:
    assert CliRunner().invoke(cli, ["sheets", "pile", str(tmp_path / "p"), "--clubs", clubs]).exit_code == 2
