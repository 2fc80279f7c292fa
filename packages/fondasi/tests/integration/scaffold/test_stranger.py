"""A stranger builds an application with the commands of the guide (`python -m benchmarks stranger`)."""

import runpy
import sys
from pathlib import Path

import pytest

STRANGER = runpy.run_path(str(Path(__file__).parents[5] / "benchmarks" / "stranger.py"))
PIP = """#!/bin/sh
exec {python} -m pip --python {venv}/bin/python --disable-pip-version-check "$1" -q --no-deps --no-build-isolation \
--no-index "$2" "$3"
"""


@pytest.mark.long
def test_three_commands_make_an_application_that_is_guarded_documented_and_tested(
    tmp_path, environment_of, capsys
):
    assert len(STRANGER["commands"]()) <= 3
    project = environment_of(tmp_path)
    pip = project.bin / "pip"
    pip.write_text(PIP.format(python=sys.executable, venv=tmp_path / "venv"))
    pip.chmod(0o755)
    variables = {**project.variables, "PATH": f"{project.bin}:{project.variables['PATH']}"}
    steps = STRANGER["build"](tmp_path, variables)
    with capsys.disabled():
        sys.stdout.write(
            f"\nA stranger: {sum(seconds for _, seconds in steps):.0f} s to a route over HTTP.\n"
        )
