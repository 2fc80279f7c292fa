"""Writes the trail, inside the unit of work of what it tells about."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

import orjson

from fondasi.kit import clock
from fondasi.kit.audit.edits import EDITED, told
from fondasi.kit.audit.models import PLATFORM_CHAIN, Level
from fondasi.kit.audit.origin import Origin, current_origin, is_mutating
from fondasi.kit.audit.redaction import clean, clean_text
from fondasi.kit.db import AFTER, Write, driver_connection, edits_of, put_off
from fondasi.kit.ids import new_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from fondasi.kit.db import Session

MAX_METADATA = 8192  # bytes of JSON
MAX_NAME = 100
MAX_USER_AGENT = 500
CHAINS = "audit_chains"
SUBJECT = "audit_subject"
SEVERAL_CHAINS_LOCK = 0x6175646974  # "audit"


class _About(NamedTuple):
    """Whose account a unit of work changes."""

    user_id: UUID | None
    session_id: UUID | None


NOBODY = _About(None, None)
TABLE = """activity (id, created_at, tenant_id, user_id, session_id, level, action, module, message, endpoint,
    method, status_code, duration_ms, ip_address, user_agent, request_id, metadata, error_details, subject_id)"""
INSERT = f"""
INSERT INTO {TABLE} VALUES
($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::text::jsonb, $18::text::jsonb, $19)
"""  # noqa: S608 - a constant only
ENTER = f"""
entered AS (
    INSERT INTO {TABLE} SELECT $1::uuid, $2::timestamptz, $3::uuid, $4::uuid, $5::uuid, $6::text, $7::text, $8::text,
        $9::text, $10::text, $11::text, $12::smallint, $13::float8, $14::text, $15::text, $16::text, $17::text::jsonb,
        $18::text::jsonb, $19::uuid
    {AFTER}
    RETURNING id
)
"""


async def record(
    session: Session,
    action: str,
    module: str,
    message: str,
    *,
    level: Level = Level.AUDIT,
    user_id: UUID | None = None,
    session_id: UUID | None = None,
    subject_id: UUID | None = None,
    tenant_id: UUID | None = None,
    metadata: Mapping[str, Any] | None = None,
    error_details: Mapping[str, Any] | None = None,
    origin: Origin | None = None,
) -> UUID:
    """Write an entry of the trail. It lives and dies with the session's unit of work.

    Who, from where and by which request comes from the current request; what is passed here goes before it. Secrets
    are removed, long values cut.

    Args:
        session: the unit of work.
        action: what was done, for example `posts.publish`.
        module: the room.
        message: one sentence for people.
        level: how much it matters.
        user_id: who did it, when the request does not say it (a sign-in).
        session_id: their session, likewise.
        subject_id: whose account it was done to; what `concerns` said when None. It is in that person's activity too.
        tenant_id: whose chain the entry extends; when None, that of the session's tenant, else the platform's.
        metadata: more, as JSON.
        error_details: what went wrong, as JSON.
        origin: in place of the current request's.

    Returns:
        The id of the entry.
    """
    origin = origin or current_origin()
    tenant = tenant_id or session.tenant_id or origin.tenant_id
    if origin.api_key_id is not None:
        metadata = {**(metadata or {}), "by_key": origin.api_key_id}
    if edits := edits_of(session.sync_session):
        metadata = {**(metadata or {}), EDITED: told(edits)}
    entry_id = new_id()
    about = session.info.get(SUBJECT, NOBODY)
    who, subject = user_id or origin.user_id, subject_id or about.user_id
    if who is None and origin.method is not None:
        who = subject  # a stranger who proved an account, or tried to
    if subject == who:
        subject = None
    columns = [
        entry_id,
        clock.now(),
        tenant,
        who,
        session_id or origin.session_id or about.session_id,
        str(level),
        clean_text(action, MAX_NAME),
        clean_text(module, MAX_NAME),
        clean_text(message),
        origin.endpoint,
        origin.method,
        origin.status_code,
        origin.duration_ms,
        origin.ip_address,
        _user_agent(origin.user_agent) if origin.user_agent else None,
        origin.request_id,
        _capped(metadata) if metadata else "{}",
        _capped(error_details) if error_details else None,
        subject,
    ]
    second = _is_second_chain(session, tenant or PLATFORM_CHAIN)
    if not second and put_off(session, Write("entered", ENTER, "id", columns, _refuse)):
        return entry_id
    connection = await driver_connection(session)
    if second:
        # Two transactions that seal two chains each would wait for each other; one at a time cannot.
        await connection.execute("SELECT pg_advisory_xact_lock($1)", SEVERAL_CHAINS_LOCK)
    await connection.execute(INSERT, *columns)
    return entry_id


def concerns(session: Session, user_id: UUID | None, session_id: UUID | None = None) -> None:
    """Say whose account a unit of work changes, for the entries that it writes: they are in that person's activity.

    Args:
        session: the unit of work.
        user_id: the account; None says nothing.
        session_id: the session of it that is meant, where nobody is signed in.
    """
    if user_id is not None:
        session.info[SUBJECT] = _About(user_id, session_id)


async def record_mutation(session: Session, refusal: Exception | None = None) -> None:
    """Write the entry that a changing request owes and that its service did not write.

    A stranger's request owes one when it changed somebody's account.

    Args:
        session: the unit of work, about to commit.
        refusal: what ends it though it commits, such as a wrong code that was counted. Then nothing was done, and the
            answer's own entry tells that.
    """
    if CHAINS in session.info or refusal is not None or not is_mutating():
        return
    origin = current_origin()
    if origin.user_id is None and SUBJECT not in session.info:
        return
    await record(
        session,
        origin.operation or f"{origin.method} {origin.endpoint}",
        origin.module or "platform",
        origin.summary or f"{origin.method} {origin.endpoint}",
        origin=origin,
    )


@lru_cache(maxsize=1024)
def _user_agent(text: str) -> str:
    return clean_text(text, MAX_USER_AGENT)


def _refuse() -> NoReturn:
    raise LookupError("An entry of the trail was not written.")


def _is_second_chain(session: Session, chain: UUID) -> bool:
    """Note a chain that the session extends; True when it is the second one."""
    chains: set[UUID] = session.info.setdefault(CHAINS, set())
    chains.add(chain)
    return len(chains) == 2  # noqa: PLR2004


def _capped(value: Mapping[str, Any]) -> str:
    """JSON of a bounded length."""
    cleaned: dict[str, Any] = clean(dict(value))
    made = orjson.dumps(cleaned)
    if len(made) > MAX_METADATA:
        made = orjson.dumps({"truncated": True, "bytes": len(made), "fields": sorted(cleaned)[:20]})
    return made.decode()
