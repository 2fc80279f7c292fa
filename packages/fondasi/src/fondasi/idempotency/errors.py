"""What can go wrong with a request that has an `Idempotency-Key`."""

from fondasi.kit.http import Conflict, Problem
from fondasi.kit.i18n import t

WAIT = 1  # seconds


class IdempotencyKeyInUse(Conflict):
    """The first request with that key is not done yet."""

    code, title = "IDEMPOTENCY_KEY_IN_USE", "Request under way"

    def __init__(self) -> None:
        super().__init__(
            t("A request with that Idempotency-Key is under way. Send this one again in a moment."),
            headers={"Retry-After": str(WAIT)},
        )


class AnswerNotKept(Conflict):
    """It was done with that key before; its answer held a secret, or was too large to keep."""

    code, title = "ANSWER_NOT_KEPT", "Done before"

    def __init__(self) -> None:
        super().__init__(
            t(
                "This was done with the first request; its answer is not kept, for it held a secret or was too large. "
                "Look what it made, and use a new Idempotency-Key to do it once more."
            )
        )


class IdempotencyKeyReused(Problem):
    """That key belongs to another request: another path, query or body."""

    status, code, title = 422, "IDEMPOTENCY_KEY_REUSED", "Key of another request"

    def __init__(self) -> None:
        super().__init__(
            t("That Idempotency-Key was sent with another request before. Use a new one for each request.")
        )


class IdempotencyKeyNotTaken(Problem):
    """Answers of this operation cannot be kept, as those to uploads."""

    status, code, title = 422, "IDEMPOTENCY_KEY_NOT_TAKEN", "No key taken"

    def __init__(self) -> None:
        super().__init__(t("This operation takes no Idempotency-Key. Send it without one."))
