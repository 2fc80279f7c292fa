"""Checks of an application: what is silent today and fails in front of a user tomorrow.

The start makes them and refuses, with every fault at once; `fondasi doctor` and the test that an application gets from
`fondasi.testing.checks` make the same ones, and compare all of the models with the migrated database beside.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa
import structlog
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from fondasi.access import MEMBER
from fondasi.identity import check_new_password
from fondasi.kit.datasets import DatasetError, KnownDatasets
from fondasi.kit.db import Base
from fondasi.kit.db.isolation import isolation_faults
from fondasi.kit.db.refusals import DISK_FULL
from fondasi.kit.db.troubles import has_little_room
from fondasi.kit.disk import NEARLY_FULL, free_bytes
from fondasi.kit.events import DEFINED_EVENTS, Event, EventDefinitionError, EventRegistry
from fondasi.kit.http import InvalidInput
from fondasi.kit.jobs import DEFINED, Job, JobDefinitionError, JobRegistry
from fondasi.kit.live import ChangesError, KnownChanges
from fondasi.runtime import FEATURES
from fondasi.settings import WEAK_SECRET_KEY, StartError, interpreter_fault, unknown_names
from fondasi.tenancy import ISOLATION_EXCEPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from fondasi.kit.db import Database
    from fondasi.module import Module
    from fondasi.settings import Settings

log = structlog.get_logger(__name__)

N = TypeVar("N", Job, Event)

PLATFORM = "fondasi"
DISK_SECONDS = 3.0  # that a disk has to say how much is free
ABOUT_A_PERSON = re.compile(r"^(user|owner|author|member|person|account)_id$|_by$|_by_id$")
WORDS = {"fk": "foreign key", "constraint": "unique key", "table_comment": "comment of"}
COLUMNS = """
SELECT c.relname, a.attname, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AS required
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND c.relname = ANY(:tables)
"""


class UnsoundApplicationError(StartError):
    """A module forgot something that would fail, or leak, only when it is used."""


def refuse(faults: Sequence[str]) -> None:
    """Refuse to start, naming every fault.

    Raises:
        UnsoundApplicationError: there is one.
    """
    if faults:
        raise UnsoundApplicationError("Refusing to start:\n" + "\n".join(f"  - {fault}" for fault in faults))


def module_faults(modules: Sequence[Module]) -> list[str]:
    """What the modules themselves lack; no database is asked."""
    return [
        *_repeated_names(modules),
        *_job_faults(modules),
        *_change_faults(modules),
        *_event_faults(modules),
        *_dataset_faults(modules),
        *_undeclared_personal_data(modules),
        *_missing_features(modules),
    ]


async def start_faults(database: Database, modules: Sequence[Module]) -> list[str]:
    """What would fail at the first request, or show a tenant the rows of another: two statements.

    Args:
        database: migrated, as the app's role.
        modules: those that are switched on.
    """
    tables = {table.name: table for table in tables_of(modules)}
    async with database.read_session(fresh=True) as session:
        rows = (await session.execute(sa.text(COLUMNS), {"tables": list(tables)})).all()
        isolation = await isolation_faults(session, ISOLATION_EXCEPTIONS)
    found: dict[str, dict[str, bool]] = {}
    for table, column, required in rows:
        found.setdefault(table, {})[column] = required
    names = {package: module.name for module in modules for package in packages_of(module)}
    names[PLATFORM] = PLATFORM
    homes = {mapper.local_table: _package(mapper.class_) for mapper in Base.registry.mappers}
    faults = [
        fault
        for name, table in sorted(tables.items())
        for fault in _lacks(table, found.get(name), names[homes[table]])
    ]
    return faults + [f"{fault.table}: {fault.text}" for fault in isolation]


async def drift(database: Database, modules: Sequence[Module]) -> list[str]:
    """Every difference between the models and the migrated database: columns, types, keys, indexes."""
    tables = tables_of(modules)

    def compare(connection: sa.Connection) -> list[str]:
        return sorted(
            sentence
            for metadata in {table.metadata for table in tables}
            for difference in compare_metadata(
                comparison(connection, {table.name for table in tables}), metadata
            )
            for sentence in _sentences(difference)
        )

    async with database.read_session(fresh=True) as session:
        return await (await session.connection()).run_sync(compare)


def comparison(connection: sa.Connection, tables: Collection[str]) -> MigrationContext:
    """What Alembic compares with the database: these tables alone, and the types of their columns."""

    def ours(item: Any, name: str | None, kind: str, *_: object) -> bool:  # noqa: ARG001 - Alembic's signature
        return kind != "table" or name in tables

    options = {
        "compare_type": True,
        "include_name": lambda name, kind, _: ours(None, name, kind),
        "include_object": ours,
    }
    return MigrationContext.configure(connection, opts=options)


def tables_of(modules: Sequence[Module]) -> list[sa.Table]:
    """The tables of the models that the platform and the modules have imported."""
    return tables_in({PLATFORM, *(package for module in modules for package in packages_of(module))})


def tables_in(packages: Collection[str]) -> list[sa.Table]:
    """The tables of the models in these top packages, as far as they were imported."""
    mapped = [mapper for mapper in Base.registry.mappers if _package(mapper.class_) in packages]
    return list({mapper.local_table: None for mapper in mapped if isinstance(mapper.local_table, sa.Table)})


def packages_of(module: Module) -> set[str]:
    """The top packages that a module's code lies in."""
    named = [module.migrations, module.package]
    routes = [route for router in [*module.routers, *module.root_routers] for route in router.routes]
    code = [getattr(route, "endpoint", None) for route in routes]
    return {
        *(name.partition(".")[0] for name in named if name),
        *(_package(function) for function in code if function is not None),
    }


