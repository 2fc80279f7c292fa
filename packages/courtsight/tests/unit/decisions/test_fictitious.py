"""What the generator of fictitious decisions wrote is read back from the printed text, at every court level."""

from __future__ import annotations

from collections import Counter

import pytest

from courtsight.decisions.case_numbers import level_of, normalise_case_number
from courtsight.decisions.citations import Kind, find
from courtsight.decisions.metadata import read_metadata
from courtsight.decisions.sections import find_sections, split_sections
from courtsight.fictitious import generate


@pytest.fixture(scope="module")
def drafts():
    return list(generate(120))


def test_the_sections_are_found_again(drafts):
    right = total = 0
    for draft in drafts:
        labels = [name for name, text in draft.sections.items() for _ in text.split()]
        text = draft.full_text
        guesses = [
            span.section.value for span in find_sections(text) for _ in text[span.start : span.end].split()
        ]
        right += sum(guess == label for guess, label in zip(guesses, labels, strict=True))
        total += len(labels)
    assert right / total > 0.98


def test_what_the_text_says_about_itself_is_read_back(drafts):
    wrong = Counter()
    for draft in drafts:
        text = draft.full_text
        about = read_metadata(text, split_sections(text))
        assert about.case_number is not None
        wrong["case_number"] += about.case_number != normalise_case_number(draft.case_number)
        wrong["level"] += level_of(about.case_number) is not draft.level
        fields = ("year", "jurisdiction", "case_type", "deliberated_on", "pronounced_on", "fictitious")
        for name in (*fields, "presiding_judge", "member_judges", "clerk"):
            wrong[name] += getattr(about, name) != getattr(draft, name)
    assert +wrong == Counter()


def test_the_decisions_that_a_decision_builds_on_are_cited(drafts):
    for draft in drafts:
        cited = {citation.normalised for citation in find(draft.full_text) if citation.kind is Kind.DECISION}
        assert {normalise_case_number(number) for number in draft.related} <= cited


def test_every_pasal_is_cited_with_its_law(drafts):
    for draft in drafts:
        text = draft.full_text
        articles = [citation for citation in find(text) if citation.kind is Kind.ARTICLE]
        assert all(citation.law for citation in articles)
        assert sum(
            text[citation.start : citation.end].startswith("Pasal") for citation in articles
        ) == text.count("Pasal ")
