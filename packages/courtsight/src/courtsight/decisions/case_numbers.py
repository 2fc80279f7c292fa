"""Numbers of Indonesian court decisions, of every court level and in every printed and typed shape.

Normal forms, without leading zeros: `123 K/Pid.Sus/2019` (cassation), `45 PK/Pdt/2020` (review),
`12/Pid.Sus-TPK/2014/PN Kds`, `88/Pdt/2015/PT Bdg`, `123/Pdt.G/2018/PA Bdg`, `12/G/2019/PTUN Jkt`,
`35-K/PM.II-09/AD/III/2019` (military), `12/PUU-XII/2014` (Constitutional Court),
`Put-45012/PP/M.I/16/2013` (Tax Court).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from courtsight.decisions.courts import CourtLevel, courts_with_code, named_court
from courtsight.decisions.number_words import (
    CLASS_LOWER,
    CLASS_SUPREME,
    FIRST_OF_TWO,
    NOT_CODES,
    SEPARATOR,
    case_class,
)

__all__ = [
    "NumberParts",
    "find_case_numbers",
    "level_of",
    "normalise_case_number",
    "take_apart",
    "without_court_code",
]

_YEAR = r"(?:(?:tahun|thn?)\.?[ \t]?)?(?P<{0}year>(?:19|20)\d\d)(?!\d)"
_SHORT_YEAR = r"(?P<lshort>\d\d)(?=[ \t]?/[ \t]?p\.?[nta])"
_COURT = (
    r"(?:p\.?[ \t]?n\.?(?:[ .]{1,2}(?:niaga|tipikor))?|p\.?[ \t]?t\.?[ .\-]{0,2}tun|p\.?[ \t]?tun"
    r"|p\.?[ \t]?t\.?[ \t]?a(?![a-z])|p\.?[ \t]?t|p\.?[ \t]?a|ms|phi)"
)
_WORD = r"[a-z][a-z'\u2019]{0,14}"
_CODE = rf"(?:[ \t.,_\-/]{{0,3}}\n?(?P<code>{_WORD}(?:[. _\-]{{1,2}}{_WORD}){{0,3}}))?"
_SUPREME = (
    rf"(?P<stage>b[ /]{{1,3}}pk|pk|k|p(?![a-z])){SEPARATOR}(?P<sclass>{CLASS_SUPREME})"
    rf"{SEPARATOR}{_YEAR.format('s')}"
)
_LOWER = (
    rf"(?P<lclass>{CLASS_LOWER}){SEPARATOR}(?:{_YEAR.format('l')}|{_SHORT_YEAR})"
    rf"(?:{SEPARATOR}(?P<court>{_COURT}){_CODE})?"
)
_MILITARY = (
    r"(?P<mclass>k|pk)[ /\-_]{1,3}(?:(?P<appeal>bdg)[ /\-_]{1,3})?(?P<mcourt>pmt|pmu|pm)[ .\-_]{0,2}"
    r"(?P<unit>[ivx]{1,4})?"
    r"(?:[ \-_]{1,2}(?P<post>\d\d))?[ /_]{1,3}(?:(?P<appealed>bdg)[ /\-_]{1,3})?(?P<force>ad|al|au)[ /_]{1,3}"
    r"(?P<month>[ivx]{1,4})[ /_]{1,3}(?P<myear>(?:19|20)\d\d)(?!\d)"
)
_CONSTITUTIONAL = (
    r"(?P<mk>puu|skln|php(?:u|kada)?(?:[.\-][a-z]{1,5}(?:-[a-z]{3,5})?)?)[ /\-_]{1,3}(?P<session>[ivxlc]{1,7})"
    r"[ /_\-]{1,3}(?P<cyear>20\d\d)(?!\d)"
)
_NUMBER = re.compile(
    # What may not stand before it is looked at after the first digit: a search skips to digits, not to conditions.
    r"(?P<number>\d(?<![\d/]\d)(?<!\d[.\-]\d)(?:\d{0,2}\.\d{3}|\d{0,5}))"
    r"(?P<more>(?:-\d{1,4}){1,9}(?=[ /_\-]{1,3}p))?"
    rf"(?:(?:{SEPARATOR})(?:{_MILITARY}|{_SUPREME}|{_LOWER}|{_CONSTITUTIONAL}))"
)
_TAX = re.compile(
    r"\bput(?:usan)?[.\-_ ]{1,2}(?P<number>\d{4,6}(?:\.\d{2})?)[/_](?:(?P<received>20\d\d)[/_])?pp[/_]m\.?[ _]?"
    r"(?P<chamber>[ivx]{1,5}[ab]?)(?:[/_](?P<kind>\d\d))?(?:[/_ ]|[ ]?tahun[ ])(?P<year>(?:19|20)\d\d)(?!\d)"
)
_WITH_COURT = re.compile(r"(?P<base>\d+/[^/ ]+/\d{4})(?:/(?P<kind>[A-Z]+)(?: Niaga)?(?: (?P<code>.+))?)?")
_OTHER_SHAPES = (
    (re.compile(r"\d+ (?:K|PK|P)/|\d+/B/PK/"), "MA"),
    (re.compile(r"[\d-]+/(?:PUU|SKLN|PHP)"), "MK"),
    (re.compile(r"Put-"), "PP"),
)
_MILITARY_FORM = re.compile(r"\d+-P?K/(?:BDG/)?(?P<court>PMT|PMU|PM)(?:[.\-](?P<unit>[IVX]+(?:-\d\d)?))?/")
_MILITARY_KINDS = {"PM": "Dilmil", "PMT": "Dilmilti", "PMU": "Dilmiltama"}
_CLASS_TOKENS = re.compile(r"[a-z]+")
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_CENTURY = 1940  # years of two digits: 40 to 99 are of the last century


@dataclass(frozen=True, slots=True)
class NumberParts:
    """A normal form, taken apart: what stands before the court, the kind of court and its code (as in `Court`)."""

    base: str
    kind: str = ""
    code: str = ""


def find_case_numbers(text: str, lowered: str) -> list[tuple[str, int, int]]:
    """Decision numbers with their spans: `(normal form, start, end)` in reading order.

    `lowered` is `text` in lower case, character by character.
    """
    if not lowered.isascii():
        lowered = lowered.translate(_FULL_WIDTH)
    found: list[tuple[str, int, int]] = []
    for match in _NUMBER.finditer(lowered):
        read = _read(match, text)
        if read is not None:
            found.append((read[0], match.start(), read[1]))
    if "/pp/m" in lowered or "_pp_m" in lowered:
        found += [(_tax(match), match.start(), match.end()) for match in _TAX.finditer(lowered)]
        found.sort(key=lambda item: item[1])
    return found


def normalise_case_number(raw: str) -> str | None:
    """The normal form of the first decision number in `raw`, or None if there is none.

    `"Nomor 45 pid b 2014 pn kds"` gives `"45/Pid.B/2014/PN Kds"`.
    """
    text = " ".join(raw[:500].split())
    lowered = text.lower()
    if len(lowered) != len(text):
        text = lowered
    found = find_case_numbers(text, lowered)
    return found[0][0] if found else None


def take_apart(number: str) -> NumberParts:
    """What a normal form tells of the court: `45/Pid.B/2014/PN Kds` is of `PN`, code `Kds`; `123 K/Pid/2019` of `MA`.

    Chambers are of their court: `PHI` and `PN Niaga` are `PN`.
    """
    match = _WITH_COURT.fullmatch(number)
    if match is not None:
        kind = "PN" if match["kind"] == "PHI" else match["kind"] or ""
        return NumberParts(match["base"], kind, match["code"] or "")
    military = _MILITARY_FORM.match(number)
    if military is not None:
        return NumberParts(number, _MILITARY_KINDS[military["court"]], military["unit"] or "")
    kind = next((kind for shape, kind in _OTHER_SHAPES if shape.match(number)), "")
    return NumberParts(number, kind)


def without_court_code(number: str) -> str:
    """The normal form without the court's code: `45/Pid.B/2014/PN Kds` gives `45/Pid.B/2014/PN`."""
    code = take_apart(number).code
    return number.removesuffix(f" {code}") if code else number


