"""What was stored before a number and a court had one identity is named anew, and duplicates are told."""

from __future__ import annotations

from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from courtsight.decisions.draft import DecisionDraft
from courtsight.ingestion.prepare import DECISION_COLUMNS, Source, decision_row, prepare_drafts
from fondasi.kit.db.migrations import downgrade, migrate

DECISION = """
INSERT INTO decision (id, case_number, court, jurisdiction, case_type, legal_area, parties, presiding_judge, judges,
    clerk, keywords, outcome, outcome_other, outcome_note, rule_of_law, abstract, source_url, attachments, related,
    fictitious, content_hash, character_count)
VALUES ($1, $2, $3, 'umum', 'pidana', '', '[]', '', '{}', '', '{}', '', '', '', '', '', '', '{}', '{}', false, $4, $5)
"""
CITATION = """
INSERT INTO decision_citation (decision_id, position, kind, normalised, section, start_offset, end_offset)
VALUES ($1, $2, 'decision', $3, 'fakta', $4, $5)
"""
STORED = [
    ("77/Pid.B/2020/PN", "PN Rimba Raya", "sepeda"),
    ("77/Pid.B/2020/PN Rmr", "PN RIMBA RAYA", "kerbau"),
    ("77/Pid.B/2020", "Pengadilan Negeri Rimba Raya", "motor"),
    ("45/Pid.B/2014/PN", "PN KUDUS", ""),
    (
        "46/Pid.B/2014/PN",
        "pn-kudus",
        "nomor 46 pid b 2014 pn kds dan putusan pengadilan negeri kudus nomor 45 pid b 2014 pn",
    ),
]


@pytest.fixture
async def connection(scratch_database):
    await downgrade(scratch_database.owner, "courtsight.migrations", "courtsight@courtsight_0002")
    connection = await asyncpg.connect(scratch_database.owner)
    yield connection
    await connection.close()


async def test_stored_decisions_get_their_identity(connection, scratch_database):
    ids = []
    for place, (number, court, text) in enumerate(STORED):
        ids.append(uuid4())
        await connection.execute(DECISION, ids[-1], number, court, bytes([place]), len(text))
        if text:
            await connection.execute(
                "INSERT INTO decision_section VALUES ($1, 0, 'fakta', $2)", ids[-1], text
            )
    text = STORED[-1][2]
    own, cited = text.index("46 pid"), text.index("45 pid")
    await connection.execute(CITATION, ids[-1], 0, "46/Pid.B/2014/PN Kds", own, own + 20)
    await connection.execute(CITATION, ids[-1], 1, "45/Pid.B/2014/PN", cited, len(text))

    await migrate(scratch_database.owner, ["courtsight.migrations"])

    rows = await connection.fetch("SELECT * FROM decision")
    found = {row["id"]: row for row in rows}
    assert [found[key]["court"] for key in ids] == ["PN Rimba Raya"] * 3 + ["PN Kudus"] * 2
    assert {(row["number_key"], row["court_key"]) for row in rows} == {
        ("77/pid.b/2020", "pn rimba raya"),
        ("45/pid.b/2014", "pn-kudus"),
        ("46/pid.b/2014", "pn-kudus"),
    }
    first, *again = sorted(ids[:3], key=lambda key: found[key]["duplicate_of"] is not None)
    assert found[first]["duplicate_of"] is None
    assert {found[key]["duplicate_of"] for key in again} == {first}
    for key, (number, court, text) in zip(ids, STORED, strict=True):
        draft = DecisionDraft(number, {"fakta": text} if text else {}, court=court)
        if key not in again:
            assert found[key]["content_hash"] == draft.content_hash
    (citation,) = await connection.fetch("SELECT * FROM decision_citation")
    assert (citation["position"], citation["cited_number"], citation["cited_court"]) == (
        1,
        "45/pid.b/2014",
        "pn-kudus",
    )


async def test_files_of_decisions_are_let_go_with_their_table(scratch_database):
    connection = await asyncpg.connect(scratch_database.owner)
    try:
        draft = DecisionDraft("1/Pid.B/2020/PN Cth", {}, court="PN Contoh")
        await connection.copy_records_to_table(
            "decision",
            columns=DECISION_COLUMNS,
            records=[
                decision_row(each)
                for each in prepare_drafts([Source(Path("made up"), draft)], embed=False)[0]
            ],
        )
        await connection.execute(
            "INSERT INTO stored_object (id, state, size) SELECT id, 'kept', 9 FROM decision"
        )
        await connection.execute(
            "INSERT INTO decision_original (id, decision_id, digest, size) SELECT id, id, '', 9 FROM decision"
        )
        await downgrade(scratch_database.owner, "courtsight.migrations", "courtsight@courtsight_0008")
        assert await connection.fetchval("SELECT state FROM stored_object") == "gone"
        await migrate(scratch_database.owner, ["courtsight.migrations"])
        assert await connection.fetch("SELECT FROM decision_original") == []
    finally:
        await connection.close()


async def test_entries_of_the_lexicon_that_came_later_are_added_and_none_is_changed(scratch_database):
    await downgrade(scratch_database.owner, "courtsight.migrations", "courtsight@courtsight_0007")
    connection = await asyncpg.connect(scratch_database.owner)
    try:
        before = await connection.fetchval("SELECT count(*) FROM lexicon_entry")
        await connection.execute("DELETE FROM lexicon_entry WHERE term = 'accountant' OR term = 'sabu'")
        await connection.execute(
            "UPDATE lexicon_entry SET alternatives = '{mercusuar}' WHERE term = 'airport'"
        )
        await migrate(scratch_database.owner, ["courtsight.migrations"])
        rows = await connection.fetch(
            "SELECT term, alternatives FROM lexicon_entry WHERE term IN ('accountant', 'airport', 'sabu')"
        )
        assert {row["term"]: row["alternatives"] for row in rows} == {
            "accountant": ["akuntan"],
            "airport": ["mercusuar"],
        }  # what an administrator took out of the first ones stays out
        assert await connection.fetchval("SELECT count(*) FROM lexicon_entry") < before
    finally:
        await connection.close()
