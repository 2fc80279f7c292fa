"""What an account tells of a person."""

from sqlalchemy import select

from fondasi.identity.models import User
from fondasi.module import PersonalData

NOT_HIS = frozenset({"password_hash", "access_version"})  # a secret, and a number of the service's own

PERSONAL_DATA = [
    PersonalData(
        table="user",
        export=lambda user_id: select(
            *(column for column in User.__table__.columns if column.name not in NOT_HIS)
        ).where(User.id == user_id),
        kept="The anonymisation empties it, and leaves the id for what refers to it.",
    )
]
