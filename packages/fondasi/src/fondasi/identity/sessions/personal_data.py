"""What is kept about where a person signed in. Refresh tokens go with their sessions."""

from sqlalchemy import delete, select

from fondasi.identity.sessions.models import KnownPlace, SignInChallenge, UserSession
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="session",
        export=lambda user_id: (
            select(
                UserSession.id,
                UserSession.user_agent,
                UserSession.ip_address,
                UserSession.created_at,
                UserSession.authenticated_at,
                UserSession.methods,
                UserSession.last_used_at,
                UserSession.expires_at,
                UserSession.revoked_at,
            )
            .where(UserSession.user_id == user_id)
            .order_by(UserSession.id)
        ),
        erase=lambda user_id: delete(UserSession).where(UserSession.user_id == user_id),
    ),
    PersonalData(
        table="known_place",
        withheld="Devices and addresses as hashes; those of the sessions are exported.",
        erase=lambda user_id: delete(KnownPlace).where(KnownPlace.user_id == user_id),
    ),
    PersonalData(
        table="sign_in_challenge",
        withheld="Open questions of the last five minutes, as hashes.",
        erase=lambda user_id: delete(SignInChallenge).where(SignInChallenge.user_id == user_id),
    ),
]
