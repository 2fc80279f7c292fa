"""The parts of the embedded server that need no server."""

import os
import subprocess
from pathlib import Path

import pytest

from fondasi.kit.db.embedded import configuration
from fondasi.kit.db.embedded.account import Account
from fondasi.kit.db.embedded.locks import FileLock
from fondasi.kit.db.embedded.postmaster import Postmaster, cluster_name, cluster_name_in

ME = Account(os.geteuid(), os.getegid())
POSTMASTER = ["123", "/data/postgres", "1700000000", "5432", "/tmp/sockets", "", "  1  2", "ready   "]


class TestFileLock:
    @pytest.fixture
    def pair(self, tmp_path):
        locks = [FileLock(tmp_path / "lock", ME) for _ in range(2)]
        yield locks
        for lock in locks:
            lock.close()

    def test_excludes_another_even_in_one_process(self, pair):
        first, second = pair
        assert first.acquire()
        assert not second.acquire()
        assert not second.acquire_within(0.03)
        first.release()
        assert second.acquire_within(0.03)

    def test_is_shared_by_those_who_ask_for_that(self, pair):
        first, second = pair
        assert first.acquire(shared=True)
        assert second.acquire(shared=True)
        assert not first.acquire()

    def test_belongs_to_the_process_that_inherits_it_until_it_dies(self, tmp_path, pair):
        lock = FileLock(tmp_path / "lock", ME)
        assert lock.acquire()
        child = subprocess.Popen(["/bin/sleep", "60"], pass_fds=[lock.fileno()])
        lock.close()
        assert not pair[0].acquire()
        child.kill()
        child.wait()
        assert pair[0].acquire()


class TestPostmaster:
    def test_reads_its_file(self, tmp_path):
        (tmp_path / "postmaster.pid").write_text("\n".join(POSTMASTER))
        assert Postmaster.read(tmp_path) == Postmaster(123, Path("/tmp/sockets"), "ready")

    @pytest.mark.parametrize("lines", range(8))
    def test_is_unknown_while_the_file_is_being_written(self, tmp_path, lines):
        (tmp_path / "postmaster.pid").write_text("\n".join(POSTMASTER[:lines]))
        assert Postmaster.read(tmp_path) is None

    def test_is_unknown_without_a_file(self, tmp_path):
        assert Postmaster.read(tmp_path) is None


class TestClusterName:
    NAME = "fondasi-fd00-000000000000002a"

    @pytest.mark.parametrize(
        "title",
        [f"/bin/postgres -D /data -c cluster_name={NAME} -c port=5432", f"postgres: {NAME}: walwriter "],
    )
    def test_is_found_in_the_titles_of_the_server(self, title):
        assert cluster_name_in(title) == self.NAME

    @pytest.mark.parametrize(
        "title",
        [
            "",
            "postgres: walwriter",
            "/srv/fondasi-main/bin/postgres -D /data",
            f"/bin/postgres -D /data -c cluster_name={NAME}0",
            f"grep {NAME}",
        ],
    )
    def test_is_not_found_elsewhere(self, title):
        assert cluster_name_in(title) is None

    def test_tells_directories_apart(self, tmp_path):
        (tmp_path / "other").mkdir()
        assert cluster_name(tmp_path.stat()) != cluster_name((tmp_path / "other").stat())
        assert cluster_name_in(f"postgres: {cluster_name(tmp_path.stat())}: ") == cluster_name(
            tmp_path.stat()
        )


class TestConfiguration:
    def test_never_gives_up_durability_by_itself(self):
        assert "fsync" not in configuration.configuration(durable=True)
        assert "fsync = 'off'" in configuration.configuration(durable=False)

    def test_small_shared_memory_is_not_used(self, monkeypatch):
        monkeypatch.setattr(configuration, "_SHARED_MEMORY_NEEDED", 1 << 60)
        assert configuration.shared_memory_type() == "mmap"
