"""解読: what was read, made to agree with itself; and what does not agree, left to a person."""

from random import Random

import pytest
from paper import CHECKS, certain, misread, read, report, row

from sheets.decoding import Decoded, DecodedCell, decode
from sheets.document import CellId, Sheet
from sheets.known import Known
from sheets.loader import SheetLibrary
from sheets.reading import CellReading
from sheets.threshold import Thresholds
from sheets.values import text

DAY = row("row01", "05", "0900", "1730", "100", "0730")
"""From nine to half past five with an hour's break: seven and a half hours."""
ONE_DAY = DAY | {"total.hours": "00730"}

SURE = Thresholds(borne_out=0.9, alone=0.9)


def cell(decoded: Decoded, name: str) -> DecodedCell:
    return next(each for each in decoded.cells if each.cell == name)


def decoded(readings: list[CellReading], *, sheet: Sheet | None = None, known: Known | None = None) -> Decoded:
    return decode(sheet or report(1), readings, known or Known())


def instead(texts: dict[str, str], *doubtful: CellReading) -> list[CellReading]:
    """A sheet read with certainty but for these cells."""
    return [*certain({name: each for name, each in texts.items() if name not in {d.cell for d in doubtful}}), *doubtful]


# --- one row ----------------------------------------------------------------------------------------------------------


def test_a_sheet_that_agrees_with_itself_is_surer_than_its_cells() -> None:
    found = decoded(certain(ONE_DAY))
    assert {each.cell: each.text for each in found.cells} == ONE_DAY
    assert all(each.agreed for each in found.cells)
    assert cell(found, "row01.hours").probability > 0.99999


def test_the_row_says_which_of_two_readings_is_right() -> None:
    found = decoded(instead(ONE_DAY, read("row01.end", ("1130", 0.7), ("1730", 0.25))))
    assert cell(found, "row01.end").text == "1730"
    assert cell(found, "row01.end").probability > 0.99


def test_two_doubtful_cells_of_a_row_are_settled_together() -> None:
    doubtful = [read("row01.start", ("0700", 0.6), ("0900", 0.35)), read("row01.break", ("700", 0.5), ("100", 0.45))]
    found = decoded(instead(ONE_DAY, *doubtful))
    assert (cell(found, "row01.start").text, cell(found, "row01.break").text) == ("0900", "100")


def test_where_two_explanations_are_as_good_nobody_is_sure() -> None:
    doubtful = [
        read("row01.end", ("1730", 0.5), ("1830", 0.5)),
        read("row01.hours", ("0730", 0.5), ("0830", 0.5)),
        read("total.hours", ("00730", 0.5), ("00830", 0.5)),
    ]
    assert cell(decoded(instead(ONE_DAY, *doubtful)), "row01.end").probability == pytest.approx(0.5, abs=1e-6)


def test_a_break_left_empty_is_no_break() -> None:
    texts = row("row01", "05", "0900", "1730", "", "0830") | {"total.hours": "00830"}
    found = decoded(certain(texts))
    assert not found.contradictions
    assert cell(found, "row01.break").text == ""


def test_what_the_writer_miscalculated_stays_as_written_and_goes_to_a_person() -> None:
    found = decoded(certain(ONE_DAY | {"row01.hours": "0830", "total.hours": "00830"}))
    assert cell(found, "row01.hours").text == "0830"
    assert [each.cells for each in found.contradictions] == [("row01.start", "row01.end", "row01.break", "row01.hours")]
    doubtful = {each.cell for each in found.doubtful(SURE)}
    assert doubtful == {"row01.start", "row01.end", "row01.break"}, "the hours are borne out by the total"


def test_a_value_nobody_read_is_no_value() -> None:
    found = cell(decoded(instead(ONE_DAY, read("row01.hours"))), "row01.hours")
    assert found.value is None
    assert found.text is None
    assert not found.accepted(Thresholds(0.0, 0.0))


def test_a_cell_without_a_reading_is_unknown() -> None:
    assert cell(decoded(certain(DAY)), "total.hours").text is None


def test_two_ways_of_writing_a_number_are_one_value() -> None:
    found = decoded(instead(ONE_DAY, read("row01.start", (" 900", 0.5), ("0900", 0.4), ("0400", 0.1))))
    assert cell(found, "row01.start").value == 9 * 60
    assert cell(found, "row01.start").text == " 900", "as it is written there"


