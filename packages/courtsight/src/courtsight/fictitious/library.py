"""The texts that decisions are made of: TOML files under `templates/`, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

# Order matters: the plan of the corpus deals matters round-robin in this order, domains mixed.
MATTER_FILES = (
    "offences/narkotika",
    "suits/sengketa_tanah",
    "suits/cerai_gugat",
    "suits/kepegawaian",
    "offences/pencurian",
    "offences/korupsi",
    "suits/wanprestasi",
    "suits/harta_bersama",
    "offences/penipuan",
    "suits/sertifikat_tanah",
    "offences/penganiayaan",
    "suits/cerai_talak",
    "suits/perbuatan_melawan_hukum",
    "offences/penggelapan",
    "suits/hak_asuh_anak",
    "offences/lalu_lintas",
    "suits/utang_piutang",
    "suits/izin_usaha",
    "offences/pemalsuan",
    "suits/waris_islam",
    "suits/waris",
    "offences/penadahan",
    "suits/isbat_nikah",
)


@dataclass(frozen=True, slots=True)
class Matter:
    """One kind of case: `domain` is criminal, civil, religious or administrative; `raw` is its TOML table."""

    name: str
    domain: str
    legal_area: str
    case_type: str
    keywords: tuple[str, ...]
    rules: tuple[str, ...]
    raw: dict[str, Any]


@cache
def frame(name: str) -> dict[str, Any]:
    """The TOML table of `templates/{name}.toml`."""
    text = resources.files("courtsight.fictitious").joinpath("templates", f"{name}.toml").read_text("utf-8")
    return tomllib.loads(text)


@cache
def matters() -> tuple[Matter, ...]:
    """All kinds of case, in the order in which the corpus deals them."""
    return tuple(_matter(name) for name in MATTER_FILES)


def _matter(name: str) -> Matter:
    raw = frame(name)
    return Matter(
        name=name.split("/")[1],
        domain=raw.get("domain", "criminal"),
        legal_area=raw["legal_area"],
        case_type=raw["case_type"],
        keywords=tuple(raw["keywords"]),
        rules=tuple(raw["rules"]),
        raw=raw,
    )
