"""Fixtures with a file of their own; and long tests first, so that the processes of pytest-xdist end together."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# A busy machine is no fault of what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Here, for pytest takes plugins from the topmost conftest.py alone; they are in packages/fondasi/tests.
pytest_plugins = [
    "fixtures.admin_panel",
    "fixtures.authenticator",
    "fixtures.browser",
    "fixtures.collectors",
    "fixtures.federation",
    "fixtures.generated",
    "fixtures.outside",
    "fixtures.processes",
    "fixtures.second_factor",
    "fixtures.servers",
    "fixtures.statements",
    "fixtures.tenancy",
    "fixtures.worlds",
]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """A process more than there are cores, for tests of processes and faults wait half of their time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what runs in a browser, and put tests marked `long` before all others."""
    for item in items:
        if "chromium" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
