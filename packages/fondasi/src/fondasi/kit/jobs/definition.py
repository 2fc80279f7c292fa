"""How a job is defined, enqueued and found."""

from __future__ import annotations

import inspect
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_type_hints

from croniter import croniter
from pydantic import BaseModel, ConfigDict, create_model

from fondasi.kit import tracing
from fondasi.kit.jobs import queue
from fondasi.kit.jobs.errors import JobDefinitionError, UnlistedJobError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator
    from datetime import timedelta
    from uuid import UUID

    from fondasi.kit.db import Session
    from fondasi.kit.jobs.context import JobContext

    JobFunction = Callable[..., Awaitable[Any]]

REGISTRY = "jobs"  # under which a session's `info` knows what workers run
URGENT = 10
DEFAULT_QUEUE = "default"
URGENT_LANE = "urgent"
DEFINED: list[Job] = []  # whatever was imported, listed by a module or not
RESERVED = frozenset({"session", "delay", "dedupe_key", "priority", "enqueued_by", "capped"})


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
        priority: higher goes first. Jobs above 0 are urgent: workers keep slots for them alone.
        queue: jobs of another one than `default` have slots of their own too.
    """

    name: str
    function: JobFunction
    arguments: type[BaseModel]
    max_attempts: int
    backoff: Backoff
    cron: str | None
    timeout: float | None
    priority: int = 0
    queue: str = DEFAULT_QUEUE

    @property
    def description(self) -> str:
        """What it does: the first paragraph of its docstring."""
        return " ".join((inspect.getdoc(self.function) or "").partition("\n\n")[0].split())

    @property
    def is_urgent(self) -> bool:
        """Whether it has slots of its own, which no other job can hold."""
        return self.priority > 0

    @property
    def lane(self) -> str:
        """Which of a worker's slots it takes."""
        return URGENT_LANE if self.is_urgent else self.queue

    async def enqueue(
        self,
        session: Session,
        *,
        delay: timedelta | None = None,
        dedupe_key: str | None = None,
        priority: int | None = None,
        enqueued_by: UUID | None = None,
        capped: bool = True,
        **arguments: Any,
    ) -> UUID:
        """Ask for a run, within the caller's unit of work: the job lives and dies with that transaction.

        Args:
            session: the unit of work.
            delay: how long to wait at least.
            dedupe_key: while a job of this name with this key is queued or running, its id is returned.
            priority: higher goes first among the urgent jobs, or among the others; the job's own when None.
            enqueued_by: the user who asked. Callers take turns, and each may have `JOB_PER_CALLER` unfinished jobs.
            capped: False where the job is not refused however many there are, as it comes from what others did: its
                `enqueued_by` is then whatever takes turns.
            arguments: what the function takes.

        Returns:
            The id of the job.

        Raises:
            pydantic.ValidationError: the arguments do not fit the function.
            TooManyJobs: the user has too many unfinished jobs. Where nothing else was done in the unit of work yet, its
                next statement raises it, or its end.
            UnlistedJobError: no module lists the job, so nobody would run it.
        """
        registry: JobRegistry | None = session.info.get(REGISTRY)
        if registry is not None:
            registry.expect(self)
        new = queue.NewJob(
            name=self.name,
            arguments=self.dump(arguments),
            max_attempts=self.max_attempts,
            delay=delay,
            dedupe_key=dedupe_key,
            priority=self.priority if priority is None else priority,
            enqueued_by=enqueued_by,
            most_per_caller=registry.most_per_caller if registry is not None and capped else None,
        )
        with tracing.span(f"send {self.name}", "PRODUCER", message_attributes("send", self.name)):
            job_id = await queue.enqueue(session, new)
            tracing.note(messaging__message__id=str(job_id))
        return job_id

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
    priority: int = 0,
    queue: str = DEFAULT_QUEUE,
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
        priority: higher goes first. Above 0 (`URGENT`) for what people wait for and what takes seconds: workers keep
            slots for such jobs, which no other job can hold.
        queue: name of another queue for what waits for others' machines: workers keep `JOB_QUEUE_CONCURRENCY` slots for
            it, and its jobs take none of the other slots, however long they wait.

    Raises:
        JobDefinitionError: the function cannot be a job, or the cron expression is not valid.
    """

    def define(function: JobFunction) -> Job:
        try:
            arguments = _arguments_model(function)
            if cron is not None:
                _check_cron(cron, arguments)
        except JobDefinitionError as fault:
            raise JobDefinitionError(
                f"Refusing to start:\n  - job {name} ({_place(function)}): {fault}"
            ) from None
        defined = Job(name, function, arguments, retries + 1, backoff, cron, timeout, priority, queue)
        DEFINED.append(defined)
        return defined

    return define


def _check_cron(cron: str, arguments: type[BaseModel]) -> None:
    if not croniter.is_valid(cron):
        raise JobDefinitionError(f"{cron!r} is not a cron expression")
    if any(field.is_required() for field in arguments.model_fields.values()):
        raise JobDefinitionError("it runs by cron, so give each of its arguments a default")


class JobRegistry:
    """The jobs of all modules, by name.

    Args:
        jobs: what workers run.
        most_per_caller: unfinished jobs that one caller may have; None: any number.

    Raises:
        JobDefinitionError: two jobs have the same name.
    """

    def __init__(self, jobs: Iterable[Job] = (), *, most_per_caller: int | None = None) -> None:
        self.most_per_caller = most_per_caller
        self._by_name: dict[str, Job] = {}
        for item in jobs:
            if (first := self._by_name.setdefault(item.name, item)) is not item:
                places = f"{_place(first.function)} and {_place(item.function)}"
                raise JobDefinitionError(f"two jobs are named {item.name}, in {places}: rename one")

    def expect(self, wanted: Job) -> None:
        """Refuse a job that no worker would run.

        Raises:
            UnlistedJobError: it is not here.
        """
        if wanted.name not in self._by_name:
            raise UnlistedJobError(
                f"{wanted.name} ({_place(wanted.function)}) is listed by no module, so no worker would run it: "
                "add it to Module(jobs=[...]), and its module to MODULES."
            )

    def __getitem__(self, name: str) -> Job:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def __iter__(self) -> Iterator[Job]:
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)


def message_attributes(operation: str, name: str) -> dict[str, str | int]:
    """What spans say of a job, by OpenTelemetry's conventions for messages: the queue is a messaging system."""
    return {
        "messaging.system": "fondasi",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": name,
    }


