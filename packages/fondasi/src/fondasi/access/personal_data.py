"""What is kept about what a person may do."""

from sqlalchemy import delete, select

from fondasi.access.models import Group, UserGroup, UserPermission
from fondasi.module import PersonalData

PERSONAL_DATA = [
    PersonalData(
        table="user_group",
        export=lambda user_id: (
            select(Group.name)
            .join(UserGroup, UserGroup.group_id == Group.id)
            .where(UserGroup.user_id == user_id)
            .order_by(Group.name)
        ),
        erase=lambda user_id: delete(UserGroup).where(UserGroup.user_id == user_id),
    ),
    PersonalData(
        table="user_permission",
        export=lambda user_id: (
            select(UserPermission.permission)
            .where(UserPermission.user_id == user_id)
            .order_by(UserPermission.permission)
        ),
        erase=lambda user_id: delete(UserPermission).where(UserPermission.user_id == user_id),
    ),
]
