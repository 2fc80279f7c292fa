"""`fondasi tiers`."""

import re
from functools import partial

import pytest


@pytest.fixture
def run(command):
    return partial(command, "fondasi.quotas.commands")


async def test_tiers_are_created_and_listed(run, tiers):
    assert await run("create", "pro", "--description", "Paid.") == (0, "Created the tier pro.\n")
    assert await run("create", "pro") == (1, "Another tier has that name. Choose another one.\n")
    assert re.search(r"^pro +Paid\.", (await run("list"))[1], re.MULTILINE)
