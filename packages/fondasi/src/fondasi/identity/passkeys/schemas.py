"""What the routes of passkeys take and give. Names in WebAuthn's own objects are WebAuthn's (WebAuthn 3, 5.1.8)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from fondasi.kit.http import Flag, Integer, worded

BASE64URL = worded("^[A-Za-z0-9_-]+$", "must be base64url without padding")
Name = Annotated[
    str, Field(min_length=1, max_length=100, description="For its owner to know it by.", examples=["Phone"])
]
CredentialId = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1366,
        pattern=BASE64URL,
        description="What its authenticator calls it, in base64url.",
        examples=["GSPzCfNQm1cb3q2G5kUZ8A"],
    ),
]
Transport = Annotated[
    str, Field(min_length=1, max_length=30, pattern=r"^[a-z0-9][a-z0-9._-]*$", examples=["internal"])
]
Challenge = Annotated[str, Field(description="32 random bytes in base64url.")]
Timeout = Annotated[int, Field(description="Milliseconds that the browser may take.", examples=[300_000])]
PublicKeyType = Annotated[Literal["public-key"], Field(description="Always the same.")]
Attachment = Annotated[
    Literal["platform", "cross-platform"] | None,
    Field(description="Whether it is part of the device, as the browser says; not used."),
]
Extensions = Annotated[
    dict[str, Any], Field(max_length=20, description="As the browser says; not used.", examples=[{}])
]
TWICE = "In the attestation object, too; not used."


def _encoded(description: str, most: int = 4096) -> Any:
    """Bytes in base64url."""
    return Field(
        min_length=1, max_length=most, pattern=BASE64URL, description=description, examples=["eyJ0eXBlIjoi"]
    )


class WebAuthn(BaseModel):
    """An object of WebAuthn."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class PasskeyDescriptor(WebAuthn):
    """A passkey, for browsers to find it."""

    type: PublicKeyType = "public-key"
    id: str = Field(description="What its authenticator calls it, in base64url.")
    transports: list[str] = Field(description="How the browser reaches it.", examples=[["internal"]])


class PasskeyParty(WebAuthn):
    """The service, as authenticators show it."""

    id: str = Field(description="The domain that passkeys belong to.", examples=["example.com"])
    name: str = Field(description="What it is called.", examples=["Fondasi"])


class PasskeyOwner(WebAuthn):
    """The account, as authenticators show it."""

    id: str = Field(description="The user handle: the id of the account, in base64url.")
    name: str = Field(description="The user name.", examples=["ani"])
    display_name: str = Field(description="The owner's name.", examples=["Ani"])


class PasskeyKeyKind(WebAuthn):
    """A kind of key that is taken."""

    type: PublicKeyType = "public-key"
    alg: int = Field(description="COSE algorithm (RFC 9053).", examples=[-7])


class PasskeySelection(WebAuthn):
    """What the authenticator has to do: keep the account with the key, and unlock it for its owner alone."""

    resident_key: Literal["required"] = Field("required", description="It keeps the account with the key.")
    require_resident_key: Literal[True] = Field(True, description="The same, for older browsers.")
    user_verification: Literal["required"] = Field("required", description="Its owner unlocks it.")


class PasskeyCreationOptions(WebAuthn):
    """For `navigator.credentials.create()`, as `PublicKeyCredential.parseCreationOptionsFromJSON` takes it."""

    rp: PasskeyParty
    user: PasskeyOwner
    challenge: Challenge
    pub_key_cred_params: list[PasskeyKeyKind] = Field(description="Keys that are taken, the best first.")
    timeout: Timeout
    exclude_credentials: list[PasskeyDescriptor] = Field(description="Those that the account has.")
    authenticator_selection: PasskeySelection = Field(
        PasskeySelection(), description="What the authenticator has to do."
    )
    attestation: Literal["none"] = Field("none", description="It need not prove which kind it is.")


class PasskeyRequestOptions(WebAuthn):
    """For `navigator.credentials.get()`, as `PublicKeyCredential.parseRequestOptionsFromJSON` takes it."""

    challenge: Challenge
    timeout: Timeout
    rp_id: str = Field(description="The domain that passkeys belong to.", examples=["example.com"])
    allow_credentials: list[PasskeyDescriptor] = Field(
        description="The passkeys that are taken. Empty: any of this service."
    )
    user_verification: Literal["required"] = Field("required", description="Its owner unlocks it.")


class PasskeyAttestation(WebAuthn):
    """What the authenticator says of a new passkey."""

    client_data_json: Annotated[str, _encoded("What the browser says of the answer.")] = Field(
        alias="clientDataJSON"
    )
    attestation_object: Annotated[str, _encoded("The new key, and who made it.", 8192)]
    transports: list[Transport] = Field(
        default_factory=list, max_length=10, description="How the browser reaches it."
    )
    authenticator_data: Annotated[str, _encoded(TWICE)] | None = Field(None, description=TWICE)
    public_key: Annotated[str, _encoded(TWICE)] | None = Field(None, description=TWICE)
    public_key_algorithm: Integer | None = Field(None, description=TWICE, examples=[-7])


class PasskeyCredential(WebAuthn):
    """What `navigator.credentials.create()` gave, as its `toJSON()` writes it."""

    id: CredentialId
    raw_id: CredentialId
    type: PublicKeyType
    response: PasskeyAttestation
    authenticator_attachment: Attachment = None
    client_extension_results: Extensions = Field(default_factory=dict)


class PasskeySignature(WebAuthn):
    """What the authenticator has signed."""

    client_data_json: Annotated[str, _encoded("What the browser says of the answer.")] = Field(
        alias="clientDataJSON"
    )
    authenticator_data: Annotated[str, _encoded("What the authenticator says of it.")]
    signature: Annotated[str, _encoded("Of both.")]
    user_handle: Annotated[str, _encoded("The id of the account.", 100)] | None = Field(
        None, description="The id of the account, in base64url; needed to sign in."
    )
    attestation_object: Annotated[str, _encoded("Not used.")] | None = Field(None, description="Not used.")


class PasskeyAssertion(WebAuthn):
    """What `navigator.credentials.get()` gave, as its `toJSON()` writes it."""

    id: CredentialId
    raw_id: CredentialId
    type: PublicKeyType
    response: PasskeySignature
    authenticator_attachment: Attachment = None
    client_extension_results: Extensions = Field(default_factory=dict)


class PasskeyLogin(BaseModel):
    """Sign in with a passkey."""

    model_config = ConfigDict(extra="forbid")

    passkey: PasskeyAssertion = Field(description="What `navigator.credentials.get()` gave.")
    refresh_in_body: Flag = Field(
        default=False, description="For programs: the refresh token in the body, too."
    )


class PasskeyCreate(BaseModel):
    """A new passkey of the caller's account."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = Field(None, description="Empty: what keeps it, or Passkey.")
    passkey: PasskeyCredential = Field(description="What `navigator.credentials.create()` gave.")


class PasskeyUpdate(BaseModel):
    """Another name."""

    model_config = ConfigDict(extra="forbid")

    name: Name


class PasskeyRead(BaseModel):
    """A passkey, for its owner to recognise."""

    id: UUID
    name: str = Field(examples=["Phone"])
    vault: str | None = Field(
        description="What keeps it, as it says of itself, where that is known.", examples=["Bitwarden"]
    )
    synced: bool = Field(description="Whether what keeps it has copied it to other devices of its owner.")
    usable: bool = Field(description="Whether it belongs to the domain that the service has now.")
    created_at: datetime
    last_used_at: datetime | None
