"""What is told of files: whose, and how large; not their names or what is in them."""

from uuid import UUID

from pydantic import BaseModel

from fondasi.kit.events import Event, Where


class FileTold(BaseModel):
    """Which file, and who uploaded it."""

    file_id: UUID
    owner_id: UUID | None
    media_type: str
    size: int


FILE_CREATED = Event("file.created", "A file was uploaded.", FileTold, Where.EITHER)
FILE_DELETED = Event("file.deleted", "A file was deleted.", FileTold, Where.EITHER)
EVENTS = [FILE_CREATED, FILE_DELETED]
