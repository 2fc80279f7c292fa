"""What can go wrong with groups and grants."""

from fondasi.kit.http import Conflict, Forbidden


class LacksWhatHeGrants(Forbidden):
    """Nobody grants, takes away or edits what holds more than he has."""

    code, title = "LACKS_PERMISSION", "More than you hold"


class RaisesHimself(Forbidden):
    """Nobody adds to his own rights."""

    code, title = "OWN_RIGHTS", "Your own rights"


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
