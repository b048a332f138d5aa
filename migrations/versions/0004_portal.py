"""住民の窓口: messages, notices by mail and push, exports, retried writes, and what tells open pages of a change."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"

NEW_TABLES = {
    "message": "select, insert, update",
    "message_attachment": "select, insert",
    "contact": "select, insert, update, delete",
    "push_subscription": "select, insert, update, delete",
    "notice_delivery": "select, insert, update",
    "data_export": "select, insert, update, delete",
    "idempotency_key": "select, insert, update, delete",
}
"""Each with what the application may do with it."""

CASE_CHANGED = """
create function case_changed() returns trigger language plpgsql as $$
begin
  perform pg_notify('case_changed', new.municipality || ' ' || new.receipt_number);
  return null;
end $$;
create trigger case_changed after update on case_file for each row execute function case_changed();
create trigger case_changed after insert on audit for each row when (new.seq > 1) execute function case_changed();
create trigger case_changed after insert or update on message for each row execute function case_changed();
create trigger case_changed after insert or update on payment for each row execute function case_changed();
create trigger case_changed after update on command for each row execute function case_changed();
"""
"""Which case changed, and nothing of it. Said at commit, once per case and transaction (PostgreSQL, NOTIFY). Nothing is
said of its receipt: nobody can be watching yet, and a transaction that notifies waits for all others that do."""

FORGET_ACCOUNT = """
create function forget_account(closed uuid) returns void
  language plpgsql security definer set search_path = public as $$
declare heir uuid;
begin
  if not exists (select from account where id = closed and closed_at is not null
                    and municipality = current_setting('app.municipality')) then
    raise exception 'Account % is not closed: nothing of it is forgotten.', closed;
  end if;
  delete from session where account_id = closed;
  delete from signing_request where account_id = closed;
  if exists (select from credential where account_id = closed and suspension = 'administrator') then
    insert into account (municipality) values (current_setting('app.municipality')) returning id into heir;
    update credential set account_id = heir where account_id = closed and suspension = 'administrator';
  end if;
  delete from credential_event where credential_id in (select id from credential where account_id = closed);
  delete from credential where account_id = closed;
