"""Durable background jobs in PostgreSQL: enqueued in the caller's transaction, run once to effect."""

from fondasi.kit.jobs.context import JobCancelled, JobContext, JobFailed
from fondasi.kit.jobs.definition import DEFINED, REGISTRY, URGENT, Backoff, Job, JobRegistry, job
from fondasi.kit.jobs.errors import JobDefinitionError, TooManyJobs, UnlistedJobError
from fondasi.kit.jobs.models import JobRecord, JobSchedule, JobStatus
from fondasi.kit.jobs.queue import cancel, retry
from fondasi.kit.jobs.schedule import next_tick
from fondasi.kit.jobs.worker import Worker

__all__ = [
    "DEFINED",
    "REGISTRY",
    "URGENT",
    "Backoff",
    "Job",
    "JobCancelled",
    "JobContext",
    "JobDefinitionError",
    "JobFailed",
    "JobRecord",
    "JobRegistry",
    "JobSchedule",
    "JobStatus",
    "TooManyJobs",
    "UnlistedJobError",
    "Worker",
    "cancel",
    "job",
    "next_tick",
    "retry",
]
