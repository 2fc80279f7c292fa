"""What the routes of access take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from fondasi.kit.http import Translated, worded

Code = Annotated[
    str, Field(min_length=3, max_length=100, description="Code of a permission.", examples=["users.view"])
]
Name = Annotated[
    str,
    Field(
        min_length=2,
        max_length=50,
        pattern=worded(r"^[a-z][a-z0-9_-]+$", "use a-z, 0-9, dashes and underscores; begin with a letter"),
        description="a-z, 0-9, dash and underscore.",
        examples=["reporters"],
    ),
]
Description = Annotated[str, Field(max_length=500, examples=["Those who write reports."])]
UserReference = Annotated[
    str, Path(min_length=1, max_length=50, description="User name, or id, of the account.")
]
PermissionCode = Annotated[str, Path(min_length=1, max_length=100, description="Code of a permission.")]


class PermissionRead(BaseModel):
    """A permission."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    description: Translated
    default_groups: list[str] = Field(
        description="Seeded groups that hold it until somebody changes them; super_admin always does."
    )
    custom: bool = Field(description="Made by an administrator, not declared by a module.")


class PermissionCreate(BaseModel):
    """A new permission of the installation's own."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(
        max_length=100,
        pattern=worded(
            r"^custom(\.[a-z][a-z0-9_-]*)+$",
            "begin with `custom.`; after each dot stand a letter, then a-z, 0-9, dashes and underscores",
        ),
        description="Begins with `custom.`, as no module's does.",
        examples=["custom.reports.print"],
    )
    description: str = Field(min_length=1, max_length=500, examples=["Print reports."])


class PermissionUpdate(BaseModel):
    """What changes."""

    model_config = ConfigDict(extra="forbid")

    description: str = Field(min_length=1, max_length=500, examples=["Print reports."])


class GroupRead(BaseModel):
    """A group."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    description: str
    seeded: bool = Field(description="Every installation has it; it cannot be renamed or deleted.")
    created_at: datetime
    updated_at: datetime
    version: int


class GroupDetails(GroupRead):
    """A group and what it holds."""

    permissions: list[str]


class GroupMember(BaseModel):
    """Somebody who is in a group."""

    user_id: UUID
    username: str
    name: str
    status: str = Field(description="State of the account: active, inactive or suspended.")


class GroupCreate(BaseModel):
    """A new group, which holds nothing yet."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    description: Description = ""


class GroupUpdate(BaseModel):
    """What changes; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Name | None = None
    description: Description | None = None


class GrantedPermissions(BaseModel):
    """All permissions that are to be held; others are taken away."""

    model_config = ConfigDict(extra="forbid")

    permissions: list[Code] = Field(max_length=2000)


class GroupSet(BaseModel):
    """All groups that the user is to be in; they leave others."""

    model_config = ConfigDict(extra="forbid")

    group_ids: list[UUID] = Field(max_length=500)


class Groups(BaseModel):
    """The groups that a user is in."""

    groups: list[GroupRead]


class UserPermissions(BaseModel):
    """What a user may do, and why."""

    is_superuser: bool = Field(description="In super_admin: holds everything.")
    groups: list[str] = Field(description="Names of their groups.")
    direct: list[str] = Field(description="Granted to them directly.")
    effective: list[str] = Field(description="All that they hold, by groups or directly.")
