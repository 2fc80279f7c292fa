"""Groups of settings for what users and tenants upload: what is taken, where it lies, who looks at it."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BaseModel, Field, SecretStr, field_validator
from pydantic_settings import NoDecode

from fondasi.settings.groups import split_list

MOST_FILE_BYTES = 5 * 1024 * 1024 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument."
FILE_TYPES = (
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "audio/mpeg",
    "audio/wav",
    "audio/ogg",
    "audio/flac",
    "video/mp4",
    "video/webm",
    "application/zip",
    f"{_OFFICE}wordprocessingml.document",
    f"{_OFFICE}spreadsheetml.sheet",
    f"{_OFFICE}presentationml.presentation",
    "text/plain",
    "text/csv",
    "application/json",
    "application/jsonl",
)
CLAMAV_ADDRESS = re.compile(r"tcp://(?:[\w.-]+|\[[0-9a-f:.]+\]):\d{1,5}|unix:///.+")
STORAGE_ADDRESS = re.compile(r"(?:s3|gs)://[\w.-]+(?:/[\w./-]*)?|az://[\w.-]+/[\w.-]+(?:/[\w./-]*)?")


class FileSettings(BaseModel):
    """Files that users and tenants upload."""

    limit: int = Field(
        100 * 1024 * 1024, ge=1024, le=MOST_FILE_BYTES, description="Largest file in bytes, at most 5 GiB."
    )
    quota: int = Field(
        1024 * 1024 * 1024,
        ge=1,
        description="Bytes that the files of one user may have together, where their tier does not say.",
    )
    pixels: int = Field(
        50_000_000,
        ge=1,
        le=1_000_000_000,
        description="Most pixels of a picture, width times height, however few bytes it has.",
    )
    link_minutes: int = Field(
        15, ge=1, le=7 * 24 * 60, description="Minutes that a link to the content of a file lasts."
    )
    fetch_seconds: float = Field(
        60,
        gt=0,
        le=3600,
        description="Seconds in which a file that is fetched from an address has to be there.",
    )
    import_lines: int = Field(100_000, ge=1, description="Most lines of a file that is imported.")
    runs_per_day: int = Field(
        100, ge=1, description="Exports and imports that one user may start within a day, dry runs included."
    )
    types: Annotated[list[str], NoDecode] = Field(
        default_factory=lambda: list(FILE_TYPES),
        description="Types that are taken, comma-separated: application/pdf,image/png. Empty: all that are known.",
    )

    _split_lists = field_validator("types", mode="before")(split_list)

    @field_validator("types")
    @classmethod
    def _are_known(cls, types: list[str]) -> list[str]:
        if unknown := sorted({*types} - {*FILE_TYPES}):
            raise ValueError(
                f"{', '.join(unknown)} cannot be told by its content. Known: {', '.join(FILE_TYPES)}"
            )
        return types


class StorageSettings(BaseModel):
    """Where uploaded files lie."""

    url: str = Field(
        "",
        description="s3://bucket/prefix, gs://bucket/prefix or az://account/container/prefix. Empty: the folder "
        "`files` of FONDASI_DATA_DIR.",
    )
    endpoint: str = Field(
        "",
        description="Address of a server that speaks like one of them (https://...). Empty: the provider's.",
    )
    region: str = Field("", description="Region of an S3 bucket.")
    access_key_id: str = Field(
        "", description="Key for S3. Empty: what the machine has (its role, AWS_ACCESS_KEY_ID)."
    )
    secret_access_key: SecretStr | None = Field(None, description="Its secret.")
    account_key: SecretStr | None = Field(
        None, description="Key of an Azure account. Empty: what the machine has."
    )
    service_account: str = Field(
        "", description="JSON file of a Google service account. Empty: what the machine has."
    )
    timeout: float = Field(
        30,
        gt=0,
        le=600,
        description="Seconds that the object store may take for a part of 5 MiB, or a disk for a step.",
    )

    @field_validator("url")
    @classmethod
    def _has_a_scheme(cls, url: str) -> str:
        if url and not STORAGE_ADDRESS.fullmatch(url):
            raise ValueError("must be s3://bucket, gs://bucket or az://account/container; keys go beside it")
        return url

    @field_validator("endpoint")
    @classmethod
    def _is_http(cls, endpoint: str) -> str:
        if endpoint and not endpoint.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return endpoint


class ClamavSettings(BaseModel):
    """The antivirus that looks at each uploaded file before anybody can have it."""

    url: str = Field(
        "",
        description="Where clamd listens: tcp://host:3310 or unix:///run/clamav/clamd.ctl. Empty: nobody looks.",
    )
    timeout: float = Field(60, gt=0, le=3600, description="Seconds that it may take for an answer.")

    @field_validator("url")
    @classmethod
    def _is_an_address(cls, url: str) -> str:
        if url and not CLAMAV_ADDRESS.fullmatch(url):
            raise ValueError("must be tcp://host:port or unix:///path")
        return url
