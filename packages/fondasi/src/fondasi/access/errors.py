"""What can go wrong with groups and grants."""

from __future__ import annotations

from fondasi.kit.http import Conflict, Forbidden
from fondasi.kit.i18n import t


def lacks(permission: str) -> Forbidden:
    """The problem of whoever does not hold a permission."""
    return Forbidden(
        t("This needs the permission {permission}. Ask an administrator to grant it.", permission=permission)
    )


class StepUpRequired(Forbidden):
    """The caller has to prove again who they are: their last proof is too old for what they ask."""

    code, title = "STEP_UP_REQUIRED", "Prove again that it is you"

    def __init__(self, minutes: int) -> None:
        # RFC 9470, 3: the challenge that asks for a newer proof.
        challenge = f'Bearer error="insufficient_user_authentication", max_age="{minutes * 60}"'
        super().__init__(
            "Prove again that it is you: send your password, or the code of your second factor, to "
            "`POST /auth/step-up`, or sign in again. Then repeat this request.",
            headers={"WWW-Authenticate": challenge},
        )


class LacksWhatTheyGrant(Forbidden):
    """Nobody grants, takes away or edits what holds more than they have."""

    code, title = "LACKS_PERMISSION", "More than you hold"


class RaisesOwnRights(Forbidden):
    """Nobody adds to their own rights."""

    code, title = "OWN_RIGHTS", "Your own rights"


class SessionRequired(Forbidden):
    """An API key, where its owner has to be signed in."""

    code, title = "SESSION_REQUIRED", "Sign-in required"

    def __init__(self) -> None:
        super().__init__("API keys may not do this. Sign in, and send the access token instead.")


class GroupNameTaken(Conflict):
    """Another group has that name."""

    code, title = "GROUP_NAME_TAKEN", "Group name taken"


class PermissionExists(Conflict):
    """There is a permission with that code."""

    code, title = "PERMISSION_EXISTS", "Permission exists"


class DeclaredPermissionStays(Conflict):
    """A permission that a module declares is changed in the module."""

    code, title = "DECLARED_PERMISSION", "Declared permission"


class SeededGroupStays(Conflict):
    """A seeded group cannot be deleted or renamed; `super_admin` holds everything."""

    code, title = "SEEDED_GROUP", "Seeded group"
