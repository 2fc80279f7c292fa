"""One decision number, and one article, as people type them: forms made by rule, and the share that finds exactly that.

Each form differs from the official one by one habit of writing, or by a usual pair of them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from courtsight.evaluation.errors import EvaluationDataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.progress import Progress

    from courtsight.evaluation.corpus import Corpus

DEPTH = 10
_NUMBER = re.compile(
    r"(?P<number>\d+)/(?P<register>[A-Za-z.\-]+)/(?P<year>\d{4})/(?P<court>PN|PA|PT|PTA) (?P<code>[\w.]+)"
)
_ARTICLE = re.compile(
    r"(?:(?P<code>KUHP)|UU (?P<act>\d+)/(?P<year>\d{4})):(?P<article>\d+)\((?P<verse>\d)\)(?:ke-(?P<item>\d))?"
)
_LONG = {
    "PN": "Pengadilan Negeri",
    "PA": "Pengadilan Agama",
    "PT": "Pengadilan Tinggi",
    "PTA": "Pengadilan Tinggi Agama",
}
_VERSE_WORDS = {"1": "satu", "2": "dua", "3": "tiga", "4": "empat"}
_ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV", "5": "V"}
_LEADS = (
    "No. {}", "No.{}", "No {}", "no {}", "NO. {}", "Nomor {}", "Nomor: {}", "Nomor : {}", "Nomor.{}", "nomor {}",
    "Nr. {}", "Putusan Nomor {}", "Putusan No.{}", "putusan no {}", "Perkara Nomor {}", "perkara no. {}",
    "Reg. No. {}", "Nomor Register {}", "Register Perkara Nomor {}", "Putusan {court} Nomor {}",
    "putusan {long} nomor {}", "Nomor perkara: {}", "(No. {})",
)  # fmt: skip
_TAILS = (
    "{}.pdf", "{}.PDF", "{} tanggal 23 Juni 2014", "{}, tanggal 23 Juni 2014", "{} tgl 23-06-2014", "{}.",
    "{},", '"{}"',
)  # fmt: skip
_JOINS = ("/", " / ", "/ ", " ", "-", "_", "\uff0f", "\u2215", "\\", " - ")
_ARTICLE_WORDS = (
    "Pasal {}", "pasal {}", "PASAL {}", "ps {}", "Ps. {}", "ps.{}", "psl {}", "Psl. {}", "pasal. {}", "Pasal{}",
    "Pasal: {}",
)  # fmt: skip
_ASKED = (
    "putusan {}",
    "Putusan tentang {}",
    "perkara {}",
    "kasus {}",
    "melanggar {}",
    "{} itu apa",
    "{}.",
    '"{}"',
)


@dataclass(frozen=True, slots=True)
class Forms:
    """What is meant, and the ways to type it; the first is the official one."""

    meant: str
    typed: tuple[str, ...]


def number_forms(number: str, court: str) -> Forms:
    """Ways to type a number in normal form (`45/Pid.B/2014/PN Tls`) of a court, whose name may be short or long.

    Raises:
        EvaluationDataError: it is no number of a court of first instance or appeal with the court's code.
    """
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise EvaluationDataError(f"{number}: not a number with its court's code.")
    value, register, year, short, code = match.groups()
    name = court.removeprefix(_LONG[short]).removeprefix(short).strip()
    parts = (value, register, year, f"{short} {code}")
    official = "/".join(parts)

    def joined(join: str, *changed: str) -> str:
        return join.join(changed or parts)

    registers = [
        register.upper(),
        register.lower(),
        register.replace(".", " "),
        register.replace(".", ""),
        register.replace(".", ". "),
    ]
    courts = [
        f"{short}.{code}", f"{short}{code}", f"{short} {code.upper()}", f"{short.lower()} {code.lower()}",
        f"{short}-{code}",
        f"{short}. {code}", f"{short}.{code.upper()}", f"{short} {name}", f"{short}.{name}",
    ]  # fmt: skip
    habits = [joined(join) for join in _JOINS]
    habits += [joined("/", value, one, year, parts[3]) for one in registers]
    habits += [joined("/", value, register, year, one) for one in courts]
    habits += [official.upper(), official.lower(), f"0{official}", f"000{official}"]
    habits += [
        joined(join, value, one, year, other)
        for join, one, other in product((" ", "_", "-"), registers[1:4], (parts[3].lower(), f"{short}{code}"))
    ]
    led = [lead.format(official, court=f"{short} {name}", long=f"{_LONG[short]} {name}") for lead in _LEADS]
    led += [_LEADS[place].format(joined(join)) for place, join in product((0, 1, 5), (" ", "_", " / "))]
    ended = [tail.format(official) for tail in _TAILS]
    ended += [f"{joined('_')}.pdf", f"{joined('-')}.pdf", f"putusan_{joined('_')}.pdf"]
    return Forms(number, _distinct([official, *habits, *led, *ended]))


def article_forms(article: str) -> Forms:
    """Ways to type an article in normal form: `KUHP:363(1)ke-4`, `UU 35/2009:112(1)`.

    Raises:
        EvaluationDataError: the article has no verse, or is of another law.
    """
    match = _ARTICLE.fullmatch(article)
    if match is None:
        raise EvaluationDataError(f"{article}: not an article of the penal code or of a law, with its verse.")
    number, verse, item = match["article"], match["verse"], match["item"]
    verses = (
        f"ayat ({verse})", f"ayat {verse}", f"ayat({verse})", f"({verse})", f"ayat ke-{verse}",
        f"ayat ({_VERSE_WORDS[verse]})",
        f"ayat {_VERSE_WORDS[verse]}", f"AYAT ({verse})", f"ay. ({verse})",
    )  # fmt: skip
    items: tuple[str, ...] = ("",)
    if item:
        items = (
            f"ke-{item}",
            f"ke {item}",
            f"ke{item}",
            f"ke-{_ROMAN[item]}",
            f"Ke-{item}",
            f"butir ke-{item}",
        )
    laws = _laws(match)

    def written(
        verse: str = verses[0], item: str = items[0], law: str = laws[0], word: str = _ARTICLE_WORDS[0]
    ) -> str:
        return " ".join(word.format(" ".join(f"{number} {verse} {item} {law}".split())).split())

    official = written()
    habits = [written(verse=one) for one in verses]
    habits += [written(item=one) for one in items]
    habits += [written(law=one) for one in laws]
    habits += [written(word=one) for one in _ARTICLE_WORDS]
    habits += [
        written(verse=one, law=law, word=word)
        for one, law, word in product((verses[1], verses[3]), laws[1:5], _ARTICLE_WORDS[1:5:2])
    ]
    bare = f"{number} {verses[0]} {items[0]}".strip()
    habits += [f"{law} pasal {bare}" for law in laws[:4]]
    habits += [written(law=f", {law}") for law in laws[:2]]
    habits += [official.upper(), official.lower(), official.replace(" ", "  "), article]
    habits += [ask.format(official) for ask in _ASKED]
    return Forms(article, _distinct([official, *habits]))


def _laws(match: re.Match[str]) -> tuple[str, ...]:
    if match["code"]:
        return (
            "KUHP", "kuhp", "KUHPidana", "KUH Pidana", "Kitab Undang-Undang Hukum Pidana", "K.U.H.P.", "KUHP.",
            "Kitab Undang-undang Hukum Pidana (KUHP)", "dari KUHP", "kitab undang undang hukum pidana",
        )  # fmt: skip
    act, year = match["act"], match["year"]
    return (
        f"Undang-Undang Nomor {act} Tahun {year}", f"UU No. {act} Tahun {year}", f"UU {act}/{year}",
        f"uu no {act} tahun {year}",
        f"UU {act}/{year[2:]}", f"UU RI No. {act} Tahun {year}", f"UURI No.{act}/{year}", f"UU No.{act} Th {year}",
        f"UU Nomor {act} Thn. {year}", f"Undang-Undang Republik Indonesia Nomor {act} Tahun {year}", f"UU {act} {year}",
        f"Undang Undang No {act} Tahun {year}",
    )  # fmt: skip


async def type_forms(corpus: Corpus, bar: Progress, *, numbers: int = 2, articles: int = 2) -> dict[str, Any]:
    """Search for every form of some numbers and articles of the corpus.

    A form of a number is found exactly when the first hit is that decision. A form of an article is found exactly when
    its first ten hits are those of the article's normal form, in that order.

    Raises:
        EvaluationDataError: the corpus has no number with its court's code, or no article with a verse.
    """
    figures: dict[str, Any] = {}
    for kind, chosen in (("number", _numbers(corpus, numbers)), ("article", _articles(corpus, articles))):
        missed, total = [], 0
        progress = bar.add_task(f"Typing a {kind}", total=sum(len(forms.typed) for forms, _ in chosen))
        for forms, wanted in chosen:
            expected = [wanted] if wanted is not None else await _found(corpus, forms.meant)
            for text in forms.typed:
                found = await _found(corpus, text)
                total += 1
                if found[: len(expected)] != expected:
                    missed.append(text)
                bar.advance(progress)
        figures[kind] = {
            "meant": [forms.meant for forms, _ in chosen],
            "n": total,
            "exact": round(1 - len(missed) / total, 4),
            "missed": missed,
        }
    return figures


async def _found(corpus: Corpus, query: str) -> list[int]:
    answer = await corpus.answer(query, limit=DEPTH)
    return [corpus.numbers[hit.decision.id] for hit in answer["data"]]


def _numbers(corpus: Corpus, count: int) -> list[tuple[Forms, int | None]]:
    drafts = [(record.draft, place) for place, record in enumerate(corpus.records)]
    fit = [(draft, place) for draft, place in drafts if _NUMBER.fullmatch(draft.case_number)]
    if not fit:
        raise EvaluationDataError("No decision has a number with its court's code.")
    fit.sort(key=lambda item: _digest(item[0].case_number))
    return [(number_forms(draft.case_number, draft.court), place) for draft, place in fit[:count]]


def _articles(corpus: Corpus, count: int) -> list[tuple[Forms, int | None]]:
    applied = {article for record in corpus.records for article in record.articles_applied}
    fit = sorted((article for article in applied if _ARTICLE.fullmatch(article)), key=_digest)
    codes = [article for article in fit if article.startswith("KUHP") and "ke-" in article]
    acts = [article for article in fit if article.startswith("UU")]
    chosen: Sequence[str] = [*codes[: (count + 1) // 2], *acts[: count // 2]]
    if not chosen:
        raise EvaluationDataError("No decision applies an article with a verse.")
    return [(article_forms(article), None) for article in chosen]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _distinct(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
