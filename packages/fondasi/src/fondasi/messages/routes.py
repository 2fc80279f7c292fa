"""Routes of messages: that they were sent, never what they say."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from fondasi.access import require
from fondasi.dependencies import ReadSession
from fondasi.kit.http import Listing, NotFound, Router, Wanted, raises
from fondasi.messages import service
from fondasi.messages.models import MessageRecord
from fondasi.messages.permissions import VIEW
from fondasi.messages.schemas import MessageRead

router = Router(prefix="/messages", tags=["messages"], dependencies=[require(VIEW)])
MESSAGES = Listing(
    MessageRecord,
    MessageRead,
    sort="-created_at",
    sortable=["created_at", "sent_at", "recipient", "template", "status"],
    filters=["channel", "status", "template", "language"],
    ranges=["created_at"],
    search=["recipient", "template"],
)


@router.get("", operation_id="list_messages", **MESSAGES.answers)
async def list_messages(wanted: Annotated[Wanted, MESSAGES.wanted], session: ReadSession) -> Response:
    """Which messages went to whom, newest first."""
    return await wanted.answer(session)


@router.get(
    "/{message_id}", operation_id="read_message", response_model=MessageRead, dependencies=[raises(NotFound)]
)
async def read_message(
    message_id: Annotated[UUID, Path(description="Id of the message.")], session: ReadSession
) -> MessageRecord:
    """A message, without its text."""
    return await service.read_message(session, message_id)
