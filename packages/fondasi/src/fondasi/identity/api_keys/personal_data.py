"""What is kept about a person's API keys."""

from sqlalchemy import delete, select

from fondasi.identity.api_keys.models import ApiKey
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="api_key",
        export=lambda user_id: (
            select(
                ApiKey.id,
                ApiKey.name,
                ApiKey.permissions,
                ApiKey.created_at,
                ApiKey.expires_at,
                ApiKey.revoked_at,
                ApiKey.last_used_at,
                ApiKey.last_used_address,
            )
            .where(ApiKey.user_id == user_id)
            .order_by(ApiKey.id)
        ),
        erase=lambda user_id: delete(ApiKey).where(ApiKey.user_id == user_id),
    )
]
