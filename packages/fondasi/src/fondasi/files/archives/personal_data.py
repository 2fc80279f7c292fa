"""What is kept about a person's archive."""

from sqlalchemy import delete, select

from fondasi.files.archives.models import DataExport
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="data_export",
        export=lambda user_id: select(
            DataExport.id, DataExport.status, DataExport.created_at, DataExport.expires_at
        ).where(DataExport.user_id == user_id),
        erase=lambda user_id: delete(DataExport).where(DataExport.user_id == user_id),
    )
]
