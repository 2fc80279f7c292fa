"""Who makes a request: the token's key, session and account, checked in the database by one statement every time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fondasi.access import Authenticator, Principal
from fondasi.identity.models import User
from fondasi.identity.sessions import repository
from fondasi.identity.sessions.tokens import TokenType
from fondasi.kit import clock
from fondasi.kit.written_often import WrittenOften

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.access import EffectivePermissions
    from fondasi.identity.sessions.tokens import Tokens
    from fondasi.kit.db import Database

NOTED_EVERY = timedelta(minutes=1)
SECRETS = ("_hash", "_secret")  # how the names of columns end that nobody but their own room reads
ACCOUNT_COLUMNS = ", ".join(
    f'u."{name}"' for name in sorted(User.__table__.columns.keys()) if not name.endswith(SECRETS)
)
# The statement of every authenticated request. A key, session or account that ended a moment ago gives no row.
ALIVE = f"""
SELECT s.last_used_at AS session_last_used_at, s.authenticated_at AS session_authenticated_at,
    (SELECT version FROM access_state) AS groups_version, {ACCOUNT_COLUMNS}
FROM session s JOIN "user" u ON u.id = s.user_id JOIN signing_key k ON k.id = $3
WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL AND s.expires_at > now()
  AND u.status = 'active' AND u.deleted_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > now())
"""  # noqa: S608 - column names of our own


class SessionAuthenticator(Authenticator):
    """Checks a token and, in one statement, that its key, session and account are still good.

    Args:
        database: where sessions are.
        tokens: reads the tokens.
        effective: knows what a user may do.
        last_use: notes when sessions are used.
    """

    def __init__(
        self, database: Database, tokens: Tokens, effective: EffectivePermissions, last_use: LastUse
    ) -> None:
        self._database = database
        self._tokens = tokens
        self._effective = effective
        self._last_use = last_use

    async def authenticate(
        self, token: str, *, session_token: bool = False, api_key: bool = False
    ) -> Principal | None:
        """See `Authenticator.authenticate`. Asks the database, so a revoked session is refused at once."""
        if api_key:
            return None
        claims = await self._tokens.read(token)
        if claims is None or (session_token and claims.type is not TokenType.SESSION):
            return None
        row = await self._database.fetch_row(ALIVE, claims.session_id, claims.user_id, claims.key_id)
        if row is None:
            return None
        if clock.now() - row["session_last_used_at"] > NOTED_EVERY:
            self._last_use.note(claims.session_id)
        permissions = await self._effective.of(claims.user_id, row["access_version"], row["groups_version"])
        return Principal(
            claims.user_id,
            claims.session_id,
            row["username"],
            row["is_superuser"],
            permissions,
            row["session_authenticated_at"],
            dict(row),
        )


class LastUse(WrittenOften):
    """Writes when sessions were last used: beside the requests, in one statement for many, each once a minute."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._used: set[UUID] = set()

    def note(self, session_id: UUID) -> None:
        """A session was used now."""
        self._used.add(session_id)

    async def write(self) -> None:
        """Write what was noted."""
        if not self._used:
            return
        used, self._used = self._used, set()
        async with self._database.unit_of_work() as session:
            await repository.touch_sessions(session, used)
