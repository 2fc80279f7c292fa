"""What can go wrong with credentials."""

from fondasi.kit.http import Conflict


class PasswordExists(Conflict):
    """The account has a password."""

    code, title = "PASSWORD_EXISTS", "There is a password already"

    def __init__(self) -> None:
        super().__init__("The account has a password already. Change it with the present one.")
