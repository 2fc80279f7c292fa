"""Jobs are claimed by name, callers take turns, and unfinished jobs are counted by caller."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0019"
down_revision = "fondasi_0018"
branch_labels = None
depends_on = None

QUEUED = sa.text("status = 'queued'")
UNFINISHED = sa.text("enqueued_by IS NOT NULL AND status IN ('queued', 'running')")


def upgrade() -> None:
    # The default is for processes of the release before, which go on while this one comes up.
    op.add_column(
        "job",
        sa.Column("turn", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.execute("UPDATE job SET turn = scheduled_for WHERE status = 'queued'")
    op.drop_index("ix_job_queue", "job")
    op.drop_index("ix_job_due", "job")
    op.create_index(
        "ix_job_turn",
        "job",
        ["name", sa.text("priority DESC"), "turn", "id", "scheduled_for"],
        postgresql_where=QUEUED,
    )
    op.create_index("ix_job_due", "job", ["name", "scheduled_for"], postgresql_where=QUEUED)
    op.create_index("ix_job_unfinished", "job", ["enqueued_by"], postgresql_where=UNFINISHED)


def downgrade() -> None:
    op.drop_index("ix_job_unfinished", "job")
    op.drop_index("ix_job_due", "job")
    op.drop_index("ix_job_turn", "job")
    op.drop_column("job", "turn")
    op.create_index(
        "ix_job_queue", "job", [sa.text("priority DESC"), "scheduled_for", "id"], postgresql_where=QUEUED
    )
    op.create_index("ix_job_due", "job", ["scheduled_for"], postgresql_where=QUEUED)
