"""What the operative part of a decision (amar) orders: the outcome, the sentence, and the area of law it is about.

The words are those of the directory's fields "Amar" and "Klasifikasi": pidana, bebas, lepas, kabul, tolak, tidak dapat
diterima, gugur, cabut; of a higher court menguatkan, mengubah, membatalkan, tolak perbaikan. What an operative part
does not say stays empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from courtsight.decisions.citations import lower
from courtsight.decisions.draft import CourtLevel

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Verdict", "read_verdict"]

DAYS_OF_MONTH, DAYS_OF_YEAR = (
    30,
    360,
)  # a year is twelve months, so that "1 tahun" and "12 bulan" are one sentence


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an operative part says. `sentence_days` is the imprisonment in days; None where it imposes none."""

    outcome: str = ""
    outcome_other: str = ""
    legal_area: str = ""
    sentence_days: int | None = None


_GAP = r"\W{1,4}"


def _orders(*pairs: tuple[str, str]) -> list[tuple[str, re.Pattern[str]]]:
    """What is ordered, and the words of it; a blank is any gap, a dot some words."""
    return [
        (
            name,
            re.compile(
                r"\b" + words.replace(" .. ", rf"{_GAP}(?:[\w'/.]+{_GAP}){{0,24}}?").replace(" ", _GAP)
            ),
        )
        for name, words in pairs
    ]


_REQUEST = r"(?:gugatan|permohonan|perlawanan|bantahan|tuntutan|praperadilan|keberatan|permintaan)(?:nya)?\b"
_REFUSED = r"tidak dapat (?:di ?terima|diterima)\b"
_SUPREME = _orders(
    ("tidak dapat diterima", rf"menyatakan .. permohonan .. {_REFUSED}"),
    ("tidak dapat diterima", r"menyatakan tidak (?:dapat )?(?:me)?nerima permohonan\b"),
    ("tolak", r"menolak .. (?:permohonan|permintaan) (?:kasasi|peninjauan|pk|keberatan|hak uji)"),
    ("kabul", r"mengabulkan .. (?:permohonan|permintaan) (?:kasasi|peninjauan|pk|keberatan|hak uji)"),
    ("tolak", r"menolak .. permohonan\b"),
    ("kabul", r"mengabulkan .. permohonan\b"),
    ("cabut", r"(?:mengabulkan|menyatakan) .. (?:pencabutan|dicabut|mencabut)\b"),
)
_IMPROVED = re.compile(r"\b(?:memperbaiki|dengan\W+perbaikan|sekedar\W+mengenai|sekadar\W+mengenai)\b")
_APPEAL = _orders(
    ("tidak dapat diterima", rf"menyatakan .. (?:permohonan|permintaan) banding .. {_REFUSED}"),
    ("membatalkan", r"membatalkan .. putusan\b"),
    ("membatalkan", r"membatalkan .. penetapan\b"),
    ("mengubah", r"(?:mengubah|merubah|memperbaiki) .. (?:putusan|amar|penetapan)\b"),
    ("menguatkan", r"menguatkan .. (?:putusan|penetapan)\b"),
    ("cabut", r"(?:mengabulkan|menyatakan) .. (?:pencabutan|dicabut|mencabut)\b"),
)
_FREED = re.compile(
    r"\bmembebaskan\W+(?:[\w'/.]+\W+){0,25}?dari\W+(?:segala|semua|seluruh|dakwaan|tuduhan)(?!\W+(?:tahanan|biaya))"
)
_RELEASED = re.compile(
    r"\b(?:melepaskan|lepas)\W+(?:[\w'/.]+\W+){0,25}?dari\W+(?:segala|semua|seluruh)?\W*tuntutan(?:\W+hukum)?"
)
_PUNISHED = re.compile(
    r"\b(?:menjatuhkan|menghukum|mem\W?i\W?dana|mem\W?pidana)\b"
    r"(?=\W+(?:[\w'/.]+\W+){0,25}?(?:pidana|hukuman|penjara|kurungan|denda|mati|tindakan)\b)"
)
_GUILTY = re.compile(r"\bterbukti\W+(?:[\w'/.]+\W+){0,8}?bersalah\b")
_NOT_GUILTY = re.compile(r"\btidak\W+(?:\w+\W+){0,2}?terbukti\b")
_CRIMINAL = _orders(
    ("tidak dapat diterima", rf"menyatakan .. (?:dakwaan|tuntutan|penuntutan) .. {_REFUSED}"),
    ("batal demi hukum", r"menyatakan .. dakwaan .. batal demi hukum"),
    ("gugur", r"menyatakan .. (?:gugur|hapus)\b"),
)
_CIVIL = _orders(
    ("kabul", rf"mengabulkan .. {_REQUEST}(?! pencabutan)"),
    ("tidak dapat diterima", rf"menyatakan .. {_REQUEST} .. {_REFUSED}"),
    ("tolak", rf"(?:menolak|menyatakan menolak) .. {_REQUEST}(?! (?:provisi|eksepsi))"),
    ("cabut", r"(?:mengabulkan|menyatakan|menetapkan) .. (?:pencabutan|dicabut|mencabut)\b"),
    ("gugur", r"menyatakan .. gugur\b"),
    ("verzet", r"menyatakan .. perlawanan .. (?:tepat|benar)\b"),
)
_PARTLY = re.compile(r"\b(?:untuk\W+)?seba(?:ha)?gian\b|\bselebihnya\b")
_OBJECTIONS = re.compile(r"\b(?:eksepsi|provisi)\b")


