"""Numbers of decisions and names of courts as people type them, over HTTP: lookups, filters, suggestions."""

from __future__ import annotations

from pathlib import Path

import pytest

from courtsight.decisions.draft import CourtLevel, DecisionDraft
from courtsight.ingestion.prepare import Source

PREFIX = "/api/v1/legal-search"
KDS = ("45/Pid.B/2014/PN Kds", "PN Kudus")
SUPREME = ("1398 K/Pid/1994", "Mahkamah Agung")
REVIEW = ("21-22/PUU-V/2007", "Mahkamah Konstitusi")
PRE_TRIAL = ("4/Pid.Prap/2015/PN Jkt.Sel", "PN Jakarta Selatan")
STATE = ("12/G/2019/PTUN Jkt", "PTUN Jakarta")
INVENTED = ("77/Pid.B/2020/PN", "PN Rimba Raya")
STORED = [
    KDS, SUPREME, REVIEW, PRE_TRIAL, STATE, INVENTED,
    ("45/Pid.B/2014/PN", "PN Kendal"), ("45/Pid.B/2013/PN Kds", "PN Kudus"), ("46/Pid.B/2014/PN Kds", "PN Kudus"),
    ("45/Pid.Sus/2014/PN Kds", "PN Kudus"), ("45/Pdt.G/2014/PA Kds", "PA Kudus"), ("77/Pid.B/2020/PN",
    "PN Lembah Biru"),
    ("1399 K/Pid/1994", "Mahkamah Agung"), ("45/Pid/2014/PT Smg", "PT Semarang"),
]  # fmt: skip
TYPED = {
    KDS: [
        "45/Pid.B/2014/PN Kds", "No.45/Pid.B/2014/PN Kds", "Nomor.45/Pid.B/2014/PN Kds", "Nomor:45/Pid.B/2014/PN Kds",
        "NOMOR : 45/PID.B/2014/PN.KDS", "Nomor: 45/Pid.B/2014/PN Kds", "putusan No.45/Pid.B/2014/PN Kds",
        "Putusan PN Kudus Nomor 45/Pid.B/2014/PN Kds", "45/Pid.B/2014/PN Kds tanggal 23 Juni 2014",
        "Putusan Pengadilan Negeri Kudus Nomor 45/Pid.B/2014/PN Kds tanggal 23 Juni 2014", "45_Pid.B_2014_PN_Kds",
        "45_Pid.B_2014_PN_Kds.pdf", "putusan_45_pid.b_2014_pn_kds_20240101123456.pdf", "45-Pid.B-2014-PN Kds",
        "45-Pid.B-2014-PN-Kds", "45/Pid.B/2014/PNKds", "45/PidB/2014/PN Kds", "45/PIDB/2014/PNKDS",
        "45 pidb 2014 pnkds",
        "45\uff0fPid.B\uff0f2014\uff0fPN Kds", "\uff14\uff15/Pid.B/\uff12\uff10\uff11\uff14/PN Kds",
        "45 pid b 2014 pn kds",
        "45\\Pid.B\\2014\\PN Kds", "45/Pid.B/2014/P.N. Kds", "45/Pid.B/2014/PN Kudus", "45/Pid.B/2014/PN.KUDUS",
        "45/Pid.B/2014 PN Kudus", "45/Pid.B/2014 Pengadilan Negeri Kudus", "PN Kudus 45/Pid.B/2014",
        "Pengadilan Negeri Kudus no 45 pid b 2014", "perkara nomor 045/Pid.B/2014/PN.Kds",
        "45 / Pid.B / 2014 / PN. Kds",
        "45/Pid.B/Tahun 2014/PN Kds", "45/Pid.B/14/PN Kds", "Reg. No. 45/Pid.B/2014/PN Kds", "(45/Pid.B/2014/PN Kds)",
        '"45/Pid.B/2014/PN Kds"', "45/Pid.B/2014/PN Kds.", "decision no. 45/Pid.B/2014/PN Kds of 23 June 2014",
        "salinan putusan 45/Pid.B/2014/PN Kds", "45.Pid.B.2014.PN.Kds",
    ],
    SUPREME: [
        "1398 K/Pid/1994", "No.1398 K/Pid/1994", "Reg. No. 1398 K/Pid/1994", "1398K/Pid/1994", "1398.K/Pid/1994",
        "1398/K/Pid/1994", "1398 k pid 1994", "1398_K_Pid_1994.pdf", "putusan Mahkamah Agung RI No. 1398 K/Pid/1994",
        "Putusan MA Nomor 1398 K/PID/1994 tanggal 30 Juni 1995", "1398-K-Pid-1994", "MARI Reg.No. 1398K/Pid/1994",
    ],
    REVIEW: ["21-22/PUU-V/2007", "Putusan MK Nomor 21-22/PUU-V/2007", "021-022/PUU-V/2007", "21-22/PUU/V/2007"],
    PRE_TRIAL: ["04/Pid.Prap/2015/PN Jkt.Sel", "4/Pid.Pra/2015/PN Jkt.Sel", "4/Pid.Prap/2015/PN Jakarta Selatan",
                "04/PID.PRAP/2015/PN.JKT.SEL", "4/Pid.Prap/2015/PN Jaksel", "4/pidprap/2015/pn jktsel"],
    STATE: ["12/G/2019/PTUN-JKT", "12/G/2019/PTUN.JKT", "12/G/2019/PTUN Jakarta", "12/G/2019/P.TUN.JKT"],
    INVENTED: ["77/Pid.B/2020/PN Rmr", "77_Pid.B_2020_PN_Rmr.pdf", "PN Rimba Raya nomor 77/Pid.B/2020"],
}  # fmt: skip


