"""Tenants, members and invitations; row-level security for every table of tenants."""

import sqlalchemy as sa
from alembic import op

from fondasi.kit.db.isolation import isolate, tenant_columns

revision = "fondasi_0010"
down_revision = "fondasi_0009"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)

# An unset setting is NULL, one that was set in the connection once is ''. Both are nobody.
NAMED = """
CREATE FUNCTION {name}() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT nullif(current_setting('{setting}', true), '')::uuid $$
"""

# The statement of every request inside a tenant: names the tenant, then reads under its policy.
MEMBER = """
CREATE FUNCTION tenancy_member(sought uuid, person uuid)
RETURNS TABLE (status text, role text, permissions text[]) LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('fondasi.tenant_id', sought::text, true);
    RETURN QUERY
    SELECT t.status, m.role, ARRAY(
        SELECT p.permission FROM membership_permission p WHERE p.tenant_id = sought AND p.user_id = person
    )
    FROM membership m JOIN tenant t ON t.id = m.tenant_id
    WHERE m.tenant_id = sought AND m.user_id = person;
END $$
"""

# The lock makes two owners that leave together take turns: the second counts what the first left. It lets rows that
# refer to the tenant be written meanwhile. A tenant that is being deleted needs no owner any more.
KEEP_OWNER = """
CREATE FUNCTION tenancy_keep_owner(sought uuid) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    named text := coalesce(current_setting('fondasi.tenant_id', true), '');
    kept boolean;
BEGIN
    PERFORM set_config('fondasi.tenant_id', sought::text, true);
    PERFORM 1 FROM tenant WHERE id = sought FOR NO KEY UPDATE;
    kept := NOT FOUND OR EXISTS (
        SELECT FROM membership m JOIN "user" u ON u.id = m.user_id
        WHERE m.tenant_id = sought AND m.role = 'owner' AND u.deleted_at IS NULL AND u.status <> 'deleted'
    );
    PERFORM set_config('fondasi.tenant_id', named, true);
    RETURN kept;
END $$
"""
OWNER_LEFT = """
CREATE FUNCTION tenancy_owner_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT tenancy_keep_owner(OLD.tenant_id) THEN
        RAISE EXCEPTION 'A tenant keeps an owner. Make another member its owner first, or delete the tenant.'
            USING ERRCODE = 'FD409';
    END IF;
    RETURN NULL;
END $$
"""
ACCOUNT_DELETED = """
CREATE FUNCTION tenancy_account_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    named text := coalesce(current_setting('fondasi.user_id', true), '');
    owned uuid[];
BEGIN
    PERFORM set_config('fondasi.user_id', NEW.id::text, true);
    owned := ARRAY(SELECT tenant_id FROM membership WHERE user_id = NEW.id AND role = 'owner' ORDER BY tenant_id);
    PERFORM set_config('fondasi.user_id', named, true);
    IF EXISTS (SELECT FROM unnest(owned) AS own(id) WHERE NOT tenancy_keep_owner(own.id)) THEN
        RAISE EXCEPTION 'This account is the only owner of a tenant. Hand the tenant over or delete it first.'
            USING ERRCODE = 'FD409';
    END IF;
    RETURN NULL;
END $$
"""
FUNCTIONS = (
    "tenancy_member(uuid, uuid)",
    "tenancy_owner_left()",
    "tenancy_account_deleted()",
    "tenancy_keep_owner(uuid)",
    "acting_user()",
    "current_tenant()",
)
POLICIES = (
    # A tenant's own row. Sessions of the platform, which name nobody, see the list of tenants.
    """
    CREATE POLICY tenant_isolation ON tenant
    USING (id = current_tenant() OR (current_tenant() IS NULL AND acting_user() IS NULL))
    WITH CHECK (id = current_tenant() OR (current_tenant() IS NULL AND acting_user() IS NULL))
    """,
    """
    CREATE POLICY own ON tenant FOR SELECT USING (EXISTS (
        SELECT FROM membership WHERE membership.tenant_id = tenant.id AND membership.user_id = acting_user()
    ))
    """,
    "CREATE POLICY own ON membership FOR SELECT USING (user_id = acting_user())",
    # The trail is the platform's: its own sessions see and write all of it, those of a tenant that tenant's entries.
    """
    CREATE POLICY tenant_isolation ON activity
    USING (current_tenant() IS NULL OR tenant_id = current_tenant())
    WITH CHECK (current_tenant() IS NULL OR tenant_id = current_tenant())
    """,
)
TRIGGERS = (
    """
    CREATE TRIGGER tenancy_owner_left AFTER DELETE ON membership FOR EACH ROW
    WHEN (OLD.role = 'owner') EXECUTE FUNCTION tenancy_owner_left()
    """,
    """
    CREATE TRIGGER tenancy_owner_steps_down AFTER UPDATE OF role ON membership FOR EACH ROW
    WHEN (OLD.role = 'owner' AND NEW.role <> 'owner') EXECUTE FUNCTION tenancy_owner_left()
    """,
    """
    CREATE TRIGGER tenancy_account_deleted AFTER UPDATE OF status, deleted_at ON "user" FOR EACH ROW
    WHEN (OLD.deleted_at IS NULL AND OLD.status <> 'deleted' AND (NEW.deleted_at IS NOT NULL OR NEW.status = 'deleted'))
    EXECUTE FUNCTION tenancy_account_deleted()
    """,
)


