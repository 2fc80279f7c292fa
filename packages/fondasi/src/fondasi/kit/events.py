"""Events: what modules say that happened, within the unit of work in which it does.

A module declares its events; rooms that tell others, such as the webhooks, listen to all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from fondasi.settings import StartError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator

    from pydantic import BaseModel

    from fondasi.kit.db import Session

    Listener = Callable[[Session, "Event", dict[str, Any]], Awaitable[None]]

EVENTS = "events"  # under which a session's `info` knows what is declared
DEFINED_EVENTS: list[Event] = []  # whatever was imported, listed by a module or not
NAME = re.compile(r"[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)+")


class Where(Enum):
    """Whose an event is: the platform's, a tenant's, or of the one that the unit of work acts for."""

    PLATFORM = "platform"
    TENANT = "tenant"
    EITHER = "either"


class EventDefinitionError(StartError):
    """An event is malformed, or declared twice."""


class UnlistedEventError(RuntimeError):
    """An event was emitted that no module lists, so nobody could know what it means."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens.

    Example:
        ```
        POST_PUBLISHED = Event("post.published", "A post was published.", PostPublished)

        await POST_PUBLISHED.emit(session, post_id=post.id)
        ```

    Attributes:
        name: `thing.happened`, unique among all modules.
        description: one sentence.
        payload: model of what it tells. It leaves the service: ids rather than what they stand for, and no secrets.
        where: whose it is. What happens inside a tenant is for nobody outside.

    Raises:
        EventDefinitionError: the name is malformed.
    """

    name: str
    description: str
    payload: type[BaseModel]
    where: Where = Where.PLATFORM

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise EventDefinitionError(
                f"Refusing to start:\n  - event {self.name!r} ({self.place}): name it like `post.published`"
            )
        DEFINED_EVENTS.append(self)

    @property
    def place(self) -> str:
        """Where what it tells is described, for messages."""
        return f"{self.payload.__module__}.{self.payload.__name__}"

    async def emit(self, session: Session, **data: Any) -> None:
        """Say that it happened: whoever hears it does so when the unit of work commits, and never if it rolls back.

        Args:
            session: the unit of work.
            data: the fields of `payload`.

        Raises:
            pydantic.ValidationError: the data do not fit.
            UnlistedEventError: no module lists the event.
            RuntimeError: it happens inside tenants, and the session acts for none.
        """
        told = self.payload.model_validate(data).model_dump(mode="json")
        registry: EventRegistry | None = session.info.get(EVENTS)
        if registry is None:
            return  # a database without a platform, as in some tests
        registry.expect(self)
        if self.where is Where.TENANT and session.tenant_id is None:
            raise RuntimeError(
                f"{self.name} happens inside a tenant: emit it in a session that acts for one."
            )
        for listener in registry.listeners:
            await listener(session, self, told)


class EventRegistry:
    """The events of all modules, by name.

    Attributes:
        listeners: called with the session, the event and what it tells, in the unit of work.

    Raises:
        EventDefinitionError: two events have the same name.
    """

    def __init__(self, events: Iterable[Event] = ()) -> None:
        self.listeners: list[Listener] = []
        self._by_name: dict[str, Event] = {}
        for item in events:
            if (first := self._by_name.setdefault(item.name, item)) is not item:
                raise EventDefinitionError(
                    f"two events are named {item.name}, in {first.place} and {item.place}: rename one"
                )

    def expect(self, wanted: Event) -> None:
        """Refuse an event that no module lists.

        Raises:
            UnlistedEventError: it is not here.
        """
        if self._by_name.get(wanted.name) is not wanted:
            raise UnlistedEventError(
                f"{wanted.name} ({wanted.place}) is listed by no module: add it to Module(events=[...]), "
                "and its module to MODULES."
            )

    def get(self, name: str) -> Event | None:
        """The event of that name."""
        return self._by_name.get(name)

    def __iter__(self) -> Iterator[Event]:
        return iter(self._by_name.values())
