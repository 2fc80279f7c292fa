"""Files that the service makes for somebody, and which end; archives of one's own data are such files.

Archives that lie in the database are dropped: they would have ended within days, and are built again when asked for.
"""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0031"
down_revision = "fondasi_0030"
branch_labels = None
depends_on = None

TABLES = ("file", "tenant_file")


def upgrade() -> None:
    op.add_column("stored_object", sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_stored_object_expires_at",
        "stored_object",
        ["expires_at"],
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    _refer(ondelete="CASCADE")
    op.drop_table("data_export_part")
    op.execute("DELETE FROM data_export")
    op.add_column("data_export", sa.Column("file_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_data_export_file_id_file"), "data_export", "file", ["file_id"], ["id"], ondelete="SET NULL"
    )
    op.create_index("ix_data_export_file_id", "data_export", ["file_id"])


def downgrade() -> None:
    op.drop_column("data_export", "file_id")
    op.execute("DELETE FROM data_export")
    op.create_table(
        "data_export_part",
        sa.Column("export_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["export_id"], ["data_export.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("export_id", "number"),
    )
    _refer(ondelete=None)
    op.drop_column("stored_object", "expires_at")


def _refer(*, ondelete: str | None) -> None:
    for table in TABLES:
        name = op.f(f"fk_{table}_id_stored_object")
        op.drop_constraint(name, table, type_="foreignkey")
        op.create_foreign_key(name, table, "stored_object", ["id"], ["id"], ondelete=ondelete)
