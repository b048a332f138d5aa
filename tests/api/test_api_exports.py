"""個人データの書き出し: everything of one person and nothing of another, as JSON and PDF, for some days."""

import asyncio
import io
import json
import uuid
from typing import Any

import httpx
from pypdf import PdfReader
from temporalio.client import Client

from machine.layout import Layout
from machine.visitor import Visitor, wait_for
from tests.api.scenes import PDF, SCREENING, Books, Newcomer, screening, screening_under_review, today

ADDRESS = "/api/exports"
RECONCILIATION = "reconciliation-282014"


def me(visitor: Visitor) -> str:
    return str(visitor.get("/api/session")["account_id"])


def ready(visitor: Visitor, export_id: str) -> dict[str, Any]:
    return wait_for(
        lambda: visitor.get(f"{ADDRESS}/{export_id}"), lambda it: it["status"] != "waiting", "the export", 90
    )


def exported(visitor: Visitor, language: str = "ja") -> tuple[dict[str, Any], bytes]:
    """An export, asked for and downloaded: (JSON, PDF)."""
    export = ready(visitor, visitor.post(ADDRESS, {"language": language})["id"])
    assert export["status"] == "ready"
    data, pdf = (file(visitor, export["id"], form).content for form in ("json", "pdf"))
    assert (len(data), len(pdf)) == (export["json_bytes"], export["pdf_bytes"])
    return json.loads(data), pdf


def file(visitor: Visitor, export_id: str, form: str) -> httpx.Response:
    return visitor.http.get(f"{ADDRESS}/{export_id}/{form}")


def text_of(pdf: bytes) -> str:
    """What the PDF says, without the spaces and line breaks of its layout."""
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def reconcile(town: Layout) -> None:
    """Begin a round now, instead of in five minutes."""

    async def trigger() -> None:
        client = await Client.connect(town.temporal.address, namespace=town.temporal.namespace)
        await client.get_schedule_handle(RECONCILIATION).trigger()

    asyncio.run(trigger())


def test_an_export_holds_all_of_its_owner_and_nothing_of_anybody_else(newcomer: Newcomer) -> None:
    resident, other = newcomer(), newcomer()
    receipt_number = screening_under_review(resident, notes="ペースメーカーを使っています")
    others = screening_under_review(other, name="夢前　他人", notes="別の人の事情")
    draft = resident.fill_in(SCREENING, screening(notes="まだ出していない下書き"))

    data, pdf = exported(resident)

    written = json.dumps(data, ensure_ascii=False)
    assert data["schema"] == "madoguchi-my-data/1"
    assert data["account"]["id"] == me(resident)
    assert [case["receipt_number"] for case in data["cases"]] == [receipt_number]
    assert data["cases"][0]["submissions"][0]["answers"]["notes"] == "ペースメーカーを使っています"
    assert [line["action"] for line in data["cases"][0]["timeline"]][:1] == ["received"]
    assert [each["answers"]["notes"] for each in data["drafts"]] == ["まだ出していない下書き"]
    assert [each["kind"] for each in data["certificates"]] == ["jpki_card"]
    assert draft not in written, "ids of the house stay in the house"
    for foreign in (others, "夢前", "別の人の事情", me(other)):
        assert foreign not in written
    said = text_of(pdf)
    assert receipt_number in said
    assert "ペースメーカーを使っています" in said
    assert "肺がん検診" in said, "answers in words"
    assert "別の人の事情" not in said


