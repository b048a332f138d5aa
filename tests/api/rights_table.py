"""権限表: what every role is answered by every route of officers, administrators and auditors.

Bodies ask for what the state does not allow (a version nobody saw, an id that is taken): whoever has the right is told
that (409, 422), whoever has not never gets so far (401, 403, 404), and nothing changes for the next role.
"""

from typing import Any

from tests.api.paper_scenes import LICENCE, stated

ROLES = (
    "anonymous", "owner", "resident", "elsewhere", "beside", "reviewer", "approver", "deputy", "substitute",
    "head", "auditor", "administrator", "dismissed",
)  # fmt: skip
"""owner: whose case it is. elsewhere: an officer of another department, with the step's function there. beside: of
the department, without the step's function. substitute: stands in for the reviewer. dismissed: a moment ago."""

Rights = tuple[int, ...]
"""Status by role, in their order."""
OUT: Rights = (401, 403, 403)
GONE: Rights = (401,)


def of_task(found: int, *, reviewer: bool = True) -> Rights:
    """A task at the review: for the reviewer and who stands in; for every other officer it does not exist."""
    yes = found if reviewer else 404
    return (*OUT, 404, 404, yes, 404, 404, yes, 404, 404, 404, *GONE)


def of_case(found: int) -> Rights:
    """Messages: for everybody with a function of the procedure in its department, at whichever step it is."""
    return (*OUT, 404, *[found] * 5, 404, 404, 404, *GONE)


def of_department(found: int) -> Rights:
    """What belongs to a department, not to a case: for everybody with a function of its procedures."""
    return (*OUT, 403, *[found] * 5, 403, 403, 403, *GONE)


def of_asked(found: int) -> Rights:
    """An opinion: for who was asked, officers of another department; the case's own read the answer with the case."""
    return (*OUT, found, *[404] * 8, *GONE)


def of_owner(found: int) -> Rights:
    """A bulk order: for who gave it, the reviewer."""
    return (*OUT, 404, 404, found, *[404] * 6, *GONE)


def of_assigners(found: int) -> Rights:
    """Who holds a task: for those whose task it may be, and for the head of its department."""
    return (*OUT, 404, 404, found, 404, 404, found, found, 404, 404, *GONE)


def of_heads(found: int) -> Rights:
    return (*OUT, *[403] * 6, found, 403, 403, *GONE)


def of_officers(found: int) -> Rights:
    """What every officer may ask, each of their own."""
    return (*OUT, *[found] * 9, *GONE)


def of_superiors(head: int, administrator: int | None = None) -> Rights:
    return (*OUT, *[403] * 6, head, 403, administrator or head, *GONE)


def of_administrators(found: int) -> Rights:
    return (*OUT, *[403] * 8, found, *GONE)


def of_auditors(found: int) -> Rights:
    return (*OUT, *[403] * 7, found, 403, *GONE)


UNASKED = 0
"""Allowed, but it would really happen, or never end: a check of all certificates, an order begun, a stream."""
STALE: dict[str, Any] = {"version": 999}
LONG_AGO = {"first_day": "2020-01-01", "last_day": "2020-01-02"}
TASK, DESK, ADMIN = "/api/tasks/{task}", "/api/inbox/cases/{number}", "/api/administration"
OPINION, BULK, TEMPLATES = "/api/inbox/opinions/{opinion}", "/api/bulks/{bulk}", "/api/inbox/message-templates"
PAPER, DRAFT = "/api/paper/cases/{paper}", "/api/paper/drafts/{draft}"
PILE, SHEET = "/api/sheets/batches/{pile}", "/api/sheets/pages/{sheet}"
"""Another function's (sheet_correction, sheet_approval): nobody here has it. Who has: tests/api/test_api_sheets.py."""
REASON = {"reason": "確認のため"}
QUESTION = {"department": "nowhere", "function": "nothing", "question": "いかがですか。", "wished_for": "{today}"}
NEVER_BEGUN = {"arrival": "post", "received_on": "2020-01-06"}
UNKNOWN_DUTY = {"name": "誰か", "duties": [{"department": "nowhere", "function": "nothing"}]}

