"""The tables of the counter's opening; `store.tables` is their description today."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        comment="利用者: a person as this counter knows them; holds no attributes.",
    )
    op.create_table(
        "case_key",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("receipt_number", name=op.f("pk_case_key")),
        comment="案件鍵: the AES-256 key of one case's history, wrapped by the master key. Deleting it shreds the history.",
    )
    op.create_table(
        "payment_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
        comment="決済通知: webhook events already taken in; a second delivery changes nothing.",
    )
    op.create_table(
        "case_file",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("epoch", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_case_file_account_id")),
        sa.PrimaryKeyConstraint("receipt_number", name=op.f("pk_case_file")),
        comment="案件: one case = one workflow; status is the read model its activities keep.",
    )
    op.create_index(
        op.f("ix_case_file_account_id_received_at"), "case_file", ["account_id", "received_at"], unique=False
    )
    op.create_index(
        op.f("ix_case_file_municipality_received_at"), "case_file", ["municipality", "received_at"], unique=False
    )
    op.create_table(
        "credential",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("issuer_key_id", sa.LargeBinary(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_credential_account_id")),
        sa.PrimaryKeyConstraint("kind", "issuer_key_id", "serial", "municipality", name=op.f("pk_credential")),
        comment="資格: a certificate that identifies an account; the serial alone is not unique (jpki-card §7).",
    )
    op.create_index(op.f("ix_credential_account_id"), "credential", ["account_id"], unique=False)
    op.create_table(
        "officer",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("functions", sa.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_officer_account_id")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_officer")),
        comment="職員: an account with functions (事務分掌).",
    )
    op.create_table(
        "session",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_session")),
        comment="セッション: server-side; the browser holds a random token whose hash stands here.",
    )
    op.create_table(
        "audit",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column(
            "facts", postgresql.JSONB(astext_type=sa.Text()), server_default=sa.text("'{}'::jsonb"), nullable=False
        ),
        sa.Column("prev_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_audit_receipt_number")),
        sa.PrimaryKeyConstraint("receipt_number", "seq", name=op.f("pk_audit")),
        comment="監査記録: append-only, hash-chained per case by a trigger; also the case's timeline. No personal data.",
    )
    op.create_table(
        "audit_head",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_audit_head_receipt_number")
        ),
        sa.PrimaryKeyConstraint("receipt_number", name=op.f("pk_audit_head")),
        comment="監査の末尾: the newest link of each chain; only the trigger writes it, the application cannot.",
    )
    op.create_table(
        "command",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("status in ('pending', 'acknowledged', 'refused')", name=op.f("ck_command_status")),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_command_receipt_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
        comment="指令: written before the workflow is told; its id is the update id.",
    )
    op.create_index(
        "ix_command_pending",
        "command",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status = 'pending'"),
    )
    op.create_index(op.f("ix_command_receipt_number"), "command", ["receipt_number"], unique=False)
    op.create_table(
        "correction",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("marks", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_correction_receipt_number")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "epoch", name=op.f("pk_correction")),
        comment="補正: which answers the reviewer sent back and why ({field: reason}).",
    )
    op.create_table(
        "document",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("title", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("verification_code", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_document_receipt_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
        sa.UniqueConstraint("receipt_number", "step", "epoch", name=op.f("uq_document_receipt_number_step_epoch")),
        sa.UniqueConstraint("verification_code", name=op.f("uq_document_verification_code")),
        comment="交付書面: a sealed PDF in the object store.",
    )
    op.create_index(op.f("ix_document_sha256"), "document", ["sha256"], unique=False)
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Text(), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.ForeignKeyConstraint(["corrects"], ["case_file.receipt_number"], name=op.f("fk_draft_corrects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
        comment="下書き: answers not yet filed; receipt_number once they are (a double click finds its case).",
    )
    op.create_index(op.f("ix_draft_account_id"), "draft", ["account_id"], unique=False)
    op.create_table(
        "effect",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_effect_receipt_number")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "step", "epoch", "kind", name=op.f("pk_effect")),
        comment="効果: the stored result of a write to the outside, keyed by business step, never by activity or run id.",
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id")),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_notice_receipt_number")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        comment="お知らせ: told to the resident in the portal.",
    )
    op.create_index(op.f("ix_notice_account_id_created_at"), "notice", ["account_id", "created_at"], unique=False)
    op.create_table(
        "payment",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'planned'"), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("payment_intent", sa.Text(), nullable=True),
        sa.Column("brand", sa.Text(), nullable=True),
        sa.Column("last4", sa.Text(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refunded", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "status in ('planned', 'expired') or (session_id is not null and url is not null)",
            name=op.f("ck_payment_page"),
        ),
        sa.CheckConstraint(
            "status in ('planned', 'open', 'paid', 'expired', 'refunded', 'disputed')", name=op.f("ck_payment_status")
        ),
        sa.CheckConstraint("amount > 0 and refunded between 0 and amount", name=op.f("ck_payment_amounts")),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_payment_receipt_number")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "step", "epoch", "attempt", name=op.f("pk_payment")),
        sa.UniqueConstraint("session_id", name=op.f("uq_payment_session_id")),
        comment="支払: planned before the gateway is asked; integer yen; of the card never more than brand and last four.",
    )
    op.create_index(
        "ix_payment_open", "payment", ["opened_at"], unique=False, postgresql_where=sa.text("status = 'open'")
    )
    op.create_index(op.f("ix_payment_payment_intent"), "payment", ["payment_intent"], unique=False)
    op.create_table(
        "points_transaction",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reverses", sa.Uuid(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("booked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("(kind = 'reversal') = (reverses is not null)", name=op.f("ck_points_transaction_reverses")),
        sa.CheckConstraint("kind in ('award', 'reversal')", name=op.f("ck_points_transaction_kind")),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_points_transaction_receipt_number")
        ),
        sa.ForeignKeyConstraint(["reverses"], ["points_transaction.id"], name=op.f("fk_points_transaction_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_points_transaction")),
        sa.UniqueConstraint(
            "municipality",
            "programme",
            "person_id",
            "kind",
            "sequence",
            name=op.f("uq_points_transaction_municipality_programme_person_id_kind_sequence"),
        ),
        sa.UniqueConstraint("reverses", name=op.f("uq_points_transaction_reverses")),
        comment="ポイント取引: one award or its reversal; sequence counts a person's earlier reversals in the programme.",
    )
    op.create_index(
        op.f("ix_points_transaction_receipt_number"), "points_transaction", ["receipt_number"], unique=False
    )
    op.create_table(
        "register_extract",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("subject_id", sa.Text(), nullable=True),
        sa.Column("record", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("differences", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_register_extract_receipt_number")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "epoch", name=op.f("pk_register_extract")),
        comment="住民記録の写し: what the register said, the source of every document's content.",
    )
    op.create_table(
        "signature_check",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_signature_check_receipt_number")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "revision", name=op.f("pk_signature_check")),
        comment="署名検証: facts of the signer and all evidence (certificate, OCSP answer or CRL), base64.",
    )
    op.create_table(
        "submission",
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("cms", sa.LargeBinary(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_submission_receipt_number")
        ),
        sa.PrimaryKeyConstraint("receipt_number", "revision", name=op.f("pk_submission")),
        comment="申請: canonical bytes (RFC 8785), the signature over them, and the answers as read from them.",
    )
    op.create_table(
        "task",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("assignee", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("findings", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalated", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.ForeignKeyConstraint(["assignee"], ["officer.account_id"], name=op.f("fk_task_assignee")),
        sa.ForeignKeyConstraint(["decided_by"], ["officer.account_id"], name=op.f("fk_task_decided_by")),
        sa.ForeignKeyConstraint(["receipt_number"], ["case_file.receipt_number"], name=op.f("fk_task_receipt_number")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
        sa.UniqueConstraint("receipt_number", "step", "epoch", name=op.f("uq_task_receipt_number_step_epoch")),
        comment="受信箱: what waits for an officer; opened and closed by activities, claimed by one conditional UPDATE.",
    )
    op.create_index(
        "ix_task_open",
        "task",
        ["municipality", "function", "due_at"],
        unique=False,
        postgresql_where=sa.text("closed_at is null"),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("object_key", sa.Text(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["draft.id"], name=op.f("fk_attachment_draft_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        comment="添付ファイル: the bytes are in the object store.",
    )
    op.create_index(op.f("ix_attachment_draft_id"), "attachment", ["draft_id"], unique=False)
    op.create_table(
        "points_posting",
        sa.Column("transaction_id", sa.Uuid(), nullable=False),
        sa.Column("ledger_account", sa.Text(), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_points_posting_account_id")),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["points_transaction.id"], name=op.f("fk_points_posting_transaction_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", "ledger_account", name=op.f("pk_points_posting")),
        comment="仕訳: postings of a transaction sum to zero (deferred trigger).",
    )
    op.create_index(op.f("ix_points_posting_account_id"), "points_posting", ["account_id"], unique=False)
    op.create_table(
        "signing_request",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column(
            "municipality", sa.Text(), server_default=sa.text("current_setting('app.municipality')"), nullable=False
        ),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=True),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("draft_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("credential_account_id", sa.Uuid(), nullable=True),
        sa.Column("cms", sa.LargeBinary(), nullable=True),
        sa.Column("handback_hash", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("purpose in ('login', 'sign')", name=op.f("ck_signing_request_purpose")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signing_request_account_id")),
        sa.ForeignKeyConstraint(
            ["credential_account_id"], ["account.id"], name=op.f("fk_signing_request_credential_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["draft.id"], name=op.f("fk_signing_request_draft_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_request")),
        sa.UniqueConstraint("handback_hash", name=op.f("uq_signing_request_handback_hash")),
        comment="署名要求: what a card is asked to sign, once, within minutes.",
    )
