"""What can go wrong with accounts."""

from fondasi.kit.http import Conflict, FieldError, Forbidden


class UsernameTaken(Conflict):
    """The user name, e-mail address or phone number belongs to another account.

    Args:
        detail: says so.
        field: which of them, as it is named in the body.
    """

    code, title = "USERNAME_TAKEN", "User name taken"

    def __init__(self, detail: str, *, field: str) -> None:
        super().__init__(detail, field_errors=[FieldError.of(field, detail, "taken")])


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