def read_verdict(text: str, *, level: CourtLevel | None, case_type: str) -> Verdict:
    """Read an operative part, printed or stripped.

    Args:
        text: the section `amar_putusan`.
        level: the court's; None is taken for a court of first instance.
        case_type: the kind of case, as `case_type_of` tells it.
    """
    lowered = " ".join(lower(text).split())
    if not lowered:
        return Verdict()
    criminal = case_type.startswith("pidana") or case_type == "jinayat"
    days, kind = _sentence(lowered) if criminal else (None, "")
    area = _criminal_area(lowered) if criminal else _civil_area(lowered)
    if level in {CourtLevel.CASSATION, CourtLevel.REVIEW}:
        outcome = _first(_SUPREME, lowered)
        if outcome == "tolak" and _IMPROVED.search(lowered):
            outcome = "tolak perbaikan"
        return Verdict(outcome, "", area, days)
    if level is CourtLevel.APPEAL and (outcome := _highest(_APPEAL, lowered)):
        return Verdict(outcome, "", area, days)
    if criminal:
        outcome = _criminal(lowered)
        imposes = outcome == "pidana"
        return Verdict(outcome, kind if imposes else "", area, days if imposes else None)
    outcome = _first(_CIVIL, _OBJECTIONS_LINE.sub(" ", lowered))
    return Verdict(outcome, "kabul sebagian" if outcome == "kabul" and _PARTLY.search(lowered) else "", area)


_OBJECTIONS_LINE = re.compile(
    r"\b(?:menolak|mengabulkan|menyatakan)\W+(?:[\w'/.]+\W+){0,5}?(?:eksepsi|provisi|provisionil|provisional)\b"
    r"(?:\W+(?:para\W+)?tergugat)?"
)


def _criminal(lowered: str) -> str:
    """A partial acquittal beside a sentence is a sentence."""
    if _PUNISHED.search(lowered):
        return "pidana"
    if _RELEASED.search(lowered):
        return "lepas"
    if _FREED.search(lowered):
        return "bebas"
    return _first(_CRIMINAL, lowered) or (
        "pidana" if _GUILTY.search(lowered) and not _NOT_GUILTY.search(lowered) else ""
    )


