"""`fondasi tiers`, as a process of its own."""

import os
import re
import subprocess
import sys


def fondasi(settings, *arguments):
    environment = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DATABASE_URL": settings.database.url.get_secret_value(),
        "DATABASE_OWNER_URL": settings.database.owner_url.get_secret_value(),
        "FONDASI_DATA_DIR": str(settings.data_dir),
        "MODULES": "posts",
    }
    return subprocess.run(
        [sys.executable, "-m", "fondasi", "tiers", *arguments],
        cwd=settings.data_dir,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


async def test_tiers_are_created_and_listed(settings, tiers):
    created = fondasi(settings, "create", "pro", "--description", "Paid.")
    assert created.stdout.strip() == "Created the tier pro.", created.stderr
    assert (
        fondasi(settings, "create", "pro").stderr.strip() == "Another tier has that name. Choose another one."
    )
    assert re.search(r"^pro +Paid\.", fondasi(settings, "list").stdout, re.MULTILINE)
