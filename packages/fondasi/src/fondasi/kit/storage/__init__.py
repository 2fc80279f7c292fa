"""Where the bytes of files are: a folder, or an object store, behind one interface.

Keys are made by the service, never by callers. What is stored is whole or not there: a write that does not end leaves
nothing behind.
"""

from collections.abc import AsyncIterator
from secrets import token_hex

from fondasi.kit.storage.base import PIECE, Storage, StorageError
from fondasi.kit.storage.local import LocalStorage
from fondasi.kit.storage.objects import ObjectStorage
from fondasi.settings import Settings

__all__ = ["PIECE", "LocalStorage", "ObjectStorage", "Storage", "StorageError", "probe", "storage_of"]


def storage_of(settings: Settings) -> Storage:
    """The object store that STORAGE_URL names, or else the folder `files` of the data folder."""
    if settings.storage.url:
        return ObjectStorage(settings.storage)
    return LocalStorage(settings.data_dir / "files", settings.storage.timeout)


async def probe(storage: Storage) -> None:
    """Write something, read it and delete it.

    Raises:
        StorageError: it cannot be done.
    """
    key, content = f"probe/{token_hex(8)}", b"fondasi"

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    await storage.write(key, pieces())
    try:
        read = b"".join([piece async for piece in storage.read(key, 0, len(content))])
    finally:
        await storage.delete(key)
    if read != content:
        raise StorageError("what was read is not what was written")
