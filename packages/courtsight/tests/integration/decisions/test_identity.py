"""A number, a court and a decision have one identity: links, duplicates, and what was stored before."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from courtsight.decisions.draft import DecisionDraft
from courtsight.ingestion.prepare import Source

DOCUMENTS = "/api/v1/legal-search/documents"


def line(number, court, **sections):
    """A record as the data set has it: stripped text, a slug for the court."""
    record = {"case_number": number, "court": court, "year": 2014, "sections": sections}
    return json.dumps(record).encode() + b"\n"


@pytest.fixture
def imported(importer, tmp_path):
    async def run(*lines):
        path = tmp_path / "decisions.jsonl"
        path.write_bytes(b"".join(lines))
        return await importer.run([path])

    return run


@pytest.fixture
def listed(client):
    """Numbers and courts of the decisions at an address, by id."""

    async def get(path=DOCUMENTS):
        rows = (await client.get(path, params={"items_per_page": 100})).json()["data"]
        return {row["id"]: (row["case_number"], row["court"]) for row in rows}

    return get


async def test_only_the_decision_that_is_meant_is_linked(imported, listed, client):
    await imported(
        line(
            "45/Pid.B/2014/PN",
            "pn-rimba-raya",
            kepala_putusan="putusan nomor 45 pid b 2014 pn",
            fakta="sepeda",
        ),
        line(
            "45/Pid.B/2014/PN",
            "pn-lembah-biru",
            kepala_putusan="putusan nomor 45 pid b 2014 pn",
            fakta="kerbau",
        ),
        line(
            "46/Pid.B/2014/PN",
            "pn-lembah-biru",
            kepala_putusan="putusan nomor 46 pid b 2014 pn lbr",
            fakta="putusan pengadilan negeri lembah biru nomor 45 pid b 2014 pn lbr",
        ),
    )
    ids = {decision: key for key, decision in (await listed()).items()}
    rimba, lembah, citing = (
        ids["45/Pid.B/2014/PN", "PN Rimba Raya"],
        ids["45/Pid.B/2014/PN", "PN Lembah Biru"],
        ids["46/Pid.B/2014/PN", "PN Lembah Biru"],
    )
    assert await listed(f"{DOCUMENTS}/{lembah}/cited-by") == {citing: ("46/Pid.B/2014/PN", "PN Lembah Biru")}
    assert await listed(f"{DOCUMENTS}/{rimba}/cited-by") == {}
    (citation,) = (await client.get(f"{DOCUMENTS}/{citing}/citations")).json()["data"]
    assert (citation["text"], citation["decision_id"]) == ("45 pid b 2014 pn lbr", lembah)
    for silent in (rimba, lembah):
        assert (await client.get(f"{DOCUMENTS}/{silent}/citations")).json()["data"] == []


@pytest.mark.parametrize(
    ("text", "linked"),
    [
        ("putusan Pengadilan Negeri Kudus Nomor 45/Pid.B/2014", "PN Kudus"),
        ("putusan Nomor 45/Pid.B/2014/PN.KDS tanggal 23 Juni 2014", "PN Kudus"),
        ("putusan No.45/Pid.B/2014/PN Kdl", "PN Kendal"),
        ("putusan PN Kendal tanggal 3 Maret 2014 No. 45/Pid.B/2014/PN", "PN Kendal"),
        ("putusan nomor 45/Pid.B/2014 Pengadilan Negeri Kendal yang menghukum", "PN Kendal"),
        ("putusan nomor 45/Pid.B/2014/PN Lbr", "PN Lembah Biru"),
        ("putusan nomor 45/Pid.B/2014/PN", None),  # of whatever court
        ("putusan nomor 45/Pid.B/2014/PN Xyz", None),
        ("putusan Pengadilan Tinggi Semarang Nomor 45/Pid.B/2014/PT Smg", None),
        (
            "penetapan ketua pengadilan negeri kudus nomor 45 pid b 2014 pn kds tentang penunjukan majelis",
            None,
        ),
    ],
)
async def test_a_citation_is_linked_by_number_and_court(imported, client, listed, text, linked):
    courts = ("pn-kudus", "pn-kendal", "pn-lembah-biru")
    await imported(
        *(line("45/Pid.B/2014/PN", court, fakta=f"perkara {court}") for court in courts),
        line("9/Pid.B/2015/PN", "pn-demak", fakta=f"Putusan yang dirujuk: {text}."),
    )
    ids = {decision: key for key, decision in (await listed()).items()}
    citing = ids["9/Pid.B/2015/PN", "PN Demak"]
    rows = (await client.get(f"{DOCUMENTS}/{citing}/citations?kind=decision")).json()["data"]
    wanted = ids.get(("45/Pid.B/2014/PN", linked))
    assert [row["decision_id"] for row in rows if row["decision_id"]] == ([wanted] if wanted else [])
    for decision, key in ids.items():
        found = await listed(f"{DOCUMENTS}/{key}/cited-by")
        assert set(found) == ({citing} if decision == ("45/Pid.B/2014/PN", linked) else set())


SPELLINGS = [
    ("77/Pid.B/2020/PN", "PN Rimba Raya"),
    ("77/Pid.B/2020/PN Rmr", "PN RIMBA RAYA"),
    ("77/Pid.B/2020", "Pengadilan Negeri Rimba Raya"),
    ("77/Pid.B/2020/PN Rmr", "pn-rimba-raya"),
    ("077/PID.B/2020/PN.RMR", "Pengadilan Negeri Rimba Raya Kelas IB"),
    ("77/Pid.B/2020/PN Rmr", ""),
]


async def test_one_decision_is_one_record_however_its_number_and_court_are_written(imported, listed):
    same = [line(number, court, fakta="sepeda hilang") for number, court in SPELLINGS]
    summary = await imported(*same)
    assert (summary.imported, summary.errors) == (1, [])
    other = [line(number, court, fakta=f"sepeda {place}") for place, (number, court) in enumerate(SPELLINGS)]
    refused = (await imported(*other)).errors
    assert len(refused) == len(SPELLINGS)
    assert all("stored already with another text" in str(error) for error in refused)
    assert len(await listed()) == 1


async def test_pages_of_two_courts_with_one_number_stay_two(importer, listed):
    pages = [DecisionDraft("5/Pid.B/2020/PN", {}, court=court) for court in ("PN Kudus", "PN Kendal")]
    await importer.import_sources(Source(Path("page"), page) for page in pages)
    assert sorted((await listed()).values()) == [
        ("5/Pid.B/2020/PN", "PN Kendal"),
        ("5/Pid.B/2020/PN", "PN Kudus"),
    ]


async def test_a_page_and_a_text_that_write_the_court_differently_complete_each_other(importer, client):
    page = DecisionDraft("5/Pid.B/2020/PN Kds", {}, court="PENGADILAN NEGERI KUDUS", clerk="Panitera Contoh")
    text = DecisionDraft("5/Pid.B/2020/PN", {"fakta": "sepeda"}, court="PN Kudus")
    for draft in (page, text):
        await importer.import_sources([Source(Path("file"), draft)])
    (row,) = (await client.get(DOCUMENTS)).json()["data"]
    assert (row["case_number"], row["court"]) == ("5/Pid.B/2020/PN Kds", "PN Kudus")
    assert (await client.get(f"{DOCUMENTS}/{row['id']}")).json()["clerk"] == "Panitera Contoh"
