"""Numbers of Indonesian court decisions, of every court level and in every printed shape.

Normal forms, without leading zeros: `123 K/Pid.Sus/2019` (cassation), `45 PK/Pdt/2020` (review),
`12/Pid.Sus-TPK/2014/PN Kds`, `88/Pdt/2015/PT Bdg`, `123/Pdt.G/2018/PA Bdg`, `12/G/2019/PTUN Jkt`,
`35-K/PM.II-09/AD/III/2019` (military), `12/PUU-XII/2014` (Constitutional Court).
"""

from __future__ import annotations

import re

from courtsight.decisions.draft import CourtLevel

__all__ = ["find_case_numbers", "less_exact_forms", "level_of", "normalise_case_number", "without_court_code"]

_SEP = r"[ \t]{0,2}[/.\-\u2013]?[ \t]{0,2}"
_YEAR = r"(?P<{0}year>(?:19|20)\d\d)(?!\d)"
_MATTER = r"(?:pid|pdt|tun|ag|mil|sip|pjk|pajak|hum|jn|kr|to|n)"
_SUB = (
    r"(?:sus|anak|a|b|s|c|r|lh|tpk|prkn|prk|phi|pkpu|pailit|hki|merek|haki|kppu|bpsk|parpol|arbt|arb|niaga|lain"
    r"|cipta|paten|g\.?s|gs|g|p|bth|plw|verzet|eks|ham|tprk|lpsk|kip)"
)
_SUBS = rf"(?:{_SEP}{_SUB}(?![a-z])){{0,3}}"
_COURT = r"(?:pn(?:[ .]{1,2}niaga)?|pt[ .]{0,2}tun|ptun|pta|pt|pa|ms|phi)"
_CODE = r"(?:[ .]{1,2}|(?<=\.))(?P<code>(?:[a-z]{2,6}[. ]{1,2})?[a-z]{2,8})(?![a-z0-9])"
_SUPREME = rf"(?P<stage>b[ /]{{1,3}}pk|pk|k|p){_SEP}(?P<sclass>{_MATTER}{_SUBS}){_SEP}{_YEAR.format('s')}"
_LOWER = (
    rf"(?P<lclass>(?:pid|pdt|jn){_SUBS}|(?:g|p|b|pk|plw)(?:{_SEP}(?:ki|fp|th|lh|tf|kip|sus))?){_SEP}{_YEAR.format('l')}"
    rf"(?:[ \t]{{0,2}}[/. ][ \t]{{0,2}}(?P<court>{_COURT})(?![a-z])(?:{_CODE})?)?"
)
_MILITARY = (
    r"(?P<mclass>k|pk|bdg)[ /\-]{1,3}(?P<mcourt>pmt|pmu|pm)[ .\-]{0,2}(?P<unit>[ivx]{1,4})?"
    r"(?:[ \-]{1,2}(?P<post>\d\d))?[ /]{1,3}(?P<force>ad|al|au)[ /]{1,3}"
    r"(?P<month>[ivx]{1,4})[ /]{1,3}(?P<myear>(?:19|20)\d\d)(?!\d)"
)
_CONSTITUTIONAL = (
    r"(?P<mk>puu|phpu|skln|phpkada)[ \-]{1,2}(?P<session>[ivxlc]{1,7})[ /]{1,3}(?P<cyear>20\d\d)(?!\d)"
)
_NUMBER = re.compile(
    r"(?<![\d/.\-])(?P<number>\d{1,6})[ \t]{0,2}[/\-.]?[ \t]{0,2}"
    rf"(?:{_MILITARY}|{_SUPREME}|{_LOWER}|{_CONSTITUTIONAL})"
)

_CASED = {
    "sus": "Sus", "anak": "Anak", "tpk": "TPK", "lh": "LH", "prk": "PRK", "prkn": "PRK",
    "phi": "PHI", "pkpu": "PKPU", "pailit": "Pailit", "hki": "HKI", "haki": "HKI", "kppu": "KPPU",
    "bpsk": "BPSK", "parpol": "Parpol", "tun": "TUN", "ag": "AG", "hum": "HUM", "pjk": "Pjk",
    "pajak": "Pjk", "jn": "JN", "to": "TO", "ki": "KI", "fp": "FP", "tf": "TF", "th": "TH",
    "ham": "HAM", "kip": "KIP", "gs": "G.S", "tprk": "TPRK", "lpsk": "LPSK",
}  # fmt: skip
# Chambers are joined by a hyphen (`Pid.Sus-TPK`, `Pid.B-LH`), registers by a stop (`Pid.B`, `Pdt.G.S`).
_HYPHENATED = frozenset({
    "Anak", "Arb", "Arbt", "BPSK", "Cipta", "HAM", "HKI", "KIP", "KPPU", "LH", "LPSK", "Lain",
    "Merek", "Niaga", "PHI", "PKPU", "PRK", "Pailit", "Paten", "Parpol", "TPK", "TPRK",
})  # fmt: skip
# Words that follow a court in text without punctuation and are no court codes.
_NOT_CODES = frozenset({
    "adalah", "agar", "akan", "am", "an", "atas", "bahwa", "bulan", "dalam", "dan", "dari", "demi",
    "dengan", "di", "dr", "hakim", "hal", "hari", "ia", "ini", "itu", "jis", "jo", "juncto",
    "karena", "ke", "kepada", "ketua", "majelis", "maka", "mengenai", "menjatuhkan", "menunjuk",
    "nama", "no", "nomor", "oleh", "pada", "para", "pdt", "penetapan", "penunjukan", "perdata",
    "perihal", "perkara", "pid", "pidana", "putusan", "rp", "sd", "sebagai", "sebagaimana", "sejak",
    "serta", "setelah", "surat", "tangal", "tanggal", "telah", "tentang", "ter", "terdakwa",
    "terhadap", "tersebut", "tertanggal", "tgl", "tgll", "tidak", "ttg", "untuk", "wib", "yaitu",
    "yang", "yg",
})  # fmt: skip
_FIRST_OF_TWO = frozenset({
    "bj", "gs", "jak", "jkt", "kab", "kal", "kb", "kl", "kod", "kot", "kota", "kp", "lb", "ma",
    "md", "pdg", "pl", "ps", "rap", "sei", "tb", "tg", "tj",
})  # fmt: skip
_SUPREME_SLASHES = 2
_WITH_COURT = re.compile(r"(?P<base>\d+/[^/ ]+/\d{4})/(?P<court>[A-Z]+(?: Niaga)?)(?: .*)?")
_CLASS_TOKENS = re.compile(r"[a-z]+")


