"""What is kept about who a person is at providers."""

from sqlalchemy import delete, select

from fondasi.identity.federation.models import AuthorizationRequest
from fondasi.identity.models import LinkedIdentity
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="linked_identity",
        export=lambda user_id: (
            select(
                LinkedIdentity.id,
                LinkedIdentity.provider,
                LinkedIdentity.issuer,
                LinkedIdentity.subject,
                LinkedIdentity.email_at_link,
                LinkedIdentity.linked_at,
                LinkedIdentity.last_used_at,
            )
            .where(LinkedIdentity.user_id == user_id)
            .order_by(LinkedIdentity.id)
        ),
        erase=lambda user_id: delete(LinkedIdentity).where(LinkedIdentity.user_id == user_id),
    ),
    PersonalData(
        table="authorization_request",
        withheld="It is a sign-in under way, gone after minutes.",
        erase=lambda user_id: delete(AuthorizationRequest).where(AuthorizationRequest.user_id == user_id),
    ),
]
