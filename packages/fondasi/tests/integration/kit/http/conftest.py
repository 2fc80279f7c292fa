"""An application with a route for every way to go wrong."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import pytest_asyncio
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, SecretStr, computed_field
from sqlalchemy import text

from fondasi.access import public
from fondasi.dependencies import ReadSession, UnitOfWork
from fondasi.identity.factors.models import RecoveryCode
from fondasi.identity.models import User
from fondasi.kit.http import Cursor, CursorPage, CursorParams, Listing, PageParams, Router, Wanted, sort_by
from fondasi.module import Module
from fondasi.settings import HttpSettings

router = Router(prefix="/probe", dependencies=[public])
SECRET = "the-secret-in-the-exception"


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str = Field(max_length=500)
    stars: int = Field(0, ge=0, le=5)
    password: SecretStr | None = Field(None, min_length=8)
    more: Any = None


@router.post("/notes")
async def write_note(note: Note) -> Note:
    return note


@router.get("/notes/{name}")
async def read_note(name: str) -> dict[str, str]:
    return {"name": name}


@router.get("/notes")
async def list_notes(
    page: PageParams, order: Annotated[list[Any], sort_by("-name", name=User.name, email=User.email)]
) -> dict[str, Any]:
    return {"page": page.page, "order": [str(item) for item in order]}


@router.get("/versioned")
async def read_versioned(response: Response) -> dict[str, str]:
    response.headers["ETag"] = '"7"'
    return {"name": "long" * 1500}


@router.get("/walk")
async def walk(params: CursorParams) -> CursorPage[str]:
    position = Cursor.decode(params.cursor, datetime, UUID) if params.cursor else None
    return CursorPage(data=[str(position)], next_cursor=None, has_more=False)


class PersonRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: UUID
    username: str
    last_sign_in_at: datetime | None
    created_at: datetime

    @computed_field
    @property
    def initial(self) -> str:
        return self.username[0]


PEOPLE = Listing(
    User,
    PersonRead,
    sort="username",
    sortable=["id", "username", "last_sign_in_at", "created_at", "email"],
    filters=["id", "is_superuser"],
)
WALKED = Listing(User, PersonRead, sort="username", sortable=["username", "created_at"], by_cursor=True)
SOME = ["user003", "user035"]


@router.get("/people", **PEOPLE.answers)
async def list_people(wanted: Annotated[Wanted, PEOPLE.wanted], session: ReadSession) -> Response:
    return await wanted.answer(session, User.deleted_at.is_(None))


@router.get("/people/some", **WALKED.answers)
async def list_some_people(wanted: Annotated[Wanted, WALKED.wanted], session: ReadSession) -> Response:
    return await wanted.answer(session, any_of=[User.username.in_(SOME), User.username > "user030"])


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError(SECRET)


@router.get("/broken-statement")
async def broken_statement(session: ReadSession) -> None:
    await session.execute(text(f"SELECT '{SECRET}'::int"))


@router.get("/missing-file")
async def missing_file() -> None:
    raise FileNotFoundError(SECRET)


@router.get("/slow-statement")
async def slow_statement(session: ReadSession) -> None:
    await session.execute(text("SET statement_timeout = 50"))
    try:
        await session.execute(text("SELECT pg_sleep(5)"))
    finally:
        await session.execute(text("RESET statement_timeout"))


@router.get("/full-disk", dependencies=[public])
async def full_disk(session: ReadSession) -> None:
    await session.execute(text("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100'; END $$"))


@router.post("/broken-write")
async def broken_write(session: UnitOfWork) -> None:
    session.add(User(username="half-written", name="half"))
    await session.flush()
    raise RuntimeError(SECRET)


@router.post("/twins")
async def write_twins(session: UnitOfWork) -> None:
    session.add_all([User(username="twin", name="one"), User(username="twin", name="two")])


@router.post("/orphans")
async def write_orphan(session: UnitOfWork) -> None:
    session.add(RecoveryCode(user_id=UUID(int=1), code_hash=b"x"))


class Names(BaseModel):
    username: str = "twin"
    user_id: UUID = UUID(int=1)


@router.post("/named-twins")
async def write_named_twins(new: Names, session: UnitOfWork) -> None:
    session.add_all([User(username=new.username, name="one"), User(username=new.username, name="two")])


@router.post("/named-orphans")
async def write_named_orphan(new: Names, session: UnitOfWork) -> None:
    session.add(RecoveryCode(user_id=new.user_id, code_hash=b"x"))


@pytest_asyncio.fixture(scope="session")
async def probe_client(settings, running):
    http = HttpSettings(cors_origins=["https://app.example"], body_limit=4096)
    own = settings.model_copy(update={"http": http})
    async with running(own, Module(name="probe", routers=[router])) as client:
        yield client


@pytest_asyncio.fixture
async def probe(probe_client, clean_database):
    return probe_client
