"""What one address may ask for, and how many new numbers all may: caps for an hour and a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import phonenumbers

from fondasi.identity.codes.errors import TooManyCodes
from fondasi.identity.codes.models import Purpose
from fondasi.kit.http import InvalidInput, counted_address
from fondasi.kit.i18n import t
from fondasi.messages import Channel, take

if TYPE_CHECKING:
    from fondasi.identity.codes.service import Asker, Target
    from fondasi.kit.crypto import KeyedHash
    from fondasi.kit.db import Session
    from fondasi.settings import OneTimePasswordSettings

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NEW_NUMBERS = frozenset({Purpose.SIGNUP, Purpose.CHANGE_PHONE})


class Limits:
    """Caps that hold whether or not there is such an account, so that a refusal tells nothing.

    Args:
        settings: the caps.
        keyed: hashes addresses, so that the table tells none.
    """

    def __init__(self, settings: OneTimePasswordSettings, keyed: KeyedHash) -> None:
        self._settings = settings
        self._keyed = keyed

    async def check(self, session: Session, purpose: Purpose, target: Target, asker: Asker) -> None:
        """Count a request.

        Raises:
            TooManyCodes: there were as many as may be.
            InvalidInput: no messages go to the country of a new number.
        """
        settings = self._settings
        is_message = target.channel is not Channel.EMAIL
        if asker.capped:
            address = self._keyed.digest("address", counted_address(asker.address)).hex()
            await self._take(session, f"codes hour {address}", settings.address_per_hour, HOUR)
            await self._take(session, f"codes day {address}", settings.address_per_day, DAY)
            if is_message:
                await self._take(session, f"codes sms {address}", settings.sms_address_per_day, DAY)
        if is_message and purpose in NEW_NUMBERS:
            self._check_country(target.contact)
            wait = await take(session, "codes sms", settings.sms_new_numbers_per_day, DAY)
            if wait:
                raise TooManyCodes(wait, t("No more messages go to new numbers today. Use e-mail."))

    async def _take(self, session: Session, key: str, limit: int, period: timedelta) -> None:
        if wait := await take(session, key, limit, period):
            raise TooManyCodes(
                wait, t("Too many codes were asked for from your address. Wait, then ask again.")
            )

    def _check_country(self, number: str) -> None:
        allowed = self._settings.sms_calling_codes
        if allowed and phonenumbers.parse(number).country_code not in allowed:
            raise InvalidInput.of(
                "body.identifier", t("no messages go to that country; use e-mail"), "country"
            )
