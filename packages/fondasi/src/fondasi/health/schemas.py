"""What the health routes give."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

Status = Literal["healthy", "unhealthy"]


class Health(BaseModel):
    """Whether the process answers."""

    status: Status = "healthy"
    timestamp: datetime
    version: str
    environment: str
    uptime_seconds: int


class Check(BaseModel):
    """One thing that the service needs."""

    status: Status
    duration_ms: float | None = Field(None, description="How long the check took.")
    detail: str | None = Field(None, description="What is wrong, or works with less.")


class Readiness(BaseModel):
    """Whether requests can be served."""

    status: Status
    timestamp: datetime
    checks: dict[str, Check]


class SystemUse(BaseModel):
    """What this process uses."""

    status: Status = "healthy"
    memory_bytes: int = Field(description="Resident memory of this process.")
    cpu_seconds: float = Field(description="CPU time of this process since its start.")
    threads: int
    cpu_count: int


class DetailedHealth(Health):
    """Everything, for administrators."""

    checks: dict[str, Check]
    system: SystemUse
    modules: list[str]
    database_version: str | None
    pending_migrations: list[str]
