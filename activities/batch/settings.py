"""設定: where piles of paper come from, how sure a machine has to be, and how long what was read is kept."""

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sheets.threshold import Thresholds


class SheetSettings(BaseSettings):
    """帳票の一括処理の設定 (MADOGUCHI_SHEETS_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_SHEETS_", frozen=True)

    folder: Path | None = None
    """Where the scanner leaves its files, a folder of each municipality's in it (its code); unset: nobody looks."""
    sheet: str | None = None
    """Which sheet the files of folder and mail are; unset: the one whose document says `from_folder`. Pages say it
    themselves, others are left to people."""
    at: time = time.fromisoformat("01:00")
    """When what lies in the folder is taken in, every day."""
    time_zone: str = "Asia/Tokyo"
    """Of that time (IANA name)."""
    settled: timedelta = timedelta(minutes=1)
    """A file changed less than this ago may still be being written; it is left for the next night."""
    threshold: Annotated[float, Field(gt=0.5, lt=1)] = 0.95
    """From which probability on nobody has to look at a cell that a sum or a list bears out
    (docs/digit-recogniser.md has the curve)."""
    threshold_alone: Annotated[float, Field(gt=0.5, lt=1)] = 0.995
    """The same, of a cell that nothing else on the sheet bears out, such as a day."""
    processes: Annotated[int, Field(ge=1, le=64)] = 2
    """So many pages are read at a time by one worker, each in a process of its own (about 350 MB)."""
    page_seconds: Annotated[float, Field(gt=0)] = 120.0
    """A page that takes longer is left to a person, and the process that read it is ended."""
    keep: Annotated[timedelta, Field(ge=timedelta(days=1096))] = timedelta(days=1826)
    """How long a batch is kept after its end, with its pictures and what the robot was told (労働基準法109条: five
    years; three by 143条 for the time being)."""

    @property
    def thresholds(self) -> Thresholds:
        """閾値."""
        return Thresholds(borne_out=self.threshold, alone=self.threshold_alone)
