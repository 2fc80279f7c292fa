"""User agents for people. Read when an entry is shown, so that writing one does not wait for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ua_parser import parse

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Agent:
    """What a `User-Agent` header says of itself; None where it does not."""

    device: str | None = None
    browser: str | None = None
    os: str | None = None


NOBODY = Agent()


@lru_cache(maxsize=4096)
def read_agent(user_agent: str | None) -> Agent:
    """Device, browser and operating system, with major versions."""
    if not user_agent:
        return NOBODY
    found = parse(user_agent)
    device = found.device
    return Agent(
        device=" ".join(filter(None, (device.brand, device.model))) or device.family if device else None,
        browser=_versioned(found.user_agent.family, found.user_agent.major) if found.user_agent else None,
        os=_versioned(found.os.family, found.os.major) if found.os else None,
    )


async def read_agents(user_agents: Sequence[str | None]) -> None:
    """Have these known to `read_agent`. The first of a process loads a thousand patterns, for a second or more."""
    await asyncio.to_thread(lambda: [read_agent(user_agent) for user_agent in user_agents])


def _versioned(family: str, major: str | None) -> str:
    return f"{family} {major}" if major else family
