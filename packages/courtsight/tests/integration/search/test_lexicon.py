"""What the lexicon adds to a search, that it is told and can be left out, and that administrators change it."""

from __future__ import annotations

import pytest
import pytest_asyncio

from fondasi.identity import create_user, sign_in
from fondasi.identity.sessions import Device

LEXICON = "/api/v1/legal-search/lexicon"
PASSWORD = "correct horse battery staple"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def editor(corpus):
    """Headers of a super admin."""
    async with corpus.platform.database.unit_of_work() as session:
        await create_user(session, username="editor", password=PASSWORD, superuser=True)
    issued = await sign_in(corpus.platform, "editor", PASSWORD, Device("Test", "127.0.0.1"))
    return {"Authorization": f"Bearer {issued.access_token}"}


async def test_an_ending_of_a_short_word_is_none(corpus):
    assert "hanya" not in added(await corpus.search("hanya penggugat"))


def added(answer):
    return {
        item["words"]: {alternative for other in answer["also_searched"] if other["words"] == item["words"]
                        for alternative in other["alternatives"]}
        for item in answer["also_searched"]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "words", "alternative"),
    [
        ("sabu", "sabu", "shabu"),
        ("nyolong motor", "nyolong", "mencuri"),
        ("korban KDRT", "kdrt", "kekerasan dalam rumah tangga"),
        ("theft of a motorcycle", "theft", "pencurian"),
        ("corruption of village funds", "village funds", "dana desa"),
        ("tanahnya", "tanahnya", "tanah"),
        ("the driver was sleepy", "sleepy", "mengantuk"),
    ],
)
async def test_what_was_searched_as_well_is_told_and_can_be_left_out(corpus, query, words, alternative):
    answer = await corpus.search(query, strategy="lexical", limit=100)
    assert alternative in added(answer)[words]
    plain = await corpus.search(query, strategy="lexical", limit=100, expand=False)
    assert plain["also_searched"] == []
    assert len(plain["data"]) < len(answer["data"]) or plain["data"] != answer["data"]
    response = await corpus.get("search", query=query, expand="false")
    assert response["also_searched"] == []


async def test_the_word_itself_counts_more_than_what_is_searched_beside_it(corpus):
    """And the snippet marks whichever of them stands there."""
    answer = await corpus.search("theft of village funds", strategy="lexical", limit=5)
    assert answer["left_out"] == ["of"]
    first = answer["data"][0]["snippet"]
    marked = {first["text"][begin:end].lower() for begin, end in first["highlights"]}
    assert marked & {"dana desa", "dana", "desa", "pencurian"}


async def test_a_typed_error_is_corrected_and_said(corpus):
    answer = await corpus.search("penciruan sepeda motor", limit=10)
    assert answer["unknown_words"] == ["penciruan"]
    assert answer["did_you_mean"] == "pencurian sepeda motor"
    assert added(answer)["penciruan"] == {"pencurian"}
    right = await corpus.search("pencurian sepeda motor", limit=10)
    same = {hit["decision"]["id"] for hit in answer["data"]} & {
        hit["decision"]["id"] for hit in right["data"]
    }
    assert len(same) >= 7


@pytest.mark.parametrize(
    ("query", "word", "form"),
    [
        ("nyimpen sabu", "nyimpen", "menyimpan"),
        ("ngejual motor", "ngejual", "menjual"),
        ("motor digadein", "digadein", "menggadaikan"),
        ("menempati rumah warisan", "menempati", "tempat"),
    ],
)
async def test_spoken_words_and_other_forms_of_a_root_are_searched_where_no_decision_has_the_word(
    corpus, query, word, form
):
    answer = await corpus.search(query, limit=5)
    assert word in answer["unknown_words"]
    assert form in added(answer)[word]
    assert answer["did_you_mean"] is None
    assert not answer["weak"]
    assert (await corpus.search(query, limit=5, expand=False))["also_searched"] == []


