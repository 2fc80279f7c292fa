"""Defining jobs: what is refused, and how arguments are kept."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from pydantic import ValidationError

from fondasi.kit.jobs import Backoff, Job, JobContext, JobRegistry, job
from fondasi.settings import StartError


@job(name="posts.notify", retries=2, timeout=5)
async def notify(
    context: JobContext, post_id: UUID, *, at: datetime | None = None, tags: tuple[str, ...] = ()
) -> str:
    return f"{post_id} {at} {tags}"


def test_job_carries_its_rules():
    assert (notify.name, notify.max_attempts, notify.timeout, notify.cron) == ("posts.notify", 3, 5, None)


async def test_arguments_survive_json():
    stored = notify.dump({"post_id": UUID(int=1), "at": datetime(2026, 1, 2, tzinfo=UTC), "tags": ("a",)})
    assert (
        stored
        == '{"post_id":"00000000-0000-0000-0000-000000000001","at":"2026-01-02T00:00:00Z","tags":["a"]}'
    )
    assert (
        await notify.run(None, stored)
        == "00000000-0000-0000-0000-000000000001 2026-01-02 00:00:00+00:00 ('a',)"
    )


async def test_defaults_are_filled_in():
    assert (
        await notify.run(None, '{"post_id": "00000000-0000-0000-0000-000000000001"}')
        == f"{UUID(int=1)} None ()"
    )


@pytest.mark.parametrize("arguments", [{}, {"post_id": "no"}, {"post_id": UUID(int=1), "more": 1}])
def test_arguments_that_do_not_fit_are_refused(arguments):
    with pytest.raises(ValidationError):
        notify.dump(arguments)


async def test_job_can_be_called_like_the_function():
    assert await notify(None, post_id=1) == "1 None ()"


def test_synchronous_function_is_refused():
    with pytest.raises(TypeError, match=r"job x \(.*plain\): write `async def`"):

        @job(name="x")
        def plain(context: JobContext) -> None: ...


def test_parameters_that_enqueue_has_are_refused():
    with pytest.raises(TypeError, match="delay, session"):

        @job(name="x")
        async def taken(context: JobContext, session: int, delay: int) -> None: ...


def test_parameters_without_names_are_refused():
    with pytest.raises(TypeError, match="rest"):

        @job(name="x")
        async def open_ended(context: JobContext, **rest: int) -> None: ...


def test_cron_expression_is_checked():
    with pytest.raises(TypeError, match="not a cron expression"):

        @job(name="x", cron="every day")
        async def never(context: JobContext) -> None: ...


def test_argument_without_a_type_is_refused():
    with pytest.raises(StartError, match=r"job x \(.*untyped\): count, number have no type") as refusal:

        @job(name="x")
        async def untyped(context: JobContext, number, count=1) -> None: ...  # type: ignore[no-untyped-def]

    assert len(str(refusal.value).splitlines()) == 2


def test_cron_job_needs_defaults():
    with pytest.raises(TypeError, match="default"):

        @job(name="x", cron="0 2 * * *")
        async def needs(context: JobContext, number: int) -> None: ...


def test_registry_finds_jobs_and_refuses_a_second_of_the_same_name():
    async def other(context: JobContext) -> None: ...

    twin: Job = job(name="posts.notify")(other)
    registry = JobRegistry([notify, notify])
    assert registry["posts.notify"] is notify
    assert "posts.other" not in registry
    with pytest.raises(
        StartError, match=r"two jobs are named posts\.notify, in .*notify and .*other: rename"
    ):
        JobRegistry([notify, twin])


def test_backoff_grows_to_its_maximum_and_jitter_only_shortens():
    steady = Backoff(initial=1, factor=3, maximum=10, jitter=0)
    assert [steady.delay(attempt) for attempt in (1, 2, 3, 4, 1000)] == [1, 3, 9, 10, 10]
    spread = Backoff(initial=8, jitter=0.5)
    delays = {spread.delay(1) for _ in range(100)}
    assert len(delays) > 50
    assert min(delays) >= 4
    assert max(delays) <= 8
