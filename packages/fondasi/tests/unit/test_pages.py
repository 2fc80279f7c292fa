"""Declarations of pages: what they tell, and what of them is refused before anybody opens one."""

from enum import StrEnum
from types import SimpleNamespace
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, HttpUrl

from fondasi.kit.http import Amount, Day, Flag, Integer, Moment
from fondasi.pages import Pages, described, pages_faults

OPERATIONS = {"GET /tenants/{}/memos", "GET /tenants/{}/memos/{}", "POST /tenants/{}/memos"}
OPERATIONS |= {"PUT /tenants/{}/memos/{}", "DELETE /tenants/{}/memos/{}"}
Mail = Annotated[str, Field(json_schema_extra={"format": "email"})]
CODES = {"view_memos", "edit_memos"}


class Mood(StrEnum):
    """An enumeration that has a class."""

    CALM, WILD = "calm", "wild"


class Write(BaseModel):
    """A memo as it is written."""

    title: str = Field(min_length=2, max_length=200)
    text: str | None = Field(None, max_length=20_000)
    size: Integer = Field(ge=-(2**31), le=2**31 - 1)
    price: Amount | None = None
    open: Flag = False
    day: Day | None = None
    moment: Moment | None = None
    state: Literal["draft", "published"] = "draft"
    mood: Mood | None = None
    extra: dict[str, Any] | None = None
    mail: Mail | None = None
    site: HttpUrl | None = None
    picture_id: str | None = None
    notice_id: str | None = None
    hidden: int = 7


class Read(Write):
    """A memo as it is read."""

    id: str
    owner_id: str


def listing(**more):
    asked = {"sortable": ["title"], "filters": ["state"], "search": ["title", "text"], "sort": "-title"}
    return SimpleNamespace(read=Read, **{**asked, **more})


def memos(**more):
    form = [name for name in Write.model_fields if name != "hidden"]
    usual = {
        "path": "/tenants/{tenant_id}/memos",
        "title": "Memos",
        "new": "New memo",
        "name": "title",
        "columns": ["title", "state"],
        "form": form,
        "labels": {"title": "Title", "state.draft": "Not yet"},
        "view": "view_memos",
        "edit": "edit_memos",
    }
    return Pages(listing(), Write, **{**usual, **more})


def told(pages, operations=()):
    return described(pages, prefix="/api/v1", operations=operations, changes={"memos"})


def test_each_type_of_the_schemas_has_its_kind():
    kinds = {name: field["kind"] for name, field in told(memos())["fields"].items()}
    assert kinds == {
        "title": "text",
        "text": "long",
        "size": "integer",
        "price": "amount",
        "open": "flag",
        "day": "day",
        "moment": "moment",
        "state": "choice",
        "mood": "choice",
        "extra": "json",
        "mail": "email",
        "site": "url",
        "picture_id": "text",
        "notice_id": "text",
    }


def test_limits_and_words_are_those_of_the_schema_and_the_declaration():
    fields = told(memos())["fields"]
    assert fields["title"] == {
        "kind": "text",
        "required": True,
        "nullable": False,
        "shortest": 2,
        "longest": 200,
        "label": "Title",
        "sorts": True,
    }
    assert (fields["text"]["required"], fields["text"]["nullable"]) == (False, True)
    assert fields["state"]["choices"] == [["draft", "Not yet"], ["published", None]]
    assert (fields["state"]["usual"], fields["state"]["required"]) == ("draft", False)
    assert fields["mood"]["choices"] == [["calm", None], ["wild", None]]


def test_what_no_form_shows_is_written_as_it_was():
    assert told(memos())["kept"] == ["hidden"]


def test_pages_know_whose_rows_they_show_and_what_that_asks_for():
    found = told(memos())
    assert (found["name"], found["tenant"], found["path"]) == (
        "memos",
        True,
        "/api/v1/tenants/{tenant_id}/memos",
    )
    assert (found["view"], found["edit"], found["owned"], found["changes"]) == (
        "view_memos",
        "edit_memos",
        True,
        "memos",
    )


def test_references_name_other_pages_and_files_the_route_to_their_content():
    pages = memos(references={"notice_id": "/notices"}, files=["picture_id"])
    fields = told(pages)["fields"]
    assert (fields["notice_id"]["kind"], fields["notice_id"]["of"]) == ("reference", "notices")
    assert (fields["picture_id"]["kind"], fields["picture_id"]["content"]) == ("file", None)
    fields = told(pages, {"GET /tenants/{}/memos/{}/picture"})["fields"]
    assert fields["picture_id"]["content"] == "picture"


def test_pages_that_nobody_writes_by_have_no_form():
    pages = Pages(listing(), None, path="/memos", title="Memos", new="", name="title", columns=["title"])
    assert (told(pages)["form"], told(pages)["writes"], told(pages)["edit"]) == ([], False, None)
    assert list(pages_faults([pages], {"GET /memos", "GET /memos/{}"}, ())) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"columns": ["title", "tilte"]}, "no field of the schema is tilte in columns"),
        ({"name": "subject"}, "subject in name"),
        ({"details": ["nothing"]}, "nothing in details"),
        ({"form": ["title", "size", "id"]}, "id in form"),
        ({"form": ["title"]}, "size has to be written: add it to form"),
    ],
)
def test_a_field_that_is_none_is_refused_where_it_is_written(more, said):
    with pytest.raises(ValueError, match=said):
        memos(**more)


def test_what_is_whole_has_no_faults():
    assert list(pages_faults([memos()], OPERATIONS, CODES)) == []


@pytest.mark.parametrize(
    ("more", "operations", "said"),
    [
        ({}, OPERATIONS - {"PUT /tenants/{}/memos/{}"}, "need the route PUT /tenants/{}/memos/{}"),
        ({"view": "see_memos"}, OPERATIONS, "ask for see_memos, which no module declares"),
        ({"references": {"notice_id": "/notices"}}, OPERATIONS, "notice_id refers to /notices"),
    ],
)
def test_what_leads_nowhere_is_a_sentence_at_the_start(more, operations, said):
    (fault,) = pages_faults([memos(**more)], operations, CODES)
    assert said in fault


def test_two_pages_of_one_address_are_refused():
    other = memos(path="/memos")
    operations = OPERATIONS | {each.replace("/tenants/{}", "") for each in OPERATIONS}
    (fault,) = pages_faults([memos(), other], operations, CODES)
    assert "/memos have the address of those of /tenants/{tenant_id}/memos" in fault
