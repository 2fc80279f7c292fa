"""The platform is tested with its own rooms alone; the applications test themselves."""

from collections.abc import Sequence

import pytest

from fondasi.module import Module
from fondasi.runtime import platform_modules


@pytest.fixture(scope="session")
def modules() -> Sequence[Module]:
    return platform_modules()
