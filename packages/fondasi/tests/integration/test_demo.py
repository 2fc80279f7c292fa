"""What the demo makes before it serves."""

import asyncio

from fondasi.demo import prepare
from fondasi.runtime import open_platform, platform_modules


async def test_demos_that_start_at_once_take_turns(settings, clean_database, tmp_path):
    own = settings.model_copy(update={"data_dir": tmp_path})
    async with (
        open_platform(own, platform_modules()) as first,
        open_platform(own, platform_modules()) as second,
    ):
        passwords = [password for password, _ in await asyncio.gather(prepare(first), prepare(second))]
    assert passwords[0] == passwords[1] == (tmp_path / "admin_password").read_text()
