"""The audit trail: monthly partitions, append-only, sealed into chains by the database."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "fondasi_0008"
down_revision = "fondasi_0007"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)

# Fires when the transaction commits, so a chain is locked for the length of one write to disk and no longer. Each
# statement of a volatile function sees what was committed before it, the head that the lock waited for included.
SEAL = """
CREATE FUNCTION activity_seal_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    chain_id uuid := coalesce(NEW.tenant_id, '00000000-0000-0000-0000-000000000000');
    last_position bigint;
    last_hash bytea;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('activity ' || chain_id::text, 0));
    SELECT position, hash INTO last_position, last_hash
    FROM activity_seal WHERE chain = chain_id ORDER BY position DESC LIMIT 1;
    IF NOT FOUND THEN
        SELECT position, hash INTO last_position, last_hash
        FROM activity_checkpoint WHERE chain = chain_id ORDER BY position DESC LIMIT 1;
        IF NOT FOUND THEN
            last_position := 0;
            last_hash := decode(repeat('00', 32), 'hex');
        END IF;
    END IF;
    INSERT INTO activity_seal (chain, position, activity_id, created_at, content_hash, previous_hash, hash)
    VALUES (chain_id, last_position + 1, NEW.id, NEW.created_at, NEW.content_hash, last_hash, sha256(
        last_hash || NEW.content_hash || uuid_send(NEW.id)
        || int8send((extract(epoch FROM NEW.created_at) * 1000000)::bigint)));
    RETURN NULL;
END $$
"""

# The second line: the app's role has no right to it anyway. The functions below say what they do on purpose.
REFUSE = """
CREATE FUNCTION activity_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('fondasi.activity_maintenance', true) = 'on' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'The table % is append-only.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

# A partition is made ready beside the table, then attached: rows that went to the default partition meanwhile move along.
PARTITION = """
CREATE FUNCTION activity_make_partitions(months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '3s' SET timezone = 'UTC' AS $$
DECLARE
    first timestamptz;
    name text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('activity partitions', 0));
    FOR month IN 0 .. least(months, 24) LOOP
        first := date_trunc('month', now()) + make_interval(months => month);
        name := 'activity_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass('activity_partitions.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE activity_partitions.%I (LIKE activity INCLUDING ALL)', name);
        LOCK TABLE activity_partitions.activity_rest IN ACCESS EXCLUSIVE MODE;
        PERFORM set_config('fondasi.activity_maintenance', 'on', true);
        EXECUTE format('WITH moved AS (DELETE FROM activity_partitions.activity_rest
            WHERE created_at >= %1$L AND created_at < %2$L RETURNING *)
            INSERT INTO activity_partitions.%3$I SELECT * FROM moved', first, first + interval '1 month', name);
        PERFORM set_config('fondasi.activity_maintenance', 'off', true);
        EXECUTE format('ALTER TABLE activity ATTACH PARTITION activity_partitions.%I FOR VALUES FROM (%L) TO (%L)',
            name, first, first + interval '1 month');
        made := made + 1;
    END LOOP;
    RETURN made;
END $$
"""

