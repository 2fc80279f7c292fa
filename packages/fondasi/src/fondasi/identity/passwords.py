"""Password hashing: argon2id, in a bounded pool of threads and never on the event loop."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from fondasi.kit.http import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

# OWASP Password Storage Cheat Sheet, minimum for argon2id: 19 MiB, 2 iterations, 1 lane (16.5 ms CPU).
_argon2 = Argon2Hasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
_hasher = PasswordHash((_argon2,))
HASHING = max(1, min(4, (os.cpu_count() or 1) - 1))  # threads: a core is left to the event loop
NICENESS = 19  # the most
MAX_WAITING = 200  # some 3 s of work for one thread
P = ParamSpec("P")
T = TypeVar("T")


def _give_way() -> None:
    """Let this thread compute when nobody else wants the core: all other requests are answered from other threads."""
    if sys.platform == "linux":  # where a thread has a niceness of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


_pool = ThreadPoolExecutor(max_workers=HASHING, thread_name_prefix="argon2", initializer=_give_way)


async def hash_password(password: str) -> str:
    """The argon2id hash of a password.

    Raises:
        Unavailable: too many passwords wait already.
    """
    return await _in_pool(_hasher.hash, _normal(password))


async def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits. Without a hash (no such user) it takes the same time and says no.

    Raises:
        Unavailable: too many passwords wait already.
    """
    return await _in_pool(_verify, _normal(password), password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with other parameters than today's: then hash the password again at login."""
    return _argon2.check_needs_rehash(password_hash)


async def _in_pool(function: Callable[P, T], *args: P.args, **_: P.kwargs) -> T:
    if _pool._work_queue.qsize() >= MAX_WAITING:  # noqa: SLF001 - the pool has no public count
        raise Unavailable("Too many people sign in at this moment. Try again shortly.")
    return await asyncio.get_running_loop().run_in_executor(_pool, function, *args)


def _normal(password: str) -> str:
    """The same characters whatever keyboard made them (NIST SP 800-63B, 5.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _verify(password: str, password_hash: str | None) -> bool:
    fits = _hasher.verify(password, password_hash or _decoy())
    return fits and password_hash is not None


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _hasher.hash("nobody's password")
