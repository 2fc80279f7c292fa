"""Opens the platform: database, migrations, jobs and the resources of the modules.

The web app, the worker and every command do it the same way.
"""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from pydantic import SecretStr
from sqlalchemy.engine import make_url

from fondasi.access import PermissionRegistry
from fondasi.kit import sentry, tracing
from fondasi.kit.cache import Invalidations, open_cache
from fondasi.kit.datasets import KnownDatasets
from fondasi.kit.db import open_database
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.listener import Listener
from fondasi.kit.db.migrations import migrate, pending_revisions
from fondasi.kit.db.pooling import refuse_unfit_pooler
from fondasi.kit.db.refusals import DISK_FULL
from fondasi.kit.events import EVENTS, EventRegistry
from fondasi.kit.http import Problem
from fondasi.kit.jobs import REGISTRY, JobRegistry
from fondasi.kit.live import CHANGES, Hub, KnownChanges, Places, Teller
from fondasi.kit.outgoing import Outgoing
from fondasi.module import Module, importable, installed_modules, left_out
from fondasi.platform import Platform
from fondasi.settings import Environment, Settings, StartError, refuse_unsafe

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Iterator, Sequence
    from pathlib import Path

REPLICA_SECONDS = 2.0  # that a change waits for the replica, before it is told
# The rooms of the platform, in the order in which they stand on each other. Nothing stands without those of the ground
# floor; the features may be left out, by `MODULES=-tasks` or with their folder.
GROUND_FLOOR = ("health", "messages", "idempotency", "access", "identity", "activity", "tenancy", "quotas")
FEATURES = ("files", "live", "webhooks", "tasks", "dashboard", "admin")


@dataclass(frozen=True, slots=True)
class Addresses:
    """How to reach the database: as the app, as the owner, and the replica if there is one.

    Attributes:
        backup: as a role that reads past row-level security; None when that is the operator's to know.
    """

    app: str
    owner: str
    replica: str | None = None
    backup: str | None = None

    @property
    def app_role(self) -> str | None:
        """The app's role, when it is not the owner."""
        role = make_url(self.app).username
        return role if role != make_url(self.owner).username else None


class DataFolderError(StartError):
    """The data folder cannot be written."""


class NoDatabaseError(StartError):
    """The embedded database was never made, and what asks for it makes none."""


class PendingMigrationsError(StartError):
    """The database is behind the code."""


def platform_modules(without: Collection[str] = ()) -> list[Module]:
    """The platform's own rooms: known by name only, as installed modules are, for rooms may import the runtime.

    Args:
        without: features that are left out, beside those whose folder is gone.

    Raises:
        StartError: something of the ground floor is left out.
    """
    if needed := sorted(set(without) & set(GROUND_FLOOR)):
        raise StartError(
            f"MODULES leaves out {', '.join(needed)}, without which nothing runs. "
            f"These may be left out: {', '.join(FEATURES)}."
        )
    features = [room for room in FEATURES if room not in without and find_spec(f"fondasi.{room}")]
    return [import_module(f"fondasi.{room}").module for room in (*GROUND_FLOOR, *features)]


def all_modules(settings: Settings, extra: Sequence[Module] = ()) -> list[Module]:
    """The platform's rooms and the installed modules that the settings pick, and `extra`."""
    rooms = platform_modules(left_out(settings.modules))
    return [*rooms, *installed_modules(settings.modules, rooms=FEATURES), *extra]


def importable_modules(settings: Settings) -> tuple[list[Module], list[str]]:
    """The same as far as they can be imported, and what is wrong with the others."""
    rooms = platform_modules(left_out(settings.modules))
    modules, faults = importable(settings.modules, rooms=FEATURES)
    return [*rooms, *modules], [str(fault) for fault in faults]


def external_addresses(settings: Settings) -> Addresses | None:
    """The addresses of a server of one's own; None when the embedded one is used."""
    if settings.database.url is None:
        return None
    app = settings.database.url.get_secret_value()
    owner, replica = (
        settings.database.owner_url or settings.database.direct_url,
        settings.database.replica_url,
    )
    return Addresses(
        app, owner.get_secret_value() if owner else app, replica.get_secret_value() if replica else None
    )


def embedded_addresses(server: EmbeddedServer) -> Addresses:
    """The addresses of the embedded server."""
    return Addresses(server.url("app"), server.url("owner"), backup=server.url("superuser"))


@asynccontextmanager
async def database_addresses(settings: Settings, *, create: bool = False) -> AsyncIterator[Addresses]:
    """Where the database is; the embedded server runs inside the block when no address is set.

    Args:
        settings: all settings.
        create: whether the embedded database is made where there is none.

    Raises:
        NoDatabaseError: there is none, and it is not to be made.
    """
    if (external := external_addresses(settings)) is not None:
        yield external
        return
    if not create:
        require_database(settings)
    server = await EmbeddedServer.start(settings.data_dir)
    try:
        yield embedded_addresses(server)
    finally:
        await server.release()


def require_database(settings: Settings) -> None:
    """Refuse where the embedded database was never made.

    Raises:
        NoDatabaseError: names the folder and what makes a database there.
    """
    folder = settings.data_dir
    with suppress(PermissionError):  # it is there, and starting the server says whose it is
        if settings.database.url is None and not (folder / "postgres").exists():
            shown = folder if folder.is_absolute() else f"./{folder}"
            raise NoDatabaseError(
                f"There is no database in {shown}. Start `fondasi demo` here, or set FONDASI_DATA_DIR."
            )


