"""Setting up a second factor, taking its codes, and switching it off.

The secret is sealed and bound to its account; a code is taken once, for its time step is used up with it and all
before. Recovery codes are 50 random bits each, kept as keyed hashes.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import structlog

from fondasi.identity.factors import repository, totp
from fondasi.identity.factors.errors import NoSecondFactor, SecondFactorExists, WrongFactorCode
from fondasi.identity.factors.schemas import Enrolment, SecondFactorRead
from fondasi.identity.notices import tell_owner
from fondasi.identity.sessions import Method, renew_proof, revoke_sessions_of
from fondasi.kit import clock
from fondasi.kit.audit import record
from fondasi.kit.crypto import SealBrokenError
from fondasi.kit.http import NotFound
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.access import Principal
    from fondasi.identity.models import User
    from fondasi.kit.crypto import KeyedHash, SealedBox
    from fondasi.kit.db import Session
    from fondasi.messages import Messenger

log = structlog.get_logger(__name__)

RECOVERY_CODES = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base32: no letter that looks like a digit
CODE_LENGTH, HALF = 10, 5
MISREAD = str.maketrans({"o": "0", "i": "1", "l": "1", "-": None, " ": None})


class SecondFactors:
    """Second factors of accounts; `platform.get(SecondFactors)`.

    Args:
        box: seals the secrets.
        keyed: hashes the recovery codes.
        messenger: tells the owners.
        issuer: what authenticator apps call the service.
    """

    def __init__(self, box: SealedBox, keyed: KeyedHash, messenger: Messenger, *, issuer: str) -> None:
        self._box = box
        self._keyed = keyed
        self._messenger = messenger
        self._issuer = issuer

    async def enrol(self, session: Session, caller: Principal) -> Enrolment:
        """A new secret for the caller's authenticator app; it counts for nothing until a code of it confirms it.

        Raises:
            SecondFactorExists: the account has one.
        """
        user = await self._owner(session, caller)
        if user.second_factor_at is not None:
            raise SecondFactorExists
        secret = totp.new_secret()
        await repository.write_factor(session, user.id, self._box.seal(secret, user.id.bytes))
        await record(session, "second_factor.begin", "identity", "Began to set up a second factor.")
        return Enrolment(secret=secret, uri=totp.uri(secret, user.username, self._issuer))

    async def confirm(self, session: Session, caller: Principal, code: str) -> list[str]:
        """Switch the second factor on with a code of it; the recovery codes. The other sessions end.

        Raises:
            NoSecondFactor: there is none to confirm.
            WrongFactorCode: the code is wrong.
        """
        user = await self._owner(session, caller)
        if user.second_factor_at is not None or await repository.sealed_secret(session, user.id) is None:
            raise NoSecondFactor
        if not await self._take_app_code(session, user.id, code.strip()):
            raise WrongFactorCode
        user.second_factor_at = clock.now()
        await revoke_sessions_of(session, user.id, except_id=caller.session_id)
        await renew_proof(session, caller.session_id, Method.TOTP)
        codes = await self._new_codes(session, user.id)
        await record(session, "second_factor.enable", "identity", "Switched the second factor on.")
        await self.tell(session, user, "second-factor-on")
        return codes

    async def renew_codes(self, session: Session, caller: Principal) -> list[str]:
        """New recovery codes in place of the old ones.

        Raises:
            NoSecondFactor: the account has none.
        """
        user = await self._owner(session, caller)
        if user.second_factor_at is None:
            raise NoSecondFactor
        await record(session, "second_factor.renew_codes", "identity", "Made new recovery codes.")
        return await self._new_codes(session, user.id)

    async def disable(self, session: Session, caller: Principal) -> None:
        """Switch the caller's second factor off.

        Raises:
            NoSecondFactor: the account has none.
        """
        await self.remove(session, await self._owner(session, caller))

    async def remove(self, session: Session, user: User) -> None:
        """Take the second factor from an account and tell its owner.

        Raises:
            NoSecondFactor: the account has none.
        """
        if user.second_factor_at is None:
            raise NoSecondFactor
        user.second_factor_at = None
        await repository.delete_factor(session, user.id)
        values = {"user_id": user.id, "username": user.username}
        await record(
            session,
            "second_factor.disable",
            "identity",
            "Switched a second factor off.",
            subject_id=user.id,
            metadata=values,
        )
        await self.tell(session, user, "second-factor-off")

    async def status(self, session: Session, caller: Principal) -> SecondFactorRead:
        """Whether the caller has a second factor, and how many recovery codes are left."""
        user = await repository.user_by_id(session, caller.user_id)
        enabled_at = user.second_factor_at if user else None
        left = await repository.recovery_codes_left(session, caller.user_id) if enabled_at else 0
        return SecondFactorRead(
            enabled=enabled_at is not None, enabled_at=enabled_at, recovery_codes_left=left
        )

    async def take(self, session: Session, user: User, code: str) -> Method | None:
        """Use up a code of the app, or a recovery code; what it was, or None if it does not fit."""
        if user.second_factor_at is None:
            return None
        code = code.strip()
        if code.isascii() and code.isdigit() and len(code) == totp.DIGITS:
            return Method.TOTP if await self._take_app_code(session, user.id, code) else None
        if not await repository.use_recovery_code(session, user.id, self._hash(user.id, code)):
            return None
        left = await repository.recovery_codes_left(session, user.id)
        await record(
            session,
            "second_factor.use_recovery_code",
            "identity",
            "Used a recovery code.",
            user_id=user.id,
            metadata={"left": left},
        )
        await self.tell(session, user, "recovery-code-used", left=left)
        return Method.RECOVERY_CODE

    async def tell(self, session: Session, user: User, template: str, **values: object) -> None:
        """Send the owner of an account a message, by e-mail or else by SMS, if there is a way."""
        await tell_owner(session, self._messenger, user, template, **values)

    async def _take_app_code(self, session: Session, user_id: UUID, code: str) -> bool:
        sealed = await repository.sealed_secret(session, user_id)
        if sealed is None:
            return False
        try:
            secret = self._box.open(sealed, user_id.bytes)
        except SealBrokenError:
            log.exception("second_factor_unreadable", user_id=str(user_id))
            return False
        step = totp.fitting_step(secret, code, clock.now().timestamp())
        return step is not None and await repository.use_step(session, user_id, step)

    async def _new_codes(self, session: Session, user_id: UUID) -> list[str]:
        codes = {"".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)}
        await repository.write_recovery_codes(session, user_id, (self._hash(user_id, code) for code in codes))
        return [f"{code[:HALF]}-{code[HALF:]}" for code in codes]

    def _hash(self, user_id: UUID, code: str) -> bytes:
        return self._keyed.digest(str(user_id), code.lower().translate(MISREAD))

    @staticmethod
    async def _owner(session: Session, caller: Principal) -> User:
        user = await repository.user_by_id(session, caller.user_id, locked=True)
        if user is None:
            raise NotFound(t("The account was deleted."))
        return user
