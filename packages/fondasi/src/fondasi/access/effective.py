"""What a user may do: everything of their groups and of their direct grants, kept in the process per version.

The versions come with the query that checks the session, so the cache costs a request no query of its own. A change
raises a version in its own transaction (triggers, migration 0007), so it acts with the next request on every worker.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from fondasi.access import repository

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.access.registry import PermissionRegistry
    from fondasi.kit.db import Database

KEPT = 10_000  # users; with equal sets shared, a few MiB
Version = tuple[int, int]


class EffectivePermissions:
    """Codes by user and version.

    Args:
        database: where groups and grants are.
        registry: what seeded groups hold by declaration.
    """

    def __init__(self, database: Database, registry: PermissionRegistry) -> None:
        self._database = database
        self._registry = registry
        self._kept: OrderedDict[UUID, tuple[Version, frozenset[str]]] = OrderedDict()
        self._shared: dict[frozenset[str], frozenset[str]] = {}

    async def of(self, user_id: UUID, user_version: int, groups_version: int) -> frozenset[str]:
        """Codes of what a user holds.

        Args:
            user_id: whose.
            user_version: `user.access_version`, read with their session.
            groups_version: `access_state.version`, read with it.
        """
        version = (user_version, groups_version)
        kept = self._kept.get(user_id)
        if kept is not None and kept[0] == version:
            return kept[1]
        # Read after the version: it may be newer than the version says, never older.
        async with self._database.read_session(fresh=True) as session:
            found = await repository.holdings(session, self._registry, user_id)
        return self._keep(user_id, version, found)

    def _keep(self, user_id: UUID, version: Version, codes: frozenset[str]) -> frozenset[str]:
        if len(self._shared) > KEPT:
            self._shared.clear()
        codes = self._shared.setdefault(codes, codes)
        self._kept[user_id] = (version, codes)
        self._kept.move_to_end(user_id)
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return codes
