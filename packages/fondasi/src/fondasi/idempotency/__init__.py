"""`Idempotency-Key`: a POST that is sent again with the same key is done once, and answered as the first time.

Nothing has to be declared: each POST of somebody who is signed in takes a key when it has a unit of work. What it
answers is written in that unit of work, so both are there or neither is.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.idempotency.answers import KeepsAnswers, Keys
from fondasi.idempotency.jobs import purge
from fondasi.idempotency.personal_data import PERSONAL_DATA
from fondasi.idempotency.routes import Use, secret_faults, use_of
from fondasi.module import Module
from fondasi.platform import Platform

__all__ = ["Use", "module", "secret_faults", "use_of"]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    platform.provide(Keys(platform.settings))
    yield


module = Module(
    name="idempotency",
    around=[KeepsAnswers()],
    jobs=[purge],
    lifespan=_lifespan,
    personal_data=PERSONAL_DATA,
)
