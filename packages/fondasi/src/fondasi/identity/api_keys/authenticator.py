"""Who stands behind an API key: key and owner, checked in the database by one statement every time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.access import Authenticator, Principal
from fondasi.identity.api_keys import repository
from fondasi.identity.api_keys.keys import PREFIX, read_key, stored
from fondasi.identity.sessions import ACCOUNT_COLUMNS, NOTED_EVERY
from fondasi.kit import clock
from fondasi.kit.audit import current_origin
from fondasi.kit.written_often import WrittenOften

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.access import EffectivePermissions
    from fondasi.kit.crypto import KeyedHash
    from fondasi.kit.db import Database

# A key that was revoked, or whose owner was suspended, a moment ago gives no row.
ALIVE = f"""
SELECT k.permissions AS key_scope, k.last_used_at AS key_last_used_at,
    (SELECT version FROM access_state) AS groups_version, {ACCOUNT_COLUMNS}
FROM api_key k JOIN "user" u ON u.id = k.user_id
WHERE k.id = $1 AND k.secret_hash = $2 AND k.revoked_at IS NULL AND k.expires_at > now()
  AND u.status = 'active' AND u.deleted_at IS NULL
"""  # noqa: S608 - column names of our own


class KeyAuthenticator(Authenticator):
    """Checks API keys, and leaves every other token to the authenticator of sessions.

    Args:
        database: where keys are.
        hashes: of the secrets.
        effective: knows what a user may do.
        last_use: notes when keys are used.
        sessions: knows the other tokens.
    """

    def __init__(
        self,
        database: Database,
        hashes: KeyedHash,
        effective: EffectivePermissions,
        last_use: LastKeyUse,
        sessions: Authenticator,
    ) -> None:
        self._database = database
        self._hashes = hashes
        self._effective = effective
        self._last_use = last_use
        self._sessions = sessions

    async def authenticate(
        self, token: str, *, session_token: bool = False, api_key: bool = False
    ) -> Principal | None:
        """See `Authenticator.authenticate`. Asks the database, so a revoked key is refused at once."""
        if session_token or not (api_key or token.startswith(PREFIX)):
            return await self._sessions.authenticate(token, session_token=session_token)
        presented = read_key(token.strip())
        if presented is None:
            return None
        digest = stored(self._hashes, presented.key_id, presented.secret)
        row = await self._database.fetch_row(ALIVE, presented.key_id, digest)
        if row is None:
            return None
        last_used = row["key_last_used_at"]
        if last_used is None or clock.now() - last_used > NOTED_EVERY:
            self._last_use.note(presented.key_id)
        scope = frozenset(row["key_scope"])
        if not row["is_superuser"]:  # who holds everything, whatever modules and installations add to it
            scope &= await self._effective.of(row["id"], row["access_version"], row["groups_version"])
        # Never a superuser by itself: what it may do stands in its scope.
        return Principal(
            row["id"],
            None,
            row["username"],
            is_superuser=False,
            permissions=scope,
            account=dict(row),
            api_key_id=presented.key_id,
        )


class LastKeyUse(WrittenOften):
    """Writes when keys were last used and where from: beside the requests, in one statement for many."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._used: dict[UUID, str | None] = {}

    def note(self, key_id: UUID) -> None:
        """A key was used now, by the current request."""
        self._used[key_id] = current_origin().ip_address

    async def write(self) -> None:
        """Write what was noted."""
        if not self._used:
            return
        used, self._used = self._used, {}
        async with self._database.unit_of_work(audited=False) as session:
            await repository.touch(session, used)
