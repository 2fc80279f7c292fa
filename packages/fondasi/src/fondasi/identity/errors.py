"""What can go wrong in identity."""

from fondasi.kit.http import Conflict, Problem


class WrongCredentials(Problem):
    """Unknown user, wrong password, or an account that may not sign in: the answer does not tell which."""

    status, code, title = 401, "WRONG_CREDENTIALS", "Wrong credentials"

    def __init__(self) -> None:
        super().__init__("Wrong user name or password.", headers={"WWW-Authenticate": "Bearer"})


class UsernameTaken(Conflict):
    """The user name or e-mail address belongs to another account."""

    code, title = "USERNAME_TAKEN", "User name taken"
