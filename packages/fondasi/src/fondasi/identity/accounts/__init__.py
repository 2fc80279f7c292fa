"""Accounts of users."""

from fondasi.identity.accounts.admin import users_view
from fondasi.identity.accounts.commands import commands
from fondasi.identity.accounts.contacts import change as change_contact
from fondasi.identity.accounts.datasets import USERS
from fondasi.identity.accounts.errors import SignUpClosed
from fondasi.identity.accounts.events import EVENTS
from fondasi.identity.accounts.group_commands import commands as group_commands
from fondasi.identity.accounts.jobs import anonymise
from fondasi.identity.accounts.permissions import PERMISSIONS, VIEW
from fondasi.identity.accounts.personal_data import PERSONAL_DATA
from fondasi.identity.accounts.repository import is_taken, user_by, user_by_id
from fondasi.identity.accounts.routes import router
from fondasi.identity.accounts.schemas import (
    CodeRequested,
    Name,
    Password,
    PresentPassword,
    Strict,
    Username,
    UserRead,
)
from fondasi.identity.accounts.service import (
    acceptable_username,
    confirm_owner,
    create_user,
    own_user,
    set_password,
    user_exists,
)
from fondasi.identity.accounts.settings_routes import router as settings_router
from fondasi.identity.accounts.signup import sign_up_by_code

__all__ = [
    "EVENTS",
    "PERMISSIONS",
    "PERSONAL_DATA",
    "USERS",
    "VIEW",
    "CodeRequested",
    "Name",
    "Password",
    "PresentPassword",
    "SignUpClosed",
    "Strict",
    "UserRead",
    "Username",
    "acceptable_username",
    "anonymise",
    "change_contact",
    "commands",
    "confirm_owner",
    "create_user",
    "group_commands",
    "is_taken",
    "own_user",
    "router",
    "set_password",
    "settings_router",
    "sign_up_by_code",
    "user_by",
    "user_by_id",
    "user_exists",
    "users_view",
]
