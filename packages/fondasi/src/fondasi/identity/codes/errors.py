"""What can go wrong with one-time passwords."""

from fondasi.kit.http import Forbidden, Problem


class WrongCode(Forbidden):
    """Wrong, used, expired, or of another purpose, identity or request: the answer does not tell which."""

    code, title = "WRONG_CODE", "Wrong code"

    def __init__(self) -> None:
        super().__init__("The code is wrong or no longer good. Check it, or ask for a new one.")


class TooManyCodes(Problem):
    """A code was asked for a moment ago, or too many from one address or for new numbers."""

    status, code, title = 429, "TOO_MANY_CODES", "Too many codes"

    def __init__(self, seconds: int, detail: str = "") -> None:
        super().__init__(
            detail or "A code was asked for a moment ago. Wait before you ask for another one.",
            headers={"Retry-After": str(seconds)},
        )
