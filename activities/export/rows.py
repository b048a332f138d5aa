"""書き出しの行: whether what is being made is still wanted; its account may be closed meanwhile."""

from activities.desk import Desk
from store import exports
from store.exports import ExportRow
from store.objects import Objects
from workflows.contracts import ExportInput


def wanted(desk: Desk, given: ExportInput) -> ExportRow | None:
    """The row, while it waits."""
    with desk.writing(given.municipality) as connection:
        row = exports.read(connection, given.export_id)
    return row if row is not None and row.status == "waiting" else None


def still_wanted(desk: Desk, objects: Objects, row: ExportRow, given: ExportInput, **sizes: int) -> bool:
    """After something was stored: notes how large it is; what nobody wants any more is deleted again."""
    with desk.writing(given.municipality) as connection:
        if exports.note(connection, row.id, **sizes):
            return True
        known = exports.read(connection, row.id)
    if known is None:
        exports.discard_files(objects, row)
    return False
