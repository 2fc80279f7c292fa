"""Files of users and of tenants, what of them lies in the storage, and how much of it a tier lets somebody have."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from fondasi.kit.db.isolation import isolate, tenant_columns

revision = "fondasi_0020"
down_revision = "fondasi_0019"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)
MARK = """
CREATE FUNCTION mark_object_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE stored_object SET state = 'gone', updated_at = now() WHERE id = OLD.id;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.add_column("tier", sa.Column("storage_limit", sa.BigInteger(), nullable=True))
    op.create_check_constraint("storage_limit_positive", "tier", "storage_limit > 0")
    op.create_table(
        "stored_object",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("state IN ('writing', 'kept', 'gone')", name="state"),
        sa.CheckConstraint("size >= 0", name="size"),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_stored_object_unkept",
        "stored_object",
        ["updated_at"],
        postgresql_where=sa.text("state <> 'kept'"),
    )
    op.create_index("ix_stored_object_owner_id", "stored_object", ["owner_id"], postgresql_include=["size"])
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        *_description(),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["stored_object.id"]),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_file_owner_id", "file", ["owner_id"])
    op.create_table(
        "tenant_file",
        *tenant_columns(),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        *_description(),
        sa.ForeignKeyConstraint(["id"], ["stored_object.id"]),
        sa.ForeignKeyConstraint(
            ["tenant_id", "owner_id"],
            ["membership.tenant_id", "membership.user_id"],
            ondelete="SET NULL (owner_id)",
        ),
    )
    isolate(op, "tenant_file")
    op.create_index("ix_tenant_file_owner_id", "tenant_file", ["tenant_id", "owner_id"])
    op.create_index("ix_tenant_file_id", "tenant_file", ["id"])
    op.execute(MARK)
    for table in ("file", "tenant_file"):
        op.execute(
            f"CREATE TRIGGER mark_object_gone AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION mark_object_gone()"
        )


def downgrade() -> None:
    op.drop_table("tenant_file")
    op.drop_table("file")
    op.drop_table("stored_object")
    op.execute("DROP FUNCTION mark_object_gone()")
    op.drop_constraint(op.f("ck_tier_storage_limit_positive"), "tier")
    op.drop_column("tier", "storage_limit")


def _description() -> list[sa.Column[Any]]:
    return [
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
    ]
