"""利用者・職員: people, what identifies them, and who is logged in."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from store.tables.columns import at, city, metadata, now

account = Table(
    "account", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(), now("created_at"), at("closed_at"),
    comment="利用者: a person as this counter knows them; holds no attributes.",
)  # fmt: skip

credential = Table(
    "credential", metadata,
    Column("id", Uuid, nullable=False, unique=True, server_default=func.gen_random_uuid()),
    Column("kind", Text, primary_key=True),
    Column("issuer_key_id", LargeBinary, primary_key=True),
    Column("serial", Text, primary_key=True),
    Column("municipality", Text, primary_key=True, server_default=func.current_setting("app.municipality")),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False), now("registered_at"),
    Column("distribution_point", Text, nullable=False, server_default=text("''")), at("expires_at"),
    at("suspended_at"), Column("suspension", Text), Column("suspension_note", Text),
    CheckConstraint("kind in ('jpki_card', 'jpki_smartphone', 'oidc')", name="kind"),
    CheckConstraint("(suspended_at is null) = (suspension is null)", name="suspended"),
    CheckConstraint("suspension in ('revoked', 'administrator', 'renewed', 'removed')", name="suspension"),
    Index(None, "account_id"), Index(None, "issuer_key_id", "distribution_point"),
    comment="資格: a certificate (or a city identity provider's subject) that identifies an account; the serial alone is not unique (jpki-card §7).",  # noqa: E501
)  # fmt: skip

officer = Table(
    "officer", metadata,
    Column("account_id", Uuid, ForeignKey("account.id"), primary_key=True),
    city(),
    Column("name", Text, nullable=False), Column("mail", Text), Column("calendar_hash", LargeBinary, unique=True),
    comment="職員: an account that works for the city.",
)  # fmt: skip

officer_duty = Table(
    "officer_duty", metadata,
    Column("account_id", Uuid, ForeignKey("officer.account_id"), primary_key=True),
    Column("department", Text, primary_key=True), Column("function", Text, primary_key=True),
    city(),
    comment="事務分掌: what an officer does in which department; department * is the whole city (全庁).",
)  # fmt: skip

session = Table(
    "session", metadata,
    Column("token_hash", LargeBinary, primary_key=True),
    city(),
    Column("account_id", Uuid, ForeignKey("account.id"), nullable=False),
    Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    now("created_at"), now("last_seen_at"), Column("expires_at", DateTime(timezone=True), nullable=False),
    Index(None, "account_id"), Index(None, "credential_id"),
    comment="セッション: server-side; the browser holds a random token whose hash stands here.",
)  # fmt: skip

signing_request = Table(
    "signing_request", metadata,
    Column("id", Uuid, primary_key=True, server_default=func.gen_random_uuid()),
    city(),
    Column("purpose", Text, nullable=False),
    Column("nonce", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("browser_hash", LargeBinary),
    Column("account_id", Uuid, ForeignKey("account.id")),
    Column("draft_id", Uuid, ForeignKey("draft.id", ondelete="CASCADE")),
    now("created_at"), Column("expires_at", DateTime(timezone=True), nullable=False), at("answered_at"),
    Column("credential", JSONB), Column("attributes", JSONB),
    Column("cms", LargeBinary), Column("handback_hash", LargeBinary, unique=True),
    Column("counter", Text), Column("refused", Text),
    CheckConstraint("purpose in ('login', 'register', 'sign', 'read', 'identify')", name="purpose"),
    CheckConstraint("(counter is not null) = (purpose = 'identify')", name="counter"),
    CheckConstraint("refused is null or answered_at is null", name="refused"), Index(None, "draft_id"),
    comment="署名要求: what a card is asked to sign or to read, once, within minutes; credential: whose certificate answered.",  # noqa: E501
)  # fmt: skip

identity_request = Table(
    "identity_request", metadata,
    Column("state_hash", LargeBinary, primary_key=True),
    city(),
    Column("browser_hash", LargeBinary, nullable=False), Column("nonce", Text, nullable=False),
    Column("code_verifier", Text, nullable=False), Column("next", Text, nullable=False),
    now("created_at"), Column("expires_at", DateTime(timezone=True), nullable=False),
    comment="職員ログインの求め: an OpenID Connect request on its way to the city's identity provider, once.",
)  # fmt: skip

credential_event = Table(
    "credential_event", metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=True),
    city(), Column("credential_id", Uuid, ForeignKey("credential.id"), nullable=False),
    now("at"), Column("actor", Text, nullable=False), Column("action", Text, nullable=False), Column("reason", Text),
    CheckConstraint("action in ('registered', 'linked', 'suspended', 'resumed', 'removed')", name="action"),
    Index(None, "credential_id"),
    comment="資格の経緯: append-only; who registered, suspended or resumed a certificate, and why.",
)  # fmt: skip

status_run = Table(
    "status_run", metadata,
    Column("id", Text, primary_key=True),
    city(), now("started_at"), at("finished_at"),
    Column("registrations", Integer, nullable=False, server_default=text("0")),
    Index(None, "municipality", "started_at"),
    comment="日次失効確認: one run over all registered certificates; its id is the workflow's.",
)  # fmt: skip

status_list = Table(
    "status_list", metadata,
    Column("run_id", Text, ForeignKey("status_run.id"), primary_key=True),
    Column("issuer_key_id", LargeBinary, primary_key=True), Column("distribution_point", Text, primary_key=True),
    city(),
    Column("registrations", Integer, nullable=False), Column("outcome", Text, nullable=False),
    Column("reason", Text), Column("detail", Text),
    Column("suspended", Integer, nullable=False, server_default=text("0")), at("checked_at"),
    CheckConstraint("outcome in ('waiting', 'checked', 'unknown')", name="outcome"),
    comment="失効リストの確認: one CRL of a run; unknown is never good, it is asked again.",
)  # fmt: skip
