"""What is kept about the jobs that a person started."""

from sqlalchemy import delete, select

from fondasi.kit.jobs import JobRecord
from fondasi.module import PersonalData
from fondasi.tasks.repository import FINISHED

PERSONAL_DATA = [
    PersonalData(
        table="job",
        export=lambda user_id: (
            select(
                JobRecord.id,
                JobRecord.name,
                JobRecord.status,
                JobRecord.arguments,
                JobRecord.result,
                JobRecord.error,
                JobRecord.created_at,
                JobRecord.finished_at,
            )
            .where(JobRecord.enqueued_by == user_id)
            .order_by(JobRecord.created_at)
        ),
        erase=lambda user_id: delete(JobRecord).where(
            JobRecord.enqueued_by == user_id, JobRecord.status.in_(FINISHED)
        ),
    )
]
