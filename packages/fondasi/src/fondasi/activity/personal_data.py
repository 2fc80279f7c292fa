"""What the audit trail tells of a person."""

from sqlalchemy import case, or_, select

from fondasi.kit.audit import ActivityRecord
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="activity",
        export=lambda user_id: (
            select(
                ActivityRecord.id,
                ActivityRecord.created_at,
                ActivityRecord.action,
                ActivityRecord.module,
                ActivityRecord.message,
                ActivityRecord.endpoint,
                ActivityRecord.method,
                ActivityRecord.status_code,
                *(
                    case((ActivityRecord.user_id == user_id, column)).label(column.key)
                    for column in (
                        ActivityRecord.ip_address,
                        ActivityRecord.user_agent,
                        ActivityRecord.session_id,
                    )
                ),
                ActivityRecord.details.op("-")("os_user").label("metadata"),
            )
            .where(or_(ActivityRecord.user_id == user_id, ActivityRecord.subject_id == user_id))
            .order_by(ActivityRecord.created_at)
        ),
        kept="Nobody can change the trail, which proves what happened; its months go after ACTIVITY_KEEP_MONTHS.",
    )
]