def test_files_and_payments_are_told_with_their_facts(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    receipt_number = screening_under_review(resident)
    draft_id = books.rows("select draft_id from submission where receipt_number = %s", receipt_number)[0]["draft_id"]
    books.write(
        "insert into attachment (draft_id, field, name, media_type, bytes, sha256, object_key)"
        " values (%s, 'notes', '紹介状.pdf', 'application/pdf', %s, 'abc123', '282014/attachments/secret')",
        draft_id, len(PDF),
    )  # fmt: skip
    books.write(
        "insert into payment"
        " (receipt_number, step, epoch, attempt, amount, status, session_id, url, brand, expires_at, paid_at)"
        " values (%s, 'fee', 1, 1, 300, 'paid', %s, 'https://pay.example/secret', 'visa', now(), now())",
        receipt_number, uuid.uuid4().hex,
    )  # fmt: skip

    data, pdf = exported(resident)

    case = data["cases"][0]
    named = {
        "field": "notes",
        "name": "紹介状.pdf",
        "media_type": "application/pdf",
        "bytes": len(PDF),
        "sha256": "abc123",
    }
    assert case["submissions"][0]["attachments"] == [named]
    assert [(each["amount"], each["status"]) for each in case["payments"]] == [(300, "paid")]
    assert "secret" not in json.dumps(data), "neither object keys nor payment addresses"
    assert "紹介状.pdf" in text_of(pdf)
    assert "300円" in text_of(pdf)


def test_the_copy_is_in_the_language_that_was_asked_for_and_tagged(newcomer: Newcomer) -> None:
    resident = newcomer()
    screening_under_review(resident)

    _, pdf = exported(resident, "en")

    root = PdfReader(io.BytesIO(pdf)).root_object
    assert root["/Lang"] == "en"
    assert "/StructTreeRoot" in root
    assert "Cancerscreening" in text_of(pdf)


def test_many_cases_are_printed_in_parts_and_bound_as_one_tagged_file(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    receipt_number = screening_under_review(resident)
    copies = copied(books, receipt_number, 45)

    data, pdf = exported(resident)

    assert {case["receipt_number"] for case in data["cases"]} == {receipt_number, *copies}
    reader, said = PdfReader(io.BytesIO(pdf)), text_of(pdf)
    assert all(each in said for each in copies)
    assert "(3/3)" in said
    assert len(reader.root_object["/StructTreeRoot"]["/K"]) == 3
    export = resident.get(ADDRESS)[0]
    row = books.rows("select pdf_key from data_export where id = %s", export["id"])[0]
    assert not list((books.layout.objects / f"{row['pdf_key']}-parts").glob("*")), "the parts are gone"


def copied(books: Books, receipt_number: str, count: int) -> list[str]:
    """As many closed cases like this one."""
    numbers = [f"{receipt_number[:-5]}{number:05d}" for number in range(count)]
    for number in numbers:
        books.write(
            "insert into case_file (receipt_number, municipality, account_id, procedure, version, department, language,"
            " status, received_at, due_at, closed_at)"
            " select %s, municipality, account_id, procedure, version, department, language, 'delivered',"
            " received_at, due_at, now() from case_file where receipt_number = %s",
            number, receipt_number,
        )  # fmt: skip
        books.write(
            "insert into submission (receipt_number, revision, municipality, content, answers, draft_id)"
            " select %s, revision, municipality, content, answers, gen_random_uuid() from submission"
            " where receipt_number = %s",
            number, receipt_number,
        )  # fmt: skip
    return numbers


def test_asking_twice_gives_one_export_and_a_fourth_a_day_is_refused(newcomer: Newcomer) -> None:
    resident = newcomer()
    first = resident.post(ADDRESS, {})
    again = resident.post(ADDRESS, {})
    if ready(resident, first["id"])["requested_at"] == again["requested_at"]:
        assert again["id"] == first["id"]
    asked = {first["id"], again["id"]}
    while len(asked) < 3:
        export_id = resident.post(ADDRESS, {})["id"]
        ready(resident, export_id)
        asked.add(export_id)

    refused = resident.http.post(ADDRESS, json={})

    assert (refused.status_code, refused.json()["title"]) == (429, "export_limit")
    assert 0 < int(refused.headers["retry-after"]) <= 86_400


def test_two_clicks_at_once_are_one_export(newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    books.write(
        "insert into data_export (municipality, account_id, language, json_key, pdf_key)"
        " values ('282014', %s, 'ja', '282014/exports/waits', '282014/exports/waits-too')",
        me(resident),
    )
    waiting = resident.get(ADDRESS)[0]

    assert resident.post(ADDRESS, {})["id"] == waiting["id"]


def test_nobody_else_sees_or_downloads_an_export(newcomer: Newcomer) -> None:
    resident, stranger, officer = newcomer(), newcomer(), newcomer("privacy_review")
    export_id = resident.post(ADDRESS, {})["id"]
    ready(resident, export_id)

    for other in (stranger, officer):
        assert other.http.get(f"{ADDRESS}/{export_id}").status_code == 404
        assert file(other, export_id, "json").status_code == 404
        assert file(other, export_id, "pdf").status_code == 404
        assert other.get(ADDRESS) == []


def test_what_was_committed_but_never_started_is_started_by_the_next_round(
    town: Layout, newcomer: Newcomer, books: Books
) -> None:
    resident = newcomer()
    key = f"282014/exports/{uuid.uuid4()}"
    books.write(
        "insert into data_export (municipality, account_id, language, json_key, pdf_key, requested_at)"
        " values ('282014', %s, 'ja', %s, %s, now() - interval '2 minutes')",
        me(resident), f"{key}-json", f"{key}-pdf",
    )  # fmt: skip

    reconcile(town)

    assert ready(resident, resident.get(ADDRESS)[0]["id"])["status"] == "ready"


def test_after_its_term_an_export_is_gone_and_so_are_its_files(town: Layout, newcomer: Newcomer, books: Books) -> None:
    resident = newcomer()
    export_id = resident.post(ADDRESS, {})["id"]
    ready(resident, export_id)
    row = books.rows(
        "select json_key, pdf_key, expires_at - finished_at as term from data_export where id = %s", export_id
    )
    files = [town.objects / row[0][key] for key in ("json_key", "pdf_key")]
    assert row[0]["term"].days == 7
    assert all(each.exists() for each in files)

    books.write("update data_export set expires_at = now() where id = %s", export_id)

    assert file(resident, export_id, "json").status_code == 404
    reconcile(town)
    gone = "select id from data_export where id = %s"
    wait_for(lambda: books.rows(gone, export_id), lambda rows: not rows, "the row to be deleted")
    assert not any(each.exists() for each in files)


def test_who_an_officer_is_stays_out_of_an_export(newcomer: Newcomer) -> None:
    resident, officer = newcomer(), newcomer("health_review")
    task = officer.task_of(screening_under_review(resident))
    officer.post(f"/api/tasks/{task['id']}/assignment", {"version": task["task_version"], "officer": me(officer)})

    data, _ = exported(resident)

    assert "task_reassigned" in [line["action"] for line in data["cases"][0]["timeline"]]
    assert me(officer) not in json.dumps(data)


def test_what_officers_write_around_a_case_is_for_disclosure_not_for_the_export(newcomer: Newcomer) -> None:
    """内部メモ・意見照会・審査欄 (docs/my-data.md): that they were written is told, what they say is not."""
    resident, officer, expert = newcomer(), newcomer("health:health_review"), newcomer("health:expert")
    number = screening_under_review(resident)
    officer.post(f"/api/inbox/cases/{number}/notes", {"body": "庁内だけの控え"})
    wanted = {
        "department": "health", "function": "expert", "question": "庁内だけの質問", "fields": ["screening"],
        "wished_for": today().isoformat(),
    }  # fmt: skip
    (asked,) = officer.post(f"/api/inbox/cases/{number}/opinions", wanted)
    answer = {"stance": "comment", "text": "庁内だけの回答"}
    expert.http.post(f"/api/inbox/opinions/{asked['id']}/answer", data=answer)

    data, pdf = exported(resident)

    said = json.dumps(data, ensure_ascii=False) + text_of(pdf)
    assert "庁内だけの" not in said
    told = [line["action"] for line in data["cases"][0]["timeline"]]
    assert {"note_written", "opinion_asked", "opinion_given"} <= set(told)
