"""The running platform: what services and jobs may ask for beside their session."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fondasi.kit.db import Database
    from fondasi.kit.jobs import JobRegistry
    from fondasi.module import Module, PersonalData
    from fondasi.settings import Settings

T = TypeVar("T")


@dataclass(slots=True)
class Platform:
    """Settings, database, jobs, and the resources that modules opened (an embedder, an index, a client)."""

    settings: Settings
    database: Database
    jobs: JobRegistry
    modules: Sequence[Module]
    _resources: dict[type, Any] = field(default_factory=dict)

    @property
    def personal_data(self) -> list[PersonalData]:
        """What the tables of all modules keep about people: first those that refer to tables of others."""
        return [item for module in reversed(self.modules) for item in module.personal_data]

    def provide(self, resource: object, *, as_type: type | None = None) -> None:
        """Offer a resource under its type (or under `as_type`, for an interface)."""
        self._resources[as_type or type(resource)] = resource

    def get(self, kind: type[T]) -> T:
        """The resource of that type.

        Raises:
            LookupError: no module provided it.
        """
        try:
            resource: T = self._resources[kind]
        except KeyError:
            raise LookupError(f"No module provides {kind.__name__}: is its module in MODULES?") from None
        return resource
