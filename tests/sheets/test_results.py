"""帳票の結果: what a document declares becomes of a sheet; what it says wrongly of itself or of a form is named."""

import re
import shutil
from pathlib import Path

import pytest

from procedures.loader import Library
from procedures.source import SourceInvalid
from sheets.filing import birth_date, stated, taken
from sheets.loader import LIBRARY, SheetLibrary
from sheets.results import FilingResult, TableResult

PROCEDURES = {each.id: each for each in Library.read().all()}
SHEETS = SheetLibrary.read(procedures=PROCEDURES)
APPLICATION, CHECK = SHEETS.current("paper_residence_certificate"), SHEETS.current("health_check")


def refused(folder: Path, sheet: str, old: str, new: str) -> str:
    """What is said of one sheet with one place changed."""
    shutil.copytree(LIBRARY / sheet, folder / sheet)
    file = folder / sheet / "sheet.yaml"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    with pytest.raises(SourceInvalid) as caught:
        SheetLibrary.read(folder, PROCEDURES)
    return re.sub(r"^\S*sheet\.yaml:", "", str(caught.value))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("answer: copies, cell", "answer: copy, cell", 'the form asks for no "copy"; write: answer: copies'),
        ("procedure: residence_certificate", "procedure: residence", 'there is no procedure "residence"'),
        ("kind.individual: individual,", "kind.individual: single,", '"single" is no option'),
        ("kind.individual: individual,", "kind.alone: individual,", 'there is no "kind.alone" on the sheet'),
        ("one_of: {kind.individual: individual, kind.household: household}", "cell: copies", '"kind" is a choice'),
        ("answer: copies, cell: copies", "answer: copies, cell: kind.household", "which this cell cannot hold"),
        ("answer: phone, cell: phone", "answer: phone", "needs a cell or one_of, and not both"),
        ("answer: phone, cell: phone", "answer: phone, one_of: {kind.household: x}", '"phone" is no choice'),
        ("name: person.name\n", "name: copies\n", '"copies" is a digits, and this check needs name or text'),
        ("year: birth.year", "year: birth.era", 'there is no "birth.era" on the sheet'),
        ("birth_era.taisho: 大正", "phone: 大正", '"phone" is a digits, and this needs a tick'),
    ],
)
def test_what_a_sheet_says_wrongly_of_a_form_is_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refused(tmp_path, "paper_residence_certificate", old, new)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("total: total.hours\n", "total: total.hour\n", "result.total: "),
        ("  table: row\n", "  table: rows\n", 'result.table: there is no table "rows"'),
        ("  rest: break\n", "  rest: remarks\n", '"remarks" is a text'),
    ],
)
def test_what_the_payroll_is_told_stands_on_the_sheet(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert said in refused(tmp_path, "club_work_report", old, new)


def test_one_sheet_of_a_library_is_taken_in_unnamed(tmp_path: Path) -> None:
    assert SHEETS.from_folder == "club_work_report"
    shutil.copytree(LIBRARY / "club_work_report", tmp_path / "club_work_report")
    said = refused(tmp_path, "health_check", "department: health\n", "department: health\nfrom_folder: true\n")
    assert "is true of club_work_report, too" in said


def test_what_stands_in_cells_is_told_as_people_write_it() -> None:
    assert isinstance(CHECK.result, TableResult)
    texts = {"height": "1652", "weight": "  98", "smoking.yes": "", "smoking.no": "1", "person.number": "00012345"}
    said = {each.name: taken(CHECK, each, texts) for each in CHECK.result.columns}
    assert (said["身長(cm)"], said["体重(kg)"], said["受診番号"], said["喫煙"]) == (
        "165.2",
        "9.8",
        "00012345",
        "いいえ",
    )
    assert said["脈拍(回/分)"] is None, "nobody knows what stands there"


def test_two_ticks_or_one_that_nobody_can_tell_say_nothing() -> None:
    assert isinstance(APPLICATION.result, FilingResult)
    kind = APPLICATION.result.answers[0]
    for marks, meant in ((("1", ""), "individual"), (("", ""), ""), (("1", "1"), None), (("1", None), None)):
        texts = dict(zip(("kind.individual", "kind.household"), marks, strict=True))
        assert taken(APPLICATION, kind, texts) == meant


def test_a_day_of_birth_exists_in_its_era() -> None:
    assert isinstance(APPLICATION.result, FilingResult)
    assert APPLICATION.result.stated is not None
    empty = {f"birth_era.{era}": "" for era in ("taisho", "showa", "heisei", "reiwa")}
    written = empty | {"birth_era.heisei": "1", "birth.year": " 2", "birth.month": " 4", "birth.day": "12"}
    found = stated(APPLICATION, APPLICATION.result.stated, written | {"person.name": "姫路　花子"})
    assert (found["name"], found["birth_date"], found["address"]) == ("姫路　花子", "1990-04-12", None)
    born = APPLICATION.result.stated.birth_date
    assert birth_date(born, written | {"birth.year": "31", "birth.month": " 5"}) is None, "平成31年5月12日 is none"
    assert birth_date(born, empty | {"birth.year": "", "birth.month": "", "birth.day": ""}) == ""
