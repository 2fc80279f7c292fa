"""What is told of accounts: their ids alone."""

from uuid import UUID

from pydantic import BaseModel

from fondasi.kit.events import Event


class UserTold(BaseModel):
    """Which account."""

    user_id: UUID


USER_CREATED = Event("user.created", "An account was made.", UserTold)
USER_DELETED = Event("user.deleted", "An account was deleted; its data go after a grace period.", UserTold)
EVENTS = [USER_CREATED, USER_DELETED]