end $$;
revoke execute on function forget_account(uuid) from public;
grant execute on function forget_account(uuid) to madoguchi_app;
"""
"""What the application itself may not delete, and only of an account that is closed. A card the city has stopped
stays stopped: its row goes to an account of its own, with nothing in it.
"""


def _city() -> sa.Column[str]:
    return sa.Column(
        "municipality", sa.Text(), nullable=False, server_default=sa.text("current_setting('app.municipality')")
    )


def _id() -> sa.Column[object]:
    return sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()"))


def _text(*names: str, nullable: bool = False) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=nullable) for name in names]


def _at(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()"))


def _to(table: str, column: str, target: str, of: str = "id", **how: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{of}"], name=op.f(f"fk_{table}_{column}"), **how)


def _index(table: str, *columns: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(columns)}"), table, list(columns))


def upgrade() -> None:
    _older_tables()
    _messages()
    _contacts()
    _deliveries()
    _exports()
    _retries()
    for table, rights in NEW_TABLES.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")
    op.execute(CASE_CHANGED)
    op.execute(FORGET_ACCOUNT)


def _older_tables() -> None:
    op.add_column("account", *_at("closed_at"))
    op.add_column("payment", *_at("returned_at"))
    op.add_column("draft", sa.Column("revision", sa.Integer(), nullable=False, server_default=sa.text("1")))
    prefilled = sa.Column("prefilled", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'"))
    op.add_column("draft", prefilled)
    op.create_table_comment(
        "draft",
        "下書き: answers not yet filed; receipt_number once they are (a double click finds its case); "
        "revision tells two devices apart.",
    )
    op.add_column("signing_request", sa.Column("attributes", postgresql.JSONB()))
    op.drop_constraint(op.f("ck_signing_request_purpose"), "signing_request")
    op.create_check_constraint(
        op.f("ck_signing_request_purpose"), "signing_request", "purpose in ('login', 'register', 'sign', 'read')"
    )
    op.create_table_comment(
        "signing_request",
        "署名要求: what a card is asked to sign or to read, once, within minutes; credential: whose certificate answered.",
    )


def _messages() -> None:
    op.create_table(
        "message",
        _id(),
        _city(),
        *_text("receipt_number", "author"),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        *_text("body"),
        _now("sent_at"),
        *_at("read_at"),
        sa.CheckConstraint("author in ('resident', 'officer')", name=op.f("ck_message_author")),
        _to("message", "receipt_number", "case_file", "receipt_number"),
        _to("message", "author_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        comment="メッセージ: between a resident and the officers of a case; read_at when the other side first opened it.",
    )
    _index("message", "receipt_number", "sent_at")
    op.create_table(
        "message_attachment",
        _id(),
        _city(),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        *_text("name", "media_type"),
        sa.Column("bytes", sa.Integer(), nullable=False),
        *_text("sha256", "object_key"),
        _to("message_attachment", "message_id", "message"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_attachment")),
        comment="メッセージの添付ファイル: the bytes are in the object store.",
    )
    _index("message_attachment", "message_id")


def _contacts() -> None:
    op.create_table(
        "contact",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        _city(),
        *_text("email", nullable=True),
        *_at("verified_at"),
        *_text("pending_email", nullable=True),
        sa.Column("code_salt", sa.LargeBinary()),
        *_at("code_expires_at"),
        sa.Column("code_attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("language", sa.Text(), nullable=False, server_default=sa.text("'ja'")),
        sa.Column("muted", postgresql.ARRAY(sa.Text()), nullable=False, server_default=sa.text("'{}'")),
        *_at("bounced_at"),
        *_text("bounce", nullable=True),
        _now("updated_at"),
        _to("contact", "account_id", "account"),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_contact")),
        comment="連絡先: where a resident wants notices; muted: topics not wanted (* is all); bounce: why mail came back; code_salt: what the code is made of, with the master key.",
    )
    op.create_table(
        "push_subscription",
        _id(),
        _city(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *_text("endpoint", "p256dh", "auth", "language"),
        _now("created_at"),
        _to("push_subscription", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscription")),
        sa.UniqueConstraint("municipality", "endpoint", name=op.f("uq_push_subscription_municipality_endpoint")),
        comment="プッシュ通知の登録: a browser that agreed to be told (RFC 8030, RFC 8291).",
    )
    _index("push_subscription", "account_id")


def _deliveries() -> None:
    op.create_table(
        "notice_delivery",
        _id(),
        _city(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.BigInteger()),
        sa.Column("subscription_id", sa.Uuid()),
        *_text("channel", "kind"),
        sa.Column("status", sa.Text(), nullable=False, server_default=sa.text("'waiting'")),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        _now("next_attempt_at"),
        _now("created_at"),
        *_at("sent_at"),
        *_text("error", nullable=True),
        sa.CheckConstraint("channel in ('mail', 'push')", name=op.f("ck_notice_delivery_channel")),
        sa.CheckConstraint(
            "status in ('waiting', 'sent', 'failed', 'bounced', 'cancelled')", name=op.f("ck_notice_delivery_status")
        ),
        _to("notice_delivery", "account_id", "account"),
        _to("notice_delivery", "notice_id", "notice"),
        _to("notice_delivery", "subscription_id", "push_subscription", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
        comment="お知らせの配送: one mail or push message, sent once; written in the transaction of what it tells.",
    )
    op.create_index(
        "ix_notice_delivery_waiting",
        "notice_delivery",
        ["next_attempt_at"],
        postgresql_where=sa.text("status = 'waiting'"),
    )
    _index("notice_delivery", "account_id", "created_at")


def _exports() -> None:
    op.create_table(
        "data_export",
        _id(),
        _city(),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False, server_default=sa.text("'waiting'")),
        _now("requested_at"),
        *_at("finished_at", "expires_at"),
        *_text("language", "json_key"),
        sa.Column("json_bytes", sa.Integer()),
        *_text("pdf_key"),
        sa.Column("pdf_bytes", sa.Integer()),
        sa.CheckConstraint("status in ('waiting', 'ready', 'failed')", name=op.f("ck_data_export_status")),
        _to("data_export", "account_id", "account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_export")),
        comment="個人データの書き出し: what the counter holds of a person, as JSON and PDF, for some days.",
    )
    _index("data_export", "account_id", "requested_at")
    op.create_index(
        "uq_data_export_waiting",
        "data_export",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("status = 'waiting'"),
    )


def _retries() -> None:
    op.create_table(
        "idempotency_key",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        *_text("key"),
        _city(),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        _now("created_at"),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", postgresql.JSONB()),
        sa.Column("body", sa.LargeBinary()),
        _to("idempotency_key", "account_id", "account"),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_key")),
        comment="冪等キー: a write of the JSON API and its answer, given again when the same request is sent again.",
    )
    _index("idempotency_key", "created_at")
