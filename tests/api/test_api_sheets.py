"""帳票の訂正と承認 by the API: what a person says is kept, totals take two people, another one approves."""

import pytest

from machine.visitor import Visitor
from tests.api.scenes import Books, Newcomer
from tests.api.sheet_scenes import (
    APPROVAL,
    CHANGED,
    CORRECTION,
    DOUBTFUL,
    WEBP,
    enlist,
    handed_over,
    paid,
    pile,
    unreadable,
)

SEEN = {"seen": ["row02.end", "total.hours"]}


def page(officer: Visitor, page_id: str) -> dict[str, object]:
    return dict(officer.get(f"/api/sheets/pages/{page_id}"))


def save(officer: Visitor, page_id: str, version: int = 0, **said: object) -> tuple[int, str]:
    answer = officer.http.post(f"/api/sheets/pages/{page_id}/corrections", json={"version": version, **said})
    return answer.status_code, answer.json().get("title", "")


def standing(officer: Visitor, page_id: str) -> dict[str, str]:
    cells = officer.get(f"/api/sheets/pages/{page_id}")["cells"]
    return {each["cell"]: each["standing"] for each in cells if each["standing"] != "accepted"}


@pytest.fixture(autouse=True)
def roster(books: Books) -> None:
    enlist(books)


def test_a_sheet_is_shown_with_its_doubts_first_corrected_and_finished(newcomer: Newcomer, books: Books) -> None:
    clerk, made = newcomer(CORRECTION), pile(books)
    (sheet,) = made.pages
    found = page(clerk, sheet)
    assert (found["person_name"], found["group_name"], found["left"]) == ("飾磨　京子", "城北児童クラブ", 1)
    assert standing(clerk, sheet) == dict.fromkeys(DOUBTFUL, "doubtful")
    assert clerk.get(f"/api/sheets/batches/{made.batch}/next")["page"] == sheet

    assert save(clerk, sheet, finish=True, texts=CHANGED) == (422, "sheet_unseen")
    assert save(clerk, sheet, finish=True, texts={"row03.hours": "25:70"}, **SEEN) == (422, "sheet_value_impossible")
    assert save(clerk, sheet, finish=True, texts=CHANGED, seconds=21, **SEEN) == (200, "")
    assert standing(clerk, sheet) == {"row02.end": "confirmed", "total.hours": "confirmed", "row03.hours": "changed"}
    done = page(clerk, sheet)
    assert (done["state"], done["seconds"], done["contradictions"]) == ("corrected", 21, [])
    assert clerk.get(f"/api/sheets/batches/{made.batch}/next")["page"] is None


def test_the_whole_form_sent_again_changes_nothing_and_an_old_version_is_refused(
    newcomer: Newcomer, books: Books
) -> None:  # fmt: skip
    clerk, (sheet,) = newcomer(CORRECTION), pile(books).pages
    assert save(clerk, sheet, texts=CHANGED) == (200, "")
    assert page(clerk, sheet)["version"] == 1
    everything = {"row01.start": "１３：００", "row01.end": "1815", "person.number": "012000", "row01.break": ""}
    assert save(clerk, sheet, version=1, texts=CHANGED | everything) == (200, "")
    assert page(clerk, sheet)["version"] == 1
    assert save(clerk, sheet, texts={"row02.end": "18:20"}) == (409, "sheet_changed")


def test_what_does_not_add_up_is_finished_only_by_saying_so(newcomer: Newcomer, books: Books) -> None:
    clerk, (sheet,) = newcomer(CORRECTION), pile(books, read={"total.hours": "01645"}).pages
    seen = {"seen": ["row02.end", "total.hours"], "texts": CHANGED}
    assert save(clerk, sheet, finish=True, **seen) == (422, "sheet_contradicts")
    assert save(clerk, sheet, **seen) == (200, "")
    assert standing(clerk, sheet)["total.hours"] == "doubtful", "what contradicts the rest is not closed on the way"
    (told,) = page(clerk, sheet)["contradictions"]  # type: ignore[misc]
    assert "15:45" in told["sentence"]["en"]
    assert save(clerk, sheet, version=1, finish=True, despite=True, **seen) == (200, "")
    assert page(clerk, sheet)["state"] == "corrected"


