"""Reads court decisions (JSON Lines) as arrays of word ids, and picks a vocabulary without personal names."""

from __future__ import annotations

import gzip
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson
from numpy.typing import NDArray

from fondasi.ai.embeddings.words import split_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

Ids = NDArray[np.int32]

SECTIONS = (
    "kepala_putusan",
    "identitas",
    "riwayat_penahanan",
    "riwayat_perkara",
    "riwayat_tuntutan",
    "riwayat_dakwaan",
    "fakta",
    "fakta_hukum",
    "pertimbangan_hukum",
    "amar_putusan",
    "penutup",
)

NAME_LINKS = frozenset({b"bin", b"binti", b"alias", b"als", b"al", b"bn", b"hj"})
DEGREES = frozenset({b"sh", b"mh", b"shmh"})
NAME_SLOT_ENDS = frozenset(b"tempat umur tgl tanggal lahir jenis pekerjaan agama alias als bin binti".split())
NAME_SLOT_WORDS = 8  # longest name read from "nama lengkap ..."
DERIVED = re.compile(rb"^(?:men|mem|meng|meny|ber|di|ter)\w{4,}$|^\w{3,}(?:nya|kan)$")
"""Shape of an Indonesian word with an affix; names seldom have it."""
SPARED = frozenset(
    b"""terdakwa saksi korban hakim jaksa panitera penasihat advokat notaris polisi waris ahli tergugat penggugat
    pemohon termohon pembanding terbanding menantu istri suami ayah ibu anak haji desa kota""".split()
)
"""Words that stand beside names but are none."""
ORDINARY_SHARE = 0.4  # share of decisions above which a word is no name
NAME_SLOT_SHARE = 0.06  # share of its decisions in which a name stands in a name's place
CERTAIN = 4  # times these shares at which even a word with an affix is a name
NAME_LINK_SHARE = 0.02  # share of its occurrences at which a name stands beside "bin", "alias", a degree
LONGEST_WORD, LONGEST_NUMBER = 30, 4


@dataclass(slots=True)
class Corpus:
    """Decisions as word ids.

    Attributes:
        words: id to word.
        sections: per decision, section name to its words.
        offences: per decision, the class of offence, or "".
        clusters: per decision, the key that near-duplicates share.
        records: per decision, the fields besides the sections.
    """

    words: list[bytes]
    sections: list[dict[str, Ids]]
    offences: list[str]
    clusters: list[str]
    records: list[dict[str, object]]


def read_corpus(path: Path, advance: Callable[[int], None] = lambda _: None) -> Corpus:
    """Read a `.jsonl` or `.jsonl.gz` file; `advance` is told the bytes of the file that each decision took."""
    numbers: dict[bytes, int] = {}
    corpus = Corpus([], [], [], [], [])
    for line, size in _lines(path):
        record = orjson.loads(line)
        sections = record.pop("sections")
        corpus.sections.append({name: word_ids(sections.get(name) or "", numbers) for name in SECTIONS})
        corpus.offences.append(record.get("offence") or "")
        corpus.clusters.append(record.get("cluster") or record["id"])
        corpus.records.append(record)
        advance(size)
    corpus.words = list(numbers)
    return corpus


def word_ids(text: str, numbers: dict[bytes, int]) -> Ids:
    """The words of a text as ids; new words are added to `numbers`."""
    words = split_words([text.replace("_unk_", " ")])
    return np.fromiter((numbers.setdefault(word, len(numbers)) for word in words), np.int32, len(words))


def _lines(path: Path) -> Iterator[tuple[bytes, int]]:
    with path.open("rb") as raw, gzip.open(raw) if path.suffix == ".gz" else raw as file:
        before = 0
        for line in file:
            position = raw.tell()
            yield line, position - before
            before = position


def joined(sections: dict[str, Ids], names: Iterable[str]) -> Ids:
    """Some sections of a decision as one array."""
    return np.concatenate([sections[name] for name in names])


def decision_frequency(corpus: Corpus, decisions: Iterable[int]) -> NDArray[np.int64]:
    """For each word the number of the given decisions that have it."""
    frequency = np.zeros(len(corpus.words), dtype=np.int64)
    for index in decisions:
        frequency[np.unique(joined(corpus.sections[index], SECTIONS))] += 1
    return frequency


def pick_vocabulary(corpus: Corpus, decisions: list[int], minimum: int) -> NDArray[np.int64]:
    """Ids of the words to keep: in at least `minimum` decisions, and no personal name as far as can be told."""
    frequency = decision_frequency(corpus, decisions)
    names = personal_names(corpus, decisions, frequency)
    return np.array(
        [
            index
            for index, word in enumerate(corpus.words)
            if frequency[index] >= minimum
            and not names[index]
            and len(word) <= (LONGEST_NUMBER if word.isdigit() else LONGEST_WORD)
        ],
        dtype=np.int64,
    )


def personal_names(corpus: Corpus, decisions: list[int], frequency: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which words are probably personal names.

    A word counts as a name when it stands often enough where names stand: after "nama lengkap" among the
    defendant's data, before a judge's or clerk's degree, beside "bin", "binti", "alias". Very common words and words
    with affixes are spared. It errs towards dropping: an unseen word still gets a vector from its n-grams.
    """
    numbers = {word: index for index, word in enumerate(corpus.words)}
    size = len(numbers)
    links = np.isin(np.arange(size), [numbers[word] for word in NAME_LINKS if word in numbers])
    degrees = np.isin(np.arange(size), [numbers[word] for word in DEGREES if word in numbers])
    ends = {numbers[word] for word in NAME_SLOT_ENDS if word in numbers}
    in_slot, beside, total = (np.zeros(size, dtype=np.int64) for _ in range(3))
    for index in decisions:
        sections = corpus.sections[index]
        found = [
            _name_slots(sections["identitas"], numbers.get(b"nama", -1), numbers.get(b"lengkap", -1), ends)
        ]
        for section, ids in sections.items():
            places = _near(ids, links, (-1, 1, 2))
            if section in {"kepala_putusan", "penutup"}:
                places = np.concatenate([places, _near(ids, degrees, (-3, -2, -1))])
            found.append(places)
            beside += np.bincount(places, minlength=size)
            total += np.bincount(ids, minlength=size)
        in_slot[np.unique(np.concatenate(found))] += 1
    with np.errstate(divide="ignore", invalid="ignore"):
        evidence = np.fmax(in_slot / frequency / NAME_SLOT_SHARE, beside / total / NAME_LINK_SHARE)
    derived = np.array([bool(DERIVED.match(word)) for word in corpus.words])
    spared = np.array([not word.isalpha() or word in SPARED for word in corpus.words])
    spared |= frequency > ORDINARY_SHARE * len(decisions)
    return (evidence >= np.where(derived, CERTAIN, 1)) & ~spared


def _near(ids: Ids, cues: NDArray[np.bool_], offsets: tuple[int, ...]) -> Ids:
    """The words at the given offsets from each cue word."""
    at = np.flatnonzero(cues[ids])
    places = np.concatenate([at + offset for offset in offsets])
    return ids[places[(places >= 0) & (places < len(ids))]]


def _name_slots(ids: Ids, nama: int, lengkap: int, ends: set[int]) -> Ids:
    """The words after "nama" or "nama lengkap", up to the next field."""
    found: list[int] = []
    for at in np.flatnonzero(ids == nama):
        slot = [int(word) for word in ids[at + 1 : at + 2 + NAME_SLOT_WORDS]]
        for word in slot[1:] if slot[:1] == [lengkap] else slot:
            if word in ends:
                break
            found.append(word)
    return np.array(found, dtype=np.int32)
