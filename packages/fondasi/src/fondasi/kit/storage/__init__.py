"""Where the bytes of files are: a folder, or an object store, behind one interface.

Keys are made by the service, never by callers. What is stored is whole or not there: a write that does not end leaves
nothing behind.
"""

from fondasi.kit.storage.base import PIECE, Storage, StorageError
from fondasi.kit.storage.local import LocalStorage

__all__ = ["PIECE", "LocalStorage", "Storage", "StorageError"]
