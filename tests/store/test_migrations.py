"""移行: the migrated database is the one `store.tables` describes."""

import psycopg
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from store.settings import StoreSettings
from store.tables import metadata


def test_the_migrations_make_exactly_the_tables_described(settings: StoreSettings, owner: psycopg.Connection) -> None:
    assert settings.owner_password_file is not None
    password = settings.owner_password_file.read_text().strip()
    engine = create_engine(make_url(settings.database_url).set(username=settings.owner, password=password))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": False})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == [], "write a migration: .venv/bin/alembic revision --autogenerate"
