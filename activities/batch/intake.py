"""取込み: files that a scanner left in a folder, or that came by mail, become a batch; the same bytes twice are one."""

import asyncio
import hashlib
import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from temporalio import activity
from temporalio.client import Client
from temporalio.service import RPCError

from activities.batch.settings import SheetSettings
from activities.desk import JAPAN, Desk
from procedures.values import MunicipalityCode
from sheets.loader import SheetLibrary
from store import robot_entries, sheet_batches
from store.database import Database
from store.objects import Objects
from store.sheet_batches import BatchSource
from workflows import sheet_batch_workflow
from workflows.contracts import MunicipalityRun
from workflows.sheet_contracts import SheetBatchInput

log = logging.getLogger(__name__)
RPC_TIMEOUT = timedelta(seconds=10)
SUFFIXES = frozenset({".pdf", ".tif", ".tiff", ".jpg", ".jpeg"})
MOST_BYTES = 500_000_000
"""Of one file: 2,000 pages at 200 dpi."""
TAKEN = "taken"
"""Folder within the folder into which files go once they are in."""


class NothingToTake(ValueError):
    """取り込むものがない: no file of a kind that is read."""


class Intake:
    """取込み: into the object store first, then into the batch."""

    def __init__(self, database: Database, objects: Objects, sheet: str | None) -> None:
        """`sheet`: which one the paper is of; None: the one whose document says `from_folder`."""
        self._database = database
        self._objects = objects
        self._sheet = sheet

    def take(
        self, municipality: MunicipalityCode, name: str, source: BatchSource, files: Iterable[tuple[str, bytes]],
        batch_id: UUID | None = None,
    ) -> UUID:  # fmt: skip
        """一括を作る: of these names and contents. With an id, what is there already is added to.

        Raises NothingToTake: nobody says which sheet it is.
        """
        opened, stored = batch_id or uuid4(), []
        sheet = self._sheet or SheetLibrary.read().from_folder
        if sheet is None:
            raise NothingToTake("No sheet of the library is taken in unnamed (from_folder); name one in the settings.")
        for file_name, content in files:
            digest = hashlib.sha256(content)
            key = f"{sheet_batches.folder(municipality, opened)}/files/{digest.hexdigest()}"
            self._objects.put(key, content)
            stored.append((file_name, key, digest.digest()))
        with self._database.transaction(municipality) as connection:
            sheet_batches.open_batch(connection, sheet, name, source, batch_id=opened)
            for each in stored:
                sheet_batches.add_file(connection, opened, *each)
        return opened

    def take_mail(self, municipality: MunicipalityCode, message: bytes) -> UUID:
        """メールを取り込む: its attachments; the same message brought again is the same batch. Raises NothingToTake."""
        found = list(attachments(message))
        if not found:
            raise NothingToTake("It has no attachment that is a PDF, a TIFF or a JPEG.")
        batch_id = uuid5(NAMESPACE_URL, f"madoguchi:{municipality}:{hashlib.sha256(message).hexdigest()}")
        return self.take(municipality, f"{datetime.now(JAPAN):%Y-%m-%d} メール", "mail", found, batch_id)


class FolderIntake:
    """フォルダの取込みの処理: every night; and what nobody started is started, what is kept long enough goes."""

    def __init__(self, desk: Desk, objects: Objects, intake: Intake, client: Client, settings: SheetSettings) -> None:
        self._desk = desk
        self._objects = objects
        self._intake = intake
        self._client = client
        self._settings = settings

    @activity.defn
    async def take_in_folder(self, run: MunicipalityRun) -> int:
        """取込み: how many batches are under way afterwards."""
        await asyncio.to_thread(self._take, run.municipality)
        await asyncio.to_thread(self._forget, run.municipality)
        under_way = await asyncio.to_thread(self._unfinished, run.municipality)
        for batch_id in under_way:
            given = SheetBatchInput(municipality=run.municipality, batch_id=batch_id)
            try:
                await sheet_batch_workflow.begin(self._client, given, RPC_TIMEOUT)
            except RPCError as error:
                log.warning("Batch %s is not started yet: %s", batch_id, error.status.name)
        return len(under_way)

    def _take(self, municipality: MunicipalityCode) -> None:
        """One batch a night. What a run that died had taken in already is only moved out of the way."""
        if self._settings.folder is None:
            return
        folder = self._settings.folder / municipality
        files = list(scans(folder, self._settings.settled))
        if not files:
            return
        today = f"{datetime.now(JAPAN):%Y-%m-%d}"
        if new := [file for file in files if not self._is_known(municipality, file)]:
            contents = ((file.name, file.read_bytes()) for file in new)
            self._intake.take(municipality, f"{today} 夜間取込み", "folder", contents)
        taken = folder / TAKEN / today
        taken.mkdir(parents=True, exist_ok=True)
        for file in files:
            file.rename(taken / file.name)

    def _is_known(self, municipality: MunicipalityCode, file: Path) -> bool:
        with file.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").digest()
        with self._desk.writing(municipality) as connection:
            return sheet_batches.is_known(connection, digest)

    def _forget(self, municipality: MunicipalityCode) -> None:
        """廃棄: pictures first; a batch without them can be forgotten the next night, too. What the robot was told of a
        batch goes once no page names it any more.
        """
        moment = datetime.now(UTC) - self._settings.keep
        with self._desk.writing(municipality) as connection:
            old = sheet_batches.kept_until(connection, moment)
        for batch_id in old:
            self._objects.discard_under(sheet_batches.folder(municipality, batch_id))
        with self._desk.writing(municipality) as connection:
            sheet_batches.forget(connection, old)
            told = robot_entries.outlived(connection, moment)
        for entry in told:
            if entry.picture:
                self._objects.discard(entry.picture)
        with self._desk.writing(municipality) as connection:
            robot_entries.forget(connection, told)

    def _unfinished(self, municipality: MunicipalityCode) -> tuple[UUID, ...]:
        with self._desk.writing(municipality) as connection:
            return sheet_batches.unfinished(connection)


def scans(folder: Path, settled: timedelta = timedelta(0)) -> Iterator[Path]:
    """スキャンファイル: of kinds that are read, not too large, and not being written any more; by name."""
    if not folder.is_dir():
        return
    latest = datetime.now(UTC).timestamp() - settled.total_seconds()
    for file in sorted(folder.iterdir()):
        if file.suffix.lower() in SUFFIXES and file.is_file():
            found = file.stat()
            if found.st_mtime <= latest and 0 < found.st_size <= MOST_BYTES:
                yield file


def attachments(message: bytes) -> Iterator[tuple[str, bytes]]:
    """添付ファイル: names and contents of those that may be scans; what they are, their first bytes say later."""
    parsed = message_from_bytes(message, policy=default)
    for number, part in enumerate(parsed.iter_attachments(), start=1):
        name = Path(part.get_filename() or f"{number}").name
        content = part.get_payload(decode=True)
        if isinstance(content, bytes) and content and (Path(name).suffix.lower() in SUFFIXES):
            yield name, content
