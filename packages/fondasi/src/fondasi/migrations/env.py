"""Alembic's environment, shared by the branches of all packages. `fondasi.kit.db.migrations` runs it."""

from alembic import context

from fondasi.kit.db import Base

connection = context.config.attributes["connection"]
if connection is None:
    raise SystemExit("Run migrations with `fondasi migrate`.")
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    version_table=context.config.attributes["version_table"],
    compare_type=True,
)
context.run_migrations()
