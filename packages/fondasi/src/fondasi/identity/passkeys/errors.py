"""What can go wrong with passkeys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fondasi.kit.db import KeepsWork
from fondasi.kit.http import Conflict, Forbidden, NotFound
from fondasi.kit.i18n import tn

if TYPE_CHECKING:
    from uuid import UUID


class PasskeysOff(NotFound):
    """The service has no passkeys, or not at the address that it was asked at."""

    code, title = "PASSKEYS_OFF", "No passkeys here"

    def __init__(self) -> None:
        super().__init__("There are no passkeys at this address. Sign in another way.")


class PasskeyExpired(Forbidden):
    """The challenge is unknown, used, too old, or somebody else's: the answer does not tell which."""

    code, title = "PASSKEY_EXPIRED", "Too late"

    def __init__(self) -> None:
        super().__init__("That took too long, or was answered already. Use the passkey again.")


class PasskeyRefused(Forbidden):
    """Unknown, forged, not unlocked, or of an account that may not sign in: the answer does not tell which."""

    code, title = "PASSKEY_REFUSED", "Passkey not accepted"
    recorded_as: ClassVar[str | None] = ".failed"

    def __init__(self, user_id: UUID | None = None) -> None:
        self.user_id = user_id
        super().__init__("This passkey is not accepted. Take another one, or sign in another way.")


class PasskeySignInRefused(PasskeyRefused):
    """The same at sign-in, where nobody is signed in yet."""

    recorded_as = "login.failed"


class PasskeyCopied(KeepsWork, PasskeyRefused):
    """The authenticator counts backwards: there may be a copy of it. The answer is that of every refusal."""


class NoPasskey(Conflict):
    """The account has no passkey that works here."""

    code, title = "NO_PASSKEY", "There is no passkey"

    def __init__(self) -> None:
        super().__init__("The account has no passkey for this address. Prove who you are another way.")


class PasskeyExists(Conflict):
    """The authenticator holds that passkey for an account already."""

    code, title = "PASSKEY_EXISTS", "There is that passkey already"

    def __init__(self) -> None:
        super().__init__("That passkey was added before. Use it to sign in.")


class TooManyPasskeys(Conflict):
    """The account has as many as it may have."""

    code, title = "TOO_MANY_PASSKEYS", "Too many passkeys"

    def __init__(self, limit: int) -> None:
        super().__init__(
            tn(
                "You have {limit} passkey already. Remove it first.",
                "You have {limit} passkeys already. Remove one first.",
                limit,
                limit=limit,
            )
        )
