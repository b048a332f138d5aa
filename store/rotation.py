"""鍵の更新: a new master key, and every case key wrapped anew by it, a few at a time; repeated, it goes on."""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from procedures.values import MunicipalityCode
from store import keys, master_keys
from store.database import Database
from store.master_keys import MasterKey, MasterKeys, RotationRefused

PART = 200
"""Case keys of one transaction: nobody who files a case or opens one waits for more than these."""
PAUSE = timedelta(milliseconds=50)
"""Between two transactions: residents come first."""


@dataclass(frozen=True)
class Held:
    """親鍵の一行: a master key, and how many case keys it still wraps."""

    key: MasterKey
    wraps: int
    newest: bool


class Rotation:
    """鍵の更新 of one installation: one file of master keys, all its municipalities."""

    def __init__(self, database: Database, file: Path, municipalities: Sequence[MunicipalityCode]) -> None:
        self._database = database
        self._file = file
        self._municipalities = municipalities
        self._masters = MasterKeys(file)

    def held(self) -> tuple[Held, ...]:
        """親鍵の一覧, the oldest first. Raises MasterKeyUnknown where a case key is wrapped by one that is not here."""
        wraps = self._wraps()
        for missing in wraps.keys() - {each.id for each in self._masters.all()}:
            self._masters.find(missing)
        newest = self._masters.newest.id
        return tuple(Held(each, wraps[each.id], each.id == newest) for each in self._masters.all())

    def begin(self) -> MasterKey | None:
        """新しい親鍵; None: an older one still wraps case keys, that rotation goes on first. Raises RotationRefused."""
        return None if self.left() else master_keys.add(self._file)

    def left(self) -> int:
        """残り: case keys that the newest master key does not wrap."""
        return sum(each.wraps for each in self.held() if not each.newest)

    def rewrap(self, pause: timedelta = PAUSE) -> Iterator[int]:
        """包み直す: yields how many after each transaction, until none is left."""
        while self.left():
            for municipality in self._municipalities:
                yield from self._rewrap(municipality, pause)

    def retire(self, key_id: str) -> MasterKey:
        """廃棄. Raises RotationRefused."""
        wraps = self._wraps()[key_id]
        if wraps:
            raise RotationRefused(f"The master key {key_id} still wraps {wraps:,} case keys: rotate first.")
        return master_keys.retire(self._file, key_id)

    def _rewrap(self, municipality: MunicipalityCode, pause: timedelta) -> Iterator[int]:
        while True:
            with self._database.transaction(municipality) as connection:
                done = keys.rewrap(connection, self._masters, PART)
            time.sleep(pause.total_seconds())
            if not done:
                return
            yield done

    def _wraps(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for municipality in self._municipalities:
            with self._database.reading(municipality) as connection:
                found.update(keys.wrapped_by(connection))
        return found
