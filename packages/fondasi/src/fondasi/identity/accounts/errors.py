"""What can go wrong with accounts."""

from fondasi.kit.http import Conflict, Forbidden


class UsernameTaken(Conflict):
    """The user name or e-mail address belongs to another account."""

    code, title = "USERNAME_TAKEN", "User name taken"


class SignUpClosed(Forbidden):
    """Nobody, or nobody without an invitation, makes an account on their own."""

    code, title = "SIGN_UP_CLOSED", "Sign-up is closed"

    def __init__(self) -> None:
        super().__init__("Nobody may sign up here without an invitation. Ask an administrator for one.")


class LastAdministrator(Conflict):
    """Without this account nobody could administer the service."""

    code, title = "LAST_ADMINISTRATOR", "Last administrator"

    def __init__(self) -> None:
        super().__init__("This is the last administrator. Make another one first.")