@pytest.fixture
async def ask(client, importer):
    drafts = [
        DecisionDraft(
            number, {"fakta": f"Perkara contoh ke-{place} tentang sepeda yang hilang."}, court=court
        )
        for place, (number, court) in enumerate(STORED)
    ]
    await importer.import_sources(Source(Path("made up"), draft) for draft in drafts)

    async def answer(query, **fields):
        response = await client.post(f"{PREFIX}/search", json={"query": query, **fields})
        assert response.status_code == 200, response.text
        answer = response.json()
        return answer, [(hit["decision"]["case_number"], hit["decision"]["court"]) for hit in answer["data"]]

    return answer


async def test_a_number_finds_its_decision_however_it_is_typed(ask):
    missed = []
    for wanted, forms in TYPED.items():
        for form in forms:
            answer, hits = await ask(form)
            if answer["interpretation"] != "decision_number" or hits[:1] != [wanted]:
                missed.append((form, answer["interpretation"], hits[:2]))
    assert sum(map(len, TYPED.values())) >= 60
    assert missed == []


async def test_only_that_decision_is_found(ask):
    assert (await ask("putusan PN Kudus nomor 45/Pid.B/2014"))[1] == [KDS]
    assert (await ask("45/Pid.B/2014/PN Kds"))[1] == [KDS]
    assert (await ask("77/Pid.B/2020/PN Rmr"))[1] == [INVENTED]


@pytest.mark.parametrize(
    "query", ["sepeda hilang 45/Pid.B/2014/PN Kds", "putusan 45_Pid.B_2014_PN_Kds tentang sepeda"]
)
async def test_a_number_among_words_comes_first_and_once(ask, query):
    answer, hits = await ask(query)
    assert answer["interpretation"] == "text"
    assert hits[0] == KDS
    assert len(hits) > 1
    pages = [(await ask(query, page=page, limit=3)) for page in range(1, 7)]
    paged = [hit for _, hits in pages for hit in hits]
    assert paged == (await ask(query, limit=100))[1]
    assert len(paged) == len(set(paged)) == len(STORED)
    assert (await ask(query, filters={"court": "PN Kendal"}))[1] == [("45/Pid.B/2014/PN", "PN Kendal")]


