"""Decision numbers that tell the court less closely than the stored ones, or more."""

from __future__ import annotations

from pathlib import Path

import pytest

from courtsight.decisions.draft import DecisionDraft
from courtsight.ingestion.prepare import Source

STORED = [
    ("45/Pid.B/2014/PN", "PN Kudus"),
    ("45/Pid.B/2014/PN", "PN Kendal"),
    ("45/Pid.B/2014/PT", "PT Semarang"),
    ("46/Pid.B/2014/PN Jkt.Sel", "PN Jakarta Selatan"),
    ("46/Pid.B/2014/PN Jkt.Tim", "PN Jakarta Timur"),
    ("47/Pid.B/2014", ""),
]


@pytest.fixture
async def search(client, importer):
    drafts = [
        DecisionDraft(number, {"fakta": f"Perkara contoh ke-{place}: sepeda hilang."}, court=court)
        for place, (number, court) in enumerate(STORED)
    ]
    await importer.import_sources(Source(Path("made up"), draft) for draft in drafts)

    async def ask(query):
        response = await client.post("/api/v1/legal-search/search", json={"query": query})
        assert response.status_code == 200, response.text
        answer = response.json()
        hits = [(hit["decision"]["case_number"], hit["decision"]["court"]) for hit in answer["data"]]
        return answer["interpretation"], hits

    return ask


async def test_numbers_are_matched_as_far_as_they_tell_the_court(search):
    # A code that the stored number lacks: its court is known all the same.
    assert (await search("45/Pid.B/2014/PN Kds"))[1] == [STORED[0]]
    assert (await search("45/Pid.B/2014/PN Kdl"))[1] == [STORED[1]]
    assert (await search("45 pid b 2014 pt smg"))[1] == [STORED[2]]
    # Less than what is stored: all that agree so far.
    assert set((await search("45/Pid.B/2014"))[1]) == {STORED[0], STORED[1], STORED[2]}
    assert set((await search("46/Pid.B/2014/PN"))[1]) == {STORED[3], STORED[4]}
    # As stored: that one alone.
    assert (await search("46/pid.b/2014/pn jkt.tim"))[1] == [STORED[4]]
    # A court that has no such number: the same number of other courts.
    assert set((await search("46/Pid.B/2014/PN Kds"))[1]) == {STORED[3], STORED[4]}
    assert (await search("47/Pid.B/2014/PN Kds"))[1] == [STORED[5]]


async def test_a_number_that_nobody_has_is_searched_for_as_text(search):
    interpretation, _ = await search("99 K/Pid/1999")
    assert interpretation == "text"
