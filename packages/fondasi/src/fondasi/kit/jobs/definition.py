"""How a job is defined, enqueued and found."""

from __future__ import annotations

import inspect
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from croniter import croniter
from pydantic import BaseModel, ConfigDict, create_model

from fondasi.kit.jobs import queue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator
    from datetime import timedelta
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.kit.jobs.context import JobContext

    JobFunction = Callable[..., Awaitable[Any]]

RESERVED = frozenset({"session", "delay", "dedupe_key", "priority", "enqueued_by"})


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before a try that follows a failure: exponential, with jitter.

    Attributes:
        initial: seconds before the second try.
        factor: how much longer each further wait is.
        maximum: longest wait in seconds.
        jitter: largest part of a wait that chance takes away, so that jobs that failed together spread.
    """

    initial: float = 1.0
    factor: float = 2.0
    maximum: float = 300.0
    jitter: float = 0.25

    def delay(self, attempt: int) -> float:
        """Seconds to wait after that attempt (from 1) failed."""
        wait: float = min(self.initial * self.factor ** min(attempt - 1, 60), self.maximum)
        return wait * random.uniform(1 - self.jitter, 1)  # noqa: S311 - spreads load, guards nothing


DEFAULT_BACKOFF = Backoff()


@dataclass(frozen=True, slots=True)
class Job:
    """A function that workers run. Made by `job`; `enqueue` asks for a run, calling it runs it here and now.

    Attributes:
        name: what the queue knows it by, for example `posts.notify`.
        function: takes a `JobContext` and the arguments.
        arguments: model of the arguments; they are stored as its JSON.
        max_attempts: tries in all.
        backoff: waits between them.
        cron: when to enqueue it by itself (UTC), or None.
        timeout: seconds that a try may take, or None.
    """

    name: str
    function: JobFunction
    arguments: type[BaseModel]
    max_attempts: int
    backoff: Backoff
    cron: str | None
    timeout: float | None

    async def enqueue(
        self,
        session: Session,
        *,
        delay: timedelta | None = None,
        dedupe_key: str | None = None,
        priority: int = 0,
        enqueued_by: UUID | None = None,
        **arguments: Any,
    ) -> UUID:
        """Ask for a run, within the caller's unit of work: the job lives and dies with that transaction.

        Args:
            session: the unit of work.
            delay: how long to wait at least.
            dedupe_key: while a job of this name with this key is queued or running, its id is returned.
            priority: higher goes first.
            enqueued_by: the user who asked.
            arguments: what the function takes.

        Returns:
            The id of the job.

        Raises:
            pydantic.ValidationError: the arguments do not fit the function.
        """
        return await queue.enqueue(
            session,
            queue.NewJob(
                name=self.name,
                arguments=self.dump(arguments),
                max_attempts=self.max_attempts,
                delay=delay,
                dedupe_key=dedupe_key,
                priority=priority,
                enqueued_by=enqueued_by,
            ),
        )

    def dump(self, arguments: dict[str, Any]) -> str:
        """The arguments, checked, as JSON."""
        return self.arguments.model_validate(arguments).model_dump_json()

    async def run(self, context: JobContext[Any], arguments: str) -> Any:
        """Run the function with arguments that come as JSON."""
        model = self.arguments.model_validate_json(arguments)
        return await self.function(
            context, **{name: getattr(model, name) for name in type(model).model_fields}
        )

    async def __call__(self, context: JobContext[Any], **arguments: Any) -> Any:
        """Run the function directly, as part of the caller's work."""
        return await self.function(context, **arguments)


def job(
    *,
    name: str,
    retries: int = 3,
    backoff: Backoff = DEFAULT_BACKOFF,
    cron: str | None = None,
    timeout: float | None = None,
) -> Callable[[JobFunction], Job]:
    """Turn an async function into a job.

    Example:
        ```
        @job(name="posts.notify", retries=3)
        async def notify(context: JobContext, post_id: UUID) -> None: ...

        await notify.enqueue(session, post_id=post.id)
        ```

    Args:
        name: unique among all modules.
        retries: tries after the first one failed.
        backoff: waits between the tries.
        cron: cron expression in UTC (`"0 2 * * *"`; a sixth field means seconds). Needs defaults for all
            arguments.
        timeout: seconds that a try may take.

    Raises:
        TypeError: the function cannot be a job.
        ValueError: the cron expression is not valid.
    """
    if cron is not None and not croniter.is_valid(cron):
        raise ValueError(f"Job {name}: {cron!r} is not a cron expression.")

    def define(function: JobFunction) -> Job:
        arguments = _arguments_model(name, function)
        if cron is not None and any(field.is_required() for field in arguments.model_fields.values()):
            raise TypeError(f"Job {name} runs by cron, so each of its arguments needs a default.")
        return Job(name, function, arguments, retries + 1, backoff, cron, timeout)

    return define


class JobRegistry:
    """The jobs of all modules, by name.

    Raises:
        ValueError: two jobs have the same name.
    """

    def __init__(self, jobs: Iterable[Job] = ()) -> None:
        self._by_name: dict[str, Job] = {}
        for item in jobs:
            if self._by_name.setdefault(item.name, item) is not item:
                raise ValueError(f"Two jobs are named {item.name}. Rename one.")

    def __getitem__(self, name: str) -> Job:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Job]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)


def _arguments_model(name: str, function: JobFunction) -> type[BaseModel]:
    """A model of the parameters after the context."""
    if not inspect.iscoroutinefunction(function):
        raise TypeError(f"Job {name} must be an async function.")
    parameters = list(inspect.signature(function).parameters.values())[1:]
    if wrong := [
        item.name for item in parameters if item.kind not in {item.POSITIONAL_OR_KEYWORD, item.KEYWORD_ONLY}
    ]:
        raise TypeError(
            f"Job {name} takes {', '.join(wrong)} in a way that cannot be stored: name each parameter."
        )
    if taken := sorted(RESERVED.intersection(item.name for item in parameters)):
        raise TypeError(f"Job {name} has parameters that `enqueue` has too: {', '.join(taken)}. Rename them.")
    # The context's annotation is left out: rooms may import what it names for type checkers alone.
    annotations = {item.name: function.__annotations__.get(item.name, Any) for item in parameters}
    holder = type("Parameters", (), {"__annotations__": annotations})
    hints = get_type_hints(holder, function.__globals__, include_extras=True)
    fields: dict[str, Any] = {
        item.name: (hints[item.name], ... if item.default is item.empty else item.default)
        for item in parameters
    }
    return create_model(f"{name} arguments", __config__=ConfigDict(extra="forbid"), **fields)
