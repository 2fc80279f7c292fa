"""What the routes of jobs take and give."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from fondasi.kit.http import Integer, Number, Translated
from fondasi.kit.jobs import JobStatus
from fondasi.kit.live import CONTENT

EVENTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Server-sent events, each with the job as `GET /tasks/{task_id}` gives it: `status`, "
        "`progress`, and `finished` as the last one; `heartbeat` between them.",
        "content": CONTENT,
    },
    204: {"description": "The client has the last event already: do not connect again."},
}


class TaskCreate(BaseModel):
    """A demonstration job: it counts its steps, then gives the message back."""

    model_config = ConfigDict(extra="forbid")

    message: str = Field("", max_length=1000, description="Comes back as the result.", examples=["Hello"])
    steps: Integer = Field(10, ge=1, le=100, description="Steps to count.")
    seconds: Number = Field(1, ge=0, le=60, description="Seconds that all steps take together.")


class TaskAccepted(BaseModel):
    """The job was taken down and will run."""

    id: UUID
    status: JobStatus


class TaskRead(BaseModel):
    """A job."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    status: JobStatus
    attempt: int = Field(description="Tries begun.")
    max_attempts: int
    progress_done: int | None
    progress_total: int | None
    progress_message: str | None
    result: Any | None
    error: str | None = Field(description="What went wrong at the last try that failed.")
    enqueued_by: UUID | None = Field(description="The user who started it; null for the platform's own jobs.")
    scheduled_for: datetime
    started_at: datetime | None
    finished_at: datetime | None
    created_at: datetime
    updated_at: datetime


class ScheduledTask(BaseModel):
    """A job that enqueues itself."""

    name: str
    description: Translated
    cron: str = Field(description="When, as a cron expression in UTC; a sixth field means seconds.")
    last_run_at: datetime | None = Field(
        description="When it was enqueued last, or since when its ticks count (UTC); null before a worker has run."
    )
    next_run_at: datetime = Field(description="When it is enqueued next (UTC).")
