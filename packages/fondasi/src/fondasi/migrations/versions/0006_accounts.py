"""All fields of users, and one-time passwords."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0006"
down_revision = "fondasi_0005"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)
TEXTS = {
    "first_name": "",
    "last_name": "",
    "user_type": "customer",
    "auth_type": "email",
    "bio": "",
    "gender": "unknown",
    "timezone": "UTC",
    "theme": "dynamic",
    "profile_accessibility": "private",
}
CHOICES = {
    "user_type": "'admin', 'customer', 'business'",
    "auth_type": "'email', 'phone', 'google', 'apple', 'anonymous'",
    "gender": "'unknown', 'female', 'male', 'other'",
    "theme": "'light', 'dark', 'dynamic'",
    "profile_accessibility": "'public', 'private'",
}
NULLABLE: dict[str, Any] = {
    "phone": sa.Text(),
    "email_verified_at": TIMESTAMP,
    "phone_verified_at": TIMESTAMP,
    "profile_picture_url": sa.Text(),
    "country": sa.Text(),
    "date_of_birth": sa.Date(),
    "anonymised_at": TIMESTAMP,
}
FLAGS = ("is_email_verified", "is_phone_verified")


def upgrade() -> None:
    # A default fills the rows that are there; afterwards the application says each value itself.
    for name, default in TEXTS.items():
        op.add_column("user", sa.Column(name, sa.Text(), server_default=default, nullable=False))
        op.alter_column("user", name, server_default=None)
    for name in FLAGS:
        op.add_column("user", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
        op.alter_column("user", name, server_default=None)
    for name, kind in NULLABLE.items():
        op.add_column("user", sa.Column(name, kind, nullable=True))
    for name, choices in CHOICES.items():
        op.create_check_constraint(name, "user", f"{name} IN ({choices})")
    op.create_check_constraint("phone_e164", "user", r"phone ~ '^\+[1-9][0-9]{5,14}$'")
    op.create_unique_constraint("uq_user_phone", "user", ["phone"])
    op.create_table(
        "one_time_password",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("identifier", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", TIMESTAMP, nullable=False),
        sa.Column("used_at", TIMESTAMP, nullable=True),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_one_time_password_user_id", "one_time_password", ["user_id"])
    op.create_index(
        "ix_one_time_password_identifier", "one_time_password", ["identifier", "purpose", "created_at"]
    )
    op.create_index("ix_one_time_password_target", "one_time_password", ["target", "created_at"])
    op.create_index("ix_one_time_password_created_at", "one_time_password", ["created_at"])


def downgrade() -> None:
    op.drop_table("one_time_password")
    op.drop_constraint("uq_user_phone", "user")
    op.drop_constraint(op.f("ck_user_phone_e164"), "user")
    for name in CHOICES:
        op.drop_constraint(op.f(f"ck_user_{name}"), "user")
    for name in (*NULLABLE, *FLAGS, *TEXTS):
        op.drop_column("user", name)
