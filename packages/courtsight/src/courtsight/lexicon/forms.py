"""Other forms of Indonesian words, for words that no decision has.

`spoken_forms` gives what is written for what is said: `nyimpen` is `menyimpan`, `digadein` is `digadaikan`, `ketabrak`
is `tertabrak`. `related_forms` gives other forms of the same root: a decision that has no `cabut` may have `dicabut`.
Both give candidates, most of which are no words: who calls keeps those that the index has.

Rules from the morphology of the language, as grammars describe it (prefixes meN-, peN-, di-, ber-, ter-; suffixes -kan,
-i, -an; colloquial N-, nge-, ke-, -in, final e and o for ai and au, e for a in the last syllable).
"""

from __future__ import annotations

import re

SHORTEST = 4  # letters of a root, and of a form
_VOWELS = frozenset("aeiou")
_LAST_E = re.compile(r"e(?=[^aeiou]+$)")
_SUFFIXES = ("kan", "an", "i", "")
_SPOKEN_IN = ("kan", "i", "")  # what "-in" is for
# The nasal that meN- and peN- end with before a letter.
_NASALS = (("bpfv", "m"), ("dtcjz", "n"), ("s", "ny"), ("aeioughk", "ng"))
_BEFORE = {letter: nasal for letters, nasal in _NASALS for letter in letters}
_DROPPED = frozenset("ptsk")  # first letters of roots that the nasal takes the place of
# The prefix of a word; what its root begins with before a vowel, instead of nothing, and before a consonant.
_PREFIXES = (
    ("meny", "s", None), ("peny", "s", None),
    ("menge", "", ""), ("penge", "", ""),
    ("meng", ",k", ""), ("peng", ",k", ""),
    ("mem", "p", ""), ("pem", "p", ""),
    ("men", "t", ""), ("pen", "t", ""),
    ("me", None, ""), ("pe", None, ""),
    ("di", "", ""), ("ter", "", ""), ("ber", "", ""), ("per", "", ""), ("", "", ""),
)  # fmt: skip


def spoken_forms(word: str) -> list[str]:
    """What may be written for a word as it is spoken, the likeliest first."""
    found: list[str] = []
    for written, changed in _endings(word):
        whole = _written_prefixes(written)
        found += [form for form in whole if changed or form != written]
        if changed:
            found.append(written)
    return _words(found, word)


def related_forms(word: str) -> list[str]:
    """Other forms of the roots that a word may have, those with its own suffix first."""
    found: list[str] = []
    for root, suffix in _roots(word):
        nasal = _nasal(root)
        for ending in dict.fromkeys((suffix, *_SUFFIXES)):
            if ending != "an":
                found += [f"me{nasal}{ending}", f"di{root}{ending}"]
        found += [root, f"{root}an", f"pe{nasal}an", f"pe{nasal}", f"ber{root}", f"ter{root}"]
    return _words([form.replace("berr", "ber").replace("terr", "ter") for form in found], word)


def _endings(word: str) -> list[tuple[str, bool]]:
    """The word with the endings that are written for its spoken one, and whether they differ."""
    stems = [(word, False)]
    if word.endswith("in") and len(word) >= SHORTEST + 2:
        stem = word[:-2]
        stems = [(f"{full}{suffix}", True) for full in _full(stem) for suffix in _SPOKEN_IN] + stems
    else:
        stems += [(full, True) for full in _full(word) if full != word]
    return stems


def _full(stem: str) -> list[str]:
    """A stem with the vowels that are written for its last spoken one: `gade` gives `gadai`, `simpen` `simpan`."""
    if stem.endswith(("e", "o")):
        return [f"{stem[:-1]}{'ai' if stem[-1] == 'e' else 'au'}", stem]
    changed = _LAST_E.sub("a", stem)
    return [stem] if changed == stem else [changed, stem]


def _written_prefixes(word: str) -> list[str]:
    """The word with the prefix that is written for its spoken one, then its root; empty if it has none."""
    if word.startswith("nge") and len(word) >= SHORTEST + 3:
        root = word[3:]
        return [f"me{_nasal(root)}", f"menge{root}", f"me{word}", root]
    if word.startswith("ny") and word[2:3] in _VOWELS:
        rest = word[2:]
        return [f"me{word}", f"menc{rest}", f"s{rest}", f"c{rest}"]
    if word.startswith("ng") and word[2:3] in _VOWELS:
        rest = word[2:]
        return [f"me{word}", f"ber{rest}", rest, f"k{rest}"]
    if len(word) > 1 and (dropped := {"n": "t", "m": "p"}.get(word[0])):
        return [f"me{word}", f"{dropped}{word[1:]}" if word[1] in _VOWELS else word[1:]]
    if word.startswith("ke") and len(word) >= SHORTEST + 2:
        root = word[2:]
        return [f"ter{root}", root, *([f"ter{root[:-2]}", root[:-2]] if root.endswith("an") else [])]
    return []


def _roots(word: str) -> list[tuple[str, str]]:
    """Roots that a word may have, each with the suffix that it has then."""
    found: dict[str, str] = {}
    for prefix, before_vowel, before_consonant in _PREFIXES:
        rest = word.removeprefix(prefix)
        if not rest or not word.startswith(prefix):
            continue
        beginnings = before_vowel if rest[0] in _VOWELS else before_consonant
        for beginning in beginnings.split(",") if beginnings is not None else ():
            for suffix in _SUFFIXES:
                root = f"{beginning}{rest.removesuffix(suffix)}"
                if rest.endswith(suffix) and len(root) >= SHORTEST:
                    found.setdefault(root, suffix)
    return list(found.items())


def _nasal(root: str) -> str:
    """The root as it follows meN- and peN-: `simpan` gives `nyimpan`, `rusak` `rusak`."""
    nasal = _BEFORE.get(root[0], "")
    return f"{nasal}{root[1:] if root[0] in _DROPPED else root}"


def _words(forms: list[str], word: str) -> list[str]:
    """Those long enough, each once, without the word itself."""
    return [form for form in dict.fromkeys(forms) if form != word and len(form) >= SHORTEST]
