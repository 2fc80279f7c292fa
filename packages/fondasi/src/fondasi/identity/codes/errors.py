"""What can go wrong with one-time passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fondasi.kit.db import KeepsWork
from fondasi.kit.http import FieldError, Forbidden, Problem
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from uuid import UUID


class WrongCode(KeepsWork, Forbidden):
    """Wrong, used, expired, or of another purpose, identity or request: the answer does not tell which.

    The unit of work that it ends keeps what it wrote, for the try counts.
    """

    code, title = "WRONG_CODE", "Wrong code"
    recorded_as = ".failed"

    def __init__(self, user_id: UUID | None = None) -> None:
        self.user_id = user_id
        detail = t("The code is wrong or no longer good. Check it, or ask for a new one.")
        super().__init__(detail, field_errors=[FieldError.of("code", detail, "wrong")])


class TooManyCodes(Problem):
    """A code was asked for a moment ago, or too many from one address or for new numbers."""

    status, code, title = 429, "TOO_MANY_CODES", "Too many codes"

    def __init__(self, seconds: int, detail: str = "") -> None:
        super().__init__(
            detail or "A code was asked for a moment ago. Wait before you ask for another one.",
            headers={"Retry-After": str(seconds)},
        )
