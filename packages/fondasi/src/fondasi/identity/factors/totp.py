"""Time-based one-time passwords (RFC 6238): HMAC-SHA1, 30 seconds, 6 digits, which every authenticator app knows."""

from __future__ import annotations

import hmac
import secrets
from base64 import b32decode, b32encode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_BYTES = 20  # the length of the hash (RFC 4226, 4, R6)
PERIOD = 30  # seconds
DIGITS = 6
WINDOW = 1  # steps before and after now: clocks differ, and people type slowly (RFC 6238, 5.2)


def new_secret() -> str:
    """A random secret, in base32 as people type it into an app."""
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def code_at(secret: str, step: int, *, digits: int = DIGITS) -> str:
    """The code of a secret at a time step.

    Args:
        secret: in base32.
        step: periods of 30 seconds since 1970.
        digits: its length.
    """
    return HOTP(b32decode(secret), digits, SHA1()).generate(step).decode()  # noqa: S303 - what RFC 6238 says


def fitting_step(secret: str, code: str, moment: float) -> int | None:
    """The time step that a code is of, if that is the present one or a neighbour; the newest of several.

    Args:
        secret: in base32.
        code: what somebody typed.
        moment: now, in seconds since 1970.
    """
    now = int(moment) // PERIOD
    typed = code.encode()
    fitting = [
        step
        for step in range(now - WINDOW, now + WINDOW + 1)
        if hmac.compare_digest(code_at(secret, step).encode(), typed)
    ]
    return max(fitting, default=None)


def uri(secret: str, account: str, issuer: str) -> str:
    """What the QR code for an authenticator app holds: `otpauth://totp/...`."""
    app = TOTP(b32decode(secret), DIGITS, SHA1(), PERIOD)  # noqa: S303 - what RFC 6238 says
    return app.get_provisioning_uri(account, issuer).replace("+", "%20")  # apps take a plus sign as it stands
