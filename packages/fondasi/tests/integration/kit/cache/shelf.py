"""Routes whose answers are kept. They read a user's `bio`, and count how often their functions ran."""

import asyncio
from collections import Counter
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import select, update
from starlette.requests import Request
from starlette.responses import Response

from fondasi.access import Principal, authenticated, current_principal, public, require
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.identity.models import User
from fondasi.kit.cache import cached, cached_function, client_cache, invalidate
from fondasi.kit.db import Session
from fondasi.kit.http import Conflict, PageParams, Router
from fondasi.module import Module

RUNS: Counter[str] = Counter()
GATE = asyncio.Event()
router = Router(prefix="/shelf")


class Change(BaseModel):
    username: str
    bio: str
    keys: list[str] = []
    tags: list[str] = []
    fails: bool = False


async def bio_of(session: Session, username: str) -> str | None:
    return await session.scalar(select(User.bio).where(User.username == username))


@router.get(
    "/lines/{username}",
    dependencies=[public, cached("{username}_lines:page_{page}", tags=["lines"], shared=True)],
)
async def lines(username: str, page: PageParams, session: ReadSession) -> dict[str, object]:
    RUNS["lines"] += 1
    return {"bio": await bio_of(session, username), "page": page.page, "size": page.items_per_page}


@router.get("/slow/{username}", dependencies=[public, cached("{username}_slow", shared=True)])
async def slow(username: str, session: ReadSession) -> str | None:
    bio = await bio_of(session, username)
    RUNS["slow"] += 1
    await GATE.wait()
    return bio


@router.get("/numbers/{number}", dependencies=[public, cached("number:{number}", shared=True)])
async def number(number: int) -> int:
    RUNS["number"] += 1
    return number


@router.get("/things/{thing}", dependencies=[public, cached("thing:{thing}", shared=True)])
async def thing(thing: UUID) -> UUID:
    RUNS["thing"] += 1
    return thing


@router.get("/mine", dependencies=[cached("mine:{caller}")])
async def mine(caller: Annotated[Principal, authenticated]) -> dict[str, object]:
    RUNS["mine"] += 1
    return {"username": caller.username, "rights": sorted(caller.permissions)}


@router.get("/guest", dependencies=[public, cached("guest")])
async def guest(request: Request) -> str:
    caller = await current_principal(request)
    return caller.username if caller else "nobody"


@router.get("/guest-shared", dependencies=[public, cached("guest", shared=True)])
async def guest_shared(request: Request) -> str:
    caller = await current_principal(request)
    return caller.username if caller else "nobody"


@router.get("/guarded", dependencies=[require("users.view"), cached("guarded", shared=True)])
async def guarded() -> str:
    return "for those who may"


@router.get("/cookie", dependencies=[public, cached("cookie", shared=True)])
async def cookie(response: Response) -> str:
    RUNS["cookie"] += 1
    response.set_cookie("a", "b")
    return "with a cookie"


@router.get("/host", dependencies=[public, cached("host", shared=True)])
async def host(request: Request) -> str:
    return str(request.base_url)


@router.get("/copy", dependencies=[public, client_cache(30, shared=True)])
async def copy() -> str:
    return "keep it"


@router.get("/count/{username}", dependencies=[public])
async def count(username: str, session: ReadSession) -> int:
    return await letters_of(session, username)


@cached_function("{username}_letters")
async def letters_of(session: Session, username: str) -> int:
    RUNS["letters"] += 1
    return len(await bio_of(session, username) or "")


@router.put("/bio", dependencies=[public])
async def change(change: Change, session: UnitOfWork) -> None:
    await session.execute(update(User).where(User.username == change.username).values(bio=change.bio))
    invalidate(session, *change.keys, tags=change.tags, username=change.username)
    if change.fails:
        raise Conflict("It was a test.")


SHELF = Module(name="shelf", routers=[router])


async def put(client, bio: str, *keys: str, tags=(), username: str = "ani", fails: bool = False) -> None:
    body = {"username": username, "bio": bio, "keys": keys, "tags": tags, "fails": fails}
    answer = await client.put("/api/v1/shelf/bio", json=body)
    assert answer.status_code == (409 if fails else 200), answer.text


async def get(client, path: str, **options):
    """What is answered, and what the cache had to do with it."""
    answer = await client.get(f"/api/v1/shelf{path}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json(), outcome(answer)


async def ran(name: str, times: int = 1) -> None:
    """Wait until a function ran so often."""
    async with asyncio.timeout(30):
        while RUNS[name] < times:  # noqa: ASYNC110 - others add to it
            await asyncio.sleep(0.01)


def outcome(answer) -> str:
    status = answer.headers["cache-status"]
    return "hit" if "; hit" in status else status.partition("fwd=")[2]
