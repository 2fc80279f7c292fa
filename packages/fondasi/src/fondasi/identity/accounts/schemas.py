"""What the routes of accounts take and give."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr
from pydantic_core import PydanticCustomError

from fondasi.identity.identifiers import EMAIL_PATTERN, MAX_EMAIL, PHONE_PATTERN, as_phone
from fondasi.identity.models import Accessibility, AuthType, Gender, Theme, UserStatus, UserType
from fondasi.kit import clock
from fondasi.kit.http import Day, without_defaults, worded
from fondasi.settings.languages import Language

NO_PHONE = "must be a phone number with its country code, as in +6281234567890"
USERNAME_PATTERN = worded(
    r"^[A-Za-z0-9][A-Za-z0-9._-]{1,49}$",
    "use 2 to 50 letters a-z, digits, dots, dashes or underscores; begin with a letter or digit",
)
COUNTRY_PATTERN = worded(r"^[A-Z]{2}$", "use the two capital letters of a country, as in ID")


def _timezone(name: str) -> str:
    if not clock.is_timezone(name):
        raise PydanticCustomError("timezone", "must be a time zone, as in Asia/Jakarta")
    return name


def _past(day: date) -> date:
    if day > clock.now().date():
        raise PydanticCustomError("date_in_future", "must be a day in the past")
    return day


def _phone(text: str) -> str:
    phone = as_phone(text)
    if phone is None:
        raise PydanticCustomError("phone", NO_PHONE)
    return phone


Username = Annotated[
    str,
    Field(pattern=USERNAME_PATTERN, description="2 to 50 letters, digits, `.`, `-`, `_`.", examples=["ani"]),
]
Email = Annotated[
    str,
    Field(
        pattern=worded(EMAIL_PATTERN, "must be an e-mail address, as in ani@example.com"),
        max_length=MAX_EMAIL,
        examples=["ani@example.com"],
    ),
]
Phone = Annotated[
    str,
    Field(
        pattern=worded(PHONE_PATTERN, NO_PHONE),
        description="With its country code, as in +6281234567890.",
        examples=["+6281234567890"],
    ),
    AfterValidator(_phone),
]
Name = Annotated[str, Field(min_length=1, max_length=100, examples=["Ani"])]
NamePart = Annotated[str, Field(max_length=100, examples=["Ani"])]
Bio = Annotated[str, Field(max_length=2000, examples=["Reads judgments."])]
Country = Annotated[
    str, Field(pattern=COUNTRY_PATTERN, description="ISO 3166-1, two letters.", examples=["ID"])
]
PictureUrl = Annotated[
    str,
    Field(
        pattern=worded(r"^(https:/)?/\S+$", "must be an address that begins with https://"),
        max_length=2000,
        examples=["https://example.com/ani.png"],
    ),
]
Timezone = Annotated[
    str, Field(max_length=64, description="IANA name.", examples=["Asia/Jakarta"]), AfterValidator(_timezone)
]
BirthDay = Annotated[Day, AfterValidator(_past)]
Password = Annotated[SecretStr, Field(min_length=8, max_length=1024, examples=["kuda biru di lautan"])]
PRESENT = "Required when the account has one; one without needs a fresh proof (`POST /auth/step-up`)."
PresentPassword = Annotated[SecretStr, Field(min_length=1, max_length=1024, examples=["kuda hijau di sawah"])]


class Strict(BaseModel):
    """A body that may hold the fields named here and no others."""

    model_config = ConfigDict(extra="forbid")


class UserRead(BaseModel):
    """An account as its owner and administrators see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    name: str
    first_name: str
    last_name: str
    email: str | None
    phone: str | None
    profile_picture_url: str | None
    bio: str
    country: Country | None
    gender: Gender
    date_of_birth: date | None
    auth_type: AuthType
    is_email_verified: bool
    email_verified_at: datetime | None
    is_phone_verified: bool
    phone_verified_at: datetime | None
    user_type: UserType
    status: UserStatus
    language: str
    timezone: str
    theme: Theme
    profile_accessibility: Accessibility
    is_superuser: bool
    last_sign_in_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


class UserCreate(Strict):
    """A new account, with a password."""

    username: Username
    password: Password
    name: Name | None = Field(None, description="Shown to others. Empty: the user name.")
    email: Email | None = None
    phone: Phone | None = None
    language: Language | None = Field(None, description="Of messages. Empty: that of the request.")


class CodeRequested(BaseModel):
    """A code is on its way, if there is somebody to send it to."""

    request_id: UUID = Field(description="Goes back together with the code.")
    expires_at: datetime
    resend_after: int = Field(description="Seconds until another one may be asked for.")


class UserCreated(UserRead):
    """The new account. Its address becomes part of it when the code that it was sent comes back."""

    verification: CodeRequested | None = None


# A change writes only what the request names, so its defaults are never used; null is refused where the account needs a
# value. They say what `ProfileWrite` empties a field to.
class ProfileUpdate(Strict):
    """What users write about themselves."""

    name: Name = ""
    first_name: NamePart = ""
    last_name: NamePart = ""
    bio: Bio = ""
    country: Country | None = None
    gender: Gender = Gender.UNKNOWN
    date_of_birth: BirthDay | None = None
    profile_picture_url: PictureUrl | None = None


class SettingsUpdate(Strict):
    """How the service behaves for a user."""

    model_config = ConfigDict(json_schema_extra=without_defaults)

    language: Language = "en"
    timezone: Timezone = "UTC"
    theme: Theme = Theme.DYNAMIC
    profile_accessibility: Accessibility = Accessibility.PRIVATE


class UserUpdate(ProfileUpdate, SettingsUpdate):
    """A change of an account. Contacts, password, type, tier and rights have ways of their own."""

    username: Username = ""
    status: Literal["active", "inactive", "suspended"] = Field(
        "active", description="For administrators: whether the account may be used."
    )


class SettingsRead(BaseModel):
    """How the service behaves for the caller."""

    model_config = ConfigDict(from_attributes=True)

    language: str
    timezone: str
    theme: Theme
    profile_accessibility: Accessibility


class ProfileRead(BaseModel):
    """A profile, as others may see it."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    name: str
    first_name: str
    last_name: str
    bio: str
    country: str | None
    profile_picture_url: str | None
    created_at: datetime


class ProfileWrite(ProfileUpdate):
    """A whole profile: what is left out is emptied."""

    name: Name


class ProfilePicture(Strict):
    """Where one's picture is."""

    url: PictureUrl | None = Field(description="Null: no picture.")


class EmailChange(Strict):
    """A new e-mail address. It counts once the code that it was sent comes back."""

    email: Email
    password: PresentPassword | None = Field(None, description=PRESENT)


class PhoneChange(Strict):
    """A new phone number. It counts once the code that it was sent comes back."""

    phone: Phone
    channel: Literal["sms", "whatsapp"] = "sms"
    password: PresentPassword | None = Field(None, description=PRESENT)


class PasswordAgain(Strict):
    """The present password, for what cannot be undone by a slip."""

    password: PresentPassword | None = Field(None, description=PRESENT)


class Invitation(Strict):
    """Whom to invite."""

    email: Email
    language: Language = "en"