@pytest.mark.parametrize(
    ("query", "courts"),
    [
        ('court:"Pengadilan Negeri Kudus"', {"PN Kudus"}),
        ('court:"PN KDS"', {"PN Kudus"}),
        ("court:pn-kudus", {"PN Kudus"}),
        ("court: kudus", {"PN Kudus", "PA Kudus"}),
        ("pengadilan: KDS", {"PN Kudus", "PA Kudus"}),
        ('court:"Pengadilan Negeri Rimba Raya"', {"PN Rimba Raya"}),
        ('court:"pengadilan negeri ku"', {"PN Kudus"}),
        ("court:jaksel", {"PN Jakarta Selatan"}),
        ("court:jakarta", {"PN Jakarta Selatan", "PTUN Jakarta"}),
        ('court:"PT Jawa Tengah"', {"PT Semarang"}),
        ('court:"MA RI"', {"Mahkamah Agung"}),
    ],
)
async def test_a_court_is_filtered_by_whatever_it_is_called(ask, query, courts):
    assert {court for _, court in (await ask(query, limit=100))[1]} == courts
    value = query.partition(":")[2].strip().strip('"')
    assert {court for _, court in (await ask("sepeda", filters={"court": value}, limit=100))[1]} == courts


async def test_levels_are_understood_in_indonesian(ask, client, importer):
    drafts = [
        DecisionDraft("1/Pid.B/2001/PN Kds", {"fakta": "kerbau"}, level=CourtLevel.FIRST_INSTANCE),
        DecisionDraft("2 K/Pid/2001", {"fakta": "kerbau lain"}, level=CourtLevel.CASSATION),
    ]
    await importer.import_sources(Source(Path("made up"), draft) for draft in drafts)
    for level, number in (("pertama", "1/Pid.B/2001/PN Kds"), ("kasasi", "2 K/Pid/2001")):
        assert [hit[0] for hit in (await ask(f"tingkat:{level}"))[1]] == [number]
        assert [hit[0] for hit in (await ask("kerbau", filters={"level": level.title()}))[1]] == [number]
        listed = (await client.get(f"{PREFIX}/documents", params={"level": level})).json()["data"]
        assert [row["case_number"] for row in listed] == [number]
    assert (await client.get(f"{PREFIX}/documents", params={"level": "keempat"})).status_code == 422


@pytest.mark.parametrize(
    ("typed", "kind", "text"),
    [
        ("45 pid", "decision", "45/Pid.B/2014/PN Kds (PN Kudus)"),
        ("Nomor 45/Pid.B/2014", "decision", "45/Pid.B/2014/PN Kds (PN Kudus)"),
        ("no.45 pidb", "decision", "45/Pid.B/2014/PN Kds (PN Kudus)"),
        ("45/Pid.B/2014/PN Kud", "decision", "45/Pid.B/2014/PN Kds (PN Kudus)"),
        ("45_pid.b_2014", "decision", "45/Pid.B/2014/PN Kds (PN Kudus)"),
        ("putusan MA no. 1398 k", "decision", "1398 K/Pid/1994 (Mahkamah Agung)"),
        ("77/Pid.B/2020/PN Rmr", "decision", "77/Pid.B/2020/PN (PN Rimba Raya)"),
        ("Pengadilan Negeri Kud", "court", "PN Kudus"),
        ("pn kds", "court", "PN Kudus"),
        ("kds", "court", "PN Kudus"),
        ("Pengadilan Tata Usaha", "court", "PTUN Jakarta"),
        ("KUHP 36", "article", "KUHP:362"),
        ("ps 362", "article", "KUHP:362"),
        ("Pasal 362", "article", "KUHP:362"),
        ("kuhp:362", "article", "KUHP:362"),
    ],
)
@pytest.mark.usefixtures("ask")
async def test_suggestions_follow_how_people_type(client, importer, typed, kind, text):
    cites = DecisionDraft(
        "9/Pid.B/2001/PN Kds", {"amar_putusan": "melanggar Pasal 362 KUHP"}, court="PN Kudus"
    )
    await importer.import_sources([Source(Path("made up"), cites)])
    rows = (await client.get(f"{PREFIX}/suggest", params={"q": typed})).json()
    assert (kind, text) in [(row["kind"], row["text"]) for row in rows]
