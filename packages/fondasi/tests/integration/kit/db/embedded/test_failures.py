"""What the user reads when the server cannot start."""

from pathlib import Path

import pytest
from fixtures.disks import fill, mounted

from fondasi.kit.db.embedded import EmbeddedServer, EmbeddedServerError, binaries


async def failure(data_dir: Path) -> str:
    with pytest.raises(EmbeddedServerError) as caught:
        await EmbeddedServer.start(data_dir)
    assert str(data_dir) in str(caught.value)
    return str(caught.value)


@pytest.fixture
def small_disk(tmp_path):
    with mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs") as path:
        yield path


async def test_cluster_of_another_major_version(spare_data_dir):
    (spare_data_dir / "postgres" / "PG_VERSION").write_text("17\n")
    message = await failure(spare_data_dir)
    assert "made by PostgreSQL 17" in message
    assert "pg_dump" in message


async def test_file_in_place_of_the_directory(tmp_path):
    (tmp_path / "data").write_text("")
    assert "FONDASI_DATA_DIR" in await failure(tmp_path / "data")


async def test_wrong_setting_quotes_the_log_and_is_recovered_from(spare_data_dir):
    configuration = spare_data_dir / "postgres" / "postgresql.auto.conf"
    configuration.write_text("work_mem = 'plenty'\n")
    assert 'invalid value for parameter "work_mem": "plenty"' in await failure(spare_data_dir)
    configuration.write_text("")
    await (await EmbeddedServer.start(spare_data_dir)).release()


async def test_damaged_cluster_quotes_the_log(spare_data_dir):
    (spare_data_dir / "postgres" / "global" / "pg_control").unlink()
    assert "pg_control" in await failure(spare_data_dir)


async def test_disk_full_while_the_cluster_is_made(small_disk):
    fill(small_disk, leaving=20 << 20)
    told = await failure(small_disk / "data")
    assert "is full: 20 MB are free, and a new database needs 100 MB." in told
    assert "PostgreSQL said" not in told
    (small_disk / "filler").unlink()
    assert not list((small_disk / "data").glob("*postgres-*"))


async def test_disk_full_at_a_later_start_is_recovered_from(small_disk, finished_cluster, copy_cluster):
    data_dir = small_disk / "data"
    copy_cluster(finished_cluster, data_dir)
    (data_dir / "postgres" / "postmaster.opts").unlink()
    fill(small_disk, leaving=0)
    assert (await failure(data_dir)).startswith("The disk of the database is full; free some space.")
    (small_disk / "filler").unlink()
    await (await EmbeddedServer.start(data_dir)).release()


async def test_without_the_binaries(data_dir, monkeypatch):
    monkeypatch.setattr(binaries, "POSTGRES_MAJOR", 99)
    with pytest.raises(EmbeddedServerError, match="DATABASE_URL"):
        await EmbeddedServer.start(data_dir)
