"""What can go wrong with second factors."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fondasi.kit.http import Conflict, FieldError, Forbidden, Problem
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from uuid import UUID


class WrongFactorCode(Forbidden):
    """Wrong, expired or used before: the answer does not tell which."""

    code, title = "WRONG_CODE", "Wrong code"
    recorded_as: ClassVar[str | None] = ".failed"

    def __init__(self) -> None:
        detail = t("The code is wrong or was used before. Wait for the next one, then try again.")
        super().__init__(detail, field_errors=[FieldError.of("code", detail, "wrong")])


class WrongSignInCode(WrongFactorCode):
    """A wrong code at sign-in, where nobody is signed in yet."""

    recorded_as = "login.failed"

    def __init__(self, user_id: UUID) -> None:
        self.user_id = user_id
        super().__init__()


class ChallengeExpired(Problem):
    """The challenge is unknown, expired, used, or of another device: the answer does not tell which."""

    status, code, title = 401, "CHALLENGE_EXPIRED", "Challenge expired"

    def __init__(self) -> None:
        super().__init__(
            "The challenge is not valid any more, or not on this device. Sign in again.",
            headers={"WWW-Authenticate": "Bearer"},
        )


class SecondFactorExists(Conflict):
    """The account has a second factor."""

    code, title = "SECOND_FACTOR_EXISTS", "There is a second factor already"

    def __init__(self) -> None:
        super().__init__(
            "The account has a second factor already. Switch it off first, then set up the new one."
        )


class NoSecondFactor(Conflict):
    """The account has no second factor, or none that waits to be confirmed."""

    code, title = "NO_SECOND_FACTOR", "There is no second factor"

    def __init__(self) -> None:
        super().__init__("There is no second factor to do that with. Set one up first.")


class NothingToProveWith(Conflict):
    """The account has neither a password nor a second factor."""

    code, title = "NOTHING_TO_PROVE_WITH", "Sign in again"

    def __init__(self) -> None:
        super().__init__("The account has neither a password nor a second factor. Sign in again instead.")
