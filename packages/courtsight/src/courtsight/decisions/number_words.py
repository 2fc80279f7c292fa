"""The words that numbers of decisions are made of: registers, chambers, separators, and what is no code of a court."""

from __future__ import annotations

import re

__all__ = ["CLASS_LOWER", "CLASS_SUPREME", "FIRST_OF_TWO", "NOT_CODES", "SEPARATOR", "case_class", "unglued"]

_BLANK = r"[ \t\u00a0]{0,3}"
_MARK = r"[/.,:_\\|\-\u2010-\u2014\u2212\u2044\u2215\uff0e\uff0f\uff0d]"
# People and file names write any mark between the parts, or a blank, or nothing; a line may end after a mark.
SEPARATOR = rf"(?:{_BLANK}{_MARK}{{1,2}}{_BLANK}(?:\n[ \t]{{0,2}})?|{_BLANK})"
_INNER = rf"(?:{_BLANK}{_MARK}{{0,2}}{_BLANK})"
# The longer word comes first: what is glued together is read from the left.
_SUBS = (
    *(
        "praperadilan",
        "arbitrase",
        "homologasi",
        "perikanan",
        "tipikor",
        "pailit",
        "parpol",
        "pilkada",
        "verzet",
    ),
    *(
        "merek",
        "merk",
        "paten",
        "cipta",
        "niaga",
        "praper",
        "renvoi",
        "lain",
        "haki",
        "kppu",
        "bpsk",
        "pkpu",
        "prkn",
    ),
    *(
        "anak",
        "arbt",
        "prap",
        "tprk",
        "lpsk",
        "sus",
        "tpk",
        "prk",
        "phi",
        "hki",
        "arb",
        "bth",
        "plw",
        "eks",
        "ham",
        "kip",
    ),
    *("pra", "pkr", "lh", "gs", "an", "ll", "ki", "a", "b", "s", "c", "r", "g", "p"),
)
_MATTERS = (
    *("pajak", "pid", "pdt", "sip", "mil", "tun", "pjk", "hum", "phi", "haki", "hki", "kppu", "bpsk", "khs"),
    *("ag", "jn", "kr", "to", "n"),
)
_KNOWN = rf"(?:{_INNER}(?:g\.[ ]?s|ad[ ]?hoc|{'|'.join(_SUBS)})){{0,4}}(?![a-z])"
# A register that the list lacks is one where marks tell it: `Pdt.Sus-Actio Pauliana/`.
_MARKED = r"(?:[.\-][ ]?[a-z]{1,12}(?:[ \-][a-z]{1,10})?){1,3}(?=[ \t]?/)"
CLASS_SUPREME = rf"(?:(?:{'|'.join(_MATTERS)})(?:{_KNOWN}|{_MARKED}))"
CLASS_LOWER = (
    rf"(?:(?:pid|pdt|jn)(?:{_KNOWN}|{_MARKED})"
    rf"|(?:plw|pk|pw|g|p|b)(?:{_INNER}(?:ki|fp|th|lh|tf|kip|sus|plw|pw))?(?![a-z]))"
)

_CASED = {
    "sus": "Sus", "anak": "Anak", "an": "Anak", "tpk": "TPK", "tipikor": "TPK", "lh": "LH", "prk": "PRK", "prkn": "PRK",
    "perikanan": "PRK", "phi": "PHI", "pkpu": "PKPU", "pailit": "Pailit", "hki": "HKI", "haki": "HKI", "kppu": "KPPU",
    "bpsk": "BPSK", "parpol": "Parpol", "tun": "TUN", "ag": "AG", "hum": "HUM", "pjk": "Pjk", "merk": "Merek",
    "pajak": "Pjk", "jn": "JN", "to": "TO", "ki": "KI", "fp": "FP", "tf": "TF", "th": "TH", "ll": "LL", "khs": "KHS",
    "ham": "HAM", "kip": "KIP", "gs": "G.S", "tprk": "TPRK", "lpsk": "LPSK", "pw": "PW", "pk": "PK",
    "praper": "Prap", "praperadilan": "Prap",
}  # fmt: skip
# Chambers are joined by a hyphen (`Pid.Sus-TPK`), registers by a stop (`Pid.B`, `Pdt.G.S`).
_HYPHENATED = frozenset({
    "Anak", "Arb", "Arbt", "Arbitrase", "BPSK", "Cipta", "HAM", "HKI", "Homologasi", "KIP", "KPPU", "LH", "LPSK",
    "Lain", "Merek", "Niaga", "PHI", "PKPU", "PRK", "Pailit", "Paten", "Parpol", "Pilkada", "Renvoi", "TPK", "TPRK",
})  # fmt: skip
_TOKEN = "|".join(sorted((*_SUBS, *_MATTERS), key=len, reverse=True))
_GLUED = re.compile(rf"(?:{_TOKEN})+")
_TOKENS = re.compile(_TOKEN)
# Words that follow a court in text without punctuation and are no court codes.
NOT_CODES = frozenset({
    "adalah", "agar", "akan", "am", "an", "atas", "bahwa", "bulan", "dalam", "dan", "dari", "demi",
    "dengan", "di", "dr", "hakim", "hal", "hari", "ia", "ini", "itu", "jis", "jo", "juncto",
    "karena", "ke", "kepada", "ketua", "majelis", "maka", "mengenai", "menjatuhkan", "menunjuk",
    "nama", "no", "nomor", "oleh", "pada", "para", "pdf", "pdt", "penetapan", "penunjukan", "perdata",
    "perihal", "perkara", "pid", "pidana", "putusan", "rp", "sd", "sebagai", "sebagaimana", "sejak",
    "serta", "setelah", "surat", "tangal", "tanggal", "telah", "tentang", "ter", "terdakwa",
    "terhadap", "tersebut", "tertanggal", "tgl", "tgll", "tidak", "ttg", "untuk", "wib", "yaitu",
    "yang", "yg", "saksi", "menimbang", "zip", "docx", "doc", "txt", "html", "unk",
})  # fmt: skip
FIRST_OF_TWO = frozenset({
    "bj", "gs", "jak", "jkt", "kab", "kal", "kb", "kl", "kod", "kot", "kota", "kp", "lb", "ma",
    "md", "pdg", "pl", "ps", "rap", "sei", "tb", "tg", "tj",
})  # fmt: skip


def case_class(raw: str) -> str:
    """`pid sus tpk`, `pidsustpk` and `PID.SUS/TPK` in lower case give `Pid.Sus-TPK`."""
    runs: list[str] = re.findall(r"[a-z]+", re.sub(r"g\.[ ]?s\b", "gs", raw))
    found = [token for run in runs for token in unglued(run)]
    tokens = [_CASED.get(token, token.capitalize()) for token in found]
    written = tokens[0]
    for token in tokens[1:]:
        written += ("-" if token in _HYPHENATED else ".") + token
    return written


def unglued(run: str) -> list[str]:
    """The words of a register that are glued together: `pidsus` gives `pid`, `sus`."""
    if run in _CASED or not _GLUED.fullmatch(run):
        return [run]
    return _TOKENS.findall(run)
