"""Password hashing: argon2id, in a bounded pool of threads and never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

# OWASP Password Storage Cheat Sheet, minimum for argon2id: 19 MiB, 2 iterations, 1 lane (16.5 ms CPU).
_hasher = PasswordHash((Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1),))
_pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")


async def hash_password(password: str) -> str:
    """The argon2id hash of a password."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _hasher.hash, password)


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits. Without a hash (no such user) it takes the same time and says no."""
    reference = password_hash or _decoy()
    fits = await asyncio.get_running_loop().run_in_executor(_pool, _hasher.verify, password, reference)
    return fits and password_hash is not None


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _hasher.hash("nobody's password")
