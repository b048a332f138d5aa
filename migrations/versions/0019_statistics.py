"""統計: the planner hears of a municipality that joins a full database after a thousand rows, not after a tenth of all.

Until then it takes every one of its pages for a single row, and reads the same few hundred rows again for each of them.
"""

from alembic import op

revision = "0019"
down_revision = "0018"

GROWING = ("case_file", "case_name", "submission", "task", "command", "effect", "audit", "notice")


def upgrade() -> None:
    for table in GROWING:
        op.execute(
            f"alter table {table} set (autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 1000)"
        )
