"""What the routes of sessions take and give."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Credentials(BaseModel):
    """A user name or e-mail address, and the password."""

    model_config = ConfigDict(extra="forbid")

    username: str = Field(min_length=1, max_length=320, description="User name or e-mail address.")
    password: SecretStr = Field(min_length=1, max_length=1024)
    grant_type: Literal["password"] | None = Field(None, description="Sent by OAuth 2 clients.")
    scope: str | None = Field(None, max_length=200, description="Sent by OAuth 2 clients; not used.")
    client_id: str | None = Field(None, max_length=200, description="Sent by OAuth 2 clients; not used.")
    client_secret: SecretStr | None = Field(
        None, max_length=200, description="Sent by OAuth 2 clients; not used."
    )


class AccessToken(BaseModel):
    """An access token, bound to a session."""

    access_token: str
    token_type: Literal["bearer"] = "bearer"  # noqa: S105 - the scheme's name
    expires_in: int = Field(description="Seconds until the access token expires.")
    session_id: UUID