def test_a_time_that_is_none_is_taken_only_for_want_of_another() -> None:
    found = decoded(instead(ONE_DAY, read("row01.end", ("1780", 0.9), ("1730", 0.05))))
    assert cell(found, "row01.end").text == "1730"
    wrong = decoded(instead(ONE_DAY, read("row01.end", ("1780", 0.999999))))
    assert cell(wrong, "row01.end").text == "1780"
    assert cell(wrong, "row01.end").value is None
    assert not cell(wrong, "row01.end").accepted(Thresholds(0.5, 0.5)), "what is no value is for a person"


# --- rows that are empty ----------------------------------------------------------------------------------------------


def test_a_row_half_filled_in_goes_to_a_person() -> None:
    found = decoded(certain(ONE_DAY | {"row01.end": ""}))
    assert "row01.end" in {each.cell for each in found.doubtful(SURE)}


def test_a_speck_in_an_empty_row_is_no_day() -> None:
    empty = row("row02", "", "", "", "", "")
    readings = instead(ONE_DAY | empty, read("row02.day", (" 1", 0.8), ("", 0.19)))
    found = decoded(readings, sheet=report(2))
    assert cell(found, "row02.day").text == ""
    assert cell(found, "row02.day").agreed


# --- the column of days -----------------------------------------------------------------------------------------------


def days_of(*texts: str) -> dict[str, str]:
    written = {}
    for number, day in enumerate(texts, start=1):
        written |= row(f"row{number:02}", day, "0900", "1000", "", "0100")
    return written | {"total.hours": f"{len(texts):03}00"}


def test_a_day_fits_between_those_above_and_below() -> None:
    readings = instead(days_of("04", "05", "06"), read("row02.day", ("08", 0.6), ("05", 0.35)))
    assert cell(decoded(readings, sheet=report(3)), "row02.day").text == "05"


def test_a_day_written_twice_is_shown() -> None:
    found = decoded(certain(days_of("04", "05", "05")), sheet=report(3))
    assert [each.cells for each in found.contradictions] == [("row02.day", "row03.day")]
    assert {each.cell for each in found.doubtful(SURE)} == {"row02.day", "row03.day"}


def test_a_day_which_nothing_else_bears_out_has_to_be_surer_than_an_hour() -> None:
    readings = instead(days_of("04", "06", "08"), read("row02.day", ("06", 0.98)), read("row02.hours", ("0100", 0.98)))
    found = decoded(readings, sheet=report(3))
    assert (cell(found, "row02.hours").borne_out, cell(found, "row02.day").borne_out) == (True, False)
    doubtful = found.doubtful(Thresholds(borne_out=0.9, alone=0.995))
    assert {each.cell for each in doubtful} == {"row02.day"}


def test_a_day_exists_in_its_month() -> None:
    readings = instead(days_of("27", "28"), read("row02.day", ("30", 0.6), ("28", 0.35)))
    assert cell(decoded(readings, sheet=report(2), known=Known(month="2026-10")), "row02.day").text == "30"
    assert cell(decoded(readings, sheet=report(2), known=Known(month="2026-02")), "row02.day").text == "28"


# --- the total --------------------------------------------------------------------------------------------------------


def test_the_total_is_settled_by_the_rows() -> None:
    readings = instead(days_of("01", "02", "03"), read("total.hours", ("00900", 0.6), ("00300", 0.3)))
    assert cell(decoded(readings, sheet=report(3)), "total.hours").text == "00300"


def test_a_row_is_settled_by_the_total() -> None:
    doubtful = [
        read("row02.start", ("0800", 0.6), ("0900", 0.4)),
        read("row02.hours", ("0200", 0.6), ("0100", 0.4)),
    ]
    found = decoded(instead(days_of("01", "02", "03"), *doubtful), sheet=report(3))
    assert cell(found, "row02.start").text == "0900", "both fit the row, only one fits the total"
    assert cell(found, "row02.start").probability > 0.99


def test_a_wrong_total_is_doubted_and_the_rows_are_not() -> None:
    found = decoded(certain(days_of("01", "02", "03") | {"total.hours": "00400"}), sheet=report(3))
    assert {each.cell for each in found.doubtful(SURE)} == {"total.hours"}


def test_an_empty_total_under_filled_rows_is_doubted() -> None:
    found = decoded(certain(days_of("01", "02") | {"total.hours": ""}), sheet=report(2))
    assert {each.cell for each in found.doubtful(SURE)} == {"total.hours"}


# --- the number of days -----------------------------------------------------------------------------------------------


def test_the_days_are_counted() -> None:
    texts = days_of("01", "02", "03") | {"total.days": " 3"}
    readings = instead(texts, read("total.days", (" 8", 0.6), (" 3", 0.3)))
    assert cell(decoded(readings, sheet=report(3, counted=True)), "total.days").text == " 3"


