"""Secrets of webhooks, and what they sign (Standard Webhooks, github.com/standard-webhooks/standard-webhooks)."""

from __future__ import annotations

import hmac
import secrets
from base64 import b64decode, b64encode
from hashlib import sha256
from typing import TYPE_CHECKING

from fondasi.kit.crypto import SealedBox

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from fondasi.settings import Settings
    from fondasi.webhooks.models import AnyWebhook

PREFIX = "whsec_"
BYTES = 32


class Secrets:
    """Makes secrets, keeps them sealed, and signs with them.

    Args:
        settings: the service's secret key.
    """

    def __init__(self, settings: Settings) -> None:
        if settings.secret_key is None:
            raise RuntimeError("SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`.")
        self._box = SealedBox(settings.secret_key.get_secret_value(), "webhooks")

    def new(self, webhook_id: UUID) -> tuple[str, bytes]:
        """A secret as it is shown once, and as it is stored."""
        text = PREFIX + b64encode(secrets.token_bytes(BYTES)).decode()
        return text, self._box.seal(text, webhook_id.bytes)

    def headers(self, webhook: AnyWebhook, delivery_id: UUID, body: bytes, now: datetime) -> dict[str, str]:
        """The headers that let the receiver know who sent the body, when, and whether it had it before."""
        sealed = [webhook.sealed_secret]
        if webhook.previous_secret is not None and webhook.previous_until and webhook.previous_until > now:
            sealed.append(webhook.previous_secret)
        message_id, timestamp = message_id_of(delivery_id), int(now.timestamp())
        signatures = [
            signature(self._box.open(each, webhook.id.bytes), message_id, timestamp, body) for each in sealed
        ]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": " ".join(signatures),
        }


def message_id_of(delivery_id: UUID) -> str:
    """The same for each try, so that the receiver can drop what it had."""
    return f"msg_{delivery_id.hex}"


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """HMAC-SHA256 over id, timestamp and body, in version 1 of the standard."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.digest(b64decode(secret.removeprefix(PREFIX)), signed, sha256)
    return f"v1,{b64encode(digest).decode()}"
