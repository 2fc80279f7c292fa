"""Servers whose streams are read over real connections."""

import httpx
import pytest
from fixtures.streams import SHELF

from fondasi.app import create_app
from fondasi.runtime import platform_modules
from fondasi.settings import LiveSettings

QUICK = LiveSettings(check_seconds=0.2, heartbeat_seconds=0.2, per_caller=5)


@pytest.fixture(scope="module")
def shelf_app(settings):
    """An application whose changes are told; keywords change settings."""

    def make(**changes):
        return create_app(
            settings.model_copy(update={"live": QUICK, **changes}), [*platform_modules(), SHELF]
        )

    return make


@pytest.fixture(scope="module")
def forgetful(shelf_app, served):
    """Another process, which remembers three changes."""
    patch = pytest.MonkeyPatch()
    patch.setattr("fondasi.kit.live.hub.KEPT", 3)
    with served(shelf_app()) as address:
        assert httpx.get(f"{address}/health/live", timeout=60).status_code == 200
        patch.undo()
        yield address


@pytest.fixture(scope="module")
def url(shelf_app, served):
    """A server."""
    with served(shelf_app()) as address:
        yield address
