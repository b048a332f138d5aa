"""期限 by the API: the city's closed days, what falls due on which day, the department of a head, and bad input."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from machine.visitor import Visitor, wait_for
from procedures import calendar
from procedures.calendar import EVERY_WEEKDAY, JAPAN
from sandbox.people import ADMINISTRATOR, KENJI
from tests.api.annex import Annex, Annexes
from tests.api.scenes import Books, Newcomer, screening, screening_under_review

REVIEW, HEAD = "health:health_review", "health:head"
CLOSED = "/api/administration/closed-days"


def next_business_day(after: int) -> date:
    return calendar.add_business_days(datetime.now(JAPAN).date(), after, EVERY_WEEKDAY)


def refused(visitor: Visitor, path: str, body: dict[str, Any]) -> tuple[int, str]:
    answer = visitor.http.post(path, json=body)
    return answer.status_code, answer.json().get("title", "")


# --- the city's closed days -------------------------------------------------------------------------------------------


@pytest.fixture
def ako(annex_of: Annexes) -> Annex:
    """A municipality in which a day can be closed without disturbing another test."""
    annex = annex_of("282120")
    annex.officers("appoint", "管理　夏男", "*:administrator", "--certificate", annex.certificate(ADMINISTRATOR.key))
    return annex


def test_a_closed_day_counts_for_what_is_received_from_now_on_and_moves_nothing_that_was_told(ako: Annex) -> None:
    closed_on = next_business_day(3)
    with ako.visitor(KENJI) as kenji, ako.visitor(ADMINISTRATOR) as administrator:
        kenji.log_in(), administrator.log_in()
        before = kenji.case(kenji.submit(kenji.fill_in("cancer_screening", screening())))

        administrator.post(CLOSED, {"day": closed_on.isoformat(), "reason": "市制記念日"})

        after = kenji.case(kenji.submit(kenji.fill_in("cancer_screening", screening())))
        told = datetime.fromisoformat(before["due_at"])
        assert datetime.fromisoformat(after["due_at"]) == calendar.due_at(told, 1, {closed_on})
        again = kenji.case(before["receipt_number"])
        assert again["due_at"] == before["due_at"], "what was told stays"
        assert again["business_days_left"] == before["business_days_left"] - 1, "one day less to work on"
        assert closed_on.isoformat() in str(administrator.get(CLOSED))

        assert administrator.http.delete(f"{CLOSED}/{closed_on}").status_code == 204
        assert kenji.case(before["receipt_number"])["business_days_left"] == before["business_days_left"]
        assert administrator.http.delete(f"{CLOSED}/{closed_on}").status_code == 404


def test_a_file_of_closed_days_is_taken_in_whole_or_not_at_all(ako: Annex) -> None:
    year = calendar.fiscal_year(datetime.now(JAPAN).date()) + 1
    good = f"日付,理由\n{year}/6/1,停電点検\n{year}年6月2日,市制記念日\n{year}-05-03,憲法記念日\n\n"
    bad = f"{year}-06-03,よい\n{year}-02-30,ない日\n{year}-06-04,\n1999-06-01,昔\n"
    with ako.visitor(ADMINISTRATOR) as administrator:
        administrator.log_in()

        def sent(text: str, encoding: str) -> str:
            files = {"file": ("days.csv", text.encode(encoding), "text/csv")}
            return administrator.http.post("/admin/closed-days/import", files=files, data={"year": str(year)}).text

        page = sent(bad, "utf-8")
        assert "読み取れない行が3行あります" in page
        assert "2行目" in page
        assert f"{year}-06-03" not in str(administrator.get(f"{CLOSED}?year={year}")), "nothing of it"
        assert "登録した日は2日、すでに登録されていた日は0日、もともと休庁日の日は1日です" in sent(good, "cp932")
        assert "登録した日は0日、すでに登録されていた日は2日" in sent(good, "utf-8-sig")
        for broken in ("", "\x00", "日付,理由\n", f"{year}-06-09,x\n" * 1001):
            assert "ファイルを読み取れません" in sent(broken, "utf-8")
        days = administrator.get(f"{CLOSED}?year={year}")
        assert [each["reason"] for each in days["closed_days"]] == ["停電点検", "市制記念日"]
        assert [f"{year}-05-03", "憲法記念日"] in days["holidays"]


def test_days_that_are_no_closed_days_are_refused(newcomer: Newcomer) -> None:
    administrator, officer = newcomer("*:administrator"), newcomer(REVIEW)
    saturday = next_business_day(1) + timedelta(days=(5 - next_business_day(1).weekday()) % 7)
    wanted = {"day": saturday.isoformat(), "reason": "土曜日"}
    assert refused(administrator, CLOSED, wanted) == (422, "closed_day_closed_anyway")
    assert refused(administrator, CLOSED, wanted | {"day": "1999-06-01"}) == (422, "closed_day_malformed")
    assert refused(administrator, CLOSED, wanted | {"day": "2027-02-29"}) == (422, "malformed")
    assert refused(administrator, CLOSED, wanted | {"reason": " "}) == (422, "malformed")
    assert refused(officer, CLOSED, wanted)[0] == 403
    assert administrator.http.get(f"{CLOSED}?year=1900").status_code == 404
    typed = {"day.year": "2027", "day.month": "2", "day.day": "29", "reason": "閏日"}
    page = administrator.http.post("/admin/closed-days", data=typed)
    assert (page.status_code, "日付と理由を入力してください" in page.text, "閏日" in page.text) == (422, True, True)


# --- the calendar -----------------------------------------------------------------------------------------------------


def due_day(officer: Visitor, number: str) -> date:
    return datetime.fromisoformat(officer.task_of(number)["due_at"]).astimezone(JAPAN).date()


def test_a_day_of_the_calendar_counts_what_its_inbox_lists(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    day = due_day(officer, number)
    view = officer.get(f"/api/inbox/calendar?day={day}")
    (counted,) = [each for each in view["days"] if each["day"] == day.isoformat()]

    listed = officer.get(f"/api/tasks?due={day}&limit=200")
    assert counted["due"] == len(listed) == officer.get(f"/api/inbox/counts?due={day}")["shown"]
    assert number in {each["receipt_number"] for each in listed}
    assert number not in {e["receipt_number"] for e in officer.get(f"/api/tasks?due={day + timedelta(days=1)}")}
    assert (view["days"][0]["day"], len(view["days"]) % 7) == (view["first"], 0)
    assert date.fromisoformat(view["first"]).weekday() == 0
    books.write("update task set due_at = now() - interval '1 day' where receipt_number = %s", number)
    assert officer.get("/api/inbox/calendar")["overdue"] >= 1
    stranger = newcomer("health:mailing")
    assert sum(each["due"] for each in stranger.get(f"/api/inbox/calendar?day={day}")["days"]) == 0


@pytest.mark.parametrize(
    ("day", "first", "last"),
    [
        ("2026-12-31", "2026-11-30", "2027-01-03"),
        ("2028-02-29", "2028-01-31", "2028-03-05"),
        ("2027-02-01", "2027-02-01", "2027-02-28"),
    ],
)
def test_a_month_is_whole_weeks_over_the_turn_of_the_year_and_in_a_leap_year(
    newcomer: Newcomer, day: str, first: str, last: str
) -> None:
    view = newcomer(REVIEW).get(f"/api/inbox/calendar?day={day}")
    assert (view["first"], view["last"]) == (first, last)
    shown = {each["day"]: (each["is_open"], each["closed"]) for each in view["days"]}
    assert shown.get("2026-12-29", (False, None)) == (False, None)
    assert shown.get("2028-02-11", (False, "建国記念の日")) == (False, "建国記念の日")


def test_days_nobody_can_plan_are_refused(newcomer: Newcomer) -> None:
    officer = newcomer(REVIEW)
    for wrong in ("day=0001-01-01", "day=9999-12-31", "day=2027-02-29", "day=x", "scope=all"):
        assert officer.http.get(f"/api/inbox/calendar?{wrong}").status_code == 422, wrong
    for wrong in ("due=9999-12-31", "due=0001-01-01", "due=2027-02-30"):
        assert officer.http.get(f"/api/tasks?{wrong}").status_code == 422, wrong
    assert officer.http.get("/inbox/calendar?day=2027-02-29").status_code == 422
    assert officer.http.get("/api/inbox/calendar?scope=department").status_code == 403


def test_an_officers_own_calendar_reads_counts_and_nothing_else_until_the_address_is_made_anew(
    newcomer: Newcomer, books: Books
) -> None:
    officer, anybody = newcomer(REVIEW, name="秘密　太郎"), newcomer()
    number = screening_under_review(newcomer())
    downloaded = officer.http.get("/api/inbox/calendar/due.ics")
    assert downloaded.headers["content-type"].startswith("text/calendar")
    address = officer.post("/api/inbox/calendar/feed")["url"]
    path = address[address.index("/calendar/") :]
    feed = anybody.http.get(path)

    events = [dict(event) for event in Calendar.from_ical(feed.content).walk("VEVENT")]
    day = due_day(officer, number)
    (event,) = [each for each in events if each["DTSTART"].dt == day and each["UID"].startswith("due-")]
    count = officer.get(f"/api/inbox/counts?due={day}")["shown"]
    assert (str(event["SUMMARY"]), event["DTEND"].dt - day) == (f"期限 {count}件", timedelta(days=1))
    assert f"/inbox?due={day}" in str(event["URL"])
    for said in (number, "秘密", "cancer", "がん"):
        assert said not in feed.text
    kept = books.rows("select calendar_hash from officer where name = '秘密　太郎' and calendar_hash is not null")
    assert path.split("/")[-1].removesuffix(".ics").encode() not in bytes(kept[0]["calendar_hash"])

    officer.post("/api/inbox/calendar/feed")
    assert anybody.http.get(path).status_code == 404, "there is another one now"
    assert anybody.http.get("/calendar/x.ics").status_code == 404


# --- the department of a head -----------------------------------------------------------------------------------------


def test_a_head_sees_who_holds_what_and_gives_it_to_somebody_else_without_reading_it(
    newcomer: Newcomer, books: Books
) -> None:
    holder, colleague, head = newcomer(REVIEW, name="抱え　込む"), newcomer(REVIEW), newcomer(HEAD)
    number = screening_under_review(newcomer())
    task = holder.task_of(number)
    holder.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    books.write("update task set escalated = true where receipt_number = %s", number)

    listed = head.get("/api/department/tasks?limit=200")
    flags = [each["escalated"] for each in listed]
    assert flags == sorted(flags, reverse=True), "what was told to the head comes first"
    (line,) = [each for each in listed if each["receipt_number"] == number]
    assert (line["assignee_name"], line["department"]) == ("抱え　込む", "health")
    assert head.http.get(f"/api/tasks/{line['id']}").status_code == 404, "what was filed is not for the head"
    assert head.http.get(f"/tasks/{line['id']}").status_code == 404

    known = {each["account_id"] for each in head.get(f"/api/tasks/{line['id']}/colleagues")}
    whom = colleague.get("/api/session")["account_id"]
    assert whom in known
    assert head.get("/api/session")["account_id"] not in known
    wanted = {"version": line["task_version"], "officer": whom}
    head.post(f"/api/tasks/{line['id']}/assignment", wanted)
    assert colleague.get(f"/api/tasks/{line['id']}")["assignee"] == whom
    elsewhere = newcomer("resident_counter:head")
    assert elsewhere.http.post(f"/api/tasks/{line['id']}/assignment", json=wanted).status_code == 404
    assert head.http.get(f"/department/tasks/{line['id']}").status_code == 200
    assert elsewhere.http.get(f"/department/tasks/{line['id']}").status_code == 404
    assert holder.http.get("/api/department/tasks").status_code == 403
    assert refused(head, f"/api/tasks/{line['id']}/assignment", wanted) == (409, "task_taken")


def test_a_heads_pages_lead_on_from_page_to_page_and_the_calendar_says_who_holds_what(newcomer: Newcomer) -> None:
    resident, head = newcomer(), newcomer(HEAD)
    for _ in range(3):
        screening_under_review(resident)

    def walked() -> list[str]:
        seen: list[str] = []
        path = "/api/department/tasks?limit=2"
        while path:
            answer = head.http.get(path)
            seen += [each["id"] for each in answer.json()]
            path = answer.headers.get("link", "").partition(">")[0].removeprefix("<")
        return seen

    def both() -> tuple[int, int, int]:
        """Other tests file and decide in this department, too: what is equal is so in a moment when none does."""
        seen = walked()
        loads = head.get("/api/inbox/calendar?scope=department")["loads"]
        return len(seen), len(set(seen)), sum(each["total"] for each in loads)

    wait_for(both, lambda counts: len(set(counts)) == 1, "pages and calendar to hold the same tasks")


# --- an extension -----------------------------------------------------------------------------------------------------


def test_an_extension_into_the_past_is_refused(newcomer: Newcomer, books: Books) -> None:
    officer = newcomer(REVIEW)
    number = screening_under_review(newcomer())
    books.write("update task set due_at = now() - interval '40 days' where receipt_number = %s", number)
    task = officer.task_of(number)
    claimed = officer.post(f"/api/tasks/{task['id']}/claim", {"version": task["task_version"]})
    wanted = {"version": claimed["version"], "business_days": 2, "reason": "調査"}
    assert refused(officer, f"/api/tasks/{task['id']}/extension", wanted) == (422, "extended_into_the_past")
    wanted |= {"business_days": 60, "statutory_days": 1}
    assert refused(officer, f"/api/tasks/{task['id']}/extension", wanted) == (422, "no_statutory_extension")


# --- mail addresses ---------------------------------------------------------------------------------------------------


def test_an_officers_address_is_appointed_with_them_and_gone_when_they_leave(ako: Annex, books: Books) -> None:
    certificate = ako.certificate("officer")
    said = ako.officers("appoint", "窓口　一郎", REVIEW, "--certificate", certificate, "--mail", "x", succeeds=False)
    assert "no mail address" in said
    ako.officers("appoint", "窓口　一郎", REVIEW, "--certificate", certificate, "--mail", "Ichiro@CITY.example")

    def kept() -> list[Any]:
        wanted = "select mail from officer where municipality = %s and name = '窓口　一郎'"
        return [row["mail"] for row in books.rows(wanted, ako.municipality)]

    assert kept() == ["Ichiro@city.example"]
    ako.officers("dismiss", "--certificate", certificate)
    assert kept() == [None]