def _package(thing: Any) -> str:
    name: str = thing.__module__
    return name.partition(".")[0]


def _repeated_names(modules: Sequence[Module]) -> Iterator[str]:
    kinds = {
        "modules are named": [module.name for module in modules],
        "modules keep personal data of the table": [
            item.table for module in modules for item in module.personal_data
        ],
    }
    for what, names in kinds.items():
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{names.count(name)} {what} {name}: one is enough"


def _job_faults(modules: Sequence[Module]) -> Iterator[str]:
    """Two jobs of one name, and jobs that no worker would run, as they are only defined beside a module's own code."""
    jobs = [job for module in modules for job in module.jobs]
    try:
        JobRegistry(jobs)
    except JobDefinitionError as fault:
        yield str(fault)
    for job in _unlisted(DEFINED, jobs, modules, lambda job: job.function.__module__):
        yield (
            f"the job {job.name} is defined in {job.function.__module__}, and no module lists it, so no worker would "
            "run it: add it to Module(jobs=[...])"
        )


def _change_faults(modules: Sequence[Module]) -> list[str]:
    """Changes that are told to nobody, declared twice, or to holders of a permission that nobody can hold."""
    try:
        known = KnownChanges(item for module in modules for item in module.changes)
    except ChangesError as fault:
        return [str(fault)]
    permissions, inside = _permissions(modules)
    return known.faults(permissions, {MEMBER, *inside})


def _dataset_faults(modules: Sequence[Module]) -> list[str]:
    """Two datasets of one name, and those that nobody can hold the permission for."""
    try:
        known = KnownDatasets(item for module in modules for item in module.datasets)
    except DatasetError as fault:
        return [str(fault)]
    return known.faults(*_permissions(modules))


def _permissions(modules: Sequence[Module]) -> tuple[set[str], set[str]]:
    """The codes of all permissions: on the platform, and inside tenants."""
    return (
        {item.code for module in modules for item in module.permissions},
        {item.code for module in modules for item in module.tenant_permissions},
    )


def _event_faults(modules: Sequence[Module]) -> Iterator[str]:
    """Two events of one name, and events that nobody could subscribe to, as they are only defined."""
    events = [event for module in modules for event in module.events]
    try:
        EventRegistry(events)
    except EventDefinitionError as fault:
        yield str(fault)
    for event in _unlisted(DEFINED_EVENTS, events, modules, lambda event: event.payload.__module__):
        yield (
            f"the event {event.name} ({event.place}) is listed by no module, so emitting it fails: "
            "add it to Module(events=[...])"
        )


def _unlisted(
    defined: Iterable[N], listed: Iterable[N], modules: Sequence[Module], place: Callable[[N], str]
) -> Iterator[N]:
    """What is defined beside a module's own code, and listed by none; of one name the last."""
    known = {id(item) for item in listed}
    homes = {home for module in modules for home in _homes(module) if home}
    for item in {item.name: item for item in defined if id(item) not in known}.values():
        if place(item).rpartition(".")[0] in homes:
            yield item


def _homes(module: Module) -> set[str]:
    """The packages that a module's routes and jobs are written in."""
    routes = [route for router in [*module.routers, *module.root_routers] for route in router.routes]
    code = [getattr(route, "endpoint", None) for route in routes] + [job.function for job in module.jobs]
    return {function.__module__.rpartition(".")[0] for function in code if function is not None}


def _undeclared_personal_data(modules: Sequence[Module]) -> Iterator[str]:
    declared = {item.table for module in modules for item in module.personal_data}
    # The platform's own tables are a matter of its tests: they are there whichever of its rooms are switched on.
    packages = {package for module in modules for package in packages_of(module)} - {PLATFORM}
    for table in sorted(tables_in(packages), key=lambda table: table.name):
        columns = [column.name for column in table.columns if _names_a_user(column)]
        if columns and table.name not in declared:
            yield (
                f"{table.name}.{columns[0]} refers to users, and no module says what becomes of the rows: "
                f"list a PersonalData for {table.name} in Module(personal_data=[...])"
            )


