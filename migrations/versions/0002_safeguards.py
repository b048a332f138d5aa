"""What the database itself guarantees: cities apart, an audit log that only grows, postings that sum to zero."""

from alembic import op

revision = "0002"
down_revision = "0001"

CITY_TABLES = (
    "account",
    "credential",
    "officer",
    "session",
    "signing_request",
    "draft",
    "attachment",
    "case_file",
    "submission",
    "correction",
    "case_key",
    "command",
    "effect",
    "audit",
    "audit_head",
    "signature_check",
    "register_extract",
    "task",
    "payment",
    "payment_event",
    "document",
    "notice",
    "points_transaction",
    "points_posting",
)

DELETABLE = ("session", "attachment", "draft", "case_key")
"""What the application may delete: sessions, drafts, and the keys of cases past their retention."""
APPEND_ONLY = ("audit", "effect", "payment_event", "points_posting", "submission", "signature_check")

AUDIT_CHAIN = """
create function audit_chain() returns trigger language plpgsql security definer set search_path = public as $$
declare head audit_head;
begin
  insert into audit_head (receipt_number, municipality, length, hash)
       values (new.receipt_number, new.municipality, 0, ''::bytea) on conflict do nothing;
  select * into head from audit_head where receipt_number = new.receipt_number for update;
  new.seq := head.length + 1;
  new.at := clock_timestamp();
  new.prev_hash := head.hash;
  new.hash := sha256(new.prev_hash || convert_to(concat_ws(E'\\x1f',
      new.receipt_number, new.municipality, new.seq,
      to_char(new.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      new.actor, new.action, coalesce(new.step, ''), new.facts::text), 'UTF8'));
  update audit_head set length = new.seq, hash = new.hash where receipt_number = new.receipt_number;
  return new;
end $$;
create trigger audit_chain before insert on audit for each row execute function audit_chain();

create function audit_is_append_only() returns trigger language plpgsql as $$
begin raise exception 'The audit log only grows: % is refused.', tg_op; end $$;
create trigger audit_is_append_only before update or delete on audit
  for each row execute function audit_is_append_only();
"""

POSTINGS_BALANCE = """
create function postings_balance() returns trigger language plpgsql as $$
begin
  if (select sum(points) from points_posting where transaction_id = new.transaction_id) <> 0 then
    raise exception 'Postings of transaction % do not sum to zero.', new.transaction_id;
  end if;
  return null;
end $$;
create constraint trigger postings_balance after insert on points_posting
  deferrable initially deferred for each row execute function postings_balance();
"""


def upgrade() -> None:
    op.execute("grant usage on schema public to madoguchi_app")
    for table in CITY_TABLES:
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        rights = ["select", "insert"]
        rights += [] if table in APPEND_ONLY else ["update"]
        rights += ["delete"] if table in DELETABLE else []
        op.execute(f"grant {', '.join(rights)} on {table} to madoguchi_app")
    op.execute("revoke insert, update on audit_head from madoguchi_app")
    op.execute("grant usage on all sequences in schema public to madoguchi_app")
    op.execute(AUDIT_CHAIN)
    op.execute(POSTINGS_BALANCE)
