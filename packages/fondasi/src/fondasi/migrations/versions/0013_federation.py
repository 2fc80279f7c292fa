"""Identities at OAuth 2 and OpenID Connect providers, and sign-ins under way there."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0013"
down_revision = "fondasi_0012"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)
BEFORE = "'email', 'phone', 'google', 'apple', 'anonymous'"


def upgrade() -> None:
    op.create_table(
        "linked_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("email_at_link", sa.Text(), nullable=True),
        sa.Column("linked_at", TIMESTAMP, nullable=False),
        sa.Column("last_used_at", TIMESTAMP, nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("issuer", "subject"),
    )
    op.create_index(op.f("ix_linked_identity_user_id"), "linked_identity", ["user_id"])
    op.create_table(
        "authorization_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("return_to", sa.Text(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", TIMESTAMP, nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("state_hash"),
    )
    op.create_index(op.f("ix_authorization_request_user_id"), "authorization_request", ["user_id"])
    op.create_index(op.f("ix_authorization_request_session_id"), "authorization_request", ["session_id"])
    op.create_index(op.f("ix_authorization_request_expires_at"), "authorization_request", ["expires_at"])
    op.drop_constraint(op.f("ck_user_auth_type"), "user")
    op.create_check_constraint("auth_type", "user", f"auth_type IN ({BEFORE}, 'github', 'oidc')")


def downgrade() -> None:
    op.execute("UPDATE \"user\" SET auth_type = 'email' WHERE auth_type IN ('github', 'oidc')")
    op.drop_constraint(op.f("ck_user_auth_type"), "user")
    op.create_check_constraint("auth_type", "user", f"auth_type IN ({BEFORE})")
    op.drop_table("authorization_request")
    op.drop_table("linked_identity")
