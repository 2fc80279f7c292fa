"""The caller's own account."""

from typing import Annotated

from fondasi.access import Principal, authenticated
from fondasi.dependencies import ReadSession
from fondasi.identity.accounts import repository
from fondasi.identity.accounts.schemas import UserRead
from fondasi.identity.models import User
from fondasi.kit.http import NotFound, Router

router = Router(tags=["users"])


@router.get("/users/me", operation_id="read_own_user", response_model=UserRead)
async def read_own_user(principal: Annotated[Principal, authenticated], session: ReadSession) -> User:
    """The caller's own account."""
    user = await repository.user_by_id(session, principal.user_id)
    if user is None:
        raise NotFound("The account was deleted.")
    return user
