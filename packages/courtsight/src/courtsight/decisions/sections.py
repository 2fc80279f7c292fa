"""Split the text of a decision into its eleven sections.

Every section opens with words that courts have used for decades ("Menimbang, bahwa untuk membuktikan dakwaannya
...", "MENGADILI"). All places where such words stand are candidates with a weight; of all ways to place the
sections in an order that decisions follow, the one with the largest sum of weights is taken (dynamic programming
over the candidates). The text before the first border is the header, and nothing is left out.

Reads first-instance, appeal, cassation and review decisions, criminal, civil, religious and administrative, in
printed text as well as in text without case and punctuation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from courtsight.decisions.citations import lower
from courtsight.decisions.draft import Section

__all__ = ["SectionSpan", "find_sections", "split_sections"]


@dataclass(frozen=True, slots=True)
class SectionSpan:
    """A section at `text[start:end]`."""

    section: Section
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Candidate:
    position: int
    weight: float


@dataclass(frozen=True, slots=True)
class _Plan:
    """Sections placed so far: their weight, and the last border, linked to those before it."""

    weight: float
    position: int
    section: Section | None
    before: _Plan | None


_GAP = r"(?:\W{1,6})"
_QUOTES = "\"'\u201c\u201e\u2018"
_DEFENDANT = rf"(?:(?:ia|para|bahwa){_GAP})?(?:para{_GAP})?terdakwa"
_WEIGHING = rf"menimbang(?:{_GAP}(?:majelis{_GAP})?hakim)?(?:{_GAP}ba?hwa)?"


def _cue(pattern: str) -> re.Pattern[str]:
    """Words at the start of a line, after an optional number or letter of a list; a blank is any gap.

    A line that opens with a quotation mark quotes another decision.
    """
    words = pattern.replace(" ", _GAP)
    return re.compile(
        rf"^[^\w\n{_QUOTES}]{{0,8}}(?:(?:\d{{1,2}}|[a-z]|[ivx]{{1,4}})[\W_]{{1,4}})?(?P<cue>{words})",
        re.MULTILINE,
    )


_COURT = (
    r"(?:pengadilan (?:negeri|tinggi|agama|militer|tata usaha negara|tindak pidana korupsi|hubungan industrial)"
    r"|mahkamah agung|majelis hakim)"
)
_PROSECUTOR = r"(?:jaksa )?penuntut umum"
_CUES: dict[Section, tuple[tuple[float, re.Pattern[str]], ...]] = {
    Section.IDENTITY: (
        (3.0, _cue(r"nama lengkap\b")),
        (3.0, _cue(rf"{_DEFENDANT}(?: [ivx\d]{{1,3}})? nama\b")),
        (2.5, _cue(r"(?:nama|n a m a)\b(?= \w)")),
        (2.0, re.compile(r"\b(?:antara|diajukan oleh)[\W_]{0,6}\n(?P<cue>)", re.MULTILINE)),
        (1.5, _cue(r"tempat lahir\b")),
    ),
    Section.DETENTION: (
        (
            2.5,
            _cue(
                rf"{_DEFENDANT}(?: [\w]+){{0,4}}? (?:di ?tahan|di ?tangkap|penahanan|penangkapan|tahanan)\b"
            ),
        ),
        (
            2.0,
            _cue(
                r"(?:telah )?(?:di ?tahan|di ?tangkap) (?:berdasarkan|oleh|sejak|dalam|dengan|di|pada|tanggal)\b"
            ),
        ),
        (
            1.8,
            _cue(
                r"(?:perpanjangan )?(?:penyidik|penuntut umum|hakim pengadilan)(?: \w+){0,4}? (?:sejak )?tanggal\b"
            ),
        ),
    ),
    Section.CASE_HISTORY: (
        (
            2.6,
            _cue(
                rf"{_DEFENDANT}(?: [\w]+){{0,6}}? (?:didampingi|menghadap sendiri|maju sendiri|menghadapi sendiri)\b"
            ),
        ),
        (2.4, _cue(rf"(?:{_COURT}(?: \w+){{0,8}}?|pengadilan) tersebut\b")),
        (1.6, _cue(r"(?:setelah|telah) (?:membaca|mempelajari|memeriksa|meneliti)\b")),
        (3.5, _cue(r"(?:tentang )?duduk(?:nya)? (?:perkara|sengketa)(?:nya)?\b")),
        (1.2, _cue(r"(?:setelah|telah) mendengar(?:kan)? keterangan\b")),
        (1.5, _cue(r"membaca (?:surat surat|putusan|akta|memori|berkas)\b")),
    ),
    Section.DEMAND: (
        (
            3.2,
            _cue(
                r"(?:setelah|telah)(?: \w+){0,2}? mendengar(?:kan)?(?: \w+){0,4}? (?:tuntutan|requisitoi?r)(?:nya)?\b"
            ),
        ),
        (2.6, _cue(r"(?:pembacaan|membaca|mendengar)(?: \w+){0,2}? tuntutan(?: pidana)?\b")),
        (
            1.8,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,14}}? (?:tuntutan(?:nya)? pidana(?:nya)?|surat tuntutan|requisitoi?r)\b"
            ),
        ),
    ),
    Section.INDICTMENT: (
        (
            4.0,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,3}}? {_DEFENDANT}(?: \w+){{0,12}}? (?:diajukan|dihadapkan|didakwa|dakwaan)\b"
            ),
        ),
        (
            3.0,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,12}}? (?:surat )?dakwaan(?:nya)?\b(?: \w+){{0,8}}? (?:berikut|berbunyi|sbb)\b"
            ),
        ),
        (3.0, _cue(r"(?:yang )?diajukan di (?:muka|depan|hadapan) persidangan\b")),
        (2.6, _cue(rf"{_WEIGHING}(?: \w+){{0,5}}? (?:surat )?dakwaan(?:nya)?\b")),
        (2.2, _cue(r"bahwa (?:ia|dia|mereka) (?:para )?terdakwa\b")),
    ),
    Section.FACTS: (
        (
            4.0,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,4}}? (?:membuktikan|menguatkan|mendukung|memperkuat|meneguhkan)"
                r"(?: \w+){0,3}? (?:dalil|dakwaan|gugatan|permohonan|surat|kebenaran|bantahan)"
            ),
        ),
        (
            3.0,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,6}}? (?:di ?persidangan|dimuka persidangan|persidangan)(?: \w+){{0,12}}?"
                r" (?:didengar|saksi|mengajukan|diajukan|diperiksa)"
            ),
        ),
        (
            2.8,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,6}}? {_PROSECUTOR}(?: \w+){{0,6}}? (?:mengajukan|menghadirkan|menghadapkan)\b"
            ),
        ),
    ),
    Section.LEGAL_FACTS: (
        (
            3.0,
            _cue(
                rf"{_WEIGHING} (?:\w+ ){{0,3}}?berdasar(?:kan)? ?"
                r"(?:alat bukti|keterangan|barang bukti|pemeriksaan|bukti)"
                r"(?: \w+){0,40}? fakta"
            ),
        ),
        (
            2.0,
            _cue(
                rf"{_WEIGHING} (?:dari|berdasarkan)(?: \w+){{0,30}}? (?:diperoleh|terungkap|ditemukan)"
                r"(?: \w+){0,5}? fakta"
            ),
        ),
    ),
    Section.CONSIDERATIONS: (
        (4.0, _cue(r"(?:tentang )?pertimbangan hukum(?:nya)?\b(?=[\W_]{0,4}\n)")),
        (
            3.6,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,6}}? memper ?timbang ?kan(?: \w+){{0,3}}?"
                r" (?:apakah|terdakwa|berdasarkan|dapat|unsur|dakwaan)"
            ),
        ),
        (2.2, _cue(rf"{_WEIGHING}(?: \w+){{0,10}}? dapat(?:kah)? (?:dinyatakan|dipersalahkan)\b")),
        (3.6, _cue(rf"{_WEIGHING} maksud dan tujuan\b")),
        (
            2.6,
            _cue(
                rf"{_WEIGHING}(?: \w+){{0,3}}? (?:terhadap )?(?:alasan alasan|keberatan keberatan|alasan|keberatan)\b"
            ),
        ),
        (
            2.8,
            _cue(
                rf"{_WEIGHING} putusan(?: \w+){{0,14}}? diberitahukan kepada (?:pemohon|terdakwa|penuntut)\b"
            ),
        ),
        (3.0, _cue(rf"{_WEIGHING} (?:permohonan|permintaan) (?:banding|kasasi|peninjauan)\b")),
    ),
    Section.VERDICT: (
        (5.0, _cue(r"m ?e ?n ?g ?a ?d ?i ?l ?i\b(?! (?:perkara|sendiri|kembali|dan|pada|dalam|s e n))")),
        (4.5, _cue(r"m ?e ?m ?u ?t ?u ?s ?k ?a ?n\b(?= \w)")),
        (3.5, _cue(r"m ?e ?n ?e ?t ?a ?p ?k ?a ?n\b(?=[\W_]{0,4}\n)")),
    ),
    Section.CLOSING: (
        (
            5.0,
            _cue(
                r"demik ?ia ?n ?(?:lah)? (?:\w+ ){0,2}?(?:di ?putus|di ?tetap|putusan|diambil|perkara|diucapkan)"
            ),
        ),
        (
            3.0,
            _cue(
                r"(?:putusan|penetapan) (?:tersebut|ini|mana) (?:\w+ ){0,3}?(?:diucapkan|dijatuhkan|diputuskan)"
            ),
        ),
    ),
}
# Sections whose last mark counts: an appeal quotes the operative part of the decision below.
_LAST = frozenset({Section.VERDICT, Section.CLOSING})
_MAX_CANDIDATES = 40
_REPEATED = 0.15
_S = Section
_ORDERS = (
    (_S.IDENTITY, _S.DETENTION, _S.CASE_HISTORY, _S.DEMAND, _S.INDICTMENT, _S.FACTS, _S.LEGAL_FACTS,
     _S.CONSIDERATIONS, _S.VERDICT, _S.CLOSING),
    # cassation and review: charge and demand, then what the courts below decided
    (_S.IDENTITY, _S.DETENTION, _S.INDICTMENT, _S.DEMAND, _S.CASE_HISTORY, _S.FACTS, _S.LEGAL_FACTS,
     _S.CONSIDERATIONS, _S.VERDICT, _S.CLOSING),
    (_S.CASE_HISTORY, _S.IDENTITY, _S.DETENTION, _S.DEMAND, _S.INDICTMENT, _S.FACTS, _S.LEGAL_FACTS,
     _S.CONSIDERATIONS, _S.VERDICT, _S.CLOSING),
    (_S.IDENTITY, _S.DETENTION, _S.CASE_HISTORY, _S.INDICTMENT, _S.FACTS, _S.DEMAND, _S.LEGAL_FACTS,
     _S.CONSIDERATIONS, _S.VERDICT, _S.CLOSING),
)  # fmt: skip
# A swapped order has to be clearly better than the usual one.
_UNUSUAL = 1.0


def split_sections(text: str) -> dict[str, str]:
    """The sections by name, in the order of the text; only white space at their borders is left out."""
    spans = find_sections(text)
    return {
        span.section.value: stripped for span in spans if (stripped := text[span.start : span.end].strip())
    }


def find_sections(text: str) -> list[SectionSpan]:
    """The sections in the order of the text; together they cover it exactly, and none occurs twice."""
    if not text:
        return []
    candidates = _candidates(lower(text))
    plans = [_best_plan(candidates, order) for order in _ORDERS]
    scores = [score - (_UNUSUAL if index else 0.0) for index, (score, _) in enumerate(plans)]
    _, borders = plans[scores.index(max(scores))]
    starts = [(0, Section.HEADER), *borders] if not borders or borders[0][0] > 0 else borders
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return [SectionSpan(section, start, end) for (start, section), end in zip(starts, ends, strict=True)]


def _candidates(lowered: str) -> dict[Section, list[_Candidate]]:
    """The places where each section may begin, in ascending order, with weights."""
    found: dict[Section, list[_Candidate]] = {}
    for section, cues in _CUES.items():
        weights: dict[int, float] = {}
        for weight, cue in cues:
            for match in cue.finditer(lowered):
                position = lowered.rfind("\n", 0, match.start("cue")) + 1
                weights[position] = max(weight, weights.get(position, 0.0))
        places = sorted(weights.items())
        if section in _LAST:
            kept = places[-_MAX_CANDIDATES:]
            ranks = range(len(kept) - 1, -1, -1)
        else:
            kept = places[:_MAX_CANDIDATES]
            ranks = range(len(kept))
        found[section] = [
            _Candidate(position, weight - _REPEATED * min(rank, 10))
            for (position, weight), rank in zip(kept, ranks, strict=True)
        ]
    return found


def _best_plan(
    candidates: dict[Section, list[_Candidate]], order: tuple[Section, ...]
) -> tuple[float, list[tuple[int, Section]]]:
    """The placing of sections in `order` with the largest weight: the weight, and the borders."""
    plans = [_Plan(0.0, -1, None, None)]
    for section in order:
        longer = []
        for candidate in candidates.get(section, []):
            before = max((plan for plan in plans if plan.position < candidate.position), key=_weight)
            longer.append(_Plan(before.weight + candidate.weight, candidate.position, section, before))
        plans.extend(longer)
    best = max(plans, key=_weight)
    borders: list[tuple[int, Section]] = []
    plan: _Plan | None = best
    while plan is not None and plan.section is not None:
        borders.append((plan.position, plan.section))
        plan = plan.before
    return best.weight, borders[::-1]


def _weight(plan: _Plan) -> float:
    return plan.weight
