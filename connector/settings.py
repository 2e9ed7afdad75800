"""Settings, declared once: parsing, `--help` and README's table come from here.

Every name in the environment starts with ``TRACER_``. A value may also come from the file that
``TRACER_<NAME>_FILE`` names (the way containers hand over secrets); giving both is an error.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, override
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from connector.net import HOME_NETWORKS

PREFIX = "TRACER_"
LOCAL_PORT = 8420


class BadSettings(ValueError):
    """Settings that cannot be used; ``problems`` holds all that is wrong, one sentence each, never a secret."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


Words = Annotated[tuple[str, ...], NoDecode]
"""Several values, written with blanks or commas between them."""


class Settings(BaseSettings):
    """What the person who runs image-tracer decides."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True, hide_input_in_errors=True)

    data: Path = Field(
        default=Path.home() / ".local/share/image-tracer",
        description="Folder that holds the databases, the maps and the key.",
    )
    bind: str = Field(
        default=f"127.0.0.1:{LOCAL_PORT}",
        description="Address and port `serve` listens on; 0.0.0.0:8420 in a container.",
    )
    base_url: str | None = Field(
        default=None,
        description="Address people reach it by, with the path of a proxy if there is one; needed for links that work "
        "elsewhere. Unset: http:// and the bind address.",
    )
    proxies: int = Field(
        default=0, ge=0, le=5, description="Number of trusted reverse proxies in front that set X-Forwarded-*."
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Database of everything but the jobs (SQLAlchemy URL). Unset: app.db in the data folder.",
    )
    jobs_url: SecretStr | None = Field(
        default=None, description="Database of the jobs (SQLAlchemy URL). Unset: jobs.db in the data folder."
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="Encrypts the credentials of libraries; several with blanks between them, the newest first. Unset: "
        "made once and kept in secret.key in the data folder. Back it up apart from the database.",
    )
    allowed_networks: Words = Field(
        default=HOME_NETWORKS,
        description="Private networks a library may live in; loopback has to be listed. Public addresses always may.",
    )
    ca_file: Path | None = Field(
        default=None, description="Certificates (PEM) to trust besides the system's: those of a library at home."
    )
    router_threads: int | None = Field(
        default=None, ge=1, le=64, description="Threads that route. Unset: one per core, at most four."
    )
    valhalla_urls: Words = Field(
        default=(), description="Valhalla servers to route by as well as the maps here, as name=http://host:8002."
    )
    pull_threads: int = Field(default=8, ge=1, le=32, description="Photos of one album read at the same time.")
    jobs_at_once: int = Field(default=2, ge=1, le=16, description="Albums one worker traces at the same time.")
    thumbnails_mb: int = Field(default=2000, ge=10, description="Space for kept thumbnails, in megabytes.")
    routes_mb: int = Field(
        default=1000,
        ge=10,
        description="Space for kept answers of the routers, in megabytes; those unused for a year go anyway.",
    )
    poll_s: float = Field(default=300.0, ge=1.0, description="Seconds between two looks at a watched library.")
    settle_s: float = Field(
        default=20.0, ge=0.0, description="Seconds an album must keep still after a hook before it is traced."
    )
    frame_ancestors: Words = Field(
        default=("*",),
        description="Sites that may embed a share that names none itself (CSP frame-ancestors); 'self': only this one.",
    )
    log_level: str = Field(default="info", description="debug, info, warning or error.")
    log_json: bool = Field(default=False, description="Log in JSON, one object per line.")
    exapp_id: str | None = Field(default=None, description="Run as an external app of that id inside a cloud.")
    exapp_version: str | None = Field(default=None, description="Version the cloud knows the external app by.")
    exapp_secret: SecretStr | None = Field(default=None, description="What the cloud and the external app share.")
    exapp_url: str | None = Field(default=None, description="Address of the cloud that runs the external app.")

    @field_validator("allowed_networks", "valhalla_urls", "frame_ancestors", mode="before")
    @classmethod
    def _split(cls, said: Any) -> Any:
        return tuple(said.replace(",", " ").split()) if isinstance(said, str) else said

    @field_validator("allowed_networks")
    @classmethod
    def _networks(cls, said: tuple[str, ...]) -> tuple[str, ...]:
        for each in said:
            ip_network(each)
        return said

    @field_validator("bind")
    @classmethod
    def _address(cls, said: str) -> str:
        host, _, port = said.rpartition(":")
        if not host or not port.isdigit() or not 0 <= int(port) < 65536:
            raise ValueError("it must be an address and a port, like 127.0.0.1:8420")
        return said

    @field_validator("base_url")
    @classmethod
    def _base(cls, said: str | None) -> str | None:
        if said is None:
            return None
        parts = urlsplit(said)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("it must be an address like https://trace.example or https://example.org/trace")
        return said.rstrip("/")

    @field_validator("log_level")
    @classmethod
    def _level(cls, said: str) -> str:
        if said.lower() not in ("debug", "info", "warning", "error"):
            raise ValueError("it must be debug, info, warning or error")
        return said.lower()

    @property
    def maps(self) -> Path:
        """One folder per map."""
        return self.data / "maps"

    @property
    def address(self) -> str:
        """What links begin with; no slash at the end."""
        return self.base_url or f"http://{self.bind}"

    @property
    def app_database(self) -> str:
        """SQLAlchemy URL of the database. May hold a password: never log it."""
        return self.database_url.get_secret_value() if self.database_url else f"sqlite:///{self.data / 'app.db'}"

    @property
    def jobs_database(self) -> str:
        """SQLAlchemy URL of the jobs' database. May hold a password: never log it."""
        return self.jobs_url.get_secret_value() if self.jobs_url else f"sqlite:///{self.data / 'jobs.db'}"

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, _Files(settings_cls)


class _Files(PydanticBaseSettingsSource):
    """Values from the files that ``TRACER_<NAME>_FILE`` name."""

    @override
    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = f"{PREFIX}{field_name.upper()}"
        path = os.environ.get(f"{name}_FILE")
        if path is None:
            return None, field_name, False
        if name in os.environ:
            raise BadSettings([f"{name} and {name}_FILE are both set: give one of them"])
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not text"
            raise BadSettings([f"{name}_FILE names {path}, which cannot be read: {why}"]) from None

    @override
    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def load(**given: Any) -> Settings:
    """The settings of this environment; what is ``given`` wins, where it is not None.

    Raises:
        BadSettings: with everything that is wrong.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        raise BadSettings([_problem(each) for each in error.errors(include_url=False, include_input=False)]) from None


def _problem(said: Mapping[str, Any]) -> str:
    name = "_".join(str(part) for part in said["loc"][:1]).upper()
    return f"{PREFIX}{name} cannot be used: {str(said['msg']).removeprefix('Value error, ')}"


def described() -> Iterator[tuple[str, str, str]]:
    """Every setting as README shows it: its name in the environment, its default, what it is for."""
    home = str(Path.home())
    for name, field in Settings.model_fields.items():
        default = field.default
        text = " ".join(default) if isinstance(default, tuple) else "" if default is None else str(default)
        yield f"{PREFIX}{name.upper()}", text.replace(home, "~"), field.description or ""
