"""画面の文書: the library fits its robots, and a mistake is told where it stands."""

from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from activities.rpa.loader import LIBRARY, Needs, read_script
from activities.rpa.payroll import Payroll, PayrollEntry
from activities.rpa.script import Hours
from activities.rpa.terminal import Terminal
from procedures.source import SourceInvalid

ROBOTS: dict[str, Needs] = {"payroll": Payroll.NEEDS, "terminal": Terminal.NEEDS}


def mistakes(folder: Path, before: str, after: str) -> list[str]:
    """What is said of the payroll's document once something in it was changed."""
    text = (LIBRARY / "payroll.yaml").read_text()
    assert before in text
    (folder / "payroll.yaml").write_text(text.replace(before, after, 1))
    with pytest.raises(SourceInvalid) as raised:
        read_script("payroll", Payroll.NEEDS, folder)
    return [str(each).rpartition("payroll.yaml:")[2] for each in raised.value.mistakes]


@pytest.mark.parametrize("name", ROBOTS)
def test_each_system_of_the_library_has_what_its_robot_needs(name: str) -> None:
    assert read_script(name, ROBOTS[name]).id == name


def test_the_library_holds_no_system_without_a_robot() -> None:
    assert {each.stem for each in LIBRARY.glob("*.yaml")} == ROBOTS.keys()


def test_a_screen_that_lacks_a_button_is_told_with_its_line(tmp_path: Path) -> None:
    [said] = mistakes(tmp_path, "      store: ", "      stor: ")
    line = (LIBRARY / "payroll.yaml").read_text().splitlines().index("  - id: entry") + 1
    assert said.startswith(f"{line}: screens[")
    assert 'the robot needs "store" on this screen; write: store: …, or stor' in said


def test_a_screen_that_is_missing_is_told(tmp_path: Path) -> None:
    [said] = mistakes(tmp_path, "  - id: stored\n", "  - id: saved\n")
    assert 'the robot needs a screen "stored"' in said


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("settles_seconds: 180", "settles_seconds: 5", "greater than or equal to 30"),
        ("entry_seconds: 2", "entry_seconds: 900", "less than or equal to 300"),
        ("pause_seconds: 0.2", "pause_seconds: soon", "valid number"),
        ("says: 伝票一覧", "says: 伝票(一覧", "is no pattern"),
        ("means: question", "means: yes", "is not known here"),
        ("start: /payroll/", "start: https://elsewhere.example", "does not look like"),
        ("frame: menu", "farme: menu", 'unknown key "farme"'),
        ("- id: welcome", "- id: menu", "the screen id"),
    ],
)
def test_what_cannot_be_meant_is_told(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert any(told in each for each in mistakes(tmp_path, before, after))


def test_hours_say_how_long_until_they_begin() -> None:
    hours = Hours(opens=time(8, 30), closes=time(19), weekdays=("mon", "fri"))
    monday = datetime.fromisoformat("2026-11-30T00:00:00+09:00")
    assert hours.until_open(monday) == timedelta(hours=8, minutes=30)
    assert hours.until_open(monday + timedelta(hours=8, minutes=30)) == timedelta(0)
    assert hours.until_open(monday + timedelta(hours=18, minutes=59)) == timedelta(0)
    assert hours.until_open(monday + timedelta(hours=19)) == timedelta(days=3, hours=13, minutes=30)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"total": 900}, "the total is not the sum"),
        ({"days": [{"day": 2, "start": "09:00", "end": "17:30", "rest": 60, "minutes": 451}]}, "day 2"),
        ({"days": [{"day": 32, "start": "09:00", "end": "17:30", "rest": 60, "minutes": 450}]}, "less than or equal"),
        ({"month": "2026-13"}, "pattern"),
    ],
)
def test_an_entry_that_cannot_be_is_no_entry(changed: dict[str, object], told: str) -> None:
    day = {"day": 2, "start": "09:00", "end": "17:30", "rest": 60, "minutes": 450}
    right = {"officer_number": "001101", "club": "001", "month": "2026-10", "days": [day], "total": 450}
    assert PayrollEntry.model_validate(right).reference == "MADO-202610-001-001101-1"
    with pytest.raises(ValueError, match=told):
        PayrollEntry.model_validate(right | changed)
