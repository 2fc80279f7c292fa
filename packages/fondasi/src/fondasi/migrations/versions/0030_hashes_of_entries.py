"""The audit trail: the database hashes each entry that is added, so that nobody adds one with a wrong hash."""

import sqlalchemy as sa
from alembic import op

revision = "fondasi_0030"
down_revision = "fondasi_0029"
branch_labels = None
depends_on = None

IS_OWNER = """pg_catalog.pg_has_role(current_user,
        (SELECT relowner FROM pg_catalog.pg_class WHERE oid = TG_RELID), 'USAGE')"""
ODD = """'strict $.** ? (@.type() == "number" && (@ > 1e300 || @ < -1e300))'"""
DEEP = "'strict $.**{64}'"
# Absent columns are left out, so that a column which comes later changes no hash of before.
DIGEST = """
CREATE FUNCTION activity_digest(entry jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT sha256(convert_to(jsonb_object_agg(key, value)::text, 'UTF8'))
    FROM jsonb_each(entry - 'content_hash') WHERE value <> 'null'
$$
"""
# As JSON, times and numbers are written as the session wants them: here always alike.
HASH = """
CREATE FUNCTION activity_hash(entry activity) RETURNS bytea LANGUAGE plpgsql STABLE STRICT
SET search_path = public, pg_temp SET timezone = 'UTC' SET extra_float_digits = 1 AS $$
BEGIN
    RETURN activity_digest(to_jsonb(entry));
END $$
"""
# The owner may restore a backup, whose entries have their hashes. From anybody else comes nothing that no reader of JSON
# takes: the service writes 8 KiB and a few levels.
SET_HASH = f"""
CREATE FUNCTION activity_set_hash() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp SET timezone = 'UTC' SET extra_float_digits = 1 AS $$
BEGIN
    IF NEW.content_hash IS NOT NULL AND {IS_OWNER} THEN
        RETURN NEW;
    END IF;
    IF octet_length(NEW.metadata::text) > 65536 OR octet_length(NEW.error_details::text) > 65536
        OR jsonb_path_exists(jsonb_build_array(NEW.metadata, NEW.error_details), {DEEP})
        OR jsonb_path_exists(jsonb_build_array(NEW.metadata, NEW.error_details), {ODD})
    THEN
        RAISE EXCEPTION 'An entry of the audit trail cannot hold that.' USING ERRCODE = 'data_exception';
    END IF;
    NEW.content_hash := activity_digest(to_jsonb(NEW));
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    for function in (DIGEST, HASH, SET_HASH):
        op.execute(sa.text(function.replace(":", r"\:")))
    op.execute(
        "CREATE TRIGGER set_hash BEFORE INSERT ON activity FOR EACH ROW EXECUTE FUNCTION activity_set_hash()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER set_hash ON activity")
    for function in ("activity_set_hash()", "activity_hash(activity)", "activity_digest(jsonb)"):
        op.execute(f"DROP FUNCTION {function}")
