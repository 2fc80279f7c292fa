"""Functions whose value is kept: `@cached_function`."""

from __future__ import annotations

import inspect
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cached_property, update_wrapper
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, get_type_hints
from uuid import UUID

from pydantic import TypeAdapter

from fondasi.kit.cache.cache import Cache, Kept, Outcome, lookups
from fondasi.kit.cache.marks import Template, marks_of_entry
from fondasi.kit.cache.routes import check_seconds
from fondasi.kit.db import Session  # noqa: TC001 - `get_type_hints` of callers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

P = ParamSpec("P")
T = TypeVar("T")

SIMPLE = (str, int, float, Decimal, UUID, date, time, timedelta, Enum, type(None))


def cached_function(
    key: str, *, seconds: int = 60, tags: Sequence[str] = ()
) -> Callable[[Callable[Concatenate[Session, P], Awaitable[T]]], CachedFunction[P, T]]:
    """Keep what a function returns, for each of its arguments and each tenant.

    Its first parameter is a session for reading, through which it reads all that it does not get as an argument; on a
    miss it gets one of its own, never of a replica. With the session of a unit of work it is simply called. What it
    returns is anything that pydantic can write and read.

    Args:
        key: template of the key by which entries are invalidated; its places are parameters of the function.
        seconds: to keep a value, a day at most.
        tags: templates of tags, for the same.

    Raises:
        ValueError: the template names what is no parameter.
    """
    return lambda function: CachedFunction(function, Template(key), seconds, [Template(tag) for tag in tags])


class CachedFunction(Generic[P, T]):
    """A function whose value is kept. See `cached_function`."""

    def __init__(
        self,
        function: Callable[Concatenate[Session, P], Awaitable[T]],
        key: Template,
        seconds: int,
        tags: Sequence[Template],
    ) -> None:
        update_wrapper(self, function)
        check_seconds(seconds)
        self._function = function
        self._key = key
        self._tags = tags
        self._seconds = seconds
        self._name = f"{function.__module__}.{function.__qualname__}"
        self._signature = inspect.signature(function)
        for template in (key, *tags):
            if unknown := set(template.names) - set(list(self._signature.parameters)[1:]):
                raise ValueError(
                    f"{template.text!r} names {', '.join(sorted(unknown))}, no parameter of {self._name}"
                )

    async def __call__(self, session: Session, *args: P.args, **kwargs: P.kwargs) -> T:
        """The value, kept or made.

        Raises:
            TypeError: an argument is more than a text, a number, a time, an id or None.
        """
        cache: Cache | None = session.info.get(Cache)
        if cache is None or not session.reads or session.user_id is not None:
            return await self._function(session, *args, **kwargs)
        values = self._values(session, *args, **kwargs)
        made: list[T] = []

        async def make() -> Kept:
            async with cache.database.read_session(fresh=True, tenant=session.tenant_id) as own:
                made.append(await self._function(own, *args, **kwargs))
            return Kept([], self._adapter.dump_json(made[0]))

        tags = [tag.render(values) for tag in self._tags]
        marks = marks_of_entry(session.tenant_id, self._key.render(values), tags)
        identity = blake2b(repr((self._name, session.tenant_id, values)).encode(), digest_size=24).hexdigest()
        found = await cache.fetch(identity, marks, self._seconds, make)
        lookups(self._name, found.outcome).inc()
        if found.outcome is not Outcome.HIT:
            return made[0]
        assert found.kept is not None
        return self._adapter.validate_json(found.kept.body)

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(get_type_hints(self._function)["return"])

    def _values(self, *args: Any, **kwargs: Any) -> dict[str, object]:
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        values = dict(list(bound.arguments.items())[1:])
        for name, value in values.items():
            if not isinstance(value, SIMPLE):
                raise TypeError(
                    f"{name} of {self._name} is a {type(value).__name__}: a cached function takes texts, numbers, "
                    "times and ids, which its key can tell apart"
                )
        return values
