"""What the routes of sessions take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from fondasi.identity.sessions.models import Method
from fondasi.kit.http import Flag

_IN_BODY = "Give the refresh token in the answer too, for clients that keep no cookies."


class Credentials(BaseModel):
    """A user name or e-mail address, and the password."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(
        min_length=1, max_length=320, description="User name or e-mail address.", examples=["ani"]
    )
    password: SecretStr = Field(min_length=1, max_length=1024, examples=["kuda biru di lautan"])
    refresh_in_body: Flag = Field(default=False, description=_IN_BODY)
    grant_type: Literal["password"] = Field("password", description="Sent by OAuth 2 clients.")
    scope: str = Field("", max_length=200, description="Sent by OAuth 2 clients; not used.")
    client_id: str = Field("", max_length=200, description="Sent by OAuth 2 clients; not used.")
    client_secret: SecretStr = Field(
        SecretStr(""), max_length=200, description="Sent by OAuth 2 clients; not used."
    )


class RefreshRequest(BaseModel):
    """A refresh token, for clients that keep no cookies."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: SecretStr | None = Field(
        None,
        min_length=1,
        max_length=200,
        description="Empty: the token in the cookie.",
        examples=["Xk3vT9qLw2"],
    )
    refresh_in_body: Flag = Field(default=False, description=_IN_BODY)


class SignOutRequest(BaseModel):
    """A refresh token, for clients that keep no cookies and whose access token has expired."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: SecretStr | None = Field(None, min_length=1, max_length=200, examples=["Xk3vT9qLw2"])


class TokenAnswer(BaseModel):
    """Tokens, bound to a session."""

    access_token: str
    session_token: str = Field(description="For `X-Session-Token`; carries the profile for the client's use.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int = Field(description="Seconds until the access token expires.")
    session_id: UUID
    refresh_token: str | None = Field(None, description="Only for those who asked; else in the cookie.")


class SessionRead(BaseModel):
    """A session, for its owner to recognise."""

    id: UUID
    device: str = Field(examples=["Windows"])
    browser: str = Field(examples=["Firefox 140"])
    place: str = Field(description="The address that signed in.")
    created_at: datetime
    last_used_at: datetime = Field(description="To the minute.")
    expires_at: datetime
    authenticated_at: datetime = Field(description="When you last proved who you are in it.")
    methods: list[Method] = Field(description="How.")
    current: bool = Field(description="The session of this request.")


class TokenInfo(BaseModel):
    """What the token of this request says."""

    type: Literal["access", "session"]
    user_id: UUID
    session_id: UUID
    username: str
    issued_at: datetime
    expires_at: datetime
    expires_in: int = Field(description="Seconds.")
    authenticated_at: datetime | None = Field(
        description="When the caller last proved who they are; refreshing proves nothing."
    )
