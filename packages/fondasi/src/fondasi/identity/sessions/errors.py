"""What can go wrong with sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from fondasi.kit.db import KeepsWork
from fondasi.kit.http import Conflict, FieldError, Forbidden, Problem
from fondasi.kit.http.problems import ProblemDetails
from fondasi.kit.i18n import t, tn

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


FIELD = "password"  # where it mostly is in a body


class SecondFactorQuestion(ProblemDetails):
    """The body of a refused sign-in. With `SECOND_FACTOR_REQUIRED` it says how to go on."""

    challenge: str | None = Field(
        None,
        description="Send it with a code, or a passkey, to `POST /login/second-factor`. With `SECOND_FACTOR_REQUIRED` "
        "only.",
    )
    methods: list[str] | None = Field(
        None, description="What may be sent with it.", examples=[["totp", "recovery_code", "passkey"]]
    )
    expires_in: int | None = Field(None, description="Seconds until the challenge expires.")


class WrongCredentials(Problem):
    """Unknown user, wrong password, or an account that may not sign in: the answer does not tell which."""

    status, code, title = 401, "WRONG_CREDENTIALS", "Wrong credentials"
    recorded_as = "login.failed"

    def __init__(self, user_id: UUID | None = None) -> None:
        self.user_id = user_id
        super().__init__("Wrong user name or password.", headers={"WWW-Authenticate": "Bearer"})


class SecondFactorRequired(KeepsWork, Problem):
    """The first proof was right; the account has a second factor too. Members: `challenge`, `methods`, `expires_in`."""

    status, code, title = 401, "SECOND_FACTOR_REQUIRED", "Second factor required"
    details = SecondFactorQuestion

    def __init__(self, challenge: str, methods: Sequence[str], *, expires_in: int) -> None:
        super().__init__(
            "Send `challenge` with the code of your authenticator app, or a recovery code, to "
            "`POST /login/second-factor`.",
            headers={"WWW-Authenticate": "Bearer"},
            members={"challenge": challenge, "methods": list(methods), "expires_in": expires_in},
        )


class WrongPassword(Forbidden):
    """The present password, which has to be given again, is wrong."""

    code, title = "WRONG_PASSWORD", "Wrong password"
    recorded_as = ".failed"

    def __init__(self, *, field: str = FIELD) -> None:
        detail = t("The present password is wrong. Nothing was changed.")
        super().__init__(detail, field_errors=[FieldError.of(field, detail, "wrong")])


class InvalidRefreshToken(KeepsWork, Problem):
    """The refresh token is unknown, expired, used before, or its session has ended: the answer does not tell which.

    The unit of work that it ends keeps what it wrote: the replay of a token ends its session.
    """

    status, code, title = 401, "INVALID_REFRESH_TOKEN", "Invalid refresh token"
    recorded_as = ".failed"

    def __init__(self, user_id: UUID | None = None) -> None:
        self.user_id = user_id
        super().__init__(
            "The refresh token is not valid any more. Sign in again.", headers={"WWW-Authenticate": "Bearer"}
        )


class RefreshTokenJustUsed(Conflict):
    """Another request of the same client has used the refresh token a moment ago."""

    code, title = "REFRESH_TOKEN_JUST_USED", "Refresh token just used"
    recorded_as = ".failed"

    def __init__(self, user_id: UUID | None = None) -> None:
        self.user_id = user_id
        super().__init__("Another request has just used this refresh token. Use the tokens that it received.")


class ForeignRequest(Forbidden):
    """A request that another site may have made the browser send."""

    code, title = "FOREIGN_REQUEST", "Request from another site"

    def __init__(self) -> None:
        super().__init__(
            "To use the refresh cookie, send the header `X-Requested-With`, from this site or an allowed origin."
        )


class TooManyTries(Problem):
    """Too many failed sign-ins on this account or from this address; the wait grows with each."""

    status, code, title = 429, "TOO_MANY_TRIES", "Too many tries"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            tn(
                "Too many failed sign-ins. Wait {seconds} second, then try again.",
                "Too many failed sign-ins. Wait {seconds} seconds, then try again.",
                seconds,
                seconds=seconds,
            ),
            headers={"Retry-After": str(seconds)},
        )