def level_of(number: str) -> CourtLevel | None:
    """The level of the court that gave a decision, read from the normal form of its number."""
    if "/PK/" in number or number.partition(" ")[2].startswith("PK/"):
        return CourtLevel.REVIEW
    if number.partition(" ")[2].startswith("K/"):
        return CourtLevel.CASSATION
    kind = take_apart(number).kind
    if kind in {"PT", "PTA", "PTTUN", "Dilmilti", "Dilmiltama"}:
        return CourtLevel.APPEAL
    return CourtLevel.FIRST_INSTANCE if kind in {"PN", "PA", "PTUN", "MS", "Dilmil"} else None


def _read(match: re.Match[str], text: str) -> tuple[str, int] | None:
    number = str(int(match["number"].replace(".", "")))
    if match["mk"]:
        numbers = "-".join(str(int(part)) for part in f"{number}{match['more'] or ''}".split("-"))
        return f"{numbers}/{match['mk'].upper()}-{match['session'].upper()}/{match['cyear']}", match.end()
    if match["more"] or number == "0":
        return None
    if match["mclass"]:
        return _military(match, number), match.end()
    if match["stage"]:
        stage = match["stage"].upper()
        of_tax = "PK" in stage and stage != "PK"
        head = f"{number}/B/PK" if of_tax else f"{number} {stage}"
        return f"{head}/{case_class(match['sclass'])}/{match['syear']}", match.end()
    return _lower_court(match, number, text)