def _first(orders: Iterable[tuple[str, re.Pattern[str]]], lowered: str) -> str:
    """The order that stands first."""
    found = [(match.start(), name) for name, pattern in orders if (match := pattern.search(lowered))]
    return min(found, key=_place)[1] if found else ""


def _highest(orders: Iterable[tuple[str, re.Pattern[str]]], lowered: str) -> str:
    """The first of the orders, by weight, that stands anywhere."""
    return next((name for name, pattern in orders if pattern.search(lowered)), "")


def _place(found: tuple[int, str]) -> int:
    return found[0]


_ONES = ("satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas")
_WORDS = {word: value for value, word in enumerate(_ONES, start=1)}
_WORDS |= {f"{word} belas": value + 10 for word, value in list(_WORDS.items())[1:9]}
_WORDS |= {
    f"{word} puluh{f' {one}' if one else ''}": 10 * value + extra
    for value, word in enumerate(_ONES[1:9], start=2)
    for extra, one in enumerate(("", *_ONES[:9]))
} | {"setahun": 1, "sebulan": 1, "seminggu": 1, "sehari": 1}
_IN_WORDS = "|".join(sorted((re.escape(word) for word in _WORDS), key=len, reverse=True))
_AMOUNT = (
    rf"(?:(?P<{{0}}n>\d{{{{1,3}}}})(?:\W{{{{1,3}}}}(?:{_IN_WORDS}))?|(?P<{{0}}w>{_IN_WORDS}))\W{{{{1,3}}}}"
)
_TERM = re.compile(
    rf"(?:{_AMOUNT.format('y')}(?:tahun|thn|th)\b)?"
    rf"(?:(?:\W{{1,4}}(?:dan\W{{1,3}})?|\b){_AMOUNT.format('m')}(?:bulan|bln)\b)?"
    rf"(?:(?:\W{{1,4}}(?:dan\W{{1,3}})?|\b){_AMOUNT.format('d')}(?:hari|hr)\b)?"
)
_PRISON = re.compile(
    r"\b(?:menjatuhkan|menghukum|mem\s?pidana|dengan\W+(?:pidana|hukuman)|dijatuhi|pidana\W+penjara|hukuman\W+penjara|penjara)\b"
)
_SELAMA = re.compile(
    r"\b(?:selama|masing\W+masing|penjara)\b(?:\W{1,4}(?:selama|masing\W+masing|waktu|ber\w+)\b){0,3}\W{0,5}"
)
_INSTEAD = re.compile(
    r"\b(?:tidak\W+(?:di\s?)?bayar|pengganti|diganti|subsid(?:ai|e)r|sub(?:s)?|kurungan|masa\W+percobaan|dikurangi)\b"
)
_OTHER_ORDER = re.compile(r"\b(?:menetapkan|memerintahkan|membebankan|menyatakan)\b|;")
_LIFE, _DEATH = re.compile(r"\bseumur\W+hidup\b"), re.compile(r"\b(?:pidana|hukuman)\W+mati\b")
_PROBATION = re.compile(
    r"\b(?:tidak\W+(?:perlu|usah|akan)\W+(?:dijalan|dilaksana)\w+|masa\W+percobaan"
    r"|percobaan\W+selama)\b"
)
_DETENTION = re.compile(r"\bpidana\W+kurungan\W+selama\b")
_FINE = re.compile(r"\bdenda\b")


def _sentence(lowered: str) -> tuple[int | None, str]:
    """The longest imprisonment that is imposed, in days, and the kind of sentence."""
    days = max((found for found in _terms(lowered)), default=None)
    if _DEATH.search(lowered):
        return days, "pidana mati"
    if _LIFE.search(lowered):
        return days, "pidana penjara seumur hidup"
    if days is not None:
        if _PROBATION.search(lowered):
            return days, "pidana bersyarat"
        return days, "pidana penjara waktu tertentu"
    if _DETENTION.search(lowered):
        return None, "pidana kurungan"
    return None, "pidana denda" if _FINE.search(lowered) else ""


