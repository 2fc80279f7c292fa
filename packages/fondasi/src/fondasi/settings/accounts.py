"""Groups of settings for accounts: how they are signed in to, their keys, archives of what is kept about them."""

from __future__ import annotations

import re
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, field_validator, model_validator
from pydantic_settings import NoDecode

from fondasi.settings.groups import split_list

# What browsers give passkeys to (WebAuthn 3, 13.4.9: a secure context).
PAGE_ORIGIN = re.compile(r"https://[\w.-]+(:\d+)?|http://localhost(:\d+)?")


class TokenSettings(BaseModel):
    """Sessions and their tokens."""

    access_minutes: int = Field(15, ge=1, le=24 * 60, description="Life of an access token in minutes.")
    session_days: int = Field(7, ge=1, le=365, description="Life of a session token in days.")
    refresh_days: int = Field(
        30, ge=1, le=365, description="Life of a refresh token, and of a session that is not used, in days."
    )
    absolute_days: int = Field(
        90, ge=1, le=3650, description="Life of a session in days, however much it is used."
    )
    issuer: str = Field("fondasi", description="The `iss` claim, checked on every request.")
    audience: str = Field("fondasi", description="The `aud` claim, checked on every request.")


class OneTimePasswordSettings(BaseModel):
    """One-time passwords by e-mail, SMS and WhatsApp."""

    digits: int = Field(6, ge=6, le=10, description="Length of a code.")
    minutes: int = Field(10, ge=1, le=10, description="Life of a code in minutes.")
    tries: int = Field(5, ge=1, le=5, description="Wrong tries after which a code is void.")
    resend_seconds: int = Field(
        60, ge=1, le=3600, description="Wait before the next code for the same purpose."
    )
    per_hour: int = Field(
        5,
        ge=1,
        le=20,
        description="Codes that an account or contact is sent in an hour at the request of strangers, and as many "
        "at that of places that it has signed in from; beyond that, one that all requests of an hour share.",
    )
    per_day: int = Field(15, ge=1, le=50, description="Such codes in a day.")
    address_per_hour: int = Field(60, ge=1, description="Codes that an address may ask for in an hour.")
    address_per_day: int = Field(200, ge=1, description="Codes that an address may ask for in a day.")
    sms_address_per_day: int = Field(
        20, ge=1, description="Codes by SMS and WhatsApp that an address may ask for in a day."
    )
    sms_new_numbers_per_day: int = Field(
        1000,
        ge=0,
        description="Codes by SMS and WhatsApp to numbers of no account in a day, for all together.",
    )
    sms_calling_codes: Annotated[list[int], NoDecode] = Field(
        default_factory=list,
        description="Calling codes of the countries whose new numbers are sent codes, comma-separated: 62,65. "
        "Empty: all.",
    )

    _split_lists = field_validator("sms_calling_codes", mode="before")(split_list)


class ApiSettings(BaseModel):
    """API keys."""

    key_days: int = Field(90, ge=1, le=3650, description="Life of an API key in days, when not said.")
    key_max_days: int = Field(365, ge=1, le=3650, description="Longest life of an API key in days.")
    key_limit: int = Field(20, ge=1, le=1000, description="API keys that a user may have at the same time.")
    key_keep_days: int = Field(
        30,
        ge=0,
        le=3650,
        description="Days that an ended API key stays in the table; expired ones are listed.",
    )

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        self.key_days = min(self.key_days, self.key_max_days)
        return self


class PasskeySettings(BaseModel):
    """Passkeys (WebAuthn): where browsers may use them, and the domain that they belong to."""

    origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="Origins of the pages that people use passkeys on, comma-separated: https://example.com. "
        "Empty: OAUTH_PUBLIC_URL; without that localhost in `local`, and no passkeys elsewhere.",
    )
    rp_id: str = Field(
        "",
        pattern=r"^([a-z0-9-]+(\.[a-z0-9-]+)*)?$",
        examples=["example.com"],
        description="Domain that passkeys belong to: the host of all origins, or what they end with. A change makes "
        "those there are useless. Empty: the host of the first origin.",
    )
    limit: int = Field(20, ge=1, le=100, description="Passkeys that an account may have.")

    _split_lists = field_validator("origins", mode="before")(split_list)

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: list[str]) -> list[str]:
        for origin in origins:
            if not PAGE_ORIGIN.fullmatch(origin):
                raise ValueError(
                    f"{origin!r} is no origin of a page with passkeys. Write https://example.com, without a slash at "
                    "the end; http for localhost alone."
                )
        return origins

    def completed(self, public_url: str, *, local: bool) -> Self:
        """These settings with what follows from others. An empty domain means that there are no passkeys.

        Args:
            public_url: where browsers reach the service, if the settings say so.
            local: on a developer's machine, whose pages are those of localhost at any port.

        Raises:
            ValueError: the domain is not that of an origin, or there is none.
        """
        usable = [public_url] if PAGE_ORIGIN.fullmatch(public_url) else []
        origins = self.origins or usable
        if self.rp_id and not origins and not local:
            raise ValueError(
                f"PASSKEY_RP_ID {self.rp_id!r} does not say which pages may ask for passkeys. Set PASSKEY_ORIGINS."
            )
        hosts = [urlsplit(origin).hostname or "" for origin in origins]
        domain = self.rp_id or (hosts[0] if hosts else "localhost" if local else "")
        for host in hosts:
            if host != domain and not host.endswith(f".{domain}"):
                raise ValueError(
                    f"PASSKEY_RP_ID {domain!r} is neither the host {host!r} nor what it ends with."
                )
        return self.model_copy(update={"origins": origins, "rp_id": domain})


class ExportSettings(BaseModel):
    """Archives of everything that is kept about a user, for themselves; and exports of rows."""

    days: int = Field(7, ge=1, le=365, description="Days that an archive or an export can be fetched.")
    per_day: int = Field(5, ge=1, description="Archives that one user may ask for within a day.")
    limit: int = Field(
        256 * 1024 * 1024, ge=1024, description="Largest archive or export in bytes; a larger one fails."
    )
