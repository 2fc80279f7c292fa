"""Counting what somebody has not finished when it is their turn, in the statement that adds a job."""

from alembic import op

revision = "fondasi_0028"
down_revision = "fondasi_0027"
branch_labels = None
depends_on = None

# In plpgsql each statement sees what was committed before it: the count sees what was added while the lock was waited for.
UNFINISHED = """
CREATE FUNCTION job_unfinished(caller uuid) RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(caller::text, 1));
    RETURN (SELECT count(*) FROM job WHERE enqueued_by = caller AND status IN ('queued', 'running'));
END $$
"""


def upgrade() -> None:
    op.execute(UNFINISHED)


def downgrade() -> None:
    op.execute("DROP FUNCTION job_unfinished(uuid)")
