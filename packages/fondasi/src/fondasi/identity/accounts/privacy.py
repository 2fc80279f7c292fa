"""The end of personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.identity.accounts import repository
from fondasi.identity.accounts.service import ANONYMOUS, erase_personal_data
from fondasi.identity.models import Accessibility, Gender
from fondasi.kit import clock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from fondasi.identity.models import User
    from fondasi.kit.db import Session
    from fondasi.module import PersonalData


async def anonymise_batch(
    session: Session, tables: Sequence[PersonalData], age: timedelta, *, limit: int
) -> int:
    """Anonymise accounts deleted longer ago, at most `limit`; how many there were.

    Args:
        session: a unit of work.
        tables: what the rooms keep about people, which goes too.
        age: how long ago.
        limit: how many at a time.
    """
    found = await repository.to_anonymise(session, clock.now() - age, limit=limit)
    for user in found:
        await erase_personal_data(session, tables, user.id)
        _anonymise(user)
    await session.flush()
    return len(found)


def _anonymise(user: User) -> None:
    """Leave the id, for what refers to it, and nothing about the person; name and contacts are free again."""
    user.username = f"{ANONYMOUS}{user.id.hex}"
    user.name = "Deleted user"
    user.first_name = user.last_name = user.bio = ""
    user.email = user.phone = user.password_hash = None
    user.is_email_verified = user.is_phone_verified = user.is_superuser = False
    user.email_verified_at = user.phone_verified_at = None
    user.profile_picture_url = user.country = user.date_of_birth = None
    user.gender = Gender.UNKNOWN
    user.profile_accessibility = Accessibility.PRIVATE
    user.last_sign_in_at = user.second_factor_at = None
    user.anonymised_at = clock.now()
