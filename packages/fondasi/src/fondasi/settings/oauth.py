"""Settings of the providers that people sign in with: a group whose fields carry the names of the providers."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BaseModel, Field, SecretStr, field_validator, model_validator
from pydantic_settings import NoDecode

from fondasi.settings.groups import split_list

PROVIDER_NAME = re.compile(r"[a-z][a-z0-9]{0,29}")
OIDC_SCOPES = ["openid", "email", "profile"]
KNOWN_PROVIDERS: dict[str, dict[str, Any]] = {
    "google": {"issuer": "https://accounts.google.com", "label": "Google", "trust_email": True},
    "github": {
        "issuer": "https://github.com",
        "label": "GitHub",
        "scopes": ["read:user", "user:email"],
        "trust_email": True,
    },
}


class OAuthProvider(BaseModel):
    """A service that people sign in with; `google` and `github` need client id and secret alone."""

    issuer: str = Field(
        "",
        pattern=r"^https?://[^\s/?#]+[^\s?#]*$",
        examples=["https://sso.example.com/realms/main"],
        description="Address of the OpenID Connect issuer, as its discovery document writes it; of GitHub "
        "Enterprise Server for `github`. Empty: Google's, GitHub's.",
    )
    client_id: str = Field("", min_length=1, description="What the provider calls this service.")
    client_secret: SecretStr | None = Field(None, description="Secret for that. Empty: a public client.")
    scopes: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="What to ask for, comma-separated. Empty: openid, email, profile."
    )
    label: str = Field("", max_length=50, description="What the button says. Empty: the provider's name.")
    trust_email: bool = Field(
        False,
        description="Whether an address counts as proven when the provider says so. Empty: yes for Google and GitHub.",
    )

    _split_lists = field_validator("scopes", mode="before")(split_list)


class OAuthSettings(BaseModel):
    """Signing in with Google, GitHub or any OpenID Connect issuer. NAME is a provider's name in capitals."""

    providers: Annotated[dict[str, OAuthProvider], NoDecode] = Field(
        default_factory=dict,
        description="Names of the providers, comma-separated: google, github, and names of your own.",
    )
    public_url: str = Field(
        "",
        pattern=r"^https?://[^\s/?#@]+$",
        examples=["https://example.com"],
        description="Where browsers reach this service: https://example.com. Empty: what the request says.",
    )
    timeout: float = Field(5, gt=0, le=30, description="Seconds to wait for a provider.")

    @model_validator(mode="before")
    @classmethod
    def _fold(cls, values: Any) -> Any:
        """`OAUTH_PROVIDERS=keycloak` and `OAUTH_KEYCLOAK_ISSUER=...` make a provider."""
        if not isinstance(values, dict) or isinstance(values.get("providers"), dict):
            return values
        names: list[str] = list(split_list(values.get("providers") or []))  # type: ignore[call-overload]
        kept = {name: value for name, value in values.items() if name in {"public_url", "timeout"}}
        rest = {name: value for name, value in values.items() if name not in {*kept, "providers"}}
        folded = {name: _provider(name, rest) for name in names}
        faults = [fault for name in names for fault in _missing(name, folded[name])]
        faults += [
            f"OAUTH_{left.upper()} is set, but OAUTH_PROVIDERS does not name its provider"
            for left in rest
            if left.endswith(("_issuer", "_client_id", "_client_secret"))
        ]
        if faults:
            raise ValueError("; ".join(faults))
        return {**kept, "providers": folded}


def _provider(name: str, rest: dict[str, Any]) -> dict[str, Any]:
    """What belongs to a provider, taken out of `rest`, upon what is known of it."""
    fields = {field: rest.pop(f"{name}_{field}", None) for field in OAuthProvider.model_fields}
    given = {field: value for field, value in fields.items() if value is not None}
    return {"label": name.capitalize(), "scopes": OIDC_SCOPES, **KNOWN_PROVIDERS.get(name, {}), **given}


def _missing(name: str, provider: dict[str, Any]) -> list[str]:
    if not PROVIDER_NAME.fullmatch(name):
        return [f"OAUTH_PROVIDERS names {name!r}: use small letters and digits, a letter first"]
    needed = ["issuer", "client_id", *(["client_secret"] if name in KNOWN_PROVIDERS else [])]
    return [f"OAUTH_{name.upper()}_{field.upper()} is missing" for field in needed if not provider.get(field)]
