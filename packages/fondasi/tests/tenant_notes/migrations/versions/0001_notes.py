"""Notes, tags, and which note has which."""

import sqlalchemy as sa
from alembic import op

from fondasi.kit.db.isolation import isolate, tenant_columns

revision = "notes_0001"
down_revision = None
branch_labels = ("notes",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "note",
        *tenant_columns(),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=True),
        sa.UniqueConstraint("tenant_id", "title"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["membership.tenant_id", "membership.user_id"],
            ondelete="SET NULL (author_id)",
        ),
    )
    op.create_table(
        "tag",
        *tenant_columns(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.UniqueConstraint("tenant_id", "name"),
    )
    op.create_table(
        "note_tag",
        *tenant_columns(id_column=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("tag_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "note_id", "tag_id"),
        sa.ForeignKeyConstraint(["tenant_id", "note_id"], ["note.tenant_id", "note.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id", "tag_id"], ["tag.tenant_id", "tag.id"], ondelete="CASCADE"),
    )
    for table in ("note", "tag", "note_tag"):
        isolate(op, table)


def downgrade() -> None:
    for table in ("note_tag", "tag", "note"):
        op.drop_table(table)
