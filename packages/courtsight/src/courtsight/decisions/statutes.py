"""Laws as Indonesian courts name them: codes, numbered statutes and regulations, popular names.

A law has one short name: `KUHP`, `KUHAP`, `KUHPerdata`, `UU 35/2009`, `PP 9/1975`, `Perma 1/2016`,
`SEMA 4/2010`, `Stb 17/1948` (of the colonial gazette, Staatsblad). All patterns read text that is already
lower-cased, punctuated or not ("UU No. 31/1999", "undang undang ri no 35 tahun 2009").
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["LAW_HINTS", "Law", "find_laws", "match_law"]


@dataclass(frozen=True, slots=True)
class Law:
    """A law named at `start:end`; `name` is empty for an instrument that has no short name of its own."""

    name: str
    start: int
    end: int


# Popular names that mean one statute (the parent act, not its amendments). A name that has moved from one
# act to another in the period that the directory covers (hak cipta, kesehatan, perdagangan) is not here.
POPULAR_NAMES = {
    "narkotika": "35/2009",
    "psikotropika": "5/1997",
    "tindak pidana korupsi": "31/1999",
    "pemberantasan tindak pidana korupsi": "31/1999",
    "tipikor": "31/1999",
    "perlindungan anak": "23/2002",
    "sistem peradilan pidana anak": "11/2012",
    "sppa": "11/2012",
    "informasi dan transaksi elektronik": "11/2008",
    "ite": "11/2008",
    "lalu lintas dan angkutan jalan": "22/2009",
    "llaj": "22/2009",
    "penghapusan kekerasan dalam rumah tangga": "23/2004",
    "pkdrt": "23/2004",
    "pemberantasan tindak pidana perdagangan orang": "21/2007",
    "tppo": "21/2007",
    "tindak pidana pencucian uang": "8/2010",
    "tppu": "8/2010",
    "pornografi": "44/2008",
    "jaminan fidusia": "42/1999",
    "fidusia": "42/1999",
    "perlindungan konsumen": "8/1999",
    "kehutanan": "41/1999",
    "pencegahan dan pemberantasan perusakan hutan": "18/2013",
    "p3h": "18/2013",
    "perikanan": "31/2004",
    "minyak dan gas bumi": "22/2001",
    "migas": "22/2001",
    "mata uang": "7/2011",
    "cukai": "11/1995",
    "kepabeanan": "10/1995",
    "keimigrasian": "6/2011",
    "kekuasaan kehakiman": "48/2009",
    "mahkamah agung": "14/1985",
    "perkawinan": "1/1974",
    "peradilan agama": "7/1989",
    "peradilan tata usaha negara": "5/1986",
    "peratun": "5/1986",
    "peradilan militer": "31/1997",
    "pengadilan hubungan industrial": "2/2004",
    "penyelesaian perselisihan hubungan industrial": "2/2004",
    "ketenagakerjaan": "13/2003",
    "kepailitan": "37/2004",
    "hak tanggungan": "4/1996",
    "pokok agraria": "5/1960",
    "arbitrase": "30/1999",
    "advokat": "18/2003",
    "pers": "40/1999",
    "perbankan": "7/1992",
    "administrasi pemerintahan": "30/2014",
}

# Acts that are better known by a code's name.
CODE_OF_STATUTE = {"UU 8/1981": "KUHAP"}

_UU = r"(?:undang[\s\-\u2013]{0,4}undang|undang2|u\.\s?u\.?|uu)"
_RI = r"(?:[\s.]{0,3}(?:negara\s{1,2})?(?:republik\s{1,3}indonesia|r\.?\s?i\b\.?))?"
_NUMBER = r"[\s.,:]{{0,4}}(?:nomor|nomer|no)?[\s.,:;]{{0,4}}(?P<{0}no>\d{{1,3}})"
_YEAR = (
    r"(?:[\s/\-.]{{0,3}}(?:drt|darurat|pnps|prp)\b\.?)?"
    r"[\s.,/\-]{{1,4}}(?:(?:tahun|tabun|thn|th)[\s.,:]{{0,4}})?(?P<{0}year>(?:18|19|20)\d\d(?!\d)|{1}\d\d(?![\d/]))"
)
# "UU 35/09", "UU 31 tahun 99"
_BEFORE_SHORT_YEAR = r"(?:(?<=\d/)|(?<=\d/\s)|(?<=\d\s/\s)|(?<=th\s)|(?<=th\.\s)|(?<=thn\s)|(?<=tahun\s))"
_NEWEST_SHORT_YEAR = 40
FIRST_YEAR = 1945  # laws of the republic; older numbers are those of colonial gazettes


def _numbered(head: str, group: str) -> str:
    return head + _NUMBER.format(group) + _YEAR.format(group, _BEFORE_SHORT_YEAR)


_SORTED_NAMES = sorted(POPULAR_NAMES, key=len, reverse=True)
_POPULAR = "|".join(name.replace(" ", r"\s{1,2}") for name in _SORTED_NAMES)
_REGULATIONS = (
    (
        "perppu",
        rf"(?:perppu|perpu|peraturan\s{{1,2}}pemerintah\s{{1,2}}pengganti\s{{1,2}}{_UU}){_RI}",
        "Perppu",
    ),
    ("pp", rf"(?:peraturan\s{{1,2}}pemerintah|pp\b){_RI}", "PP"),
    ("perma", rf"(?:perma\b|peraturan\s{{1,2}}mahkamah\s{{1,2}}agung){_RI}", "Perma"),
    ("sema", rf"(?:sema\b|surat\s{{1,2}}edaran\s{{1,2}}mahkamah\s{{1,2}}agung){_RI}", "SEMA"),
    ("perpres", rf"(?:perpres\b|peraturan\s{{1,2}}presiden){_RI}", "Perpres"),
    ("keppres", rf"(?:keppres\b|keputusan\s{{1,2}}presiden){_RI}", "Keppres"),
    ("qanun", r"qanun(?:\s{1,2}aceh)?", "Qanun"),
)
_KUH = rf"(?:kitab\s{{1,2}}{_UU}\s{{1,2}}|{_UU}\s{{1,2}}(?=hukum\s)|kuh\s{{0,2}}\.?\s?)"


# The codes that took effect in 2026 have the names of the old ones and something behind: "KUHP Nasional", "KUHAP baru".
def _new(number: int, year: int) -> str:
    by_number = (
        rf"(?:{_UU})?{_RI}[\s.,:]{{0,4}}(?:nomor|no)?[\s.,:]{{0,4}}{number}(?:\s?/\s?|\stahun\s){year}(?!\d)"
    )
    follows = (
        r"(?=\s{0,2}(?:[).,;:?!\]\"']|\Z"
        r"|(?:pasal|ayat|tentang|nasional|yang|dan|atau|jo|uu|undang|tahun|nomor)\b))"
    )
    return (
        rf"[\s(\-]{{1,3}}(?:(?:yang\s{{1,2}}|tahun\s{{1,2}})?(?:nasional\b|{year}(?!\d)|(?:ter)?baru\b{follows})"
        rf"|{by_number})\)?"
    )


_KUHAP = rf"(?:kuhap\b|k\.\s?u\.\s?h\.\s?a\.\s?p\b\.?|k\su\sh\sa\sp\b|{_KUH}(?:hukum\s{{1,2}})?acara\s{{1,2}}pidana)"
_KUHP = (
    rf"(?:kuhp(?:id(?:ana)?)?\b|k\.\s?u\.\s?h\.\s?p\b\.?|k\su\sh\sp\b|{_KUH}(?:hukum\s{{1,2}})?pid(?:ana)?\b)"
)
_CODES = (
    ("UU 20/2025", _KUHAP + _new(20, 2025)),
    ("UU 1/2023", _KUHP + _new(1, 2023)),
    ("KUHAP", _KUHAP),
    ("KUHPM", rf"kuhpm\b|{_KUH}(?:hukum\s{{1,2}})?pidana\s{{1,2}}(?:militer|tentara)"),
    (
        "KUHPerdata",
        (
            rf"kuh\s?per(?:d(?:ata)?)?\b|kuhpdt\b|kuhp\sperdata|{_KUH}(?:hukum\s{{1,2}})?(?:perdata|sipil)\b|b\.w\b\.?"
            rf"|bw\b|burgerlijk\s{{1,2}}wetboek"
        ),
    ),
    ("KUHD", rf"kuhd\b|{_KUH}(?:hukum\s{{1,2}})?dagang\b|wetboek\svan\skoophandel"),
    ("KUHP", _KUHP),
    ("HIR", r"hir\b|h\.\s?i\.\s?r\b\.?|herziene?\s(?:indonesisch|inlandsch)\sreglement"),
    ("RBg", r"rbg\b|r\.\s?bg\b\.?|r\.b\.g\b\.?|rechtsreglement\s(?:voor\sde\s)?buitengewesten"),
    ("KHI", r"khi\b|kompilasi\s{1,2}hukum\s{1,2}islam"),
    (
        "UUD 1945",
        (
            r"(?:uud|undang[\s\-\u2013]{0,4}undang\s{1,2}dasar)"
            r"(?:[\s.]{0,3}(?:negara\s)?(?:republik\s{1,2}indonesia|n?ri))?(?:\s{1,2}tahun)?\s{0,2}1945"
        ),
    ),
)
# The colonial gazette counts by years: "Staatsblad 1948 Nomor 17", "Stbl. Nomor 17 Tahun 1948".
_GAZETTE = r"(?:staa?ts?\s?blad\b|stb(?:ld?)?\b\.?)"
_OF_GAZETTE = (
    rf"{_GAZETTE}[\s.,:]{{0,4}}(?:tahun|thn|th)?[\s.,:]{{0,4}}(?P<stbyear>(?:18|19)\d\d)(?!\d)"
    r"[\s.,:/\-]{1,4}(?:(?:nomor|nomer|no)[\s.,:]{0,4})?(?P<stbno>\d{1,3})(?!\d)"
)
# Instruments without a short name of their own: they end a chain of articles without naming its law.
_OTHER = (
    r"peraturan\s{1,2}(?:daerah|menteri|bupati|wali\s?kota|gubernur|kapolri|kepala|jaksa|bank|otoritas)\b"
    r"|perda\b|permen\w*|anggaran\s{1,2}(?:dasar|rumah)|perjanjian\b|akta\b|konvensi\b"
    rf"|{_GAZETTE}|lembaran\s{1, 2}negara\b|ordonan(?:si|tie)\b"
)

_STATUTE = rf"{_UU}(?:[\s.]{{0,3}}(?:darurat|drt)\b\.?)?{_RI}"

_LAW = re.compile(
    r"(?:"
    + "|".join(f"(?P<code{i}>{pattern})" for i, (_, pattern) in enumerate(_CODES))
    + "|"
    + "|".join(f"(?P<{key}>{_numbered(head, key)})" for key, head, _ in _REGULATIONS)
    + f"|(?P<uu>{_numbered(_STATUTE, 'uu')})"
    + rf"|(?P<popular>{_UU}{_RI}\s{{1,2}}(?:tentang\s{{1,2}})?(?P<name>{_POPULAR})\b)"
    + rf"|(?P<uupa>uupa\b)|(?P<stb>{_OF_GAZETTE})|(?P<gazette>{_numbered(_GAZETTE, 'gazette')})|(?P<other>{_OTHER})"
    + r")"
)
# "pasal 310 ayat 4 nomor 22 tahun 2009": after an article the word "undang-undang" may be left out.
_NUMBER_ALONE = re.compile(r"(?=no)" + _numbered("", "uu"))
_CODE_NAMES = tuple(name for name, _ in _CODES)
_REGULATION_NAMES = {key: name for key, _, name in _REGULATIONS} | {"stb": "Stb", "gazette": "Stb"}

# Where a law can begin: a cheap pre-filter, at the start of a word.
LAW_HINTS = (
    r"undang[\s\-\u20132]|uu|u\.\s?u|ku?h|k[.\s]\s?u[.\s]\s?h|kitab\s|kompilasi\s|per[mpd]|peraturan\s|pp\b|sema\b"
    r"|surat\s{1,2}edaran|kepp|keputusan\s{1,2}presiden|qanun|hir\b|h\.\s?i|r\.?\s?b|staa?ts?\s?blad|stb|bw\b|b\.w|burgerlijk"
)
# A title after "tentang" or a definition after "disebut" repeats the law; it is not cited a second time.
_TITLE = re.compile(r"tentang\s{1,3}\Z")


def match_law(lowered: str, position: int, *, after_article: bool = False) -> Law | None:
    """The law whose name begins exactly at `position` of the lower-cased text, or None.

    After an article a bare "nomor 22 tahun 2009" is a statute too.
    """
    match = _LAW.match(lowered, position)
    if match is None and after_article:
        match = _NUMBER_ALONE.match(lowered, position)
    if match is None:
        return None
    group = match.lastgroup if match.re is _LAW and match.lastgroup else "uu"
    return Law(_short_name(match, group), match.start(), match.end())


def find_laws(lowered: str, positions: list[int]) -> list[Law]:
    """The laws that begin at one of the (ascending) candidate positions, without overlaps and titles."""
    laws: list[Law] = []
    end = 0
    for position in positions:
        if position < end:
            continue
        law = match_law(lowered, position)
        if law is None or not law.name:
            continue
        end = law.end
        if not _TITLE.search(lowered, max(0, position - 12), position):
            laws.append(law)
    return laws


def _short_name(match: re.Match[str], group: str) -> str:
    if group.startswith("code"):
        return _CODE_NAMES[int(group[4:])]
    if group == "popular":
        return "UU " + POPULAR_NAMES[" ".join(match["name"].split())]
    if group == "uupa":
        return "UU 5/1960"
    if group == "other":
        return ""
    kind = _REGULATION_NAMES.get(group, "UU")
    year = _year(match[group + "year"])
    if year < FIRST_YEAR and kind != "Stb":
        return ""
    name = f"{kind} {int(match[group + 'no'])}/{year}"
    return CODE_OF_STATUTE.get(name, name)


def _year(digits: str) -> int:
    """A year of four digits, or of two: 99 is 1999, 09 is 2009."""
    year = int(digits)
    if len(digits) > 2:  # noqa: PLR2004 - digits of a short one
        return year
    return year + (2000 if year < _NEWEST_SHORT_YEAR else 1900)
