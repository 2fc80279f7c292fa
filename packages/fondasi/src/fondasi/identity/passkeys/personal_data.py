"""What is kept about a person's passkeys."""

from sqlalchemy import delete, select

from fondasi.identity.models import Passkey
from fondasi.identity.passkeys.models import PasskeyChallenge
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="passkey",
        export=lambda user_id: (
            select(
                Passkey.id,
                Passkey.name,
                Passkey.rp_id,
                Passkey.aaguid,
                Passkey.transports,
                Passkey.sign_count,
                Passkey.backed_up,
                Passkey.created_at,
                Passkey.last_used_at,
            )
            .where(Passkey.user_id == user_id)
            .order_by(Passkey.id)
        ),
        erase=lambda user_id: delete(Passkey).where(Passkey.user_id == user_id),
    ),
    PersonalData(
        table="passkey_challenge",
        withheld="Open questions of the last five minutes, as hashes.",
        erase=lambda user_id: delete(PasskeyChallenge).where(PasskeyChallenge.user_id == user_id),
    ),
]
