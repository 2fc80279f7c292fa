"""The audit trail as people see it: reading it, proving it, and keeping it at a reasonable length."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.activity.admin import activity_view
from fondasi.activity.commands import commands
from fondasi.activity.jobs import make_partitions, remove_old
from fondasi.activity.permissions import PERMISSIONS
from fondasi.activity.personal_data import PERSONAL_DATA
from fondasi.activity.refusals import Refusals, record_refusal
from fondasi.activity.routes import ACTIVITY, router
from fondasi.activity.schemas import FromFilter, ToFilter
from fondasi.activity.service import (
    list_activity,
    prepare_partitions,
    state_retention,
    within,
    without_place,
)
from fondasi.kit.audit import record_mutation
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = [
    "ACTIVITY",
    "FromFilter",
    "ToFilter",
    "list_activity",
    "module",
    "record_refusal",
    "within",
    "without_place",
]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    platform.database.before_commit.append(record_mutation)
    await prepare_partitions(platform.database)
    refusals = Refusals(platform.database)
    platform.provide(refusals)
    async with refusals.running():
        yield


module = Module(
    name="activity",
    routers=[router],
    permissions=PERMISSIONS,
    admin_views=[activity_view],
    jobs=[make_partitions, remove_old],
    commands=commands,
    lifespan=_lifespan,
    after_migration=state_retention,
    personal_data=PERSONAL_DATA,
    tags={
        "activity": "The audit trail: what happened, and whether it is as it was written.",
    },
)
