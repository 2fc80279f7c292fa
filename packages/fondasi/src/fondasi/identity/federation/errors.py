"""What can go wrong with sign-ins at providers."""

from __future__ import annotations

from fondasi.kit.http import Conflict, Forbidden, NotFound, Unavailable
from fondasi.kit.i18n import t


class UnknownProvider(NotFound):
    """No such provider is set up."""

    code, title = "UNKNOWN_PROVIDER", "Unknown provider"

    def __init__(self) -> None:
        super().__init__(
            "This service has no such provider. `GET /auth/providers` lists those that there are."
        )


class ProviderUnavailable(Unavailable):
    """The provider does not answer, or not as one."""

    code, title = "PROVIDER_UNAVAILABLE", "Provider unavailable"

    def __init__(self, label: str) -> None:
        super().__init__(
            t("{provider} does not answer as it should. Sign in another way, or try again.", provider=label)
        )


class InvalidState(Forbidden):
    """Unknown, used, expired, of another browser or provider: the answer does not tell which."""

    code, title = "INVALID_STATE", "Sign-in expired"

    def __init__(self) -> None:
        super().__init__(
            "This sign-in was not begun in this browser, is over, or took longer than 10 minutes. Begin again."
        )


class ProviderRefused(Forbidden):
    """The user declined at the provider, or the provider refuses the code."""

    code, title = "PROVIDER_REFUSED", "Refused by the provider"

    def __init__(self, label: str) -> None:
        super().__init__(t("{provider} did not let you sign in here. Begin again.", provider=label))


class UntrustedAnswer(Forbidden):
    """The provider's answer fails a check: of another provider, altered, old, or meant for somebody else."""

    code, title = "UNTRUSTED_ANSWER", "Untrusted answer"
    recorded_as = "login.failed"

    def __init__(self, label: str) -> None:
        super().__init__(
            t("The answer in the name of {provider} cannot be trusted. Begin again.", provider=label)
        )


class AccountExists(Conflict):
    """Somebody who has proved an address signs in for the first time, and an account has that address."""

    code, title = "ACCOUNT_EXISTS", "There is an account already"

    def __init__(self, label: str) -> None:
        super().__init__(
            t(
                "An account with your e-mail address exists already. Sign in to it and link {provider} there.",
                provider=label,
            )
        )


class IdentityTaken(Conflict):
    """Another account is linked to that identity."""

    code, title = "IDENTITY_TAKEN", "Linked to another account"

    def __init__(self, label: str) -> None:
        super().__init__(
            t("You at {provider} are linked to another account. Remove that link first.", provider=label)
        )