def test_a_wrong_count_is_doubted_and_the_days_are_not() -> None:
    found = decoded(certain(days_of("01", "02", "03") | {"total.days": "13"}), sheet=report(3, counted=True))
    assert {each.cell for each in found.doubtful(SURE)} == {"total.days"}


# --- lists, limits, ticks ---------------------------------------------------------------------------------------------


def test_the_person_is_on_the_clubs_list() -> None:
    sheet = SheetLibrary.read().current("club_work_report")
    readings = [read("person.number", ("001162", 0.6), ("007162", 0.3))]
    known = Known(lists={"people": frozenset({1012, 7162})})
    assert cell(decoded(readings, sheet=sheet, known=known), "person.number").value == 7162
    assert cell(decoded(readings, sheet=sheet), "person.number").value == 1162


@pytest.mark.parametrize(("others", "borne_out"), [({1012}, True), ({1012, 7862}, False), ({7762, 7163}, False)])
def test_a_number_is_borne_out_by_a_list_on_which_none_is_one_figure_away(others: set[int], borne_out: bool) -> None:
    sheet = SheetLibrary.read().current("club_work_report")
    known = Known(lists={"people": frozenset({7162, *others})})
    number = cell(decoded([read("person.number", ("007162", 0.97))], sheet=sheet, known=known), "person.number")
    assert number.accepted(Thresholds(borne_out=0.9, alone=0.995)) is borne_out


def test_of_two_boxes_one_is_ticked() -> None:
    sheet = SheetLibrary.read().current("health_check")
    doubtful = [read("smoking.yes", ("1", 0.7), ("", 0.3)), read("smoking.no", ("1", 0.98), ("", 0.02))]
    found = decoded(doubtful, sheet=sheet)
    assert (cell(found, "smoking.yes").text, cell(found, "smoking.no").text) == ("", "1")
    both = decoded([read("smoking.yes", ("1", 0.999)), read("smoking.no", ("1", 0.999))], sheet=sheet)
    assert not cell(both, "smoking.yes").agreed
    assert not cell(both, "smoking.no").agreed


@pytest.mark.parametrize("sheet", SheetLibrary.read().all(), ids=lambda sheet: sheet.id)
def test_every_sheet_of_the_library_is_decoded(sheet: Sheet) -> None:
    found = decode(sheet, [read(each.id, ("", 0.999)) for each in sheet.cells], Known())
    assert [each.cell for each in found.cells] == [each.id for each in sheet.cells]
    assert all(each.text == "" for each in found.cells)


def test_a_limit_by_contract_is_known() -> None:
    limit = {"kind": "limit", "cells": "row.hours", "at_most": "minutes_per_day"}
    sheet = report(1, checks=[*CHECKS, limit])
    found = decoded(certain(ONE_DAY), sheet=sheet, known=Known(limits={"minutes_per_day": 360}))
    assert [(each.check, each.cells) for each in found.contradictions] == [(None, ("row01.hours",))]
    assert not cell(found, "row01.hours").agreed


def test_without_a_limit_there_is_none() -> None:
    limit = {"kind": "limit", "cells": "row.hours", "at_most": "minutes_per_day"}
    assert not decoded(certain(ONE_DAY), sheet=report(1, checks=[*CHECKS, limit])).contradictions


# --- many sheets ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_among_many_doubtful_cells_few_are_wrong_and_none_of_the_sure_ones(seed: int) -> None:
    random = Random(seed)
    truth = month(random)
    readings = [read(name, *(misread(each, random, 0.1) if each else [("", 0.9999)])) for name, each in truth.items()]
    found = decode(report(27, step=5), readings, Known(month="2026-10"))
    first = {reading.cell: reading.alternatives[0].text for reading in readings}
    read_wrong = sum(first[CellId(name)] != each for name, each in truth.items())
    wrong = [each for each in found.cells if each.text != truth[each.cell]]
    assert read_wrong > 5
    assert len(wrong) <= read_wrong / 4
    assert not [each for each in wrong if each.accepted(Thresholds(0.999, 0.999))]


def month(random: Random) -> dict[str, str]:
    truth: dict[str, str] = {}
    minutes = 0
    days = sorted(random.sample(range(1, 32), 20))
    for number in range(27):
        name = f"row{number + 1:02}"
        if number >= len(days):
            truth |= row(name, "", "", "", "", "")
            continue
        start, length = random.randrange(480, 780, 15), random.randrange(180, 540, 15)
        rest = 60 if length > 360 else 0
        written = (text("time", start, 4), text("time", start + length, 4), text("duration", rest, 3) if rest else "")
        truth |= row(name, f"{days[number]:02}", *written, text("duration", length - rest, 4))
        minutes += length - rest
    return truth | {"total.hours": text("duration", minutes, 5)}
