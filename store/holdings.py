"""保有個人情報: everything the counter holds of one person, as the export shows it to them.

Left out on purpose: secrets (hashes of tokens, nonces), the names of officers, notes in the house, what the resident
register said of others in the household, and the evidence of signature checks (docs/my-data.md says where to ask).
"""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy import Connection, text

Holding = Mapping[str, object]

_SNAPSHOT = text("set transaction isolation level repeatable read, read only")

_SECTIONS = {
    "account": "select id, created_at, closed_at from account where id = :account",
    "officer": """
        select o.name, coalesce((select jsonb_agg(d.department || ':' || d.function order by d.department, d.function)
                                   from officer_duty d where d.account_id = o.account_id), '[]') as duties
          from officer o where o.account_id = :account""",
    "certificates": """
        select c.kind, encode(c.issuer_key_id, 'hex') as issuer_key_id, c.serial, c.registered_at, c.expires_at,
               c.suspended_at, c.suspension,
               (select jsonb_agg(jsonb_build_object('at', e.at, 'actor', split_part(e.actor, ':', 1),
                                                    'action', e.action) order by e.id)
                  from credential_event e where e.credential_id = c.id) as events
          from credential c where c.account_id = :account order by c.registered_at""",
    "sessions": """
        select c.kind, s.created_at, s.last_seen_at, s.expires_at
          from session s join credential c on c.id = s.credential_id
         where s.account_id = :account order by s.created_at""",
    "card_requests": """
        select purpose, created_at, answered_at, expires_at, attributes
          from signing_request where account_id = :account order by created_at""",
    "contact": """
        select email, verified_at, pending_email, language, muted, bounced_at, bounce, updated_at
          from contact where account_id = :account""",
    "push_subscriptions": """
        select endpoint, language, created_at from push_subscription where account_id = :account order by created_at""",
    "deliveries": """
        select channel, kind, status, created_at, sent_at, error
          from notice_delivery where account_id = :account and officer_day is null order by created_at""",
    "drafts": """
        select d.procedure, d.version, d.corrects, d.language, d.answers, d.updated_at,
               (select coalesce(jsonb_agg(jsonb_build_object('field', a.field, 'name', a.name,
                          'media_type', a.media_type, 'bytes', a.bytes, 'sha256', a.sha256) order by a.uploaded_at),
                          '[]') from attachment a where a.draft_id = d.id) as attachments
          from draft d where d.account_id = :account and d.receipt_number is null order by d.updated_at""",
    "points": """
        select t.programme, t.kind, p.points, t.booked_at, t.receipt_number
          from points_posting p join points_transaction t on t.id = p.transaction_id
         where p.account_id = :account order by t.booked_at""",
    "exports": """
        select requested_at, status, finished_at, expires_at
          from data_export where account_id = :account order by requested_at""",
}
"""区分: each part of the export, and what is read for it."""

ONE_OF_A_KIND = frozenset({"account", "officer", "contact"})
"""Of these a person has one, or none."""

