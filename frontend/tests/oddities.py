"""Decisions with names, numbers and texts of every kind, beside those of the demo. All of them are invented."""

from datetime import date
from pathlib import Path

from courtsight.decisions.draft import CourtLevel, DecisionDraft, Party
from courtsight.ingestion.importer import Importer
from courtsight.ingestion.prepare import Source
from fondasi.ai.retrieval import Index

NAMES = ("José", "O'Brien", "Nguyễn", "王", "أحمد")
FACTS = (
    "🙂 \U0001d49c e\u0301 "
    "Bahwa José, O'Brien, Nguyễn, 王 dan أحمد bersama-sama menggali sumur keramat di halaman balai desa;\n"
    "Bahwa sumur itu kemudian ditutup kembali atas permintaan warga 🙂;"
)
# As long as a number may be: 300 characters, without a place to break.
LONG = "7/Pdt.G/2021/" + "Panjang" * 41
LONG_NAME = "Perkumpulan " + "Warga Sejahtera " * 62  # a title of 1,000 characters

# What addresses in places.py have in braces.
NUMBERS = {
    "decision": "431/Pid.Sus/2017/PN Lru",
    "odd": "19/Pdt.G/2021/PN Smu",
    "long": LONG,
}
DRAFTS = [
    DecisionDraft(
        case_number=NUMBERS["odd"],
        court="PN Semut Ungu",
        level=CourtLevel.FIRST_INSTANCE,
        legal_area="perbuatan melawan hukum",
        year=2021,
        parties=[Party("penggugat", name) for name in NAMES],
        presiding_judge="Nguyễn O'Brien",
        member_judges=["José", "王", "أحمد"],
        pronounced_on=date(2021, 3, 4),
        outcome="kabul",
        sections={"fakta": FACTS, "amar_putusan": "MENGADILI: Mengabulkan gugatan untuk seluruhnya;"},
        fictitious=True,
    ),
    DecisionDraft(
        case_number=LONG,
        court="PN Semut Ungu",
        level=CourtLevel.FIRST_INSTANCE,
        legal_area="wanprestasi",
        year=2021,
        parties=[Party("penggugat", LONG_NAME)],
        presiding_judge=LONG_NAME,
        outcome="tolak",
        sections={"fakta": f"Bahwa {LONG_NAME} menyewa perahu naga; " + "tanpaspasi" * 100},
        fictitious=True,
    ),
]


async def add(platform) -> None:
    """Import them."""
    importer = Importer(platform.database, platform.get(Index), local_embedder=True, processes=0)
    summary = await importer.import_sources([Source(Path("odd"), draft) for draft in DRAFTS])
    assert summary.imported == len(DRAFTS), summary.errors