# The app's role may call it, so it takes nothing younger than three months, and leaves a checkpoint of what it took.
REMOVE = """
CREATE FUNCTION activity_remove_before(day timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    border timestamptz := date_trunc('month', least(day, now() - interval '3 months'));
    removed bigint;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('activity partitions', 0));
    SELECT count(*) INTO removed FROM activity WHERE created_at < border;
    IF removed = 0 THEN
        RETURN 0;
    END IF;
    -- Up to the first row that stays, each chain is cut; later links of removed rows stay, for the chain runs through them.
    WITH staying AS (
        SELECT chain, min(position) AS position FROM activity_seal WHERE created_at >= border GROUP BY chain
    ), last AS (
        SELECT DISTINCT ON (seal.chain) seal.chain, seal.position, seal.hash
        FROM activity_seal seal LEFT JOIN staying USING (chain)
        WHERE seal.position < coalesce(staying.position, 9223372036854775807)
        ORDER BY seal.chain, seal.position DESC
    )
    INSERT INTO activity_checkpoint (chain, removed_before, position, hash, rows_removed)
    SELECT chain, border, position, hash, removed FROM last
    ON CONFLICT (chain, removed_before) DO UPDATE SET
        position = excluded.position, hash = excluded.hash,
        rows_removed = activity_checkpoint.rows_removed + excluded.rows_removed;
    PERFORM set_config('fondasi.activity_maintenance', 'on', true);
    DELETE FROM activity_seal seal USING activity_checkpoint point
    WHERE point.chain = seal.chain AND point.removed_before = border AND seal.position <= point.position;
    FOR part IN
        SELECT relname FROM pg_class WHERE relnamespace = 'activity_partitions'::regnamespace AND relkind = 'r'
            AND relname ~ '^activity_[0-9]{4}_[0-9]{2}$' AND relname < 'activity_' || to_char(border, 'YYYY_MM')
    LOOP
        EXECUTE format('DROP TABLE activity_partitions.%I', part);
    END LOOP;
    DELETE FROM activity_partitions.activity_rest WHERE created_at < border;
    PERFORM set_config('fondasi.activity_maintenance', 'off', true);
    RETURN removed;
END $$
"""


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("module", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("status_code", sa.SmallInteger(), nullable=True),
        sa.Column("duration_ms", sa.Float(), nullable=True),
        sa.Column("ip_address", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("metadata", postgresql.JSONB(), nullable=False),
        sa.Column("error_details", postgresql.JSONB(), nullable=True),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("level IN ('debug', 'info', 'warning', 'error', 'audit')", name="level"),
        sa.PrimaryKeyConstraint("created_at", "id"),
        comment="append-only",
        postgresql_partition_by="RANGE (created_at)",
    )
    op.create_index("ix_activity_user_id_created_at", "activity", ["user_id", "created_at"])
    op.create_index("ix_activity_action_created_at", "activity", ["action", "created_at"])
    op.create_index("ix_activity_request_id", "activity", ["request_id"])
    op.create_table(
        "activity_seal",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("activity_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", TIMESTAMP, nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "position"),
        comment="read-only",
    )
    op.create_index("uq_activity_seal_activity_id", "activity_seal", ["activity_id"], unique=True)
    op.create_table(
        "activity_checkpoint",
        sa.Column("chain", sa.Uuid(), nullable=False),
        sa.Column("removed_before", TIMESTAMP, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("rows_removed", sa.BigInteger(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("chain", "removed_before"),
        comment="read-only",
    )
    # A schema of their own: the app's role reaches partitions through the table alone.
    op.execute("CREATE SCHEMA activity_partitions")
    op.execute("CREATE TABLE activity_partitions.activity_rest PARTITION OF activity DEFAULT")
    for function in (SEAL, REFUSE, PARTITION, REMOVE):
        op.execute(sa.text(function.replace(":", r"\:")))
    op.execute(
        "CREATE CONSTRAINT TRIGGER seal AFTER INSERT ON activity DEFERRABLE INITIALLY DEFERRED "
        "FOR EACH ROW EXECUTE FUNCTION activity_seal_row()"
    )
    for table in ("activity", "activity_seal", "activity_checkpoint"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE {'DELETE' if table == 'activity_checkpoint' else 'UPDATE OR DELETE'} "
            f"ON {table} FOR EACH ROW EXECUTE FUNCTION activity_refuse()"
        )
    op.execute("SELECT activity_make_partitions(3)")


def downgrade() -> None:
    op.drop_table("activity")
    op.drop_table("activity_seal")
    op.drop_table("activity_checkpoint")
    op.execute("DROP SCHEMA activity_partitions CASCADE")
    for function in (
        "activity_seal_row()",
        "activity_refuse()",
        "activity_make_partitions(integer)",
        "activity_remove_before(timestamptz)",
    ):
        op.execute(f"DROP FUNCTION {function}")