def _terms(lowered: str) -> Iterable[int]:
    """Terms of imprisonment, without those in place of a fine or of restitution."""
    for match in _SELAMA.finditer(lowered):
        term = _TERM.match(lowered, match.end())
        if term is None or term.end() == term.start():
            continue
        before = lowered[max(0, match.start() - 160) : match.start() + 12]
        orders = [*_PRISON.finditer(before)]
        if not orders:
            continue
        order = orders[-1]
        instead = [found.start() for found in _INSTEAD.finditer(before)]
        if instead and (
            instead[-1] > order.start() or "bayar" in before[max(0, order.start() - 90) : order.start()]
        ):
            continue
        if _PROBATION.search(before[order.start() :]) or _OTHER_ORDER.search(before, order.end()):
            continue
        days = sum(
            size * _value(term, unit) for unit, size in (("y", DAYS_OF_YEAR), ("m", DAYS_OF_MONTH), ("d", 1))
        )
        if days:
            yield days


def _value(term: re.Match[str], unit: str) -> int:
    if term[f"{unit}n"]:
        return int(term[f"{unit}n"])
    return _WORDS[term[f"{unit}w"]] if term[f"{unit}w"] else 0


# What the wording of an offence tells of its area; the first that is in it counts.
_OFFENCES = (
    ("korupsi", r"korupsi|gratifikasi"),
    ("pencucian uang", r"pencucian\W+uang"),
    ("narkotika", r"narkotika|narkoba|golongan\W+i\W+(?:bukan|bentuk|dalam)|prekursor"),
    ("psikotropika", r"psikotropika"),
    ("kesehatan", r"sediaan\W+farmasi|alat\W+kesehatan|izin\W+edar|kefarmasian"),
    ("lalu lintas", r"lalu\W+lintas|mengemudikan|kendaraan\W+bermotor\W+yang\W+karena"),
    ("penadahan", r"penadahan|tadah|\bmenadah\b|sekongkol"),
    ("pemalsuan uang", r"uang\W+(?:rupiah\W+)?palsu|rupiah\W+palsu|pemalsuan\W+(?:mata\W+)?uang"),
    ("pemalsuan surat", r"surat\W+palsu|pemalsuan|memalsukan|akta\W+palsu|keterangan\W+palsu"),
    ("penggelapan", r"penggelapan|menggelapkan"),
    ("penipuan", r"penipuan|\bmenipu\b"),
    ("pemerasan", r"pemerasan|pengancaman|\bmemeras\b"),
    ("pencurian", r"pencurian|\bmencuri\b"),
    ("pembunuhan", r"pembunuhan|menghilangkan\W+nyawa|merampas\W+nyawa|\bmembunuh\b"),
    (
        "pengeroyokan",
        r"pengeroyokan|kekerasan\W+terhadap\W+orang|tenaga\W+bersama|secara\W+terbuka\W+dan\W+bersama",
    ),
    ("penganiayaan", r"penganiayaan|menganiaya|kekerasan\W+fisik|luka\W+berat"),
    ("kealpaan", r"kealpaan|kelalaian|karena\W+salahnya|kealfaan"),
    ("perjudian", r"perjudian|\bjudi\b|bermain\W+judi|permainan\W+judi"),
    ("penghinaan", r"penghinaan|pencemaran\W+nama|\bfitnah\b|\bmenista"),
    ("fidusia", r"fidusia"),
    ("perbankan", r"perbankan"),
    ("perpajakan", r"perpajakan|faktur\W+pajak"),
    ("cukai", r"\bcukai\b"),
    ("kepabeanan", r"kepabeanan"),
    ("minyak dan gas", r"bahan\W+bakar\W+minyak|minyak\W+(?:dan\W+gas\W+)?bumi|\bmigas\b|niaga\W+tanpa"),
    ("pertambangan", r"pertambangan|penambangan|\biup\b"),
    ("kehutanan", r"hasil\W+hutan|kawasan\W+hutan|kehutanan|perusakan\W+hutan|kayu"),
    ("perikanan", r"perikanan|\bikan\b"),
    ("lingkungan hidup", r"lingkungan\W+hidup|limbah|membakar\W+lahan|pembakaran\W+lahan"),
    ("senjata", r"senjata|bahan\W+peledak|amunisi"),
    ("informasi elektronik", r"informasi\W+elektronik|dokumen\W+elektronik|transaksi\W+elektronik"),
    ("perlindungan konsumen", r"konsumen"),
    ("kekerasan dalam rumah tangga", r"dalam\W+(?:lingkup\W+)?rumah\W+tangga"),
    ("perusakan", r"merusak|perusakan|menghancurkan\W+barang"),
    ("keimigrasian", r"imigrasi|izin\W+tinggal|paspor"),
)
_AREAS = [(area, re.compile(words)) for area, words in _OFFENCES]
_QUALIFIED = re.compile(
    r"\b(?:tindak\W+pidana|kejahatan|pelanggaran|perbuatan|kesalahan|bersalah|melakukan)\b(?P<words>.{3,260}?)"
    r"(?=\b(?:sebagaimana|menjatuhkan|menghukum|memidana|membebaskan|melepaskan|menetapkan|memerintahkan|dalam\W+dakwaan)\b|;|$)"
)
_MATTERS = (
    ("cerai talak", r"i[zj]in\W+kepada\W+pemohon.{0,160}?talak|ikrar\W+talak|menjatuhkan\W+talak\W+satu\W+raj"),
    ("cerai gugat", r"talak\W+(?:satu|1)\W*(?:\(satu\)\W*)?ba.?in|menjatuhkan\W+talak|khul"),
    ("isbat nikah", r"menyatakan\W+sah\W+(?:nya\W+)?(?:perkawinan|pernikahan)|[ie]t?sbat\W+nikah"),
    ("dispensasi kawin", r"dispensasi\W+(?:kawin|nikah)|dispensasi\W+.{0,60}?(?:menikah|kawin)"),
    ("wali adhol", r"wali\W+(?:adhol|adhal)"),
    ("perceraian", r"(?:perkawinan|pernikahan)\b.{0,260}?\b(?:putus|bercerai)\b|putus\W+karena\W+perceraian"),
    ("hak asuh anak", r"hadhanah|hadlanah|hak\W+asuh|pemeliharaan\W+anak"),
    ("pengangkatan anak", r"pengangkatan\W+anak|anak\W+angkat"),
    ("harta bersama", r"harta\W+bersama|gono\W+gini"),
    ("waris", r"ahli\W+waris|harta\W+(?:waris|peninggalan)|warisan"),
    ("hibah", r"\bhibah\b"),
    ("wakaf", r"\bwakaf\b"),
    ("ekonomi syariah", r"murabahah|musyarakah|ekonomi\W+syari"),
    ("wanprestasi", r"wanprestasi|[ci][ie]dera\W+janji|ingkar\W+janji"),
    ("perbuatan melawan hukum", r"perbuatan\W+melawan\W+hukum|melawan\W+hak|onrechtmatige"),
    ("kepailitan", r"\bpailit\b|penundaan\W+kewajiban\W+pembayaran"),
    ("hubungan industrial", r"pemutusan\W+hubungan\W+kerja|uang\W+pesangon|hubungan\W+kerja"),
    ("perubahan nama", r"(?:(?:meng)?ganti|me(?:ng|r)ubah|perubahan|perbaik(?:i|an))\W+(?:\w+\W+){0,6}?(?:nama|akta)"),
)  # fmt: skip
_CIVIL_AREAS = [(area, re.compile(words)) for area, words in _MATTERS]


def _criminal_area(lowered: str) -> str:
    for match in _QUALIFIED.finditer(lowered):
        if area := _highest(_AREAS, match["words"]):
            return area
    return ""


def _civil_area(lowered: str) -> str:
    return _highest(_CIVIL_AREAS, lowered)
