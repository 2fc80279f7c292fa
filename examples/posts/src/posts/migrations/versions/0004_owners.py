"""Posts have an owner, as rows of all resources do, and may have a picture."""

import sqlalchemy as sa
from alembic import op

revision = "posts_0004"
down_revision = "posts_0003"
branch_labels = None
depends_on = None

RENAME = "ALTER TABLE post RENAME CONSTRAINT {} TO {}"
NAMES = {
    "fk_post_author_id_user": "fk_post_owner_id_user",
    "uq_post_author_id_reference": "uq_post_owner_id_reference",
}


def upgrade() -> None:
    op.alter_column("post", "author_id", new_column_name="owner_id")
    for before, after in NAMES.items():
        op.execute(RENAME.format(before, after))
    op.create_unique_constraint(op.f("uq_post_owner_id_id"), "post", ["owner_id", "id"])
    op.drop_index("ix_post_author_id", "post")
    op.add_column("post", sa.Column("picture_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_post_owner_id_picture_id_file"),
        "post",
        "file",
        ["owner_id", "picture_id"],
        ["owner_id", "id"],
    )
    op.create_index(op.f("ix_post_picture_id"), "post", ["owner_id", "picture_id"])


def downgrade() -> None:
    op.drop_column("post", "picture_id")
    op.create_index(op.f("ix_post_author_id"), "post", ["owner_id"])
    op.drop_constraint("uq_post_owner_id_id", "post")
    for before, after in NAMES.items():
        op.execute(RENAME.format(after, before))
    op.alter_column("post", "owner_id", new_column_name="author_id")
