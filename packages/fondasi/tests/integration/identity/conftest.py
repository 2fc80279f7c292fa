"""What the tests of accounts and credentials share."""

import pytest


@pytest.fixture
async def root(account):
    """Headers of a super admin."""
    return await account("root", superuser=True)
