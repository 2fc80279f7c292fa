"""A disk that is nearly full is told at start, by what will write to it."""

import re
import shutil
import signal
import subprocess
from threading import Event

import pytest
from fixtures.disks import fill, mounted

from fondasi import checks

MB = 1024 * 1024
TOLD = re.compile(r"The disk of \S+/data is nearly full: \d+ MB are free\. Free some space")


@pytest.fixture
def nearly_full(tmp_path, migrated_data):
    """A data folder on a disk with 52 MB left."""
    with mounted(tmp_path / "data", "-t", "tmpfs", "-o", "size=500m,mode=755", "tmpfs") as folder:
        subprocess.run(["cp", "-a", f"{migrated_data}/.", folder], check=True)
        fill(folder, leaving=52 * MB)
        yield folder


@pytest.mark.long
def test_who_starts_is_told_once(nearly_full, start_command):
    migrating = start_command("migrate")
    assert migrating.ends() == 0, migrating.output
    commands = [migrating]
    for name, begun in (("serve", "service_started"), ("worker", "worker_started"), ("demo", "Ctrl-C stops")):
        commands.append(start_command(name))
        commands[-1].says(begun)
        commands[-1].ends(signal.SIGTERM)
    assert [len(TOLD.findall(command.output)) for command in commands] == [1, 1, 1, 1], commands[-1].output


def test_doctor_tells_it_too(tmp_path, fondasi):
    with mounted(tmp_path / "data", "-t", "tmpfs", "-o", "size=48m", "tmpfs"):
        examined = fondasi(tmp_path, "doctor")
    assert TOLD.search(" ".join(examined.stdout.split())), examined.stdout


def test_a_disk_that_does_not_answer_keeps_nobody(tmp_path, fondasi, monkeypatch):
    answers, usage = Event(), shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: answers.wait() and usage)
    monkeypatch.setattr(checks, "DISK_SECONDS", 0.2)
    said = " ".join(fondasi(tmp_path, "doctor").stdout.split())
    answers.set()
    assert f"The disk of {tmp_path / 'data'} does not answer" in said


def test_a_disk_with_room_is_no_word_worth(tmp_path, fondasi):
    assert "nearly full" not in fondasi(tmp_path, "doctor").stdout
