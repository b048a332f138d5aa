"""鍵と保存期間: which master key wraps a case's key; cases purged at the end of their retention; legal holds."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"

SEARCHED = {
    "draft": ("receipt_number", "corrects"), "officer_notice": ("receipt_number",), "bulk_item": ("receipt_number",),
    "paper_notice": ("receipt_number",), "signing_request": ("draft_id",), "notice": ("receipt_number",),
}  # fmt: skip
"""What is found by its case when it is purged; without an index each purge would read whole tables."""

PAGE = (
    "case when method = 'card'"
    " then status in ('planned', 'expired') or (session_id is not null and url is not null)"
    " or (status <> 'open' and num_nonnulls(session_id, url, payment_intent, brand, last4) = 0)"
    " else num_nonnulls(session_id, url, payment_intent, brand, last4) = 0 end"
)

PURGE = """
create function purge_case(number text, closed_before timestamptz, run text) returns boolean
  language plpgsql security definer set search_path = public as $$
declare
  city constant text := nullif(current_setting('app.municipality', true), '');
  nobody constant uuid := md5(city || ' purged')::uuid;
  owner uuid;
  drafts uuid[];
  orders uuid[];
begin
  select account_id into owner from case_file
   where receipt_number = number and municipality = city and purged_at is null
     and closed_at < least(closed_before, now() - interval '1 year') for update;
  if not found
     or exists (select from legal_hold where receipt_number = number and lifted_at is null)
     or exists (select from task where receipt_number = number and closed_at is null)
     or exists (select from command where receipt_number = number and status = 'pending')
     or exists (select from payment where receipt_number = number and (refund_due > 0 or status = 'open')) then
    return false;
  end if;
  insert into account (id, municipality, closed_at) values (nobody, city, now()) on conflict do nothing;
  drafts := array(select id from draft where receipt_number = number
                  union select id from draft where corrects = number
                  union select draft_id from submission where receipt_number = number);

  insert into purged_object (object_key, municipality, receipt_number)
  select distinct found.object_key, city, number from (
    select object_key from attachment where draft_id = any(drafts)
    union all select f.object_key from message_attachment f join message m on m.id = f.message_id
               where m.receipt_number = number
    union all select file_key from opinion where receipt_number = number
    union all select object_key from document where receipt_number = number
    union all select city || '/labels/' || id from task where receipt_number = number and kind = 'post_document'
  ) found where found.object_key is not null on conflict do nothing;

  delete from signing_request where draft_id = any(drafts);
  delete from attachment where draft_id = any(drafts);
  delete from draft where id = any(drafts);
  delete from message_attachment where message_id in (select id from message where receipt_number = number);
  delete from message where receipt_number = number;
  delete from notice_delivery where notice_id in (select id from notice where receipt_number = number);
  delete from notice where receipt_number = number;
  delete from officer_notice where receipt_number = number;
  delete from paper_notice where receipt_number = number;
  delete from extension where receipt_number = number;
  delete from command where receipt_number = number;
  delete from answer_correction where receipt_number = number;
  delete from recusal where receipt_number = number;
  delete from effect where receipt_number = number;
  delete from signature_check where receipt_number = number;
  delete from register_extract where receipt_number = number;
  delete from submission where receipt_number = number;
  delete from case_name where receipt_number = number;
  delete from case_note where receipt_number = number;
  delete from opinion where receipt_number = number;
  delete from review_sheet where receipt_number = number;
  orders := array(select bulk_id from bulk_item where receipt_number = number);
  delete from bulk_item where receipt_number = number;
  delete from legal_hold where receipt_number = number;
  delete from case_key where receipt_number = number;
  delete from paper_filing where account_id = owner;

  update bulk set said = '{}'
   where id = any(orders) and not exists (select from bulk_item i where i.bulk_id = bulk.id);
  update correction set marks = '{}' where receipt_number = number;
  update task set reason = null, result = null, held_reason = null, findings = '{}' where receipt_number = number;
  update payment set session_id = null, url = null, payment_intent = null, brand = null, last4 = null
   where receipt_number = number;
  update document set object_key = '', revoked_reason = null where receipt_number = number;
  update case_file set account_id = nobody, reason = null, purged_at = now() where receipt_number = number;
  insert into audit (receipt_number, municipality, seq, actor, action, facts, prev_hash, hash)
  values (number, city, 0, 'counter', 'purged', jsonb_build_object('run', run), '', '');
  update retention_run set purged = purged + 1 where id = run and municipality = city;
  return true;
