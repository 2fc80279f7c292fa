"""What the routes of exports and imports take and give."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fondasi.kit.jobs import JobStatus

MOST_FILTERS = 50
Name = Annotated[str, Field(min_length=1, max_length=64, description="Of which rows.", examples=["users"])]


class ExportFormat(StrEnum):
    """What an export is written as."""

    CSV = "csv"
    JSONL = "jsonl"


class ExportCreate(BaseModel):
    """An export to be made."""

    model_config = ConfigDict(extra="forbid")

    dataset: Name
    format: ExportFormat = Field(
        ExportFormat.CSV, description="`csv` for spreadsheets; `jsonl`: a JSON object in each line."
    )
    filters: dict[str, Any] = Field(
        default_factory=dict,
        max_length=MOST_FILTERS,
        description="Which of the rows, where the dataset has filters.",
        examples=[{}],
    )


class ImportCreate(BaseModel):
    """An import to be made."""

    model_config = ConfigDict(extra="forbid")

    dataset: Name
    file_id: UUID = Field(description="Id of a file that the caller uploaded here: CSV or JSON Lines.")
    dry_run: bool = Field(False, description="Look at every line, and write none.", strict=True)


class Run(BaseModel):
    """An export or an import; its id is that of the job that makes it."""

    id: UUID
    dataset: str
    status: JobStatus
    progress_done: int | None
    progress_total: int | None
    error: str | None = Field(description="What went wrong with the job.")
    created_at: datetime
    finished_at: datetime | None
    rows: int | None = Field(None, description="Lines of the file, once it is through.")


class ExportRun(Run):
    """An export."""

    url: str | None = Field(
        None, description="Path of a link to the file, once it is there. It ends after `FILE_LINK_MINUTES`."
    )


class ImportRun(Run):
    """An import: all of its lines are written, or none."""

    dry_run: bool
    created: int | None = Field(None, description="Lines whose key was new.")
    updated: int | None = Field(None, description="Lines whose key was there already.")
    bad: int | None = Field(None, description="Lines that cannot be written; then none was.")
    report_url: str | None = Field(
        None,
        description="Path of a link to a list of the bad lines, as CSV. It ends after `FILE_LINK_MINUTES`.",
    )
