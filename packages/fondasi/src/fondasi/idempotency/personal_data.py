"""What is kept about who sent a key."""

from sqlalchemy import delete

from fondasi.idempotency.models import IdempotencyKey
from fondasi.module import PersonalData

_COPIES = "Copies of answers for a day; what they tell of is exported from where it is kept."

PERSONAL_DATA = [
    PersonalData(
        table="idempotency_key",
        withheld=_COPIES,
        erase=lambda user_id: delete(IdempotencyKey).where(IdempotencyKey.user_id == user_id),
    ),
    PersonalData(
        table="tenant_idempotency_key",
        withheld=_COPIES,
        kept="Belongs to the tenant, and goes with the purge within a day.",
    ),
]