def test_a_changed_total_takes_a_second_person(newcomer: Newcomer, books: Books) -> None:
    clerk, colleague, made = newcomer(CORRECTION), newcomer(CORRECTION), pile(books, read={"total.hours": "01645"})
    (sheet,) = made.pages
    texts = CHANGED | {"total.hours": "1545"}
    assert save(clerk, sheet, finish=True, texts=texts, seen=["row02.end"]) == (200, "")
    found = page(clerk, sheet)
    assert (found["state"], found["second_by_others_only"]) == ("read", True)
    assert clerk.get(f"/api/sheets/batches/{made.batch}")["progress"]["second"] == 1
    assert clerk.get(f"/api/sheets/batches/{made.batch}/next")["page"] is None
    assert colleague.get(f"/api/sheets/batches/{made.batch}/next")["page"] == sheet
    there = f"/api/sheets/pages/{sheet}/confirmation"
    assert clerk.http.post(there, json={"version": 1}).json()["title"] == "sheet_same_person"
    assert colleague.http.post(there, json={"version": 1}).json()["state"] == "corrected"


def test_whoever_corrected_does_not_approve(newcomer: Newcomer, books: Books) -> None:
    clerk, head, made = newcomer(CORRECTION, APPROVAL), newcomer(APPROVAL), pile(books, read={"total.days": "03"})
    (sheet,) = made.pages
    there = f"/api/sheets/batches/{made.batch}/approval"
    assert head.http.post(there).json()["title"] == "batch_not_ready"
    save(clerk, sheet, finish=True, texts=CHANGED, **SEEN)
    books.write("update sheet_batch set state = 'approving' where id = %s", made.batch)
    told = clerk.get(there)
    assert (told["ready"], told["by_oneself"]) == (True, True)
    assert clerk.http.post(there).json()["title"] == "sheet_same_person"
    (club,) = head.get(there)["clubs"]
    assert (club["name"], club["sheets"][0]["totals"], club["sheets"][0]["changed"]) == (
        "城北児童クラブ",
        ["3", "15:45"],
        1,
    )
    assert head.http.post(there).status_code == 202
    assert head.get(f"/api/sheets/batches/{made.batch}")["state"] == "entering"
    assert save(clerk, sheet, version=1, texts={"row01.end": "18:00"}) == (409, "sheet_changed")


def test_only_the_sheets_department_sees_it_and_each_look_is_written_down(newcomer: Newcomer, books: Books) -> None:
    clerk, stranger, made = newcomer(CORRECTION), newcomer("health:sheet_correction"), pile(books)
    (sheet,) = made.pages
    for path in (f"pages/{sheet}", f"pages/{sheet}/files/picture", f"batches/{made.batch}"):
        assert stranger.http.get(f"/api/sheets/{path}").status_code == 404
    assert (
        newcomer(APPROVAL).http.post(f"/api/sheets/pages/{sheet}/corrections", json={"version": 0}).status_code == 403
    )
    assert newcomer("children:allowance_review").http.get("/api/sheets/batches").status_code == 403
    picture = clerk.http.get(f"/api/sheets/pages/{sheet}/files/picture")
    assert (picture.content, picture.headers["content-type"]) == (WEBP, "image/webp")
    page(clerk, sheet)
    seen = books.rows("select count(*) from access where kind = 'sheet' and officer = %s",
                      clerk.get("/api/session")["account_id"])  # fmt: skip
    assert seen == [{"count": 2}]


def test_a_sheet_set_aside_is_listed_with_its_cause(newcomer: Newcomer, books: Books) -> None:
    clerk, made = newcomer(CORRECTION), pile(books, 2)
    clerk.post(f"/api/sheets/pages/{made.pages[0]}/set-aside", {"version": 0})
    found = clerk.get(f"/api/sheets/batches/{made.batch}")
    assert [(each["id"], each["fault"]) for each in found["aside"]] == [(made.pages[0], "by_officer")]
    assert (found["progress"]["to_correct"], found["progress"]["set_aside"]) == (1, 1)
    assert clerk.get(f"/api/sheets/batches/{made.batch}/next")["page"] == made.pages[1]


