"""The caller's own account."""

from typing import Annotated

from fastapi import Response

from fondasi.access import Principal, authenticated
from fondasi.identity.accounts.schemas import UserRead
from fondasi.kit.http import Router

router = Router(tags=["users"])


@router.get("/users/me", operation_id="read_own_user", response_model=UserRead)
async def read_own_user(principal: Annotated[Principal, authenticated]) -> Response:
    """The caller's own account, from the row that the guard has read."""
    body = UserRead.model_validate(dict(principal.account)).model_dump_json()
    return Response(body, media_type="application/json")
