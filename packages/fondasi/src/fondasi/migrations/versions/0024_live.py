"""What becomes of the jobs that somebody asked for is told live, whichever statement changes them."""

from alembic import op

revision = "fondasi_0024"
down_revision = "fondasi_0023"
branch_labels = None
depends_on = None

# As fondasi.kit.live.changes reads it: id, owner; of no tenant.
CHANGED = """
CREATE FUNCTION job_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('fondasi_live', json_build_object(
        'id', replace(gen_random_uuid()::text, '-', ''),
        'changes', json_build_array(json_build_array('tasks', NEW.id, NULL, NEW.enqueued_by))
    )::text);
    RETURN NULL;
END $$
"""
ADDED = """
CREATE TRIGGER job_added AFTER INSERT ON job FOR EACH ROW WHEN (NEW.enqueued_by IS NOT NULL)
EXECUTE FUNCTION job_changed()
"""
# Not when it only is alive: heartbeats name none of these columns.
WENT_ON = """
CREATE TRIGGER job_went_on AFTER UPDATE OF status, attempt, progress_done, progress_total, progress_message
ON job FOR EACH ROW WHEN (
    NEW.enqueued_by IS NOT NULL
    AND (NEW.status, NEW.attempt, NEW.progress_done, NEW.progress_total, NEW.progress_message)
        IS DISTINCT FROM (OLD.status, OLD.attempt, OLD.progress_done, OLD.progress_total, OLD.progress_message)
)
EXECUTE FUNCTION job_changed()
"""


def upgrade() -> None:
    for statement in (CHANGED, ADDED, WENT_ON):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER job_went_on ON job")
    op.execute("DROP TRIGGER job_added ON job")
    op.execute("DROP FUNCTION job_changed()")
