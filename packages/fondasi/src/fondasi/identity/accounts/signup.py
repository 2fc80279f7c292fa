"""Making an account: by a code or a password, by oneself, by invitation, or for others."""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Any

from fondasi.identity.accounts import repository
from fondasi.identity.accounts.contacts import CHANNELS, claim
from fondasi.identity.accounts.errors import SignUpClosed
from fondasi.identity.accounts.permissions import CREATE
from fondasi.identity.accounts.service import create_user
from fondasi.identity.codes import Asker, Codes, Issued, Purpose, Target
from fondasi.identity.identifiers import Identifier, IdentifierKind, identify
from fondasi.identity.models import AuthType
from fondasi.identity.policy import check_new_password
from fondasi.kit.http import InvalidInput
from fondasi.messages import Channel

if TYPE_CHECKING:
    from fondasi.access import Principal
    from fondasi.identity.accounts.schemas import UserCreate
    from fondasi.identity.codes.models import OneTimePassword
    from fondasi.identity.models import User
    from fondasi.kit.db import Session
    from fondasi.settings import Settings


ADMINISTRATORS = Asker("", b"administrators", capped=False)


async def sign_up(
    session: Session,
    settings: Settings,
    codes: Codes,
    new: UserCreate,
    *,
    caller: Principal | None,
    asker: Asker,
    language: str,
) -> tuple[User, Issued | None]:
    """Make an account with a password.

    An address that somebody gives becomes part of their account once they prove that it is theirs; until then it
    neither keeps it from others nor tells whether others have it. Who may create users sets it directly.

    Returns:
        The account, and the request for the proof.

    Raises:
        SignUpClosed: nobody signs up on their own.
        InvalidInput: the password is easily guessed.
        UsernameTaken: the user name exists already; for administrators, or the contact.
    """
    trusted = caller is not None and caller.may(CREATE)
    if not trusted and settings.signup_mode != "open":
        raise SignUpClosed
    if not trusted and new.email and new.phone:
        raise InvalidInput.of(
            "body.phone", "give one of email and phone now, the other one later", "contacts"
        )
    password = new.password.get_secret_value()
    check_new_password(password, new.username, new.email, new.phone)
    fields: dict[str, Any] = {"language": new.language or language}
    if new.email or new.phone:  # also one that is still to be proved
        fields["auth_type"] = AuthType.EMAIL if new.email else AuthType.PHONE
    if trusted:
        fields |= {"email": new.email, "phone": new.phone}
    user = await create_user(session, username=new.username, password=password, name=new.name or "", **fields)
    contact = new.email or new.phone
    if trusted or contact is None:
        return user, None
    return user, await ask_for_proof(session, codes, user, identify(contact), asker)


async def ask_for_proof(
    session: Session,
    codes: Codes,
    user: User,
    contact: Identifier,
    asker: Asker,
    *,
    channel: Channel | None = None,
) -> Issued:
    """Send a code to a contact that an account wants; whose it is already is told to its owner alone."""
    owner = await repository.user_by(session, contact)
    taken = await repository.is_taken(session, contact)
    purpose = Purpose.CHANGE_EMAIL if contact.kind is IdentifierKind.EMAIL else Purpose.CHANGE_PHONE
    target = Target(
        channel or CHANNELS[contact.kind],
        contact.value,
        user.id,
        owner.language if owner else user.language,
        pretend=taken and owner is None,
        instead="account-exists" if owner else None,
        username=owner.username if owner else "",
    )
    return await codes.issue(session, purpose, contact.value, target, asker)


async def sign_up_by_code(
    session: Session,
    row: OneTimePassword,
    *,
    username: str | None,
    name: str,
    password: str | None,
    language: str,
) -> User:
    """Make an account for the contact that a used code was sent to.

    Raises:
        InvalidInput: the password is easily guessed.
        UsernameTaken: the user name, or by now the contact, exists already.
    """
    contact = identify(row.target)
    if password is not None:
        check_new_password(password, username, contact.value)
    user = await create_user(
        session,
        username=username or f"user-{token_hex(6)}",
        password=password,
        name=name,
        language=language,
        auth_type=AuthType.PHONE if contact.kind is IdentifierKind.PHONE else AuthType.EMAIL,
    )
    await claim(session, user, contact)
    return user


async def invite(session: Session, codes: Codes, email: Identifier, language: str) -> Issued:
    """Invite somebody to sign up; one who has an account is told so instead.

    Raises:
        TooManyCodes: they were invited a moment ago, or as often as they may be in a day.
    """
    owner = await repository.user_by(session, email)
    if owner is None:
        return await codes.invite(session, Target(Channel.EMAIL, email.value, language=language))
    target = Target(
        Channel.EMAIL, email.value, None, owner.language, instead="account-exists", username=owner.username
    )
    return await codes.issue(session, Purpose.SIGNUP, email.value, target, ADMINISTRATORS)