def _lower_court(match: re.Match[str], number: str, text: str) -> tuple[str, int] | None:
    written = match["lclass"]
    year = match["lyear"] or _whole_year(match["lshort"])
    head = f"{number}/{case_class(written)}/{year}"
    court = _court_kind(match["court"] or "")
    read = _court_code(match, text, court) if court else None
    if read is None:
        # "5 b 2014" alone is anything; "45 pid b 2014" is a case number whose court the text leaves out.
        if not written.startswith(("pid", "pdt")) or match["lshort"]:
            return None
        return head, match.end("lyear")
    code, end = read
    return f"{head}/{court}{' ' + code if code else ''}", end


def _whole_year(digits: str) -> str:
    year = 1900 + int(digits)
    return str(year if year >= _CENTURY else year + 100)


def _court_kind(printed: str) -> str:
    letters = "".join(_CLASS_TOKENS.findall(printed)).upper()
    if letters in {"PNNIAGA", "PNTIPIKOR"}:
        return "PN Niaga" if letters == "PNNIAGA" else "PN"
    return letters


def _court_code(match: re.Match[str], text: str, court: str) -> tuple[str, int] | None:
    """The court's code (`Kds`, `Jkt.Sel`) and where it ends; None where what looked like a court is a word.

    A place or code of the table counts as a whole (`PN Jakarta Selatan` has the code `Jkt.Sel`). Other codes end at
    the words of a list, for text may lack case and punctuation.
    """
    end = match.end("court")
    if not match["code"]:
        return ("", end) if not match.string[end : end + 1].isalnum() else None
    start = match.start("code")
    glued = start == end and text[end - 1].isalpha()
    cased = text[match.start("court")].isupper()
    kind = court.partition(" ")[0].replace("PHI", "PN")
    words = list(re.finditer(_WORD, match["code"]))
    for count in range(len(words), 0, -1):
        stop = start + words[count - 1].end()
        printed = cased and text[start].isupper()  # "PN Tgl" is a court, "pn tgl 3 maret" is not
        known = (
            ""
            if match.string[start:stop] in NOT_CODES and not printed
            else _known_code(kind, match.string[start:stop])
        )
        if known and not match.string[stop : stop + 1].isalnum():
            return known, stop
    if glued and not (cased and text[start].isupper() and text[start + 1 : start + 2].islower()):
        return None
    return _unknown_code(match, text, words, cased=cased)


def _known_code(kind: str, written: str) -> str:
    court = named_court(kind, written)
    if court is not None and court.code:
        return court.code
    coded = courts_with_code(kind, written)
    if not coded:
        return ""
    letters = "".join(_CLASS_TOKENS.findall(written))
    codes = (code for court in coded for code in (court.code, *court.other_codes))
    return next(code for code in codes if "".join(_CLASS_TOKENS.findall(code.lower())) == letters)


def _unknown_code(
    match: re.Match[str], text: str, words: list[re.Match[str]], *, cased: bool
) -> tuple[str, int]:
    start, end = match.start("code"), match.end("court")
    taken: list[str] = []
    for word in words:
        begin = start + word.start()
        stop = start + word.end()
        ends = match.string[stop : stop + 1].isdigit() or word.group() in NOT_CODES or len(word.group()) == 1
        is_lower = cased and text[begin].islower()
        follows = taken and taken[0] not in FIRST_OF_TWO and text[begin - 1] != "."
        if ends or is_lower or follows or len(taken) == 2:  # noqa: PLR2004 - codes have two parts at most
            break
        taken.append(word.group().strip("'\u2019"))
        end = stop
    return ".".join(word.capitalize() for word in taken), end


def _military(match: re.Match[str], number: str) -> str:
    unit = f".{match['unit'].upper()}" if match["unit"] and match["mcourt"] == "pm" else ""
    if match["unit"] and not unit:
        unit = f"-{match['unit'].upper()}"
    post = f"-{match['post']}" if match["post"] else ""
    court = match["mcourt"].upper() + unit + post
    appeal = ["BDG"] if match["appeal"] or match["appealed"] else []
    parts = (match["mclass"], *appeal, court, match["force"], match["month"], match["myear"])
    return f"{number}-" + "/".join(part.upper() for part in parts)


def _tax(match: re.Match[str]) -> str:
    chamber = f"M.{match['chamber'].upper()}"
    parts = (f"Put-{match['number']}", match["received"], "PP", chamber, match["kind"], match["year"])
    return "/".join(part for part in parts if part)
