"""What the routes of second factors take and give."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from fondasi.identity.passkeys import PasskeyAssertion
from fondasi.kit.http import Flag

_CODE = Field(
    None,
    min_length=6,
    max_length=40,
    description="Six digits of the authenticator app, or a recovery code.",
    examples=["123456"],
)
_CHALLENGE = Field(
    min_length=1, max_length=200, description="Of `SECOND_FACTOR_REQUIRED`.", examples=["Xk3vT9qLw2"]
)
_PASSKEY = Field(None, description="A passkey of the account, in place of anything else.")


class SecondFactorRead(BaseModel):
    """Whether the account has a second factor."""

    enabled: bool
    enabled_at: datetime | None
    recovery_codes_left: int


class Enrolment(BaseModel):
    """A second factor that waits to be confirmed. It is shown this once."""

    secret: str = Field(description="To type into an authenticator app, in base32.")
    uri: str = Field(description="The same as `otpauth://totp/...`, to be shown as a QR code.")


class AppCode(BaseModel):
    """A code of the authenticator app."""

    model_config = ConfigDict(extra="forbid")

    code: SecretStr = Field(
        min_length=6, max_length=40, description="Six digits of the authenticator app.", examples=["123456"]
    )


class RecoveryCodes(BaseModel):
    """Recovery codes; each serves once in place of a code of the app. They are shown this once."""

    recovery_codes: list[str]


class SecondFactorStart(BaseModel):
    """Ask for a passkey as second factor."""

    model_config = ConfigDict(extra="forbid")

    challenge: SecretStr = _CHALLENGE


class SecondFactorLogin(BaseModel):
    """The answer to `SECOND_FACTOR_REQUIRED`: a code or a passkey."""

    model_config = ConfigDict(extra="forbid")

    challenge: SecretStr = _CHALLENGE
    code: SecretStr | None = _CODE
    passkey: PasskeyAssertion | None = _PASSKEY
    refresh_in_body: Flag = Field(
        default=False, description="For programs: the refresh token in the body, too."
    )


class Proof(BaseModel):
    """A proof of who one is: a passkey, the code for accounts with a second factor, the password for all others."""

    model_config = ConfigDict(extra="forbid")

    password: SecretStr | None = Field(None, min_length=1, max_length=1024, examples=["kuda biru di lautan"])
    code: SecretStr | None = _CODE
    passkey: PasskeyAssertion | None = _PASSKEY


class Proved(BaseModel):
    """The proof counts."""

    authenticated_at: datetime
    expires_in: int = Field(description="Seconds for which it does.")
