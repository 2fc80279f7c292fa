"""A tenant keeps an owner who can act; accounts that were made without an address or a number say so."""

from alembic import op

revision = "fondasi_0018"
down_revision = "fondasi_0017"
branch_labels = None
depends_on = None

# As in 0010, with who counts as an owner.
KEEP_OWNER = """
CREATE OR REPLACE FUNCTION tenancy_keep_owner(sought uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    named text := coalesce(current_setting('fondasi.tenant_id', true), '');
    kept boolean;
BEGIN
    PERFORM set_config('fondasi.tenant_id', sought::text, true);
    PERFORM 1 FROM tenant WHERE id = sought FOR NO KEY UPDATE;
    kept := NOT FOUND OR EXISTS (
        SELECT FROM membership m JOIN "user" u ON u.id = m.user_id
        WHERE m.tenant_id = sought AND m.role = 'owner' AND u.deleted_at IS NULL AND {counts}
    );
    PERFORM set_config('fondasi.tenant_id', named, true);
    RETURN kept;
END $$
"""
# An administrator may suspend whoever it is: that is not asked.
DEACTIVATED = """
CREATE TRIGGER tenancy_account_deactivated AFTER UPDATE OF status ON "user" FOR EACH ROW
WHEN (OLD.deleted_at IS NULL AND OLD.status = 'active' AND NEW.deleted_at IS NULL AND NEW.status = 'inactive')
EXECUTE FUNCTION tenancy_account_deleted()
"""
BEFORE = "'email', 'phone', 'google', 'apple', 'anonymous', 'github', 'oidc'"


def upgrade() -> None:
    op.execute(KEEP_OWNER.format(counts="u.status = 'active'"))
    op.execute(DEACTIVATED)
    op.drop_constraint(op.f("ck_user_auth_type"), "user")
    op.create_check_constraint("auth_type", "user", f"auth_type IN ({BEFORE}, 'username')")
    op.execute("UPDATE \"user\" SET auth_type = 'username' WHERE auth_type = 'email' AND email IS NULL")


def downgrade() -> None:
    op.execute("UPDATE \"user\" SET auth_type = 'email' WHERE auth_type = 'username'")
    op.drop_constraint(op.f("ck_user_auth_type"), "user")
    op.create_check_constraint("auth_type", "user", f"auth_type IN ({BEFORE})")
    op.execute('DROP TRIGGER tenancy_account_deactivated ON "user"')
    op.execute(KEEP_OWNER.format(counts="u.status <> 'deleted'"))
