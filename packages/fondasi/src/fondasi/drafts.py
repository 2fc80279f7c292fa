"""`fondasi migrations draft`: writes the revision that brings the database to what the models say.

It compares the models with a database of its own that the present migrations made, so nothing that exists is asked or
touched, writes the file, and tries it: up, a comparison, and down.
"""

from __future__ import annotations

import pkgutil
import re
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import ops
from alembic.script import ScriptDirectory

from fondasi.checks import PLATFORM, comparison, drift, packages_of, start_faults, tables_in
from fondasi.kit.db import Database
from fondasi.kit.db.embedded import EmbeddedServer
from fondasi.kit.db.migrations import downgrade, scripts_of
from fondasi.runtime import Addresses, migrate_modules
from fondasi.settings import DatabaseSettings, StartError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

    from fondasi.module import Module

POSTGRESQL = MigrationContext.configure(dialect_name="postgresql")
FOREIGN_TYPES = re.compile(r"(?<![\w.])((?!sa\.|op\.|postgresql\.)[a-z_]+(?:\.[a-z_]+)*)\.[A-Z]\w*\(")
NEEDS_VALUES = (
    "# Rows that exist have no value: give a server_default, or add it nullable, fill it and close it.\n"
)
FILE = '''\
"""{title}"""

{imports}

revision = "{revision}"
down_revision = {down}
branch_labels = {labels}
depends_on = None


def upgrade() -> None:
{upgrade}


def downgrade() -> None:
{downgrade}
'''


class DraftError(StartError):
    """No revision can be drafted; the message says why."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A revision that was written.

    Attributes:
        path: the file.
        revision: its name.
        faults: what the models ask for beyond it, to be written by hand.
        hint: what the module has to list, when it did not before.
    """

    path: Path
    revision: str
    faults: Sequence[str]
    hint: str = ""


async def draft(module: Module | None, modules: Sequence[Module], title: str) -> Draft | None:
    """Write the next revision of a module; None when its models and migrations agree.

    Args:
        module: whose; None for the platform.
        modules: all that are switched on.
        title: what it does, in a line.

    Raises:
        DraftError: the module has no package to write to, or the draft does not run.
    """
    package = _package_of(module)
    _import_models(package)
    migrations = f"{package}.migrations"
    versions = _versions(package)
    with TemporaryDirectory(prefix="fondasi-draft-") as folder:
        async with await EmbeddedServer.start(Path(folder) / "data", durable=False) as server:
            addresses = Addresses(server.url("app"), server.url("owner"))
            await migrate_modules(addresses, modules)
            path = await _write(addresses, package, versions, title)
            if path is None:
                return None
            revision = f"{package}_{path.name[:4]}"
            if module is not None and module.migrations is None:
                return Draft(path, revision, (), f'List it: Module(..., migrations="{migrations}").')
            try:
                return Draft(path, revision, await _try(addresses, modules, migrations, revision))
            except Exception as error:
                raise DraftError(
                    f"{path} was written, but it does not run: {error}. Mend it by hand, or remove it."
                ) from error


async def _write(addresses: Addresses, package: str, folder: Path, title: str) -> Path | None:
    tables = tables_in({package})
    database = Database(addresses.app, DatabaseSettings())
    try:
        async with database.read_session() as session:
            connection = await session.connection()
            found = [
                await connection.run_sync(_differences, metadata, tables) for metadata in _metadata(tables)
            ]
    finally:
        await database.close()
    upgrade = [operation for up, _ in found for operation in up]
    back = [operation for _, down in found for operation in down]
    if not upgrade:
        return None
    number, before = _next(folder, package)
    revision = f"{package}_{number:04d}"
    slug = re.sub(r"\W+", "_", title.lower()).strip("_")[:40] or "draft"
    up_code = _code(upgrade) + _isolation(upgrade, tables)
    down_code = _code(back)
    path = folder / f"{number:04d}_{slug}.py"
    path.write_text(
        FILE.format(
            title=title.replace('"', "'").rstrip(".") + ".",
            imports=_imports(up_code + down_code),
            revision=revision,
            down=f'"{before}"' if before else None,
            labels=None if before else f'("{package}",)',
            upgrade=_indented(up_code),
            downgrade=_indented(down_code),
        )
    )
    return path


def _differences(
    connection: sa.Connection, metadata: sa.MetaData, tables: Sequence[sa.Table]
) -> tuple[list[Any], list[Any]]:
    context = comparison(connection, {table.name for table in tables})
    script = produce_migrations(context, metadata)
    assert script.upgrade_ops is not None
    assert script.downgrade_ops is not None
    return list(script.upgrade_ops.ops), list(script.downgrade_ops.ops)


