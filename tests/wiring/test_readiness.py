"""準備: the newest migration, as Alembic knows it."""

from alembic.script import ScriptDirectory

from machine.layout import CLONE
from wiring.web import newest_migration


def test_the_newest_migration_by_its_name_is_the_head() -> None:
    assert ScriptDirectory(str(CLONE / "migrations")).get_current_head() == newest_migration()