async def test_one_wrong_letter_is_likelier_than_another_form(corpus):
    answer = await corpus.search("pengelapan mobil")  # "gelap" has a form like it
    assert added(answer)["pengelapan"] == {"penggelapan"}
    assert answer["did_you_mean"] == "penggelapan mobil"


@pytest.mark.parametrize("query", ["xkcd", "asdfgh qwerty", "hjkl uiop vbnm"])
async def test_words_that_nothing_has_find_nothing_and_it_is_said(corpus, query):
    answer = await corpus.search(query)
    assert answer["data"] == []
    assert answer["unknown_words"] == query.split()
    assert answer["notices"]
    assert answer["total_count"] == 0
    assert not answer["has_more"]


async def test_hits_that_hardly_fit_are_said_to_be_weak(corpus):
    weak = await corpus.search("harga tiket pesawat ke singapura", limit=5)
    assert weak["weak"]
    assert weak["notices"]
    assert not (await corpus.search("pencurian sepeda motor", limit=5))["weak"]
    assert (await corpus.search("pasal 9999 kuhp", limit=5))["weak"]


async def test_an_article_among_words_is_a_filter_that_is_told_and_can_be_left_out(corpus):
    named = await corpus.all_found("pasal 363 kuhp")
    query = "sepeda motor pasal 363 kuhp"
    answer = await corpus.search(query, limit=100)
    (part,) = answer["parts"]
    assert (part["kind"], part["value"], part["use"]) == ("article", "KUHP:363", "filter")
    assert query[part["start"] : part["end"]] == "pasal 363 kuhp"
    assert {hit["decision"]["case_number"] for hit in answer["data"]} <= named
    words = await corpus.search(query, limit=100, understand=False)
    assert words["parts"][0]["use"] == "ranked"
    assert not {hit["decision"]["case_number"] for hit in words["data"]} <= named


async def test_operators_of_other_engines_are_not_passed_over_in_silence(corpus):
    assert (await corpus.search("pencurian OR penipuan"))["notices"]
    assert (await corpus.search("penc*"))["notices"]
    assert (await corpus.search("pencurian sepeda"))["notices"] == []


async def test_administrators_change_the_lexicon_and_the_next_search_knows_it(corpus, editor):
    entry = {"term": "Gembok-Ajaib", "alternatives": ["pencurian"], "kind": "slang", "source": "This test"}
    assert (await corpus.client.post(LEXICON, json=entry)).status_code == 401
    before = await corpus.search("gembok ajaib", strategy="lexical")
    created = await corpus.client.post(LEXICON, json=entry, headers=editor)
    assert created.status_code == 201, created.text
    assert created.json()["term"] == "gembok ajaib"
    address = f"{LEXICON}/{created.json()['id']}"
    try:
        answer = await corpus.search("gembok ajaib", strategy="lexical")
        assert added(answer) == {"gembok ajaib": {"pencurian"}}
        assert len(answer["data"]) > len(before["data"])
        assert (await corpus.client.post(LEXICON, json=entry, headers=editor)).status_code == 409
        changed = await corpus.client.patch(address, json={"alternatives": ["penipuan"]}, headers=editor)
        assert changed.json()["alternatives"] == ["penipuan"]
        assert (
            await corpus.client.patch(address, json={"alternatives": []}, headers=editor)
        ).status_code == 422
        listed = await corpus.client.get(LEXICON, params={"search": "gembok"}, headers=editor)
        assert [item["term"] for item in listed.json()["data"]] == ["gembok ajaib"]
    finally:
        assert (await corpus.client.delete(address, headers=editor)).status_code == 204
    assert (await corpus.client.get(address, headers=editor)).status_code == 404
    assert (await corpus.search("gembok ajaib"))["also_searched"] == []


async def test_a_new_database_has_the_lexicon_that_is_shipped(corpus, editor):
    listed = await corpus.client.get(LEXICON, headers=editor)
    assert listed.json()["total_count"] >= 600
    assert all(item["source"] for item in listed.json()["data"])
