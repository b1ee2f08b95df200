"""Environment, file and flags → the settings of one run, read once and passed down."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


class Settings(BaseSettings):
    """Where things live and which engines hold them. Every setting has a default for a laptop."""

    model_config = SettingsConfigDict(env_prefix="SANGTIN_", extra="forbid", frozen=True)

    home: Path = Field(
        default_factory=lambda: Path.home() / ".sangtin",
        description="The folder that holds record, index, models and keys.",
    )
    record: str = Field(default="", description="URL of the record; empty: record.db in the home.")
    search: str = Field(default="", description="URL of the search index; empty: search.db in the home.")
    search_prefix: str = Field(
        default="sangtin",
        description="What the names of everything in an Elasticsearch start with: small letters, digits and "
        ". _ -, at most 100.",
        # What an index may be called, as Elasticsearch lets it, with room for a number
        # (https://www.elastic.co/guide/en/elasticsearch/reference/8.19/indices-create-index.html).
        pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$",
    )
    search_shards: int = Field(
        default=1,
        ge=1,
        le=1024,
        description="Into how many shards an Elasticsearch index is split when built.",
    )
    search_api_key: str = Field(
        default="", description="An Elasticsearch API key; a password goes in the URL."
    )
    search_certificates: Path | None = Field(
        default=None,
        description="A file of CA certificates for an Elasticsearch with TLS; empty: the system's.",
    )
    backend: Literal["auto", "onnx-fp32", "onnx-int8", "torch-fp32", "torch-bf16", "torch-gpu"] = Field(
        default="auto",
        description="How transformers are computed; the shipped model's own is always computed in one way.",
    )
    copies_window: int | None = Field(
        default=None,
        ge=1,
        le=36_500,
        description="How old a post may be, in days, and still be repeated by a new one; empty: of any age.",
    )
    contact: str = Field(
        default="", description="Your e-mail address or web page, told to the sites that are crawled."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the base class names them
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, then environment, then `config.toml` in the home."""
        home = init_settings().get("home") or env_settings().get("home") or Path.home() / ".sangtin"
        file = TomlConfigSettingsSource(settings_cls, Path(home) / "config.toml")
        return init_settings, env_settings, file

    @property
    def record_url(self) -> str:
        """The record's URL, with the default filled in."""
        return self.record or f"sqlite:///{self.home / 'record.db'}"

    @property
    def search_url(self) -> str:
        """The search index's URL, with the default filled in."""
        return self.search or f"sqlite:///{self.home / 'search.db'}"

    @property
    def models(self) -> Path:
        """Where model folders that a person trained or added live."""
        return self.home / "models"

    @property
    def cache(self) -> Path:
        """Where what can be made again is kept: graphs of weights, and how this machine reads fastest."""
        return self.home / "cache"

    @property
    def author_key_file(self) -> Path:
        """The secret of the authors' keyed hashes: mode 0600, outside backups."""
        return self.home / "author.key"
