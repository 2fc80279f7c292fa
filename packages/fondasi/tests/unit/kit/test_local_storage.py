"""The local store: whole or not there, whatever happens meanwhile."""

import asyncio

import pytest

from fondasi.kit.storage import LocalStorage, StorageError

KEY = "ab/0123ab"


@pytest.fixture
def storage(tmp_path) -> LocalStorage:
    return LocalStorage(tmp_path / "files", timeout=30)


def files(storage: LocalStorage) -> list[str]:
    folder = storage._folder
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def pieces(*content: bytes):
    for piece in content:
        yield piece


async def read(storage: LocalStorage, start: int, end: int) -> bytes:
    return b"".join([piece async for piece in storage.read(KEY, start, end)])


@pytest.mark.parametrize(
    "content",
    [(), (b"",), (b"a",) * 3000, (b"x" * 3_000_000, b"y" * 700_001), (b"z" * 70_000_000,)],
    ids=["nothing", "empty", "many", "large", "larger than the disk is told at once"],
)
async def test_what_is_written_is_read(storage, content):
    whole = b"".join(content)
    assert await storage.write(KEY, pieces(*content)) == len(whole)
    assert files(storage) == [KEY]
    assert await read(storage, 0, len(whole)) == whole
    end = min(len(whole), 600_000)
    assert await read(storage, 5, end) == whole[5:end]


async def test_content_that_breaks_leaves_nothing(storage):
    async def breaks():
        yield b"x" * 3_000_000
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await storage.write(KEY, breaks())
    assert files(storage) == []


async def test_cancelled_write_leaves_nothing(storage):
    begun = asyncio.Event()

    async def stops():
        yield b"x" * 3_000_000
        yield b"x" * 3_000_000
        begun.set()
        await asyncio.Event().wait()

    writing = asyncio.create_task(storage.write(KEY, stops()))
    await begun.wait()
    assert files(storage) == [f"{KEY}.part"]
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    assert files(storage) == []


async def test_full_disk_is_said_and_leaves_nothing(storage):
    beside = storage._folder / f"{KEY}.part"
    beside.parent.mkdir(parents=True)
    beside.symlink_to("/dev/full")
    with pytest.raises(StorageError):
        await storage.write(KEY, pieces(b"x" * 3_000_000))
    assert files(storage) == []
    assert not beside.is_symlink()


async def test_delete_removes_what_a_killed_process_left(storage):
    await storage.write(KEY, pieces(b"x"))
    (storage._folder / f"{KEY}.part").write_bytes(b"half")
    await storage.delete(KEY)
    await storage.delete(KEY)
    assert files(storage) == []
    with pytest.raises(StorageError):
        await read(storage, 0, 1)


async def test_file_that_is_shorter_than_it_was_is_said(storage):
    await storage.write(KEY, pieces(b"abc"))
    with pytest.raises(StorageError):
        await read(storage, 0, 4)
