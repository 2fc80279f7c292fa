"""Messages that were given up say so."""

from alembic import op

revision = "fondasi_0029"
down_revision = "fondasi_0028"
branch_labels = None
depends_on = None

BEFORE = "status IN ('queued', 'sent', 'expired', 'outbox')"
AFTER = "status IN ('queued', 'sent', 'failed', 'expired', 'outbox')"


def upgrade() -> None:
    _check(AFTER)


def downgrade() -> None:
    op.execute("UPDATE message SET status = 'queued' WHERE status = 'failed'")
    _check(BEFORE)


def _check(condition: str) -> None:
    op.execute("ALTER TABLE message DROP CONSTRAINT ck_message_status")
    op.execute(f"ALTER TABLE message ADD CONSTRAINT ck_message_status CHECK ({condition})")