def _missing_features(modules: Sequence[Module]) -> Iterator[str]:
    """Tables that refer to one of a feature that is left out."""
    names = {module.name for module in modules}
    absent = {
        mapper.local_table.name: room
        for mapper in Base.registry.mappers
        if isinstance(mapper.local_table, sa.Table)
        and (room := mapper.class_.__module__.removeprefix(f"{PLATFORM}.").partition(".")[0]) in FEATURES
        and room not in names
    }
    packages = {package for module in modules for package in packages_of(module)} - {PLATFORM}
    for table in sorted(tables_in(packages), key=lambda table: table.name):
        targets = {key.target_fullname.partition(".")[0] for key in table.foreign_keys}
        for target in sorted(targets & absent.keys()):
            yield f"{table.name} refers to {target}, and MODULES leaves out {absent[target]}: leave out both, or none"


def _names_a_user(column: sa.Column[Any]) -> bool:
    refers = any(key.target_fullname == "user.id" for key in column.foreign_keys)
    return refers or (isinstance(column.type, sa.Uuid) and bool(ABOUT_A_PERSON.search(column.name)))


def cure_of_drift(module: str) -> str:
    """What to do about models that the database does not fit."""
    return f"write the migration with `fondasi migrations draft {module}`, then `fondasi migrate`"


def _lacks(table: sa.Table, found: dict[str, bool] | None, module: str) -> Iterator[str]:
    cure = cure_of_drift(module)
    if found is None:
        yield f"the database has no table {table.name}, which a model asks for: {cure}"
        return
    for column in table.columns:
        if column.name not in found:
            yield f"the database has no column {table.name}.{column.name}, which its model asks for: {cure}"
    for name, required in found.items():
        if required and name not in table.columns:
            yield f"the database wants {table.name}.{name} in every row, and its model does not know it: {cure}"


def _sentences(difference: Any) -> Iterable[str]:
    """Alembic's description of a difference, in words."""
    if isinstance(difference, list):  # all that one column changes
        for _, _schema, table, column, _options, has, wants in difference:
            yield f"{table}.{column}: the database has {has!r}, the model {wants!r}"
        return
    kind, *subject = difference
    verb, _, what = kind.partition("_")
    side = "the database lacks" if verb == "add" else "the models do not know"
    thing = subject[-1]
    owner = getattr(getattr(thing, "table", None), "name", None)
    name = getattr(thing, "name", None) or ", ".join(column.name for column in getattr(thing, "columns", ()))
    yield f"{side} the {WORDS.get(what, what)} {f'{owner}.{name}' if owner else name}"


def advise(settings: Settings) -> None:
    """Warn, in the log, of what may start but is not as it should be."""
    if little := little_room(settings):
        log.warning("disk_nearly_full", advice=little)
    for sentence in unknown_names(settings):
        log.warning("unknown_setting", advice=sentence)
    for sentence in weak_secrets(settings):
        log.warning("weak_secret", advice=sentence)
    if hole := interpreter_fault():
        log.warning("old_python", advice=hole)


def little_room(settings: Settings) -> str | None:
    """What to say of the disk of the data folder when it is nearly full, or does not answer; None when all is well."""
    found: list[str | None] = []
    # A disk that does not answer keeps its thread for ever, and nobody else.
    looking = threading.Thread(target=lambda: found.append(_little_room(settings)), daemon=True)
    looking.start()
    looking.join(DISK_SECONDS)
    return (
        found[0] if found else f"The disk of {settings.data_dir.absolute()} does not answer: mount it again."
    )


def _little_room(settings: Settings) -> str | None:
    folder = settings.data_dir.absolute()
    try:
        if settings.embedded_database and has_little_room(folder):
            return DISK_FULL
        free = free_bytes(folder)
    except OSError:  # other checks say what is wrong with it
        return None
    if free >= NEARLY_FULL:
        return None
    left = f"The disk of {folder} is nearly full: {free >> 20} MB are free."
    return f"{left} Free some space: soon nothing can be stored."


def weak_secrets(settings: Settings) -> list[str]:
    """Secrets that can be guessed, one sentence each with what to do: `local` takes them, and says so."""
    found = [WEAK_SECRET_KEY] if settings.has_weak_secret_key else []
    if settings.admin_password is not None:
        try:
            check_new_password(settings.admin_password.get_secret_value(), field="ADMIN_PASSWORD")
        except InvalidInput as weak:
            found += [f"ADMIN_PASSWORD {error.message}." for error in weak.field_errors or ()]
    return found
