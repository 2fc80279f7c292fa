"""What the routes of credentials take and give."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, SecretStr

from fondasi.identity.accounts import Name, Password, PresentPassword, Strict, Username
from fondasi.identity.codes import Proof
from fondasi.identity.identifiers import IdentifierKind, identify
from fondasi.kit.http import Flag
from fondasi.messages import Channel
from fondasi.settings.languages import Language

IdentifierText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=320,
        description="User name, e-mail address, or phone number as in +62812...",
        examples=["ani@example.com"],
    ),
]
AskedPurpose = Literal["login", "signup", "reset_password", "verify_contact"]


class CodeRequest(Strict):
    """Ask for a one-time password."""

    identifier: IdentifierText
    purpose: AskedPurpose
    channel: Channel | None = Field(
        None, description="How it is sent. Empty: SMS to a phone number, e-mail otherwise."
    )


class ProofBody(Strict):
    """A code that was received, with the request that it answers."""

    identifier: IdentifierText
    request_id: UUID = Field(description="Of the answer to the request for the code.")
    code: SecretStr = Field(
        min_length=6,
        max_length=64,
        description="The code, or the ticket that replaced it.",
        examples=["123456"],
    )

    def proof(self) -> Proof:
        """The proof, its identifier in canonical form."""
        return Proof(self.request_id, identify(self.identifier).value, self.code.get_secret_value().strip())


class CodeCheck(ProofBody):
    """Check a code before the form that needs it is filled in."""

    purpose: Literal["login", "signup", "reset_password", "invitation"]


class Ticket(BaseModel):
    """Stands for the code, which is used up: send it as `code` in the call that the code was for."""

    ticket: str
    expires_at: datetime


class CodeLogin(ProofBody):
    """Sign in with a code in place of a password."""

    refresh_in_body: Flag = Field(False, description="For programs: the refresh token in the body, too.")


class SignUpByCode(ProofBody):
    """A new account for the contact that the code was sent to."""

    username: Username | None = Field(None, description="Empty: one is made up.")
    name: Name | None = None
    password: Password | None = Field(None, description="Empty: the account signs in with codes.")
    language: Language | None = None


class PasswordReset(ProofBody):
    """A new password in place of a forgotten one."""

    new_password: Password


class PasswordSet(Strict):
    """A first password."""

    new_password: Password


class PasswordChange(Strict):
    """A new password in place of the present one."""

    current_password: PresentPassword
    new_password: Password


class ContactVerified(BaseModel):
    """The contact is proven."""

    kind: IdentifierKind
    verified: Literal[True] = True


class AvailabilityQuery(Strict):
    """What somebody would like to sign up with."""

    username: str | None = Field(None, max_length=320, examples=["ani"])
    email: str | None = Field(None, max_length=320, examples=["ani@example.com"])
    phone: str | None = Field(None, max_length=320, examples=["+6281234567890"])


class Availability(BaseModel):
    """Null for what was not asked. Whether a contact has an account is told to nobody but its owner."""

    username_available: bool | None = None
    email_acceptable: bool | None = None
    phone_acceptable: bool | None = None