_CASES = text(
    """
    select c.receipt_number, c.procedure, c.version, c.department, c.language, c.status, c.reason, c.received_at,
           c.due_at, c.suspended_at, c.closed_at, c.arrival,
           (select jsonb_build_object('stated', p.stated, 'identity_check', p.identity_check,
                     'checked_at', p.checked_at, 'told',
                     (select coalesce(jsonb_agg(jsonb_build_object('kind', n.kind, 'told_at', n.told_at,
                               'told_how', n.told_how) order by n.created_at), '[]')
                        from paper_notice n where n.receipt_number = c.receipt_number))
              from paper_filing p where p.account_id = c.account_id) as paper,
           (select coalesce(jsonb_agg(jsonb_build_object('revision', s.revision, 'received_at', s.received_at,
                     'signed', s.cms is not null, 'answers', s.answers, 'attachments',
                     (select coalesce(jsonb_agg(jsonb_build_object('field', a.field, 'name', a.name,
                               'media_type', a.media_type, 'bytes', a.bytes, 'sha256', a.sha256)
                               order by a.uploaded_at), '[]') from attachment a where a.draft_id = s.draft_id))
                     order by s.revision), '[]')
              from submission s where s.receipt_number = c.receipt_number) as submissions,
           (select coalesce(jsonb_agg(jsonb_build_object('revision', k.revision, 'outcome', k.outcome,
                     'reason', k.reason, 'signer', k.facts, 'checked_at', k.checked_at) order by k.revision), '[]')
              from signature_check k where k.receipt_number = c.receipt_number) as signature_checks,
           (select coalesce(jsonb_agg(jsonb_build_object('read_at', r.read_at, 'differences', r.differences)
                     order by r.epoch), '[]')
              from register_extract r where r.receipt_number = c.receipt_number) as register_checks,
           (select coalesce(jsonb_agg(jsonb_build_object('asked_at', o.asked_at, 'answered_at', o.answered_at,
                     'marks', o.marks) order by o.epoch), '[]')
              from correction o where o.receipt_number = c.receipt_number) as corrections,
           (select coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'step', t.step, 'outcome', t.outcome,
                     'reason', t.reason, 'decided_at', t.closed_at) order by t.closed_at), '[]')
              from task t where t.receipt_number = c.receipt_number
               and t.outcome in ('approve', 'send_back', 'reject', 'dispatch', 'hand_out', 'case_closed')) as decisions,
           (select coalesce(jsonb_agg(jsonb_build_object('amount', p.amount, 'status', p.status, 'brand', p.brand,
                     'last4', p.last4, 'opened_at', p.opened_at, 'paid_at', p.paid_at, 'refunded', p.refunded,
                     'returned_at', p.returned_at, 'method', p.method, 'refund_due', p.refund_due)
                     order by p.opened_at), '[]')
              from payment p where p.receipt_number = c.receipt_number) as payments,
           (select coalesce(jsonb_agg(jsonb_build_object('title', d.title, 'issued_at', d.issued_at,
                     'delivered_at', d.delivered_at, 'revoked_at', d.revoked_at, 'bytes', d.bytes,
                     'sha256', d.sha256, 'sealed', d.sealed, 'verification_code', d.verification_code)
                     order by d.issued_at), '[]')
              from document d where d.receipt_number = c.receipt_number and d.delivered_at is not null) as documents,
           (select coalesce(jsonb_agg(jsonb_build_object('author', m.author, 'body', m.body, 'sent_at', m.sent_at,
                     'read_at', m.read_at, 'attachments',
                     (select coalesce(jsonb_agg(jsonb_build_object('name', f.name, 'media_type', f.media_type,
                               'bytes', f.bytes, 'sha256', f.sha256)), '[]')
                        from message_attachment f where f.message_id = m.id)) order by m.sent_at), '[]')
              from message m where m.receipt_number = c.receipt_number) as messages,
           (select coalesce(jsonb_agg(jsonb_build_object('kind', n.kind, 'created_at', n.created_at)
                     order by n.id), '[]')
              from notice n where n.receipt_number = c.receipt_number) as notices,
           (select coalesce(jsonb_agg(jsonb_build_object('at', u.at, 'actor', split_part(u.actor, ':', 1),
                     'action', u.action, 'step', u.step, 'facts', u.facts - array['officer', 'for'])
                     order by u.seq), '[]')
              from audit u where u.receipt_number = c.receipt_number) as timeline
      from case_file c
     where c.account_id = :account and (c.received_at, c.receipt_number) > (:received_at, :receipt_number)
     order by c.received_at, c.receipt_number limit :limit
    """
)


def freeze(connection: Connection) -> None:
    """一時点: all that this transaction reads is of one moment. To be called first."""
    connection.execute(_SNAPSHOT)


def of_person(connection: Connection, account_id: UUID) -> dict[str, object]:
    """All but the cases: by section, one mapping (or None) or a list of them."""
    found: dict[str, object] = {}
    for name, statement in _SECTIONS.items():
        rows = [dict(row._mapping) for row in connection.execute(text(statement), {"account": account_id})]
        found[name] = (rows[0] if rows else None) if name in ONE_OF_A_KIND else rows
    return found


def cases(connection: Connection, account_id: UUID, page: int = 50) -> Iterator[Holding]:
    """Every case with all that belongs to it, the oldest first; `page` of them are read at once."""
    after = {"received_at": "-infinity", "receipt_number": ""}
    while True:
        rows = connection.execute(_CASES, {"account": account_id, "limit": page, **after}).all()
        for row in rows:
            yield dict(row._mapping)
        if len(rows) < page:
            return
        after = {"received_at": rows[-1].received_at, "receipt_number": rows[-1].receipt_number}
