"""The caller's identities at providers: linking, the list, removing."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from fondasi.access import Principal, StepUpRequired, authenticated, login_like, step_up
from fondasi.dependencies import CurrentPlatform, ReadSession, UnitOfWork
from fondasi.identity.accounts import confirm_owner
from fondasi.identity.federation import linking, repository, service
from fondasi.identity.federation.browser import browser_secret, set_browser_secret
from fondasi.identity.federation.errors import ProviderUnavailable, UnknownProvider
from fondasi.identity.federation.providers import Providers
from fondasi.identity.federation.schemas import LinkedIdentityRead, LinkRequest, LinkStarted
from fondasi.identity.models import LinkedIdentity
from fondasi.identity.sessions import TooManyTries, WrongPassword, device_of
from fondasi.identity.ways import LastWayToSignIn
from fondasi.kit.http import NotFound, Page, PageParams, Router, page_of, raises, repeatable
from fondasi.platform import Platform

router = Router(prefix="/settings/linked-identities", tags=["providers"])
Caller = Annotated[Principal, authenticated]


@router.get("", operation_id="list_linked_identities")
async def list_linked_identities(
    caller: Caller, page: PageParams, platform: CurrentPlatform, session: ReadSession
) -> Page[LinkedIdentityRead]:
    """Who the caller is at providers, the oldest link first."""
    rows, total = await repository.links_of(
        session, caller.user_id, offset=page.offset, limit=page.items_per_page
    )
    return Page[LinkedIdentityRead](**page_of([read_link(platform, row) for row in rows], total, page))


@router.post(
    "/{provider}/start",
    operation_id="start_linking",
    dependencies=[
        login_like,
        repeatable,
        raises(WrongPassword, StepUpRequired, TooManyTries, UnknownProvider, ProviderUnavailable),
    ],
)
async def start_linking(
    request: Request,
    response: Response,
    provider: str,
    *,
    caller: Caller,
    wanted: LinkRequest,
    platform: CurrentPlatform,
) -> LinkStarted:
    """Ask to link oneself at a provider. Send the browser to the address in the answer; coming back makes the link."""
    given = wanted.password.get_secret_value() if wanted.password is not None else None
    platform.get(Providers).get(provider)
    await confirm_owner(platform, caller, given, device_of(request))
    begun = await service.begin(
        platform,
        provider,
        browser=browser_secret(request, platform.settings),
        base_url=str(request.base_url),
        return_to=wanted.return_to,
        caller=caller,
    )
    set_browser_secret(response, request, platform.settings, begun.browser)
    return LinkStarted(authorization_url=begun.url)


@router.delete(
    "/{identity_id}",
    operation_id="delete_linked_identity",
    status_code=204,
    dependencies=[step_up, raises(NotFound, LastWayToSignIn)],
)
async def delete_linked_identity(
    identity_id: UUID, caller: Caller, platform: CurrentPlatform, session: UnitOfWork
) -> None:
    """Remove a link, unless it is the last way to sign in. The owner is told by e-mail."""
    await linking.unlink(session, platform, caller, identity_id)


def read_link(platform: Platform, row: LinkedIdentity) -> LinkedIdentityRead:
    """A link, with what the provider is called now."""
    provider = platform.get(Providers).by_issuer(row.issuer)
    return LinkedIdentityRead(
        id=row.id,
        provider=provider.name if provider else row.provider,
        label=provider.label if provider else row.provider,
        email_at_link=row.email_at_link,
        linked_at=row.linked_at,
        last_used_at=row.last_used_at,
    )
