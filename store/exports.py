"""個人データの書き出し: what is asked for, how far it has come, and where its two files lie for some days."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from procedures.texts import Language
from procedures.values import MunicipalityCode
from store.objects import Objects
from store.tables import data_export

ExportStatus = Literal["waiting", "ready", "failed"]
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ExportRow:
    """書き出し as stored; the keys are random, the sizes (bytes) are known when it is ready."""

    id: UUID
    account_id: UUID
    status: ExportStatus
    language: Language
    requested_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    json_key: str
    json_bytes: int | None
    pdf_key: str
    pdf_bytes: int | None

    @property
    def parts_folder(self) -> str:
        """Where the parts of the printed copy lie until they are bound."""
        return f"{self.pdf_key}-parts"


_COLUMNS = tuple(data_export.c[name] for name in ExportRow.__annotations__)
_HERE: ColumnElement[bool] = data_export.c.expires_at.is_(None) | (data_export.c.expires_at > func.now())


def ask(connection: Connection, municipality: MunicipalityCode, account_id: UUID, language: Language) -> ExportRow:
    """書き出しの求め. Raises IntegrityError while another one of this account is waiting."""
    statement = insert(data_export).values(
        account_id=account_id,
        language=language,
        json_key=f"{municipality}/exports/{uuid4()}",
        pdf_key=f"{municipality}/exports/{uuid4()}",
    )
    return ExportRow(**connection.execute(statement.returning(*_COLUMNS)).one()._mapping)


def waiting(connection: Connection, account_id: UUID) -> ExportRow | None:
    """The one that is being made."""
    mine = data_export.c.account_id == account_id, data_export.c.status == "waiting"
    row = connection.execute(select(*_COLUMNS).where(*mine)).one_or_none()
    return None if row is None else ExportRow(**row._mapping)


def asked_within_a_day(connection: Connection, account_id: UUID) -> tuple[datetime, ...]:
    """When this account asked during the last 24 hours, the oldest first; what failed does not count."""
    asked_at = data_export.c.requested_at
    made = data_export.c.status != "failed"
    mine = data_export.c.account_id == account_id, made, asked_at > func.now() - A_DAY
    return tuple(connection.execute(select(asked_at).where(*mine).order_by(asked_at)).scalars())


def listed(connection: Connection, account_id: UUID) -> tuple[ExportRow, ...]:
    """The newest first; what ran out is not there any more."""
    mine = select(*_COLUMNS).where(data_export.c.account_id == account_id, _HERE)
    rows = connection.execute(mine.order_by(data_export.c.requested_at.desc()).limit(20))
    return tuple(ExportRow(**row._mapping) for row in rows)


def read(connection: Connection, export_id: UUID, account_id: UUID | None = None) -> ExportRow | None:
    """One that has not run out; of this account where given."""
    statement = select(*_COLUMNS).where(data_export.c.id == export_id, _HERE)
    if account_id is not None:
        statement = statement.where(data_export.c.account_id == account_id)
    row = connection.execute(statement).one_or_none()
    return None if row is None else ExportRow(**row._mapping)


def note(connection: Connection, export_id: UUID, **sizes: int) -> bool:
    """大きさ: of what is made so far. False where nothing waits (any more): its account was closed."""
    statement = update(data_export).where(data_export.c.id == export_id, data_export.c.status == "waiting")
    return connection.execute(statement.values({"status": "waiting", **sizes})).rowcount > 0


def finish(connection: Connection, export_id: UUID, status: ExportStatus, lifetime: timedelta) -> bool:
    """完了: ready or failed, kept for `lifetime`. False where nothing waits any more."""
    statement = update(data_export).where(data_export.c.id == export_id, data_export.c.status == "waiting")
    done = statement.values(status=status, finished_at=func.now(), expires_at=func.now() + lifetime)
    return connection.execute(done).rowcount > 0


def unfinished(connection: Connection, age: timedelta, limit: int = 100) -> tuple[UUID, ...]:
    """Asked for longer than `age` ago and still waiting: perhaps nobody started them."""
    old = data_export.c.status == "waiting", data_export.c.requested_at < func.now() - age
    statement = select(data_export.c.id).where(*old).order_by(data_export.c.requested_at).limit(limit)
    return tuple(connection.execute(statement).scalars())


def expired(connection: Connection, limit: int = 100) -> tuple[ExportRow, ...]:
    """期限切れ: whose files are to be deleted."""
    statement = select(*_COLUMNS).where(data_export.c.expires_at <= func.now()).limit(limit)
    return tuple(ExportRow(**row._mapping) for row in connection.execute(statement))


def forget(connection: Connection, export_id: UUID) -> None:
    """The row, once its files are gone."""
    connection.execute(delete(data_export).where(data_export.c.id == export_id))


def forget_all(connection: Connection, account_id: UUID) -> tuple[ExportRow, ...]:
    """Every export of an account; whose files are to be deleted with them."""
    statement = delete(data_export).where(data_export.c.account_id == account_id).returning(*_COLUMNS)
    return tuple(ExportRow(**row._mapping) for row in connection.execute(statement))


def discard_files(objects: Objects, row: ExportRow) -> None:
    """ファイルの削除: both files, and parts of one that was never bound. Repeating it is no error."""
    objects.discard(row.json_key)
    objects.discard(row.pdf_key)
    objects.discard_under(row.parts_folder)
