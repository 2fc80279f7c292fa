"""Who makes a request: the token's session and account, checked in the database every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.access import Authenticator, Principal
from fondasi.identity.sessions import repository

if TYPE_CHECKING:
    from fondasi.identity.sessions.tokens import AccessTokens
    from fondasi.kit.db import Database


class SessionAuthenticator(Authenticator):
    """Checks a token and, in one query, that its session and account are still good.

    Args:
        database: where sessions are.
        tokens: reads the tokens.
        permissions: what every signed-in user may do.
    """

    def __init__(self, database: Database, tokens: AccessTokens, permissions: frozenset[str]) -> None:
        self._database = database
        self._tokens = tokens
        self._permissions = permissions

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
        return Principal(
            user_id, session_id, row.username, row.is_superuser, self._permissions, tier_id=row.tier_id
        )
