"""Alembic: runs as the owning role; the application connects as another that cannot bypass row-level security."""

from alembic import context
from sqlalchemy import create_engine, make_url, text

from store.settings import StoreSettings
from store.tables import metadata

settings = StoreSettings()
if settings.owner_password_file is None:
    raise SystemExit(
        "Migrations run as the database's owner: set MADOGUCHI_STORE_OWNER_PASSWORD_FILE to its password's file."
    )
password = settings.owner_password_file.read_text().strip()
url = make_url(settings.database_url).set(username=settings.owner, password=password)

with create_engine(url).connect() as connection:
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
    reader = connection.dialect.identifier_preparer.quote(str(make_url(settings.database_url).username))
    connection.execute(text(f"grant select on alembic_version to {reader}"))  # readiness compares it
    connection.commit()