def _place(function: JobFunction) -> str:
    return f"{function.__module__}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def _arguments_model(function: JobFunction) -> type[BaseModel]:
    """A model of the parameters after the context."""
    if not inspect.iscoroutinefunction(function):
        raise JobDefinitionError("write `async def`; blocking work goes to `asyncio.to_thread`")
    parameters = list(inspect.signature(function).parameters.values())[1:]
    by_name = {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
    faults = {
        "cannot be stored: name each argument": [
            item.name for item in parameters if item.kind not in by_name
        ],
        "belong to `enqueue`: rename them": [item.name for item in parameters if item.name in RESERVED],
        "have no type: give one, such as `post_id: UUID`": [
            item.name for item in parameters if item.kind in by_name and item.annotation is item.empty
        ],
    }
    for words, names in faults.items():
        if names:
            raise JobDefinitionError(f"{', '.join(sorted(names))} {words}")
    # The context's annotation is left out: rooms may import what it names for type checkers alone.
    annotations = {item.name: function.__annotations__[item.name] for item in parameters}
    holder = type("Parameters", (), {"__annotations__": annotations})
    hints = get_type_hints(holder, function.__globals__, include_extras=True)
    fields: dict[str, Any] = {
        item.name: (hints[item.name], ... if item.default is item.empty else item.default)
        for item in parameters
    }
    return create_model(f"{function.__name__} arguments", __config__=ConfigDict(extra="forbid"), **fields)
