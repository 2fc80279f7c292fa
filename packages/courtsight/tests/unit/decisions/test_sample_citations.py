"""How well the extractor agrees with the sample's labels, and how fast it is.

The labels come from a regular expression: agreement is reported, and a floor guards against regressions.
"""

from __future__ import annotations

import time

import pytest

from courtsight.decisions.applied import article_roles
from courtsight.decisions.draft import DecisionDraft

pytestmark = pytest.mark.sample


@pytest.fixture(scope="module")
def roles(sample_records):
    drafts = [DecisionDraft(record["case_number"], record["sections"]) for record in sample_records]
    started = time.process_time()
    roles = [article_roles(draft) for draft in drafts]
    seconds = time.process_time() - started
    return roles, seconds, sum(len(draft.full_text) for draft in drafts)


def f1(pairs):
    pairs = [(set(found), set(labels)) for found, labels in pairs]
    shared = sum(len(found & labels) for found, labels in pairs)
    return 2 * shared / sum(len(found) + len(labels) for found, labels in pairs)


def test_applied_articles_agree_with_the_labels(roles, sample_records):
    found = [role.applied for role in roles[0]]
    assert f1(zip(found, (record["articles_applied"] for record in sample_records), strict=True)) > 0.88


def test_charged_articles_agree_with_the_labels(roles, sample_records):
    found = [role.charged for role in roles[0]]
    assert f1(zip(found, (record["articles_charged"] for record in sample_records), strict=True)) > 0.83


def test_a_hundred_megabytes_take_no_more_than_two_minutes(roles):
    _, seconds, characters = roles
    assert seconds / characters * 100_000_000 < 120