def upgrade() -> None:
    op.execute(NAMED.format(name="current_tenant", setting="fondasi.tenant_id"))
    op.execute(NAMED.format(name="acting_user", setting="fondasi.user_id"))
    op.create_table(
        "tenant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("status IN ('inactive', 'active', 'disabled')", name="status"),
        sa.ForeignKeyConstraint(["created_by"], ["user.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_tenant_created_by"), "tenant", ["created_by"])
    op.create_table(
        "membership",
        *tenant_columns(id_column=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.CheckConstraint("role IN ('member', 'admin', 'owner')", name="role"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tenant_id", "user_id"),
    )
    op.create_index(op.f("ix_membership_user_id"), "membership", ["user_id"])
    op.create_table(
        "membership_permission",
        *tenant_columns(id_column=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "user_id"], ["membership.tenant_id", "membership.user_id"], ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "user_id", "permission"),
    )
    op.create_table(
        "invitation",
        *tenant_columns(),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", TIMESTAMP, nullable=False),
        sa.Column("answered_at", TIMESTAMP, nullable=True),
        sa.Column("invited_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("role IN ('member', 'admin')", name="role"),
        sa.CheckConstraint("status IN ('pending', 'accepted', 'declined', 'revoked')", name="status"),
        sa.ForeignKeyConstraint(["invited_by"], ["user.id"], ondelete="SET NULL"),
        sa.UniqueConstraint("tenant_id", "token_hash"),
    )
    op.create_index(op.f("ix_invitation_invited_by"), "invitation", ["invited_by"])
    op.create_index(
        "uq_invitation_pending_email",
        "invitation",
        ["tenant_id", "email"],
        unique=True,
        postgresql_where=sa.text("status = 'pending'"),
    )
    for table in ("membership", "membership_permission", "invitation"):
        isolate(op, table)
    for table in ("tenant", "activity"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.create_index(
        "ix_activity_tenant_id_created_at",
        "activity",
        ["tenant_id", "created_at"],
        postgresql_where=sa.text("tenant_id IS NOT NULL"),
    )
    for statement in (*POLICIES, MEMBER, KEEP_OWNER, OWNER_LEFT, ACCOUNT_DELETED, *TRIGGERS):
        op.execute(sa.text(statement.replace(":", r"\:")))


def downgrade() -> None:
    op.execute('DROP TRIGGER tenancy_account_deleted ON "user"')
    op.drop_index("ix_activity_tenant_id_created_at", "activity")
    op.execute("DROP POLICY tenant_isolation ON activity")
    op.execute("ALTER TABLE activity NO FORCE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE activity DISABLE ROW LEVEL SECURITY")
    op.execute("DROP POLICY own ON tenant")  # it reads the table that goes next
    for table in ("invitation", "membership_permission", "membership", "tenant"):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
