"""Alembic revisions of CourtSight."""
