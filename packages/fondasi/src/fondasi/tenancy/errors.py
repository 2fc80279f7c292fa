"""What can go wrong with tenants, members and invitations."""

from fondasi.kit.http import Conflict, Forbidden, NotFound, Problem
from fondasi.kit.i18n import t


class TenantNotFound(NotFound):
    """There is none, or the caller is not in it: nobody learns which."""

    def __init__(self) -> None:
        super().__init__(t("There is no such tenant."))


class MemberNotFound(NotFound):
    """The tenant has no such member."""

    def __init__(self) -> None:
        super().__init__(t("There is no such member."))


class InvitationNotFound(NotFound):
    """There is none, or it is for another address: nobody learns which."""

    def __init__(self) -> None:
        super().__init__(t("There is no such invitation."))


class TenantSuspended(Forbidden):
    """The platform suspended the tenant."""

    code, title = "TENANT_SUSPENDED", "Tenant suspended"

    def __init__(self) -> None:
        super().__init__(t("This tenant is suspended. Ask the service's administrators."))


class TenantInactive(Forbidden):
    """An owner closed the tenant."""

    code, title = "TENANT_INACTIVE", "Tenant inactive"

    def __init__(self) -> None:
        super().__init__(t("This tenant is inactive. An owner can activate it."))


class OwnersOnly(Forbidden):
    """Owners are made, changed and removed by owners."""

    code, title = "OWNERS_ONLY", "Owners only"

    def __init__(self) -> None:
        super().__init__(t("Only an owner of the tenant may do this. Ask one."))


class RaisesOwnRights(Forbidden):
    """Nobody adds to their own rights."""

    code, title = "OWN_RIGHTS", "Your own rights"

    def __init__(self) -> None:
        super().__init__(t("Nobody adds to their own rights. Ask another administrator."))


class AlreadyMember(Conflict):
    """The invited person is in the tenant."""

    code, title = "ALREADY_MEMBER", "Already a member"

    def __init__(self) -> None:
        super().__init__(t("That person is a member already."))


class InvitationPending(Conflict):
    """The address has an invitation that can still be accepted."""

    code, title = "INVITATION_PENDING", "Invitation pending"

    def __init__(self) -> None:
        super().__init__(t("That address is invited already. Send the invitation again, or revoke it first."))


class InvitationVoid(Conflict):
    """It was answered, revoked or expired, or who sent it may not invite any more."""

    code, title = "INVITATION_VOID", "Invitation void"

    def __init__(self) -> None:
        super().__init__(t("This invitation does not hold any more. Ask for a new one."))


class InvitedTooMany(Problem):
    """Somebody has sent as many invitations as one person may send in a day, in all tenants together."""

    status, code, title = 429, "INVITED_TOO_MANY", "Too many invitations in a day"

    def __init__(self, seconds: int) -> None:
        super().__init__(
            t("You have sent as many invitations as one person may in a day. Send the others later."),
            headers={"Retry-After": str(seconds)},
        )


class TooManyInvitations(Conflict):
    """More invitations are open than a tenant may have."""

    code, title = "TOO_MANY_INVITATIONS", "Too many invitations"

    def __init__(self) -> None:
        super().__init__(t("Too many invitations are open. Revoke some, or wait until they expire."))


class TooManyExports(Problem):
    """The caller reads an export already."""

    status, code, title = 429, "TOO_MANY_EXPORTS", "Too many exports"

    def __init__(self) -> None:
        super().__init__(
            t("You are being sent an export already. Let it end, or wait a minute."),
            headers={"Retry-After": "60"},
        )