def test_a_page_nobody_could_read_is_named_by_a_person_once_and_read_again(newcomer: Newcomer, books: Books) -> None:
    clerk, made = newcomer(CORRECTION), pile(books)
    sheet = unreadable(books, made)
    there = f"/api/sheets/pages/{sheet}/label"
    asked = clerk.get(there)
    assert (asked["open"], asked["needs_club"], asked["needs_month"], asked["month"]) == (True, True, True, "2026-10")
    assert ["012", "城北児童クラブ"] in asked["clubs"]
    for said in ({"month": "2026-10"}, {"group": "999", "month": "2026-10"}, {"group": "012"}):
        assert clerk.http.post(there, json={"version": 0, **said}).json()["title"] == "sheet_unnamed"
    answer = {"version": 0, "group": "012", "month": "2026-10", "seconds": 7}
    for _ in range(2):
        assert clerk.http.post(there, json=answer).status_code == 202, "the same answer again changes nothing"
    rows = books.rows("select state, kind, version, seconds, group_number from sheet_page where id = %s", sheet)
    assert rows == [{"state": "waiting", "kind": None, "version": 1, "seconds": 7, "group_number": "012"}]
    assert clerk.http.post(there, json=answer | {"month": "2026-09"}).json()["title"] == "sheet_changed"
    shown = clerk.http.get(f"/sheets/pages/{sheet}").text
    assert "読み直しています" in shown
    assert "files/picture?read=1" in shown


def test_a_page_that_is_not_ours_is_dropped_with_a_reason(newcomer: Newcomer, books: Books) -> None:
    clerk, made = newcomer(CORRECTION), pile(books)
    sheet = unreadable(books, made)
    assert newcomer(APPROVAL).http.post(f"/api/sheets/pages/{sheet}/label", json={"version": 0}).status_code == 403
    assert clerk.http.post(f"/sheets/pages/{sheet}/label", data={"version": "0", "month": "10月"}).status_code == 422
    dropped = clerk.http.post(f"/sheets/pages/{sheet}/set-aside", data={"version": "0", "reason": "not_ours"})
    assert dropped.is_redirect or dropped.is_success
    found = clerk.get(f"/api/sheets/batches/{made.batch}")
    assert [(each["id"], each["fault"]) for each in found["aside"]] == [(sheet, "not_ours")]


def test_a_month_is_shown_beside_the_one_before_by_person_and_club(newcomer: Newcomer, books: Books) -> None:
    books.write("update sheet_batch set month = '2020-01' where month = '2026-09'")
    paid(books, pile(books, 3).batch, {"012000": 945, "012001": 2400, "012003": 600})
    clerk, made = newcomer(CORRECTION), pile(books, 3, read={"row03.hours": "0515"})
    found = clerk.get(f"/api/sheets/batches/{made.batch}/approval")
    (club,) = found["clubs"]
    assert found["compared"] == 1, "the hours, not the days"
    assert [(each["person"], each["before"], each["change"]) for each in club["sheets"]] == [
        ("012000", 945, ""), ("012001", 2400, "less"), ("012002", None, "new"),
    ]  # fmt: skip
    assert [(each["person"], each["before"]) for each in club["missing"]] == [("012003", 600)]
    assert (club["before"], club["change"]) == (3945, "less")
    page = clerk.http.get(f"/sheets/batches/{made.batch}/approval").text
    assert page.count("前月より少ない") == 2
    table = clerk.http.get(f"/sheets/batches/{made.batch}/files/totals.csv").content.decode("utf-8-sig").splitlines()
    assert table[0].startswith("クラブ番号,クラブ,番号,氏名,")
    assert "前月より少ない" in table[2]
    assert "10:00,報告なし" in table[4]


def test_the_screen_at_which_the_robot_gave_up_is_shown_to_the_department_alone(
    newcomer: Newcomer, books: Books
) -> None:
    clerk, made = newcomer(CORRECTION), pile(books, 2, state="finished")
    handed_over(books, made.pages[0], b"\x89PNG\r\n")
    handed_over(books, made.pages[1])
    there = [f"/api/sheets/pages/{page_id}/files/screen" for page_id in made.pages]
    shown = clerk.http.get(there[0])
    assert (shown.content, shown.headers["content-type"]) == (b"\x89PNG\r\n", "image/png")
    assert clerk.http.get(there[1]).status_code == 404, "there is none"
    assert newcomer("health:sheet_correction").http.get(there[0]).status_code == 404
    assert [page(clerk, each)["screen"] for each in made.pages] == [True, False]
    told = clerk.http.get(f"/sheets/pages/{made.pages[0]}").text
    assert f"/sheets/pages/{made.pages[0]}/files/screen" in told
    assert "給与システムの画面が想定と異なります" in told


def test_only_a_scanners_files_are_handed_in(newcomer: Newcomer) -> None:
    clerk = newcomer(CORRECTION)
    said = {"sheet": "club_work_report", "name": "10月分"}
    answer = clerk.http.post("/api/sheets/batches", data=said, files={"file": ("a.docx", b"PK\3\4")})
    assert answer.json()["title"] == "scan_refused"
    assert {each["sheet"] for each in clerk.get("/api/sheets/kinds")} == {"club_work_report"}
