"""The audit trail: whom an entry is about, no dates of the past, a retention that the owner states, no forged links."""

from importlib import import_module

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0016"
down_revision = "fondasi_0015"
branch_labels = None
depends_on = None

TABLES = ("activity", "activity_seal", "activity_checkpoint", "activity_retention")
IS_OWNER = """pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE')"""

# Whatever rights a restore gave it: another role than the owner's changes nothing, and adds nothing but entries.
REFUSE = f"""
CREATE OR REPLACE FUNCTION activity_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {IS_OWNER} AND (TG_OP IN ('INSERT', 'TRUNCATE')
        OR pg_catalog.current_setting('fondasi.activity_maintenance', true) = 'on')
    THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The table % is append-only.', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""

# Clocks may differ a little, and by an hour where somebody took a timezone for another. The owner may restore a backup.
CHECK_TIME = f"""
CREATE FUNCTION activity_check_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {IS_OWNER} THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The clocks of the service and of its database differ by more than two hours. Set them right.'
        USING ERRCODE = 'FD503';
END $$
"""

# Fires when the transaction commits, so a chain is locked for the length of one write to disk and no longer. Each
# statement of a volatile function sees what was committed before it, the head that the lock waited for included.
# It runs as the owner, so it is refused to triggers on tables of somebody's own.
SEAL = """
CREATE OR REPLACE FUNCTION activity_seal_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    chain_id uuid := coalesce(NEW.tenant_id, '00000000-0000-0000-0000-000000000000');
    last_position bigint;
    last_hash bytea;
BEGIN
    IF TG_TABLE_SCHEMA <> 'activity_partitions' THEN
        RAISE EXCEPTION 'Only entries of the audit trail are sealed.' USING ERRCODE = 'insufficient_privilege';
    END IF;
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

# The app's role may call it, so it takes nothing younger than the retention that the owner stated, and leaves a
# checkpoint in every chain of which it took something.
REMOVE = """
CREATE OR REPLACE FUNCTION activity_remove_before(day timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    border timestamptz := date_trunc('month', least(day, now() - make_interval(
        months => coalesce((SELECT max(months) FROM activity_retention), 1200))));
    removed bigint;
    part text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('activity partitions', 0));
    SELECT count(*) INTO removed FROM activity WHERE created_at < border;
    IF removed = 0 THEN
        RETURN 0;
    END IF;
    PERFORM set_config('fondasi.activity_maintenance', 'on', true);
    -- Up to the first row that stays, each chain is cut; later links of removed rows stay, for the chain runs through them.
    WITH touched AS (
        SELECT chain, min(position) AS head,
            coalesce(min(position) FILTER (WHERE created_at >= border), 9223372036854775807) AS staying
        FROM activity_seal GROUP BY chain HAVING bool_or(created_at < border)
    )
    INSERT INTO activity_checkpoint (chain, removed_before, position, hash, rows_removed)
    SELECT touched.chain, border, coalesce(cut.position, head.position - 1), coalesce(cut.hash, head.previous_hash),
        removed
    FROM touched
    JOIN activity_seal head ON head.chain = touched.chain AND head.position = touched.head
    LEFT JOIN LATERAL (
        SELECT position, hash FROM activity_seal
        WHERE chain = touched.chain AND position < touched.staying ORDER BY position DESC LIMIT 1
    ) cut ON true
    ON CONFLICT (chain, removed_before) DO UPDATE SET
        position = excluded.position, hash = excluded.hash,
        rows_removed = activity_checkpoint.rows_removed + excluded.rows_removed;
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
    op.add_column("activity", sa.Column("subject_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_activity_subject_id_created_at",
        "activity",
        ["subject_id", "created_at"],
        postgresql_where=sa.text("subject_id IS NOT NULL"),
    )
    op.create_table(
        "activity_retention",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name="id"),
        sa.CheckConstraint("months >= 3", name="months"),
        sa.PrimaryKeyConstraint("id"),
        comment="read-only",
    )
    op.execute("INSERT INTO activity_retention (id, months) VALUES (1, 24)")
    for function in (REFUSE, CHECK_TIME, SEAL, REMOVE):
        _run(function)
    op.execute("REVOKE EXECUTE ON FUNCTION activity_seal_row() FROM PUBLIC")
    op.execute(
        "CREATE TRIGGER check_time BEFORE INSERT ON activity FOR EACH ROW WHEN (NEW.created_at NOT BETWEEN "
        "clock_timestamp() - interval '2 hours' AND clock_timestamp() + interval '2 hours') "
        "EXECUTE FUNCTION activity_check_time()"
    )
    op.execute("DROP TRIGGER append_only ON activity_checkpoint")
    for table in ("activity_checkpoint", "activity_retention"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION activity_refuse()"
        )
    for table in TABLES[1:]:
        op.execute(
            f"CREATE TRIGGER owner_adds BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION activity_refuse()"
        )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER owner_empties BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION activity_refuse()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER owner_empties ON {table}")
    for table in TABLES[1:]:
        op.execute(f"DROP TRIGGER owner_adds ON {table}")
    op.execute("DROP TRIGGER append_only ON activity_checkpoint")
    op.execute(
        "CREATE TRIGGER append_only BEFORE DELETE ON activity_checkpoint "
        "FOR EACH ROW EXECUTE FUNCTION activity_refuse()"
    )
    op.execute("DROP TRIGGER check_time ON activity")
    op.execute("DROP FUNCTION activity_check_time()")
    earlier = import_module("fondasi.migrations.versions.0008_activity")
    for function in (earlier.REFUSE, earlier.SEAL, earlier.REMOVE):
        _run(function.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"))
    op.drop_table("activity_retention")
    op.drop_index("ix_activity_subject_id_created_at", "activity")
    op.drop_column("activity", "subject_id")


def _run(function: str) -> None:
    op.execute(sa.text(function.replace(":", r"\:")))
