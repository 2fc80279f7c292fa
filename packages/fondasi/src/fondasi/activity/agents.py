"""User agents for people. Read when an entry is shown, so that writing one does not wait for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from ua_parser import parse


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


def _versioned(family: str, major: str | None) -> str:
    return f"{family} {major}" if major else family
