"""版: the newest migration this database has had."""

from sqlalchemy import Connection, column, select, table


def revision(connection: Connection) -> str | None:
    """None: it was never migrated."""
    return connection.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar_one_or_none()
