"""What is kept about the messages that went to a person; their texts are sealed, and wiped once they were sent."""

from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, column, delete, select, table, union

from fondasi.messages.models import MessageRecord
from fondasi.module import PersonalData

# Identity stands on this room, so this room cannot import its model.
_user = table("user", column("id", Uuid), column("email", Text), column("phone", Text))


def _to(user_id: UUID) -> ColumnElement[bool]:
    contacts = union(
        select(_user.c.email).where(_user.c.id == user_id), select(_user.c.phone).where(_user.c.id == user_id)
    )
    return MessageRecord.recipient.in_(contacts)


PERSONAL_DATA = [
    PersonalData(
        table="message",
        export=lambda user_id: (
            select(
                MessageRecord.id,
                MessageRecord.channel,
                MessageRecord.recipient,
                MessageRecord.template,
                MessageRecord.language,
                MessageRecord.status,
                MessageRecord.created_at,
                MessageRecord.sent_at,
            )
            .where(_to(user_id))
            .order_by(MessageRecord.created_at)
        ),
        erase=lambda user_id: delete(MessageRecord).where(_to(user_id)),
    )
]
