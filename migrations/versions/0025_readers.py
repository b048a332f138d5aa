"""窓口のリーダー: what a card reader at a counter is asked, and why it could not be answered."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column("signing_request", sa.Column("counter", sa.Text()))
    op.add_column("signing_request", sa.Column("refused", sa.Text()))
    op.drop_constraint(op.f("ck_signing_request_purpose"), "signing_request")
    op.create_check_constraint(
        op.f("ck_signing_request_purpose"), "signing_request",
        "purpose in ('login', 'register', 'sign', 'read', 'identify')",
    )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_signing_request_counter"), "signing_request", "(counter is not null) = (purpose = 'identify')"
    )
    op.create_check_constraint(
        op.f("ck_signing_request_refused"), "signing_request", "refused is null or answered_at is null"
    )
