"""Alembic revisions of posts."""
