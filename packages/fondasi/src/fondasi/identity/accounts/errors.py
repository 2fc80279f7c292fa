"""What can go wrong with accounts."""

from fondasi.kit.http import Conflict


class UsernameTaken(Conflict):
    """The user name or e-mail address belongs to another account."""

    code, title = "USERNAME_TAKEN", "User name taken"
