"""Settings, declared once: parsing, `--help` and README's table come from here.

Every name in the environment starts with ``TRACER_``. A value may also come from the file that
``TRACER_<NAME>_FILE`` names, which wins over nothing and loses to nothing: giving both is an error.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What the person who runs image-tracer decides."""

    model_config = SettingsConfigDict(env_prefix="TRACER_", extra="ignore", frozen=True)

    data: Path = Field(
        default=Path.home() / ".local/share/image-tracer",
        description="Folder that holds the databases, the maps and the key.",
    )

    @property
    def maps(self) -> Path:
        """One folder per map."""
        return self.data / "maps"
