"""What the demo makes before it serves."""

import asyncio
import io
import sys

import pytest
from rich.console import Console

from fondasi.demo import LESS, _print_welcome, prepare, run_demo
from fondasi.runtime import open_platform, platform_modules
from fondasi.settings import Environment, StartError


async def test_demos_that_start_at_once_take_turns(settings, clean_database, tmp_path):
    own = settings.model_copy(update={"data_dir": tmp_path})
    async with (
        open_platform(own, platform_modules()) as first,
        open_platform(own, platform_modules()) as second,
    ):
        passwords = [password for password, _ in await asyncio.gather(prepare(first), prepare(second))]
    assert passwords[0] == passwords[1] == (tmp_path / "admin_password").read_text()


def test_long_lines_of_the_box_go_on_below_themselves(settings, tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "activate").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    printed = io.StringIO()
    _print_welcome(settings, Console(file=printed, width=60), 8000, "secret", [])
    lines = printed.getvalue().splitlines()
    box = lines[1 : next(number for number, line in enumerate(lines) if line.startswith("╰"))]
    (begin,) = [number for number, line in enumerate(box) if line.startswith("│ Commands       .")]
    assert len(box) > begin + 1
    assert all(line.startswith("│" + " " * 16) and line[17] != " " for line in box[begin + 1 :])


def test_outside_local_the_box_says_what_is_not_as_there(settings):
    def told(**changes) -> str:
        printed = io.StringIO()
        own = settings.model_copy(update=changes)
        _print_welcome(own, Console(file=printed, width=400), 8000, "secret", [])
        return printed.getvalue()

    assert f"staging: {LESS}" in told(environment=Environment.STAGING)
    assert LESS not in told()


def test_production_is_not_filled_with_examples(settings):
    with pytest.raises(StartError, match="Use `fondasi serve`"):
        run_demo(settings.model_copy(update={"environment": Environment.PRODUCTION}), Console())
