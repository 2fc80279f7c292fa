"""What is kept about whose files they are."""

from sqlalchemy import delete, select

from fondasi.files.models import File, ProfilePicture, StoredObject
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(  # before the files, for it refers to one
        table="profile_picture",
        withheld="The file is among the files, and the profile says where it is.",
        erase=lambda user_id: delete(ProfilePicture).where(ProfilePicture.user_id == user_id),
    ),
    PersonalData(
        table="file",
        export=lambda user_id: (
            select(File.id, File.name, File.media_type, File.size, File.created_at)
            .where(File.owner_id == user_id, File.stored.has(StoredObject.expires_at.is_(None)))
            .order_by(File.created_at)
        ),
        erase=lambda user_id: delete(File).where(File.owner_id == user_id),
    ),
    PersonalData(
        table="tenant_file",
        withheld="Belongs to the tenant, whose members see it there.",
        kept="Files of the tenant refer to the account, which names nobody any more.",
    ),
    PersonalData(
        table="stored_object",
        withheld="Says how large a file is, which the file's own row says too.",
        kept="Goes with the file.",
    ),
]