end $$;
revoke execute on function purge_case(text, timestamptz, text) from public;
grant execute on function purge_case(text, timestamptz, text) to madoguchi_app;
"""
"""Everything of a case that names or describes somebody, in one transaction with the line that says so; and only of a
case that was closed a year ago or longer (no procedure keeps less), is not held, and waits for nothing. What the
application may otherwise not delete stays so. One paper is one account (`paper_filing`).
"""


def upgrade() -> None:
    _keys()
    _case_file()
    _holds()
    _runs()
    for table, columns in SEARCHED.items():
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(
        "ix_notice_delivery_notice_id", "notice_delivery", ["notice_id"],
        postgresql_where=sa.text("notice_id is not null"),
    )  # fmt: skip
    op.drop_constraint(op.f("ck_payment_page"), "payment", type_="check")
    op.create_check_constraint(op.f("ck_payment_page"), "payment", PAGE)
    op.add_column("access", sa.Column("payloads", sa.Integer()))
    op.execute(PURGE)
    for table, rights in {
        "legal_hold": "select, insert, update (lifted_by, lifted_at, lifted_reason)",
        "retention_run": "select, insert, update",
        "purged_object": "select, delete",
    }.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")


def _keys() -> None:
    op.add_column("case_key", sa.Column("master_key", sa.Text(), server_default=sa.text("'first'"), nullable=False))
    op.create_index(op.f("ix_case_key_municipality_key_id"), "case_key", ["municipality", "key_id"])
    op.create_index(
        op.f("ix_case_key_municipality_master_key_receipt_number"), "case_key",
        ["municipality", "master_key", "receipt_number"],
    )  # fmt: skip
    _comment(
        "case_key",
        "案件鍵: the AES-256 key of one case's history, wrapped by the master key named. Deleting it shreds the history.",
    )


def _case_file() -> None:
    op.add_column("case_file", sa.Column("purged_at", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_case_file_kept", "case_file", ["municipality", "closed_at", "receipt_number"],
        postgresql_where=sa.text("closed_at is not null and purged_at is null"),
    )  # fmt: skip
    _comment(
        "case_file",
        "案件: one case = one workflow; status is the read model its activities keep. "
        "purged_at: nothing personal is left.",
    )


def _holds() -> None:
    op.create_table(
        "legal_hold",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        _city(),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("lifted_by", sa.Uuid()),
        sa.Column("lifted_at", sa.DateTime(timezone=True)),
        sa.Column("lifted_reason", sa.Text()),
        sa.CheckConstraint(
            "num_nonnulls(lifted_by, lifted_at, lifted_reason) in (0, 3)", name=op.f("ck_legal_hold_lifted")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_legal_hold_receipt_number_case_file")
        ),
        sa.ForeignKeyConstraint(["placed_by"], ["officer.account_id"], name=op.f("fk_legal_hold_placed_by_officer")),
        sa.ForeignKeyConstraint(["lifted_by"], ["officer.account_id"], name=op.f("fk_legal_hold_lifted_by_officer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        comment="保存の継続: a case that is not purged although its retention is over, and why (a lawsuit, an audit).",
    )
    op.create_index(
        "uq_legal_hold_placed", "legal_hold", ["receipt_number"], unique=True,
        postgresql_where=sa.text("lifted_at is null"),
    )  # fmt: skip
    op.create_index(op.f("ix_legal_hold_municipality_placed_at"), "legal_hold", ["municipality", "placed_at"])
    op.create_index(op.f("ix_legal_hold_receipt_number"), "legal_hold", ["receipt_number"])


def _runs() -> None:
    op.create_table(
        "retention_run",
        sa.Column("id", sa.Text(), nullable=False),
        _city(),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        *(
            sa.Column(each, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for each in ("due", "held", "purged", "failed")
        ),
        sa.Column("failures", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_run")),
        comment="廃棄の一巡: one night's run; its id is the workflow's. failures: the first of them, numbers and causes.",
    )
    op.create_index(op.f("ix_retention_run_municipality_started_at"), "retention_run", ["municipality", "started_at"])
    op.create_table(
        "purged_object",
        sa.Column("object_key", sa.Text(), nullable=False),
        _city(),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("purged_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_purged_object_receipt_number_case_file")
        ),
        sa.PrimaryKeyConstraint("object_key", name=op.f("pk_purged_object")),
        comment="廃棄待ちのファイル: written in the transaction that purged the case; gone once the object is.",
    )
    op.create_index(
        op.f("ix_purged_object_municipality_receipt_number"), "purged_object", ["municipality", "receipt_number"]
    )


def _comment(table: str, text: str) -> None:
    quoted = text.replace("'", "''")
    op.execute(f"comment on table {table} is '{quoted}'")


def _city() -> sa.Column[str]:
    city = sa.text("current_setting('app.municipality')")
    return sa.Column("municipality", sa.Text(), nullable=False, server_default=city)
