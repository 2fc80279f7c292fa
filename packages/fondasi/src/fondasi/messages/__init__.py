"""Messages to people: e-mail, SMS and WhatsApp; an outbox in `local`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fondasi.kit.crypto import SealedBox
from fondasi.messages.admin import messages_view
from fondasi.messages.caps import take
from fondasi.messages.commands import commands
from fondasi.messages.errors import ChannelNotConfigured
from fondasi.messages.jobs import deliver, purge
from fondasi.messages.models import Channel
from fondasi.messages.permissions import PERMISSIONS
from fondasi.messages.personal_data import PERSONAL_DATA
from fondasi.messages.preview import preview_router
from fondasi.messages.routes import router
from fondasi.messages.senders import senders
from fondasi.messages.service import Letter, Message, Messenger
from fondasi.messages.templates import templates_of
from fondasi.module import Module
from fondasi.platform import Platform
from fondasi.settings import Environment

__all__ = [
    "Channel",
    "ChannelNotConfigured",
    "Letter",
    "Message",
    "Messenger",
    "module",
    "preview_router",
    "take",
]


@asynccontextmanager
async def _lifespan(platform: Platform) -> AsyncIterator[None]:
    settings = platform.settings
    if settings.secret_key is None:
        raise RuntimeError("SECRET_KEY is missing: set it to the output of `openssl rand -hex 32`.")
    messenger = Messenger(
        senders(settings.mail, settings.twilio),
        SealedBox(settings.secret_key.get_secret_value(), "messages"),
        lambda session, message_id, priority: deliver.enqueue(
            session, message_id=message_id, priority=priority
        ),
        templates=templates_of(settings, platform.modules),
        outbox=settings.environment is Environment.LOCAL,
    )
    platform.provide(messenger)
    yield


module = Module(
    name="outbox",
    routers=[router],
    permissions=PERMISSIONS,
    admin_views=[messages_view],
    jobs=[deliver, purge],
    commands=commands,
    lifespan=_lifespan,
    personal_data=PERSONAL_DATA,
    tags={"messages": "Which e-mails, SMS and WhatsApp messages went to whom."},
)
