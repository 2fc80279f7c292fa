"""Row-level security of tenants: what migrations call, and the check that no table went without it.

A migration gives a table to tenants in three lines::

    op.create_table("note", *tenant_columns(), sa.Column("title", sa.Text(), nullable=False),
                    sa.UniqueConstraint("tenant_id", "title"))
    isolate(op, "note")

Its policy compares `tenant_id` with `current_tenant()`, the tenant that the transaction has named; security is forced,
so that it binds the table's owner too. Dropping the table drops the policy.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy.sql.schema import SchemaItem

    from fondasi.kit.db.database import Session

POLICY = "tenant_isolation"
RULE = "(tenant_id = current_tenant())"

FAULTS = f"""
WITH relation AS (
    SELECT c.*, a.attnum AS tenant_column, a.attnotnull
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p', 'm', 'f') AND NOT c.relispartition
), unique_key AS (
    SELECT relation.*, i.indisprimary, i.indexrelid::regclass AS key, i.indkey[0] = relation.tenant_column AS led
    FROM relation JOIN pg_index i ON i.indrelid = relation.oid AND i.indisunique
), policy AS (
    SELECT relation.oid, polname, polpermissive, polcmd = '*' AND polpermissive AND polroles = '{{0}}'
        AND pg_get_expr(polqual, polrelid) = '{RULE}'
        AND pg_get_expr(polwithcheck, polrelid) = '{RULE}' AS isolates
    FROM relation JOIN pg_policy ON polrelid = relation.oid
), reference AS (
    SELECT f.conname, f.conrelid::regclass AS source, f.confrelid::regclass AS target, (
        SELECT coalesce(bool_or(source_column = own.tenant_column AND target_column = relation.tenant_column), false)
        FROM unnest(f.conkey, f.confkey) AS pair(source_column, target_column)
    ) AS composite
    FROM pg_constraint f
    JOIN relation ON relation.oid = f.confrelid
    LEFT JOIN relation own ON own.oid = f.conrelid
    WHERE f.contype = 'f' AND f.conparentid = 0
)
SELECT relname AS "table", 'security' AS kind, 'row-level security is not enabled and forced' AS fault
FROM relation WHERE NOT (relrowsecurity AND relforcerowsecurity)
UNION ALL
SELECT relname, 'policy', 'no policy compares tenant_id with current_tenant() for every command'
FROM relation WHERE NOT EXISTS (SELECT FROM policy WHERE policy.oid = relation.oid AND isolates)
UNION ALL
SELECT relname, 'policy ' || polname, format('the policy %I shows more rows than those of the tenant', polname)
FROM relation JOIN policy USING (oid) WHERE polpermissive AND NOT isolates
UNION ALL
SELECT relname, 'nullable', 'tenant_id may be null' FROM relation WHERE NOT attnotnull
UNION ALL
SELECT relname, 'primary key', 'tenant_id does not lead the primary key'
FROM relation WHERE NOT EXISTS (SELECT FROM unique_key WHERE unique_key.oid = relation.oid AND indisprimary AND led)
UNION ALL
SELECT relname, 'unique key', format('tenant_id does not lead the unique key %s', key)
FROM unique_key WHERE NOT indisprimary AND NOT led
UNION ALL
SELECT source::text, 'reference', format('the foreign key %I to %s leaves tenant_id out', conname, target)
FROM reference WHERE NOT composite
UNION ALL
SELECT relname, 'owner', format('the role %I can act as its owner', current_user)
FROM relation WHERE pg_has_role(current_user, relowner, 'MEMBER')
UNION ALL
SELECT relname, 'truncate', format('the role %I may empty it for all tenants', current_user)
FROM relation WHERE has_table_privilege(oid, 'TRUNCATE')
UNION ALL
SELECT rolname, 'role', 'the role of the application bypasses row-level security'
FROM pg_roles WHERE rolname = current_user AND (rolsuper OR rolbypassrls)
ORDER BY 1, 2
"""  # noqa: S608 - a rule of our own


class Executes(Protocol):
    """Alembic's `op`, as far as it is needed here."""

    def execute(self, sqltext: str) -> None:
        """Run a statement."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What a table of tenants lacks.

    Attributes:
        table: its name; the role's for a fault of the role.
        kind: `security`, `policy`, `nullable`, `primary key`, `unique key`, `reference`, `owner`, `truncate`, `role`,
            or `policy NAME` for one that shows more.
        text: what is wrong.
    """

    table: str
    kind: str
    text: str


async def isolation_faults(session: Session, exceptions: Mapping[tuple[str, str], str]) -> list[Fault]:
    """What tables with a `tenant_id` lack, as PostgreSQL's catalogue has them, for the role of this session.

    Args:
        session: of the application's role.
        exceptions: reasons why something is as it is on purpose, by table and kind.
    """
    rows = await session.execute(sa.text(FAULTS))
    return [Fault(*row) for row in rows if (row[0], row[1]) not in exceptions]


def tenant_columns(*, id_column: bool = True) -> Sequence[SchemaItem]:
    """The columns, key and reference that `TenantScoped` maps, for `create_table`.

    Args:
        id_column: False for a table with a key of its own, as `TenantOwned` maps it: only `tenant_id` then.
    """
    moment: dict[str, Any] = {"server_default": sa.func.now(), "nullable": False}
    tenant: list[SchemaItem] = [
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], ondelete="CASCADE"),
    ]
    if not id_column:
        return tenant
    return [
        *tenant,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), **moment),
        sa.Column("updated_at", sa.DateTime(timezone=True), **moment),
        sa.PrimaryKeyConstraint("tenant_id", "id"),
    ]


def isolate(op: Executes, table: str) -> None:
    """Let transactions see and write the rows of their tenant in a table, and no others.

    The application's role gets its rights on the table when the migrations end, as on every table.
    """
    for statement in (
        "ALTER TABLE {} ENABLE ROW LEVEL SECURITY",
        "ALTER TABLE {} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {POLICY} ON {{}} USING {RULE} WITH CHECK {RULE}",
    ):
        op.execute(statement.format(_quoted(table)))


def release(op: Executes, table: str) -> None:
    """Take back what `isolate` did, for the way down of a table that stays."""
    for statement in (
        f"DROP POLICY {POLICY} ON {{}}",
        "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
    ):
        op.execute(statement.format(_quoted(table)))


@contextmanager
def across_tenants(op: Executes, table: str) -> Iterator[None]:
    """Let a migration, which runs as the owner, see and change the rows of all tenants in the block.

    Others wait for the table until the migration ends, and see nothing of it.
    """
    op.execute(f"ALTER TABLE {_quoted(table)} NO FORCE ROW LEVEL SECURITY")
    yield
    op.execute(f"ALTER TABLE {_quoted(table)} FORCE ROW LEVEL SECURITY")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
