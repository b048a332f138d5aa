"""証明書の状態: registered certificates can be suspended, a person holds several, officers act per department."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

NEW_TABLES = {
    "officer_duty": "select, insert, update, delete",
    "identity_request": "select, insert, delete",
    "credential_event": "select, insert",
    "status_run": "select, insert, update",
    "status_list": "select, insert, update",
}
"""Each with what the application may do with it."""


def _city() -> sa.Column[str]:
    return sa.Column(
        "municipality", sa.Text(), nullable=False, server_default=sa.text("current_setting('app.municipality')")
    )


def _at(name: str, *, now: bool = False, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(
        name,
        sa.DateTime(timezone=True),
        nullable=nullable and not now,
        server_default=sa.text("now()") if now else None,
    )


def upgrade() -> None:
    _credentials()
    _sessions()
    _duties()
    _signing_requests()
    _status()
    for table, rights in NEW_TABLES.items():
        op.execute(f"alter table {table} enable row level security")
        city = "municipality = nullif(current_setting('app.municipality', true), '')"
        op.execute(f"create policy city on {table} to madoguchi_app using ({city}) with check ({city})")
        op.execute(f"grant {rights} on {table} to madoguchi_app")
    op.execute("grant usage on all sequences in schema public to madoguchi_app")


def _credentials() -> None:
    op.add_column("credential", sa.Column("id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")))
    op.create_unique_constraint(op.f("uq_credential_id"), "credential", ["id"])
    op.add_column("credential", sa.Column("distribution_point", sa.Text(), nullable=False, server_default=""))
    for name in ("expires_at", "suspended_at"):
        op.add_column("credential", _at(name))
    for name in ("suspension", "suspension_note"):
        op.add_column("credential", sa.Column(name, sa.Text()))
    op.execute("update credential set kind = 'jpki_card' where kind = 'jpki'")
    checks = {
        "kind": "kind in ('jpki_card', 'jpki_smartphone', 'oidc')",
        "suspended": "(suspended_at is null) = (suspension is null)",
        "suspension": "suspension in ('revoked', 'administrator', 'renewed', 'removed')",
    }
    for name, rule in checks.items():
        op.create_check_constraint(op.f(f"ck_credential_{name}"), "credential", rule)
    op.create_index(
        op.f("ix_credential_issuer_key_id_distribution_point"), "credential", ["issuer_key_id", "distribution_point"]
    )
    comment = (
        "資格: a certificate (or a city identity provider's subject) that identifies an account; "
        "the serial alone is not unique (jpki-card §7)."
    )
    op.create_table_comment("credential", comment)

    op.create_table(
        "credential_event",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        _city(),
        sa.Column("credential_id", sa.Uuid(), nullable=False),
        _at("at", now=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.CheckConstraint(
            "action in ('registered', 'linked', 'suspended', 'resumed', 'removed')",
            name=op.f("ck_credential_event_action"),
        ),
        sa.ForeignKeyConstraint(["credential_id"], ["credential.id"], name=op.f("fk_credential_event_credential_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_event")),
        comment="資格の経緯: append-only; who registered, suspended or resumed a certificate, and why.",
    )
    op.create_index(op.f("ix_credential_event_credential_id"), "credential_event", ["credential_id"])


def _sessions() -> None:
    op.execute("delete from session")  # everybody logs in once more: which certificate opened them was not kept
    op.add_column("session", sa.Column("credential_id", sa.Uuid(), nullable=False))
    op.create_foreign_key(op.f("fk_session_credential_id"), "session", "credential", ["credential_id"], ["id"])
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"])
    op.create_index(op.f("ix_session_credential_id"), "session", ["credential_id"])


def _duties() -> None:
    op.create_table(
        "officer_duty",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        _city(),
        sa.ForeignKeyConstraint(["account_id"], ["officer.account_id"], name=op.f("fk_officer_duty_account_id")),
        sa.PrimaryKeyConstraint("account_id", "department", "function", name=op.f("pk_officer_duty")),
        comment="事務分掌: what an officer does in which department; department * is the whole city (全庁).",
    )
    # Until now a function counted everywhere: that is what * means.
    op.execute(
        "insert into officer_duty (account_id, department, function, municipality) "
        "select account_id, '*', unnest(functions), municipality from officer"
    )
    op.drop_column("officer", "functions")
    op.create_table_comment("officer", "職員: an account that works for the city.")


def _signing_requests() -> None:
    op.execute("delete from signing_request where purpose = 'login'")
    op.drop_column("signing_request", "credential_account_id")
    op.add_column("signing_request", sa.Column("credential", postgresql.JSONB()))
    op.drop_constraint(op.f("ck_signing_request_purpose"), "signing_request")
    op.create_check_constraint(
        op.f("ck_signing_request_purpose"), "signing_request", "purpose in ('login', 'register', 'sign')"
    )
    op.create_table_comment(
        "signing_request",
        "署名要求: what a card is asked to sign, once, within minutes; credential: whose certificate answered.",
    )
    op.create_table(
        "identity_request",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        _city(),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("code_verifier", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        _at("created_at", now=True),
        _at("expires_at", nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_identity_request")),
        comment="職員ログインの求め: an OpenID Connect request on its way to the city's identity provider, once.",
    )


def _status() -> None:
    op.create_table(
        "status_run",
        sa.Column("id", sa.Text(), nullable=False),
        _city(),
        _at("started_at", now=True),
        _at("finished_at"),
        sa.Column("registrations", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_run")),
        comment="日次失効確認: one run over all registered certificates; its id is the workflow's.",
    )
    op.create_index(op.f("ix_status_run_municipality_started_at"), "status_run", ["municipality", "started_at"])
    op.create_table(
        "status_list",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("distribution_point", sa.Text(), nullable=False),
        _city(),
        sa.Column("registrations", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text()),
        sa.Column("detail", sa.Text()),
        sa.Column("suspended", sa.Integer(), nullable=False, server_default=sa.text("0")),
        _at("checked_at"),
        sa.CheckConstraint("outcome in ('waiting', 'checked', 'unknown')", name=op.f("ck_status_list_outcome")),
        sa.ForeignKeyConstraint(["run_id"], ["status_run.id"], name=op.f("fk_status_list_run_id")),
        sa.PrimaryKeyConstraint("run_id", "issuer_key_id", "distribution_point", name=op.f("pk_status_list")),
        comment="失効リストの確認: one CRL of a run; unknown is never good, it is asked again.",
    )
