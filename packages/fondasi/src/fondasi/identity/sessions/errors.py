"""What can go wrong with sessions."""

from fondasi.kit.http import Problem


class WrongCredentials(Problem):
    """Unknown user, wrong password, or an account that may not sign in: the answer does not tell which."""

    status, code, title = 401, "WRONG_CREDENTIALS", "Wrong credentials"

    def __init__(self) -> None:
        super().__init__("Wrong user name or password.", headers={"WWW-Authenticate": "Bearer"})
