"""Who makes a request: the token's session and account, checked in the database every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.access import Authenticator, Principal
from fondasi.identity.sessions import repository

if TYPE_CHECKING:
    from fondasi.access import EffectivePermissions
    from fondasi.identity.sessions.tokens import AccessTokens
    from fondasi.kit.db import Database


class SessionAuthenticator(Authenticator):
    """Checks a token and, in one query, that its session and account are still good.

    Args:
        database: where sessions are.
        tokens: reads the tokens.
        effective: knows what a user may do.
    """

    def __init__(self, database: Database, tokens: AccessTokens, effective: EffectivePermissions) -> None:
        self._database = database
        self._tokens = tokens
        self._effective = effective

    async def authenticate(self, token: str) -> Principal | None:
        """See `Authenticator.authenticate`. Asks the database, so a revoked session is refused at once."""
        ids = self._tokens.read(token)
        if ids is None:
            return None
        user_id, session_id = ids
        async with self._database.read_session(fresh=True) as session:
            row = await repository.active_session(session, session_id, user_id)
        if row is None:
            return None
        permissions = await self._effective.of(user_id, row.access_version, row.groups_version)
        return Principal(user_id, session_id, row.username, row.is_superuser, permissions)
