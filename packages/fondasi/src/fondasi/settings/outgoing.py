"""What goes out to addresses that callers name: webhooks, and files that are fetched."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Annotated

from pydantic import BaseModel, Field, field_validator
from pydantic_settings import NoDecode

from fondasi.settings.groups import split_list

_NEVER: list[IPv4Network | IPv6Network] = [
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),
    IPv6Network("::1"),
    IPv6Network("fe80::/10"),
]
Port = Annotated[int, Field(ge=1, le=65535)]


class OutgoingSettings(BaseModel):
    """Requests to addresses that callers name, for webhooks and for files by address."""

    ports: Annotated[list[Port], NoDecode] = Field(
        default_factory=lambda: [80, 443],
        min_length=1,
        description="Ports that may be asked, comma-separated.",
    )
    networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = Field(
        default_factory=list,
        description="Networks that may be asked beside the public ones, comma-separated: 10.1.0.0/16. Whoever may name "
        "an address then reaches them.",
    )

    _split_lists = field_validator("ports", "networks", mode="before")(split_list)

    def unsafe_networks(self) -> list[IPv4Network | IPv6Network]:
        """Networks in which this machine itself, its metadata, or everybody is."""
        return [
            network
            for network in self.networks
            if network.prefixlen == 0
            or any(network.version == other.version and network.overlaps(other) for other in _NEVER)
        ]


class WebhookSettings(BaseModel):
    """Webhooks: events that are sent to addresses of tenants' and administrators' choice."""

    limit: int = Field(
        10, ge=1, le=1000, description="Webhooks that one tenant may have, and as many the administrators."
    )
    timeout: float = Field(
        15, gt=0, le=30, description="Seconds in which the receiver of a webhook has to answer."
    )
    attempts: int = Field(
        12, ge=1, le=20, description="Times that a delivery is tried: 12 take about three days."
    )
    disable_days: int = Field(
        5, ge=1, le=365, description="Days of nothing but failures after which a webhook is disabled."
    )
    pending: int = Field(
        10_000,
        ge=1,
        description="Deliveries that may wait for a receiver of webhooks that takes none; what comes then is left out.",
    )
    grace_hours: int = Field(
        24, ge=0, le=720, description="Hours that the secret before still signs, beside a new one."
    )
    keep_days: int = Field(30, ge=1, le=3650, description="Days that deliveries stay listed.")