MATRIX: dict[str, tuple[Rights, Any]] = {
    "GET /api/tasks": (of_officers(200), None),
    "GET /api/inbox/counts": (of_officers(200), None),
    "POST /api/inbox/next?procedure=nothing_yet": (of_officers(404), None),
    "GET /api/inbox/deputised": (of_officers(200), None),
    "GET /api/inbox/messages": (of_officers(200), None),
    f"GET {TASK}": (of_task(200), None),
    f"GET {TASK}/approvals": (of_task(200), None),
    f"GET {TASK}/colleagues": (of_assigners(200), None),
    f"GET {TASK}/attachments/{{attachment}}": (of_task(200), None),
    f"GET {TASK}/drafts/{{document}}": (of_task(200), None),
    f"POST {TASK}/claim": (of_task(409), STALE),
    f"POST {TASK}/release": (of_task(409), STALE),
    f"POST {TASK}/decision": (of_task(409), STALE | {"decision": "approve", "findings_checked": True}),
    f"POST {TASK}/assignment": (of_assigners(409), STALE | {"officer": "{reviewer}"}),
    f"POST {TASK}/hold": (of_task(409), STALE | REASON | {"until": "{today}"}),
    f"POST {TASK}/resumption": (of_task(409), STALE),
    f"POST {TASK}/extension": (of_task(409), STALE | REASON | {"business_days": 1}),
    f"POST {TASK}/answers": (of_task(409), STALE | REASON | {"answers": {"phone": "079-221-2112"}}),
    f"POST {TASK}/recusal": (of_task(422), {"officer": "{nobody}"}),
    f"POST {TASK}/look-over": (of_task(204), None),
    f"GET {TASK}/documents/{{nobody}}": (of_task(404), None),
    f"PUT {TASK}/review-form": (of_task(409), STALE | {"answers": {}}),
    f"GET {DESK}": (of_case(200), None),
    f"GET {DESK}/attachments/{{attachment}}": (of_case(200), None),
    f"GET {DESK}/attachments/{{attachment}}/pages": (of_case(200), None),
    f"GET {DESK}/attachments/{{attachment}}/pages/{{page}}": (of_case(200), None),
    f"GET {DESK}/comparison": (of_case(200), None),
    f"GET {DESK}/earlier": (of_case(200), None),
    f"GET {DESK}/evidence": (of_case(200), None),
    f"GET {DESK}/history": (of_case(200), None),
    f"GET {DESK}/signature": (of_case(200), None),
    f"GET {DESK}/review-form": (of_case(200), None),
    f"GET {DESK}/notes": (of_case(200), None),
    f"POST {DESK}/notes": (of_case(201), {"body": "電話で確認しました。", "id": "{note}"}),
    f"POST {DESK}/notes/{{nobody}}/withdrawal": (of_case(403), None),
    f"GET {DESK}/opinions": (of_case(200), None),
    f"GET {DESK}/opinions/choices": (of_case(200), None),
    f"GET {DESK}/opinions/{{opinion}}/file": (of_case(200), None),
    f"POST {DESK}/opinions": (of_case(422), QUESTION),
    f"POST {DESK}/opinions/{{opinion}}/withdrawal": (of_case(409), None),
    f"GET {DESK}/message-templates/{{template}}": (of_case(200), None),
    f"GET {DESK}/messages": (of_case(200), None),
    f"GET {DESK}/messages/attachments/{{file}}": (of_case(200), None),
    f"POST {DESK}/messages": (of_case(409), {"body": "お返事です。", "id": "{message}"}),
    f"POST {DESK}/messages/read": (of_case(200), None),
    "GET /api/inbox/opinions": (of_officers(200), None),
    f"GET {OPINION}": (of_asked(200), None),
    f"GET {OPINION}/attachments/{{attachment}}": (of_asked(200), None),
    f"GET {OPINION}/attachments/{{attachment}}/pages": (of_asked(200), None),
    f"GET {OPINION}/attachments/{{attachment}}/pages/{{page}}": (of_asked(200), None),
    f"POST {OPINION}/answer": (of_asked(409), {"stance": "agree", "text": "差し支えありません。"}),
    f"GET {TEMPLATES}": (of_officers(200), None),
    f"POST {TEMPLATES}": (of_department(422), {"department": "children", "name": " ", "texts": {"ja": "本文"}}),
    f"PUT {TEMPLATES}/{{template}}": (of_case(409), STALE | {"name": "お礼", "texts": {"ja": "本文"}}),
    f"DELETE {TEMPLATES}/{{template}}": (of_case(409), STALE),
    "GET /api/inbox/views": (of_officers(200), None),
    "POST /api/inbox/views": (of_officers(422), {"name": " ", "filters": {}}),
    "DELETE /api/inbox/views/{nobody}": (of_officers(404), None),
    "POST /api/inbox/search": (of_officers(200), {"text": "ひめじ"}),
    "GET /api/inbox/events": (of_officers(UNASKED), None),
    "GET /api/inbox/notices": (of_officers(200), None),
    "POST /api/inbox/notices/read": (of_officers(204), {"ids": []}),
    "GET /api/inbox/calendar": (of_officers(200), None),
    "GET /api/inbox/calendar/due.ics": (of_officers(200), None),
    "POST /api/inbox/calendar/feed": (of_officers(201), None),
    "DELETE /api/inbox/calendar/feed": (of_officers(204), None),
    "GET /api/department/tasks": (of_heads(200), None),
    "GET /api/bulks": (of_officers(200), None),
    "POST /api/bulks": (of_officers(422), {"kind": "approve", "tasks": ["{nobody}"]}),
    f"GET {BULK}": (of_owner(200), None),
    "GET /api/bulks/{export}/answers": (of_owner(200), None),
    f"GET {BULK}/events": (of_owner(UNASKED), None),
    f"POST {BULK}/start": (of_owner(422), {"reason": ""}),
    f"POST {BULK}/pace": (of_owner(409), {"wanted": "pause"}),
    f"POST {BULK}/rest": (of_owner(201), None),
    "GET /api/paper/procedures": (of_officers(200), None),
    "GET /api/paper/cases": (of_officers(200), None),
    "POST /api/paper/cases": (of_officers(UNASKED), None),
    f"GET {PAPER}": (of_task(200), None),
    f"GET {PAPER}/attachments/{{scan}}": (of_task(200), None),
    f"GET {PAPER}/documents/{{nobody}}": (of_task(404), None),
    f"GET {PAPER}/receipt": (of_task(404), None),
    f"POST {PAPER}/payment": (of_task(409), {"amount": 300, "method": "cash"}),
    f"POST {PAPER}/refund": (of_task(409), {"amount": 300, "how": "cash"}),
    f"POST {PAPER}/correction": (of_task(409), None),
    f"POST {PAPER}/withdrawal": (of_task(UNASKED), None),
    f"POST {PAPER}/absence": (of_task(409), None),
    f"PUT {PAPER}/person": (of_task(409), stated()),
    f"POST {PAPER}/notices/{{nobody}}": (of_task(409), {"how": "letter"}),
    "GET /api/paper/drafts": (of_officers(200), None),
    "POST /api/paper/drafts": (of_task(422), NEVER_BEGUN | {"procedure": "child_allowance"}),
    f"GET {DRAFT}": (of_task(200), None),
    f"DELETE {DRAFT}": (of_task(UNASKED), None),
    f"PUT {DRAFT}/receipt": (of_task(422), NEVER_BEGUN),
    f"GET {DRAFT}/reader": (of_task(200), None),
    f"POST {DRAFT}/reader": (of_task(422), {"counter": "nowhere"}),
    f"DELETE {DRAFT}/reader": (of_task(200), None),
    f"PUT {DRAFT}/identity": (of_task(200), {"stated": stated(), "identity_check": LICENCE}),
    f"PUT {DRAFT}/answers": (of_task(200), {"answers": {}}),
    f"POST {DRAFT}/attachments": (of_task(422), {"field": "nothing"}),
    f"GET {DRAFT}/attachments/{{draft_scan}}": (of_task(200), None),
    f"DELETE {DRAFT}/attachments/{{nobody}}": (of_task(404), None),
    f"POST {DRAFT}/renewal": (of_task(200), None),
    f"POST {DRAFT}/submission": (of_task(422), None),
    f"POST {DRAFT}/reading": (of_task(409), None),
    f"GET {DRAFT}/reading": (of_task(404), None),
    f"GET {DRAFT}/reading/picture": (of_task(404), None),
    f"POST {DRAFT}/reading/confirmation": (of_task(404), {}),
    f"DELETE {DRAFT}/reading": (of_task(204), None),
    "GET /api/substitutions": (of_officers(200), None),
    "POST /api/substitutions": (of_officers(422), LONG_AGO | {"substitute": "{nobody}"}),
    "DELETE /api/substitutions/{nobody}": (of_officers(409), None),
    "GET /api/statistics": (of_officers(200), None),
    "GET /api/officers": (of_superiors(200), None),
    "GET /api/officers/{reviewer}": (of_superiors(200), None),
    "POST /api/officers/{reviewer}/handover": (of_superiors(422), {"heir": "{nobody}"}),
    "GET /api/functions": (of_superiors(200), None),
    "POST /api/officers": (of_administrators(422), UNKNOWN_DUTY | {"subject": "nobody"}),
    "PUT /api/officers/{reviewer}/duties": (of_administrators(422), UNKNOWN_DUTY),
    "DELETE /api/officers/{nobody}": (of_administrators(404), None),
    f"GET {ADMIN}/cases": (of_administrators(200), None),
    f"GET {ADMIN}/cases/counts": (of_administrators(200), None),
    f"GET {ADMIN}/cases/{{number}}": (of_administrators(200), None),
    f"GET {ADMIN}/batches": (of_administrators(200), None),
    f"GET {ADMIN}/stuck": (of_administrators(200), None),
    f"GET {ADMIN}/workers": (of_administrators(200), None),
    f"GET {ADMIN}/course": (of_administrators(200), None),
    f"POST {ADMIN}/cases/{{number}}/retry": (of_administrators(409), None),
    f"GET {ADMIN}/closed-days": (of_administrators(200), None),
    f"POST {ADMIN}/closed-days": (of_administrators(422), {"day": "2020-01-06"} | REASON),
    f"DELETE {ADMIN}/closed-days/{{today}}": (of_administrators(404), None),
    f"GET {ADMIN}/certificate-status": (of_administrators(200), None),
    f"POST {ADMIN}/certificate-status/runs": (of_administrators(UNASKED), None),
    f"GET {ADMIN}/certificates": (of_administrators(200), None),
    f"GET {ADMIN}/certificates/{{nobody}}": (of_administrators(404), None),
    f"POST {ADMIN}/certificates/{{nobody}}/suspension": (of_administrators(404), REASON),
    f"POST {ADMIN}/certificates/{{nobody}}/resumption": (of_administrators(404), REASON),
    f"GET {ADMIN}/repairs": (of_administrators(200), None),
    f"POST {ADMIN}/repairs": (of_administrators(422), {"kind": "hold", "reason": " "}),
    f"GET {ADMIN}/repairs/{{nobody}}": (of_administrators(404), None),
    f"GET {ADMIN}/repairs/{{nobody}}/events": (of_administrators(404), None),
    f"POST {ADMIN}/repairs/{{nobody}}/approval": (of_administrators(404), None),
    f"POST {ADMIN}/repairs/{{nobody}}/withdrawal": (of_administrators(404), None),
    f"POST {ADMIN}/repairs/{{nobody}}/pace": (of_administrators(404), {"wanted": "pause"}),
    f"GET {ADMIN}/replays": (of_administrators(200), None),
    f"POST {ADMIN}/replays": (of_administrators(404), {"procedure": "nothing"}),
    f"GET {ADMIN}/replays/{{nobody}}": (of_administrators(404), None),
    f"GET {ADMIN}/replays/{{nobody}}/events": (of_administrators(404), None),
    f"GET {ADMIN}/retention": (of_administrators(200), None),
    f"POST {ADMIN}/retention/runs": (of_administrators(UNASKED), None),
    f"POST {ADMIN}/holds": (of_administrators(422), {"receipt_numbers": ["{number}"], "reason": " "}),
    f"POST {ADMIN}/holds/lifting": (of_administrators(422), {"receipt_numbers": ["{number}"], "reason": " "}),
    f"GET {ADMIN}/cases/{{number}}/holds": (of_administrators(200), None),
    f"GET {ADMIN}/sheets": (of_administrators(200), None),
    f"GET {ADMIN}/sheets/{{nobody}}/blank.pdf": (of_administrators(404), None),
    f"POST {ADMIN}/sheets/check": (of_administrators(200), {"document": {}}),
    f"POST {ADMIN}/sheets/blank.pdf": (of_administrators(422), {"document": {}}),
    "GET /api/sheets/kinds": (of_officers(403), None),
    "GET /api/sheets/batches": (of_officers(403), None),
    "POST /api/sheets/batches": (of_officers(UNASKED), None),
    f"GET {PILE}": (of_officers(404), None),
    f"GET {PILE}/next": (of_officers(404), None),
    f"GET {PILE}/approval": (of_officers(404), None),
    f"POST {PILE}/approval": (of_officers(404), None),
    f"POST {PILE}/pace": (of_officers(404), {"wanted": "pause"}),
    f"GET {PILE}/files/payroll.csv": (of_officers(404), None),
    f"GET {PILE}/files/table.csv": (of_officers(404), None),
    f"GET {PILE}/files/report.pdf": (of_officers(404), None),
    f"GET {PILE}/files/clubs/{{group}}.pdf": (of_officers(404), None),
    f"GET {SHEET}": (of_officers(404), None),
    f"GET {SHEET}/files/picture": (of_officers(404), None),
    f"GET {SHEET}/files/screen": (of_officers(404), None),
    f"POST {SHEET}/corrections": (of_officers(404), {"version": 0}),
    f"POST {SHEET}/confirmation": (of_officers(404), {"version": 0}),
    f"POST {SHEET}/set-aside": (of_officers(404), {"version": 0}),
    f"GET {SHEET}/label": (of_officers(404), None),
    f"POST {SHEET}/label": (of_officers(404), {"version": 0}),
    "GET /api/audit/accesses": (of_auditors(200), None),
    "GET /api/audit/anchors": (of_auditors(200), None),
    "GET /api/audit/cases/{number}/evidence": (of_auditors(200), None),
}
"""権限表: what each role is answered, and the body that is sent."""
