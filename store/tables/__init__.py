"""表: every table. Each row carries its municipality; row-level security keeps cities apart (migrations/)."""

from store.tables.bulk import bulk, bulk_item
from store.tables.columns import metadata
from store.tables.contact import (
    contact,
    data_export,
    idempotency_key,
    message,
    message_attachment,
    notice_delivery,
    push_subscription,
)
from store.tables.deadlines import closed_day, officer_notice
from store.tables.decisions import answer_correction, extension, recusal
from store.tables.filing import attachment, case_file, case_key, correction, draft, submission
from store.tables.inbox import case_name, saved_view
from store.tables.offices import access, appointment, substitution
from store.tables.once import audit, audit_anchor, audit_anchor_leaf, audit_head, command, effect
from store.tables.paper import paper_filing, paper_notice, paper_reading
from store.tables.people import (
    account,
    credential,
    credential_event,
    identity_request,
    officer,
    officer_duty,
    session,
    signing_request,
    status_list,
    status_run,
)
from store.tables.points import points_posting, points_transaction
from store.tables.replay import replay, replay_case
from store.tables.retention import legal_hold, purged_object, retention_run
from store.tables.review import case_note, message_template, opinion, review_sheet
from store.tables.robots import robot_entry
from store.tables.sheets import roster_entry, sheet_batch, sheet_cell, sheet_file, sheet_page
from store.tables.steps import document, notice, payment, payment_event, register_extract, signature_check, task

__all__ = [
    "access",
    "account",
    "answer_correction",
    "appointment",
    "attachment",
    "audit",
    "audit_anchor",
    "audit_anchor_leaf",
    "audit_head",
    "bulk",
    "bulk_item",
    "case_file",
    "case_key",
    "case_name",
    "case_note",
    "closed_day",
    "command",
    "contact",
    "correction",
    "credential",
    "credential_event",
    "data_export",
    "document",
    "draft",
    "effect",
    "extension",
    "idempotency_key",
    "identity_request",
    "legal_hold",
    "message",
    "message_attachment",
    "message_template",
    "metadata",
    "notice",
    "notice_delivery",
    "officer",
    "officer_duty",
    "officer_notice",
    "opinion",
    "paper_filing",
    "paper_notice",
    "paper_reading",
    "payment",
    "payment_event",
    "points_posting",
    "points_transaction",
    "purged_object",
    "push_subscription",
    "recusal",
    "register_extract",
    "replay",
    "replay_case",
    "retention_run",
    "review_sheet",
    "robot_entry",
    "roster_entry",
    "saved_view",
    "session",
    "sheet_batch",
    "sheet_cell",
    "sheet_file",
    "sheet_page",
    "signature_check",
    "signing_request",
    "status_list",
    "status_run",
    "submission",
    "substitution",
    "task",
]
