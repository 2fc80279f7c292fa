"""Checking what authenticators answer (WebAuthn 3, 7.1 and 7.2), in a thread: it takes parsing and signatures.

The library is imported with the first answer: a service whose users have no passkeys does not pay for it.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import structlog

from fondasi.identity.passkeys.challenges import decoded
from fondasi.identity.passkeys.errors import PasskeyRefused

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from fondasi.identity.passkeys.relying import RelyingParty
    from fondasi.identity.passkeys.schemas import PasskeyAssertion, PasskeyCredential

    Checked = TypeVar("Checked")

log = structlog.get_logger(__name__)

ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256 (RFC 9053): what authenticators have
# Browsers strip the others, for no attestation was asked for; parsing what nobody sends would be an open door.
FORMATS = frozenset({"none", "packed"})


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey that was checked."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    aaguid: UUID
    backed_up: bool


@dataclass(frozen=True, slots=True)
class Used:
    """A signature that was checked."""

    sign_count: int
    backed_up: bool


async def check_new(party: RelyingParty, credential: PasskeyCredential, challenge: bytes) -> Made:
    """Check what an authenticator says of a new passkey.

    Raises:
        PasskeyRefused: any of it is wrong, or its owner did not unlock it.
    """

    def check() -> Made:
        from webauthn import verify_registration_response  # noqa: PLC0415
        from webauthn.helpers import parse_attestation_object  # noqa: PLC0415
        from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415

        _same_page(credential.response.client_data_json)
        told = parse_attestation_object(decoded(credential.response.attestation_object))
        if told.fmt not in FORMATS:
            raise ValueError(f"attestation {told.fmt}")
        made = verify_registration_response(
            credential=credential.model_dump(mode="json", by_alias=True, exclude_none=True),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=[*party.origins],
            require_user_verification=True,
            supported_pub_key_algs=[COSEAlgorithmIdentifier(number) for number in ALGORITHMS],
        )
        if made.credential_id != decoded(credential.raw_id):
            raise ValueError("another id")
        return Made(
            made.credential_id,
            made.credential_public_key,
            made.sign_count,
            UUID(made.aaguid),
            made.credential_backed_up,
        )

    return await _in_thread(check, None)


async def check_use(
    party: RelyingParty, assertion: PasskeyAssertion, challenge: bytes, public_key: bytes, user_id: UUID
) -> Used:
    """Check what an authenticator has signed. Whether it counts on is left to who holds the row.

    Raises:
        PasskeyRefused: any of it is wrong, or its owner did not unlock it.
    """

    def check() -> Used:
        from webauthn import verify_authentication_response  # noqa: PLC0415

        _same_page(assertion.response.client_data_json)
        handle = assertion.response.user_handle
        if handle is not None and decoded(handle) != user_id.bytes:
            raise ValueError("another user handle")
        used = verify_authentication_response(
            credential=assertion.model_dump(mode="json", by_alias=True, exclude_none=True),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=[*party.origins],
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
        return Used(used.new_sign_count, used.credential_backed_up)

    return await _in_thread(check, user_id)


def _same_page(client_data: str) -> None:
    """Refuse what was asked for in a frame of another site (WebAuthn 3, 5.8.1: crossOrigin)."""
    if json.loads(decoded(client_data)).get("crossOrigin"):
        raise ValueError("asked for in a frame of another site")


async def _in_thread(check: Callable[[], Checked], user_id: UUID | None) -> Checked:
    try:
        return await asyncio.to_thread(check)
    except Exception as error:  # noqa: BLE001 - whatever a forged answer breaks in the parsers
        log.info("passkey_refused", reason=f"{type(error).__name__}: {error}"[:300])
        raise PasskeyRefused(user_id) from None
