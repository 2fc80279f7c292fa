"""Long tests start first, so that the processes of pytest-xdist end together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests marked `long` before all others."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
