from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from courtsight.fictitious import generate

if TYPE_CHECKING:
    from courtsight.decisions.draft import DecisionDraft


@pytest.fixture(scope="session")
def corpus() -> list[DecisionDraft]:
    return list(generate())
