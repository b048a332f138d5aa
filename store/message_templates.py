"""定型文: what a department often writes to residents, in several languages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from store.tables import message_template, officer


@dataclass(frozen=True)
class TemplateRow:
    """定型文 as stored. `texts`: by language; one without Japanese does not exist."""

    id: UUID
    department: str
    name: str
    texts: Mapping[str, str]
    version: int
    changed_at: datetime
    changed_by: str


def of_departments(connection: Connection, departments: Collection[str]) -> tuple[TemplateRow, ...]:
    """By department and name."""
    found = _templates().where(message_template.c.department.in_(departments))
    rows = connection.execute(found.order_by(message_template.c.department, message_template.c.name))
    return tuple(TemplateRow(**row._mapping) for row in rows)


def read(connection: Connection, template_id: UUID) -> TemplateRow | None:
    row = connection.execute(_templates().where(message_template.c.id == template_id)).one_or_none()
    return None if row is None else TemplateRow(**row._mapping)


def add(connection: Connection, department: str, name: str, texts: Mapping[str, str], by: UUID) -> UUID:
    """Raises IntegrityError where the name was taken in this very moment."""
    values = {"department": department, "name": name, "texts": dict(texts), "changed_by": by}
    made: UUID = connection.execute(
        insert(message_template).values(**values).returning(message_template.c.id)
    ).scalar_one()
    return made


def change(
    connection: Connection, template_id: UUID, version: int, name: str, texts: Mapping[str, str], by: UUID
) -> bool:
    """False where a colleague changed it meanwhile."""
    statement = (
        update(message_template)
        .where(message_template.c.id == template_id, message_template.c.version == version)
        .values(name=name, texts=dict(texts), changed_by=by, changed_at=func.now(), version=version + 1)
        .returning(message_template.c.id)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def remove(connection: Connection, template_id: UUID, version: int) -> bool:
    """False where a colleague changed it meanwhile."""
    statement = (
        delete(message_template)
        .where(message_template.c.id == template_id, message_template.c.version == version)
        .returning(message_template.c.id)
    )
    return connection.execute(statement).scalar_one_or_none() is not None


def _templates() -> Select[tuple[Any, ...]]:
    names = ("id", "department", "name", "texts", "version", "changed_at")
    return select(*(message_template.c[name] for name in names), officer.c.name.label("changed_by")).join(
        officer, officer.c.account_id == message_template.c.changed_by
    )
