"""A test that every application gets by one import, in any of its test files.

In a test file write::

from fondasi.testing.checks import test_application_is_sound
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.checks import drift, module_faults, start_faults
from fondasi.scaffold import template_faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from fondasi.kit.db import Database
    from fondasi.module import Module

__all__ = ["test_application_is_sound"]


async def test_application_is_sound(
    database: Database, modules: Sequence[Module], pytestconfig: pytest.Config
) -> None:
    """Personal data declared, tables of tenants isolated, models equal to the migrated database, templates right."""
    faults = [
        *module_faults(modules),
        *await start_faults(database, modules),
        *await drift(database, modules),
        *template_faults(pytestconfig.rootpath),
    ]
    assert not faults, "\n".join(faults)
