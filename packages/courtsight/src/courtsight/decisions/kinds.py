"""Kinds of cases, in one vocabulary: pidana, pidana khusus, perdata, perdata agama, tata usaha negara, ..."""

from __future__ import annotations

__all__ = ["case_kind", "case_type_of"]

# By the class in the number; the longer beginning comes first.
_CASE_TYPES = {
    "Pid.Sus": "pidana khusus",
    "Pid": "pidana",
    "Pdt.Sus": "perdata khusus",
    "Pdt": "perdata",
    "Pjk": "pajak",
    "AG": "perdata agama",
    "TUN": "tata usaha negara",
    "G": "tata usaha negara",
    "B": "tata usaha negara",
    "JN": "jinayat",
    "HUM": "hak uji materiil",
}
# As the directory and data sets call them.
_KINDS = {
    "pidana": "pidana",
    "pidana umum": "pidana",
    "pidum": "pidana",
    "pidana khusus": "pidana khusus",
    "pidsus": "pidana khusus",
    "pidana militer": "pidana militer",
    "militer": "pidana militer",
    "perdata": "perdata",
    "perdata umum": "perdata",
    "perdata khusus": "perdata khusus",
    "pdtsus": "perdata khusus",
    "perdata agama": "perdata agama",
    "agama": "perdata agama",
    "tun": "tata usaha negara",
    "tata usaha negara": "tata usaha negara",
    "pajak": "pajak",
    "jinayat": "jinayat",
    "hak uji materiil": "hak uji materiil",
    "hum": "hak uji materiil",
}


def case_kind(words: str) -> str:
    """The kind of case that words name: "Pidana Umum" is "pidana"; empty if they name none."""
    return _KINDS.get(" ".join(words.lower().replace("-", " ").split()), "")


def case_type_of(number: str) -> str:
    """The kind of case that a number's class stands for: `Pid.Sus` is "pidana khusus"; empty if unknown."""
    court = number.rsplit("/", 1)[-1].partition(" ")[0]
    parts = number.replace(" ", "/").split("/")
    if "Mil" in parts or parts[0].endswith(("-K", "-PK")):
        return "pidana militer"
    if court in {"PA", "PTA", "MS"} and "JN" not in parts:
        return "perdata agama"
    for beginning, kind in _CASE_TYPES.items():
        if any(
            part == beginning or part.startswith((f"{beginning}.", f"{beginning}-")) for part in parts[1:]
        ):
            return kind
    return ""
