"""紙の読取り: real scans of an officer's paper are read in the background; what is no form of its procedure is told."""

from collections.abc import Iterator
from typing import Any

import pytest

from machine.layout import Layout
from machine.visitor import Visitor, wait_for
from sandbox.scans.truth import Written
from sheets.filing import stated, taken
from sheets.loader import SheetLibrary
from sheets.results import FilingResult
from tests.api.paper_scenes import begin, scan
from tests.api.scenes import PDF, Books, Newcomer
from tests.town.back_office import one_form, open_reading
from workflows.sheet_contracts import PaperReading

LIBRARY = SheetLibrary.read()
FORM, CHECK = LIBRARY.current("paper_residence_certificate"), LIBRARY.current("health_check")
SEEDS = (1, 2, 3)


@pytest.fixture(scope="module", autouse=True)
def reading(town: Layout, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with open_reading(town, tmp_path_factory.mktemp("reading")):
        yield


def read(officer: Visitor, data: bytes, name: str) -> dict[str, Any]:
    """A paper with this scan, once it was read."""
    draft = begin(officer)
    scan(officer, draft, data, name)
    place = f"/api/paper/drafts/{draft}/reading"
    officer.post(place)
    return wait_for(lambda: officer.get(place), lambda found: found["state"] != "waiting", "read", 180) | {"id": draft}


def meant(written: Written) -> dict[str, str | None]:
    """What a reader would answer who reads everything as it was written."""
    assert isinstance(FORM.result, FilingResult)
    assert FORM.result.stated is not None
    texts = {cell.id: written.cells.get(cell.id) or "" for cell in FORM.cells}
    answers = {each.answer: taken(FORM, each, texts) for each in FORM.result.answers}
    return answers | {f"stated.{name}": word for name, word in stated(FORM, FORM.result.stated, texts).items()}


def test_what_is_called_sure_is_what_is_written(newcomer: Newcomer) -> None:
    officer = newcomer("resident_counter:certificate_review")
    standings: list[tuple[str, str]] = []
    for seed in SEEDS:
        data, written = one_form(FORM, seed)
        found = read(officer, data, "申請書.pdf")
        assert found["state"] == "read", found["fault"]
        due = meant(written)
        for line in found["lines"]:
            standings.append((line["place"], line["standing"]))
            if line["standing"] == "sure":
                assert line["value"] == due[line["place"]], line["place"]
    asked = {place for place, standing in standings if standing != "sure"}
    assert {"stated.name", "stated.name_kana", "stated.address"} <= asked, "words are always a person's to confirm"
    assert sum(standing == "sure" for _, standing in standings) / len(standings) > 0.5, standings


def test_what_is_no_form_of_its_procedure_is_told(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer("resident_counter:certificate_review")
    check = read(officer, one_form(CHECK, 1)[0], "check.pdf")
    assert (check["state"], check["fault"], check["lines"]) == ("unread", "other_sheet", [])
    other = read(officer, PDF, "letter.pdf")
    assert (other["state"], other["fault"]) in (("unread", "blank"), ("unread", "foreign"))
    officer.put(f"/api/paper/drafts/{other['id']}/answers", {"answers": {"kind": "individual"}})
    (kept,) = books.rows("select answers from draft where id = %s", other["id"])
    assert kept["answers"] == {"kind": "individual"}, "typing by hand goes on as before"


def test_nothing_of_the_paper_is_in_logs_or_messages(town: Layout, newcomer: Newcomer) -> None:
    officer = newcomer("resident_counter:certificate_review")
    data, written = one_form(FORM, 1)
    read(officer, data, "申請書.pdf")
    log = (town.logs / "worker-sheets.log").read_text()
    for cell in ("person.name", "person.name_kana", "person.address", "phone"):
        assert (written.cells[cell] or "–") not in log
    assert set(PaperReading.model_fields) == {"municipality", "draft_id"}
