"""Groups, grants, and the triggers that keep them right."""

import sqlalchemy as sa
from alembic import op

from fondasi.kit.ids import new_id

revision = "fondasi_0007"
down_revision = "fondasi_0006"
branch_labels = None
depends_on = None

TIMESTAMP = sa.DateTime(timezone=True)
SEEDED = {
    "super_admin": "Holds every permission.",
    "admin": "Administers users, groups and the service.",
    "moderator": "Moderates what users publish.",
    "user": "Every new user.",
    "vendor": "Sells.",
}
FUNCTIONS = (
    "access_new_user",
    "access_superuser_changed",
    "access_joined",
    "access_left",
    "access_user_disabled",
    "access_users_changed",
    "access_groups_changed",
    "access_keep_seeded",
    "access_keep_super_admin",
)

# Taking the lock before counting makes two that remove each other take turns: the second counts what the first left.
KEEP_SUPER_ADMIN = """
CREATE FUNCTION access_keep_super_admin() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM access_state FOR UPDATE;
    IF NOT EXISTS (
        SELECT FROM user_group
        JOIN "group" ON "group".id = group_id AND "group".name = 'super_admin'
        JOIN "user" ON "user".id = user_id AND "user".status = 'active' AND "user".deleted_at IS NULL
    ) THEN
        RAISE EXCEPTION 'One active super admin has to remain. Make another user super admin first.'
            USING ERRCODE = 'FD409';
    END IF;
END $$
"""
NEW_USER = """
CREATE FUNCTION access_new_user() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO user_group (user_id, group_id)
    SELECT NEW.id, id FROM "group" WHERE name = 'user' OR (NEW.is_superuser AND name = 'super_admin');
    RETURN NULL;
END $$
"""
SUPERUSER_CHANGED = """
CREATE FUNCTION access_superuser_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.is_superuser THEN
        INSERT INTO user_group (user_id, group_id)
        SELECT NEW.id, id FROM "group" WHERE name = 'super_admin' ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM user_group USING "group"
        WHERE user_id = NEW.id AND "group".id = group_id AND "group".name = 'super_admin';
    END IF;
    RETURN NULL;
END $$
"""
JOINED = """
CREATE FUNCTION access_joined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "user" SET is_superuser = true
    WHERE id = NEW.user_id AND NOT is_superuser
      AND NEW.group_id = (SELECT id FROM "group" WHERE name = 'super_admin');
    RETURN NULL;
END $$
"""
LEFT = """
CREATE FUNCTION access_left() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.group_id = (SELECT id FROM "group" WHERE name = 'super_admin') THEN
        UPDATE "user" SET is_superuser = false WHERE id = OLD.user_id AND is_superuser;
        PERFORM access_keep_super_admin();
    END IF;
    RETURN NULL;
END $$
"""
USER_DISABLED = """
CREATE FUNCTION access_user_disabled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM access_keep_super_admin();
    RETURN NULL;
END $$
"""
USERS_CHANGED = """
CREATE FUNCTION access_users_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE "user" SET access_version = access_version + 1 WHERE id IN (SELECT user_id FROM changed);
    RETURN NULL;
END $$
"""
GROUPS_CHANGED = """
CREATE FUNCTION access_groups_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE access_state SET version = version + 1;
    RETURN NULL;
END $$
"""
KEEP_SEEDED = """
CREATE FUNCTION access_keep_seeded() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The seeded groups stay, with their names.' USING ERRCODE = 'FD409';
END $$
"""
TRIGGERS = (
    'CREATE TRIGGER access_new_user AFTER INSERT ON "user" FOR EACH ROW EXECUTE FUNCTION access_new_user()',
    (
        'CREATE TRIGGER access_superuser_changed AFTER UPDATE OF is_superuser ON "user" FOR EACH ROW '
        "WHEN (OLD.is_superuser <> NEW.is_superuser) EXECUTE FUNCTION access_superuser_changed()"
    ),
    (
        'CREATE TRIGGER access_user_disabled AFTER UPDATE OF status, deleted_at ON "user" FOR EACH ROW '
        "WHEN (NEW.is_superuser AND OLD.status = 'active' AND OLD.deleted_at IS NULL "
        "AND (NEW.status <> 'active' OR NEW.deleted_at IS NOT NULL)) EXECUTE FUNCTION access_user_disabled()"
    ),
    "CREATE TRIGGER access_joined AFTER INSERT ON user_group FOR EACH ROW EXECUTE FUNCTION access_joined()",
    "CREATE TRIGGER access_left AFTER DELETE ON user_group FOR EACH ROW EXECUTE FUNCTION access_left()",
    (
        'CREATE TRIGGER access_keep_seeded BEFORE DELETE OR UPDATE OF name, seeded ON "group" FOR EACH ROW '
        "WHEN (OLD.seeded) EXECUTE FUNCTION access_keep_seeded()"
    ),
    *(
        f"CREATE TRIGGER access_{table}_{event.lower()} AFTER {event} ON {table} "
        f"REFERENCING {'NEW' if event == 'INSERT' else 'OLD'} TABLE AS changed "
        "FOR EACH STATEMENT EXECUTE FUNCTION access_users_changed()"
        for table in ("user_group", "user_permission")
        for event in ("INSERT", "DELETE")
    ),
    (
        "CREATE TRIGGER access_groups_changed AFTER INSERT OR UPDATE OR DELETE ON group_permission "
        "FOR EACH STATEMENT EXECUTE FUNCTION access_groups_changed()"
    ),
)


def upgrade() -> None:
    op.add_column(
        "user", sa.Column("access_version", sa.BigInteger(), server_default=sa.text("0"), nullable=False)
    )
    groups = op.create_table(
        "group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("seeded", sa.Boolean(), nullable=False),
        sa.Column("created_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", TIMESTAMP, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "group_permission",
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "permission"),
    )
    op.create_table(
        "user_group",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["group_id"], ["group.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "group_id"),
    )
    op.create_index(op.f("ix_user_group_group_id"), "user_group", ["group_id"])
    op.create_table(
        "user_permission",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", "permission"),
    )
    op.create_table(
        "access_state",
        sa.Column("id", sa.Boolean(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id", name="single"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("INSERT INTO access_state VALUES (true, 0)")
    op.bulk_insert(
        groups,
        [
            {"id": new_id(), "name": name, "description": text, "seeded": True}
            for name, text in SEEDED.items()
        ],
    )
    op.execute(
        'INSERT INTO user_group (user_id, group_id) SELECT "user".id, "group".id FROM "user" JOIN "group" '
        "ON \"group\".name = 'user' OR (\"group\".name = 'super_admin' AND is_superuser)"
    )
    for function in (
        KEEP_SUPER_ADMIN,
        NEW_USER,
        SUPERUSER_CHANGED,
        JOINED,
        LEFT,
        USER_DISABLED,
        USERS_CHANGED,
        GROUPS_CHANGED,
        KEEP_SEEDED,
    ):
        op.execute(function)
    for trigger in TRIGGERS:
        op.execute(trigger)


def downgrade() -> None:
    for trigger in ("access_new_user", "access_superuser_changed", "access_user_disabled"):
        op.execute(f'DROP TRIGGER {trigger} ON "user"')
    for table in ("access_state", "user_permission", "user_group", "group_permission", "group"):
        op.drop_table(table)
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}()")
    op.drop_column("user", "access_version")