async def _try(addresses: Addresses, modules: Sequence[Module], migrations: str, revision: str) -> list[str]:
    """Up, compare, and down again."""
    await migrate_modules(addresses, modules)
    database = Database(addresses.app, DatabaseSettings())
    try:
        faults = [*await start_faults(database, modules), *await drift(database, modules)]
    finally:
        await database.close()
    script = scripts_of(migrations).get_revision(revision)
    down = script.down_revision
    await downgrade(addresses.owner, migrations, down if isinstance(down, str) else "base")
    return faults


def _package_of(module: Module | None) -> str:
    if module is None:
        return PLATFORM
    if module.migrations:
        return module.migrations.removesuffix(".migrations")
    packages = packages_of(module)
    if len(packages) != 1:
        raise DraftError(
            f"The module {module.name} does not say where its migrations lie: Module(migrations='PACKAGE.migrations')."
        )
    return packages.pop()


def _import_models(package: str) -> None:
    """Every `models` module below the package: a model that nothing imports yet has to count too."""
    top = import_module(package)
    for found in pkgutil.walk_packages(top.__path__, f"{package}."):
        if found.name.endswith(".models"):
            import_module(found.name)


def _versions(package: str) -> Path:
    folder = Path(import_module(package).__path__[0]) / "migrations" / "versions"
    folder.mkdir(parents=True, exist_ok=True)
    for each in (folder.parent, folder):
        (each / "__init__.py").touch()
    return folder


def _next(folder: Path, package: str) -> tuple[int, str | None]:
    """The next number, and the revision before it."""
    script = ScriptDirectory(str(folder.parent), version_locations=[str(folder)])
    heads = script.get_heads()
    if len(heads) > 1:
        raise DraftError(
            f"The migrations of {package} have several ends ({', '.join(heads)}): join them first."
        )
    numbers = [int(path.name[:4]) for path in folder.glob("[0-9][0-9][0-9][0-9]_*.py")]
    return max(numbers, default=0) + 1, heads[0] if heads else None


def _code(operations: Sequence[Any]) -> str:
    gone = {item.table_name for item in _flat(operations) if isinstance(item, ops.DropTableOp)}
    lines = []
    for operation in _flat(operations):
        if isinstance(operation, ops.DropIndexOp) and operation.table_name in gone:
            continue
        if isinstance(operation, ops.AddColumnOp) and _wants_values(operation.column):
            lines.append(NEEDS_VALUES)
        container = ops.UpgradeOps(ops=[operation])
        lines.append(_plain(render_python_code(container, migration_context=POSTGRESQL)).strip() + "\n")
    return "".join(lines)


def _flat(operations: Sequence[Any]) -> Iterator[Any]:
    for operation in operations:
        if isinstance(operation, ops.ModifyTableOps):
            yield from _flat(operation.ops)
        else:
            yield operation


def _plain(code: str) -> str:
    """Alembic's code without its comments, and with the lines of a call at the first level."""
    return "\n".join(line for line in code.splitlines() if not line.strip().startswith("#"))


def _wants_values(column: sa.Column[Any]) -> bool:
    return not column.nullable and column.server_default is None


def _isolation(upgrade: Sequence[Any], tables: Sequence[sa.Table]) -> str:
    """Row-level security for the new tables of tenants; the app's role gets its rights when the migrations end."""
    tenants = {table.name for table in tables if "tenant_id" in table.primary_key.columns}
    made = [item.table_name for item in _flat(upgrade) if isinstance(item, ops.CreateTableOp)]
    return "".join(f'isolate(op, "{name}")\n' for name in made if name in tenants)


def _imports(code: str) -> str:
    lines = [f"import {name}" for name in sorted(set(FOREIGN_TYPES.findall(code)))]
    lines += ["import sqlalchemy as sa"] if "sa." in code else []
    lines.append("from alembic import op")
    lines += ["from sqlalchemy.dialects import postgresql"] if "postgresql." in code else []
    lines += ["", "from fondasi.kit.db.isolation import isolate"] if "isolate(" in code else []
    return "\n".join(lines)


def _indented(code: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in (code.strip() or "pass").splitlines())


def _metadata(tables: Sequence[sa.Table]) -> list[sa.MetaData]:
    return list({table.metadata: None for table in tables})
