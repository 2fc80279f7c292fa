"""What the routes of sign-ins at providers take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field

from fondasi.identity.accounts import PresentPassword, Strict

ReturnTo = Annotated[
    str | None,
    Field(
        min_length=1,
        max_length=2000,
        description="Where the browser goes in the end: a path of this service, or an address of an allowed origin. "
        "Empty: nowhere, the answer is JSON.",
        examples=["/account"],
    ),
]


class ProviderRead(BaseModel):
    """A way to sign in, for a button."""

    name: str = Field(examples=["google"])
    label: str = Field(examples=["Google"])


class ProviderList(BaseModel):
    """The providers of this service, and whether it has passkeys."""

    data: list[ProviderRead]
    passkeys: bool = Field(description="Whether one can sign in with a passkey at this address.")


class LinkRequest(Strict):
    """Ask to link an identity at a provider to one's own account."""

    password: PresentPassword | None = Field(None, description="Required when the account has one.")
    return_to: ReturnTo = None


class LinkStarted(BaseModel):
    """Where to send the browser."""

    authorization_url: str


class LinkedIdentityRead(BaseModel):
    """A link of the caller's account."""

    id: UUID
    provider: str = Field(examples=["google"])
    label: str = Field(examples=["Google"])
    email_at_link: str | None = Field(description="The address at the provider when the link was made.")
    linked_at: datetime
    last_used_at: datetime
