"""Alembic: the shared environment, and the platform's own branch in `versions/`."""
