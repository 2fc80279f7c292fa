"""Messages in the admin panel: that they were sent, never what they say."""

from fondasi.admin_views import AdminView
from fondasi.messages.models import Channel, MessageRecord, MessageStatus
from fondasi.messages.permissions import VIEW

messages_view = AdminView(
    model=MessageRecord,
    path="messages",
    name="Message",
    plural="Messages",
    icon="fa-solid fa-envelope",
    permission=VIEW,
    columns=("channel", "recipient", "template", "status", "sent_at", "created_at"),
    details=(
        "id",
        "channel",
        "recipient",
        "template",
        "language",
        "status",
        "expires_at",
        "sent_at",
        "created_at",
    ),
    search=("recipient", "template"),
    filters={"channel": list(Channel), "status": list(MessageStatus)},
)
