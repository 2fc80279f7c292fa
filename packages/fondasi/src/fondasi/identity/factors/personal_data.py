"""What is kept about a person's second factor: secrets alone, but for when it was set up."""

from sqlalchemy import delete, select

from fondasi.identity.factors.models import RecoveryCode, SecondFactor
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="second_factor",
        export=lambda user_id: select(SecondFactor.created_at).where(SecondFactor.user_id == user_id),
        erase=lambda user_id: delete(SecondFactor).where(SecondFactor.user_id == user_id),
    ),
    PersonalData(
        table="recovery_code",
        export=lambda user_id: select(RecoveryCode.used_at).where(RecoveryCode.user_id == user_id),
        erase=lambda user_id: delete(RecoveryCode).where(RecoveryCode.user_id == user_id),
    ),
]
