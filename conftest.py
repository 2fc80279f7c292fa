"""Fixtures with a file of their own; and long tests first, so that the processes of pytest-xdist end together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# Here, for pytest takes plugins from the topmost conftest.py alone; they are in packages/fondasi/tests.
pytest_plugins = [
    "fixtures.admin_panel",
    "fixtures.collectors",
    "fixtures.federation",
    "fixtures.outside",
    "fixtures.processes",
    "fixtures.second_factor",
    "fixtures.statements",
    "fixtures.tenancy",
    "fixtures.worlds",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put tests marked `long` before all others."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
