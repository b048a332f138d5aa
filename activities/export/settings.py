"""設定: how long an export is kept, and how it is printed."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ExportSettings(BaseSettings):
    """個人データの書き出し (MADOGUCHI_EXPORT_*)."""

    model_config = SettingsConfigDict(env_prefix="MADOGUCHI_EXPORT_", frozen=True)

    lifetime: timedelta = timedelta(days=7)
    """How long the files can be downloaded; then they are deleted."""
    cases_per_part: Annotated[int, Field(ge=1, le=200)] = 20
    """So many cases are printed at once: bounds the memory a person with many cases takes."""
