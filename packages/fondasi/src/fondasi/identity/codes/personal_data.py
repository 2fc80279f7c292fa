"""What is kept about the codes that a person asked for."""

from sqlalchemy import delete, select

from fondasi.identity.codes.models import OneTimePassword
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="one_time_password",
        export=lambda user_id: (
            select(
                OneTimePassword.id,
                OneTimePassword.purpose,
                OneTimePassword.channel,
                OneTimePassword.target,
                OneTimePassword.created_at,
                OneTimePassword.expires_at,
                OneTimePassword.used_at,
            )
            .where(OneTimePassword.user_id == user_id)
            .order_by(OneTimePassword.id)
        ),
        erase=lambda user_id: delete(OneTimePassword).where(OneTimePassword.user_id == user_id),
    )
]
