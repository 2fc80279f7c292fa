"""The entries that are shipped."""

from __future__ import annotations

from courtsight.lexicon.entries import shipped_entries
from courtsight.lexicon.models import KINDS
from courtsight.lexicon.schemas import EntryCreate


def test_every_entry_is_one_that_the_api_would_take_and_says_where_it_is_from():
    entries = shipped_entries()
    assert len(entries) >= 600
    assert {entry.kind for entry in entries} == set(KINDS)
    for entry in entries:
        taken = EntryCreate.model_validate(
            {
                "term": entry.term,
                "alternatives": list(entry.alternatives),
                "kind": entry.kind,
                "language": entry.language,
                "source": entry.source,
            }
        )
        assert (taken.term, taken.alternatives) == (entry.term, list(entry.alternatives)), entry
        assert entry.term not in entry.alternatives


def test_no_kind_has_a_term_twice():
    names = [(entry.kind, entry.term) for entry in shipped_entries()]
    assert len(names) == len(set(names))
