"""How many members a tenant has, for the list of somebody's tenants, which sees their own memberships alone."""

from alembic import op

revision = "fondasi_0038"
down_revision = "fondasi_0037"
branch_labels = None
depends_on = None

# Names the tenant while it counts, as the statement of every request inside it does, and nobody whom the caller is not.
COUNT = """
CREATE FUNCTION tenancy_member_count(sought uuid) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    named text := coalesce(current_setting('fondasi.tenant_id', true), '');
    found integer;
BEGIN
    PERFORM set_config('fondasi.tenant_id', sought::text, true);
    found := (
        SELECT count(*) FROM membership m JOIN "user" u ON u.id = m.user_id
        WHERE m.tenant_id = sought AND u.deleted_at IS NULL
    );
    PERFORM set_config('fondasi.tenant_id', named, true);
    RETURN found;
END $$
"""


def upgrade() -> None:
    op.execute(COUNT)


def downgrade() -> None:
    op.execute("DROP FUNCTION tenancy_member_count(uuid)")