@asynccontextmanager
async def open_platform(
    settings: Settings,
    modules: Sequence[Module] | None = None,
    *,
    migrated: bool | None = None,
    create: bool = False,
) -> AsyncIterator[Platform]:
    """The running platform.

    Only what serves or migrates makes an embedded database: a command in the wrong folder would answer from an empty
    one.

    Args:
        settings: all settings.
        modules: modules to open; the platform's and the installed ones when None.
        migrated: True when the caller has migrated; None migrates in `local` and checks elsewhere.
        create: whether the embedded database is made where there is none.

    Raises:
        UnsafeSettingsError: production with unsafe values.
        NoDatabaseError: there is none, and it is not to be made.
        PendingMigrationsError: outside `local`, when the database is behind the code.
    """
    refuse_unsafe(settings)
    modules = all_modules(settings) if modules is None else modules
    sentry.require(settings.sentry)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(tracing.opened(settings))
        addresses = await stack.enter_async_context(database_addresses(settings, create=create))
        settings = with_secret_key(settings)
        if settings.database.url is not None:
            await refuse_unfit_pooler(addresses.app, settings.database)
        if not migrated:
            await _reach_head(settings, addresses, modules)
        database = open_database(addresses.app, settings.database, replica_url=addresses.replica)
        stack.push_async_callback(database.close)
        registry = database.info[REGISTRY] = JobRegistry(
            (job for module in modules for job in module.jobs), most_per_caller=settings.job.per_caller
        )
        events = database.info[EVENTS] = EventRegistry(event for module in modules for event in module.events)
        cache = open_cache(settings.cache, settings.redis, database)
        stack.push_async_callback(cache.close)
        platform = Platform(settings, database, registry, modules)
        platform.provide(cache)
        database.info[CHANGES] = KnownChanges(item for module in modules for item in module.changes)
        database.around_commit.append(Teller())
        listener = Listener(database.direct_url)
        listener.add(Invalidations(cache))
        platform.provide(listener)
        platform.provide(database.info[CHANGES])
        platform.provide(Places(settings))
        secret = settings.secret_key.get_secret_value() if settings.secret_key else ""
        platform.provide(Hub(secret, partial(database.catch_up, REPLICA_SECONDS)))
        platform.provide(Outgoing(settings.outgoing))
        platform.provide(events)
        platform.provide(KnownDatasets(item for module in modules for item in module.datasets))
        platform.provide(PermissionRegistry(item for module in modules for item in module.permissions))
        for module in modules:
            if module.lifespan is not None:
                await stack.enter_async_context(module.lifespan(platform))
        yield platform


async def migrate_modules(
    addresses: Addresses, modules: Sequence[Module], settings: Settings | None = None
) -> list[str]:
    """Bring the database to the newest revision of every module, and let its owner state what the settings say.

    Returns:
        The revisions that were applied.
    """
    applied = await migrate(addresses.owner, migration_packages(modules), app_role=addresses.app_role)
    for module in modules:
        if module.after_migration is not None and settings is not None:
            await module.after_migration(addresses.owner, settings)
    return applied


def migration_packages(modules: Sequence[Module]) -> list[str]:
    """The packages with Alembic revisions."""
    return [module.migrations for module in modules if module.migrations]


async def _reach_head(settings: Settings, addresses: Addresses, modules: Sequence[Module]) -> None:
    pending = await pending_revisions(addresses.owner, migration_packages(modules))
    if not pending:
        return
    if settings.environment is not Environment.LOCAL:
        raise PendingMigrationsError(f"The database lacks {', '.join(pending)}. Run `fondasi migrate` first.")
    await migrate_modules(addresses, modules, settings)


def with_secret_key(settings: Settings) -> Settings:
    """The settings with a secret key: in `local` one is made once and kept in the data folder."""
    if settings.secret_key is not None or settings.environment is not Environment.LOCAL:
        return settings
    try:
        secret = _kept_secret(settings.data_dir)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise DataFolderError(DISK_FULL) from None
        raise DataFolderError(
            f"The data folder {settings.data_dir.absolute()} cannot be used: {error.strerror}. "
            "Make it writable for you, or set FONDASI_DATA_DIR to another folder."
        ) from None
    return settings.model_copy(update={"secret_key": SecretStr(secret)})


def _kept_secret(folder: Path) -> str:
    """The key in the data folder; of several processes that make one at the same time, all get the same."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret_key"
    if not path.exists():
        with NamedTemporaryFile(
            "w", dir=folder, prefix=".secret_key."
        ) as file:  # readable by its owner alone
            file.write(secrets.token_hex(32))
            file.flush()
            os.fsync(file.fileno())
            with suppress(FileExistsError):
                os.link(file.name, path)  # whole or not at all, and never over another one
    return path.read_text().strip()


@contextmanager
def problems_told() -> Iterator[None]:
    """Around what a command does: a `Problem` is told in its own words, and ends the command with status 1."""
    try:
        yield
    except Problem as problem:
        import typer  # noqa: PLC0415 - for commands alone

        typer.echo(problem.detail, err=True)
        raise typer.Exit(1) from None