def find_case_numbers(text: str, lowered: str) -> list[tuple[str, int, int]]:
    """Decision numbers with their spans: `(normal form, start, end)` in reading order.

    `lowered` is `text` in lower case, character by character.
    """
    found: list[tuple[str, int, int]] = []
    for match in _NUMBER.finditer(lowered):
        read = _read(match, text)
        if read is not None:
            found.append((read[0], match.start(), read[1]))
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


def without_court_code(number: str) -> str:
    """The normal form without the court's code: `45/Pid.B/2014/PN Kds` gives `45/Pid.B/2014/PN`."""
    return number.partition(" ")[0] if number.count("/") > _SUPREME_SLASHES else number


def less_exact_forms(number: str) -> list[str]:
    """The normal form, and the forms that tell the court less closely, down to none.

    `45/Pid.B/2014/PN Kds` gives itself, `45/Pid.B/2014/PN` and `45/Pid.B/2014`; a number of the Supreme Court itself.
    """
    match = _WITH_COURT.fullmatch(number)
    if match is None:
        return [number]
    return list(dict.fromkeys((number, f"{match['base']}/{match['court']}", match["base"])))


def level_of(number: str) -> CourtLevel | None:
    """The level of the court that gave a decision, read from the normal form of its number."""
    head, _, rest = number.partition(" ")
    if "/PK/" in number or rest.startswith("PK/"):
        return CourtLevel.REVIEW
    if rest.startswith("K/"):
        return CourtLevel.CASSATION
    court = head.rsplit("/", 1)[-1]
    if court in {"PT", "PTA", "PTTUN"} or "/PMT" in number or "/PMU" in number:
        return CourtLevel.APPEAL
    if court in {"PN", "PA", "PTUN", "MS", "PHI"} or "/PM." in number:
        return CourtLevel.FIRST_INSTANCE
    return None


def _read(match: re.Match[str], text: str) -> tuple[str, int] | None:
    number = int(match["number"])
    if match["mk"]:
        return f"{number}/{match['mk'].upper()}-{match['session'].upper()}/{match['cyear']}", match.end()
    if match["mclass"]:
        return _military(match, number), match.end()
    if match["stage"]:
        stage = match["stage"].upper()
        if "PK" in stage and stage != "PK":
            return f"{number}/B/PK/{_case_class(match['sclass'])}/{match['syear']}", match.end()
        return f"{number} {stage}/{_case_class(match['sclass'])}/{match['syear']}", match.end()
    return _lower_court(match, number, text)


def _lower_court(match: re.Match[str], number: int, text: str) -> tuple[str, int] | None:
    case_class = match["lclass"]
    head = f"{number}/{_case_class(case_class)}/{match['lyear']}"
    if not match["court"]:
        # "5 b 2014" alone is anything; "45 pid b 2014" is a case number whose court the text leaves out.
        if not case_class.startswith(("pid", "pdt")):
            return None
        return head, match.end("lyear")
    court = " ".join(match["court"].replace(".", " ").upper().split()).replace("NIAGA", "Niaga")
    if court in {"PT TUN", "PTTUN"}:
        court = "PTTUN"
    code, end = _court_code(match, text)
    return f"{head}/{court}{' ' + code if code else ''}", end


def _court_code(match: re.Match[str], text: str) -> tuple[str, int]:
    """The court's code (`Kds`, `Jkt.Sel`) and where it ends.

    Text without case and punctuation needs a list of words to stop at.
    """
    if not match["code"]:
        return "", match.end("court")
    start = match.start("code")
    cased = text[match.start("court")].isupper()
    words: list[str] = []
    end = match.end("court")
    for token in _CLASS_TOKENS.finditer(match["code"]):
        word = token.group()
        begin = start + token.start()
        is_lower = cased and text[begin].islower()
        if (
            word in _NOT_CODES
            or is_lower
            or (words and words[0] not in _FIRST_OF_TWO and text[begin - 1] != ".")
        ):
            break
        words.append(word)
        end = begin + len(word)
    return ".".join(word.capitalize() for word in words), end


def _military(match: re.Match[str], number: int) -> str:
    unit = f".{match['unit'].upper()}" if match["unit"] and match["mcourt"] == "pm" else ""
    if match["unit"] and not unit:
        unit = f"-{match['unit'].upper()}"
    post = f"-{match['post']}" if match["post"] else ""
    court = match["mcourt"].upper() + unit + post
    parts = (match["mclass"], court, match["force"], match["month"], match["myear"])
    return f"{number}-" + "/".join(part.upper() for part in parts)


def _case_class(raw: str) -> str:
    """`pid sus tpk` gives `Pid.Sus-TPK`."""
    found: list[str] = _CLASS_TOKENS.findall(raw)
    tokens = [_CASED.get(token, token.capitalize()) for token in found]
    written = tokens[0]
    for token in tokens[1:]:
        written += ("-" if token in _HYPHENATED else ".") + token
    return written
