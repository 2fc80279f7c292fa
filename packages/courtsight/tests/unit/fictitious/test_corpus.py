from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from itertools import pairwise

import pytest

from courtsight.decisions.applied import applied_articles
from courtsight.decisions.case_numbers import normalise_case_number
from courtsight.decisions.citations import Kind, find
from courtsight.decisions.draft import CourtLevel, DecisionDraft, Section
from courtsight.fictitious import DEMO_DECISIONS, generate
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.library import frame, matters

NOTICE = "PUTUSAN FIKTIF \N{EN DASH} DOKUMEN CONTOH, BUKAN PUTUSAN PENGADILAN"
PRINTED = re.compile(
    r"\d+ P?K/[A-Za-z.]+/\d{4}|\d+/[A-Za-z.-]+/\d{4}/(?:PN |PT |PA\.|PTA\.|PTUN\.|PT\.TUN\.)[A-Za-z]{3}\b"
)
DIGEST = """
import hashlib
from courtsight.fictitious import generate
print(hashlib.sha256(b"".join(d.content_hash + repr(d).encode() for d in generate())).hexdigest())
"""
DOMAINS = {
    "pidana": "criminal",
    "pidana khusus": "criminal",
    "perdata": "civil",
    "perdata agama": "religious",
    "tata usaha negara": "administrative",
}


def digest_in_new_process(hash_seed: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env=os.environ | {"PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def cited_numbers(draft: DecisionDraft) -> set[str]:
    return set(PRINTED.findall(draft.full_text)) - {printed_number(draft.case_number)}


def test_two_processes_with_different_hash_seeds_generate_the_same() -> None:
    assert digest_in_new_process("0") == digest_in_new_process("4711")


def test_fewer_decisions_are_the_beginning_of_more(corpus: list[DecisionDraft]) -> None:
    assert list(generate(40)) == corpus[:40]
    assert list(generate(0)) == []


def test_another_seed_tells_other_stories(corpus: list[DecisionDraft]) -> None:
    others = {draft.content_hash for draft in generate(40, seed=7)}
    assert others.isdisjoint(draft.content_hash for draft in corpus)


def test_ten_times_as_many_still_have_unique_numbers() -> None:
    numbers = [draft.case_number for draft in generate(3000)]
    assert len(set(numbers)) == 3000


def test_numbers_and_texts_are_unique(corpus: list[DecisionDraft]) -> None:
    assert len({draft.case_number for draft in corpus}) == len(corpus) == 300
    assert len({draft.content_hash for draft in corpus}) == 300
    stories = [draft.sections[Section.CASE_HISTORY.value] for draft in corpus]
    assert len(set(stories)) == 300


def test_supreme_court_numbers_lie_above_the_real_ones(corpus: list[DecisionDraft]) -> None:
    supreme = [draft for draft in corpus if draft.court == "Mahkamah Agung"]
    assert all(int(draft.case_number.split()[0]) > 9000 for draft in supreme)


def test_the_table_of_the_docstring_is_right(corpus: list[DecisionDraft]) -> None:
    counted = Counter((DOMAINS[draft.case_type], draft.level) for draft in corpus)
    table = re.findall(r"^\s+(\w+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+)$", generate.__doc__ or "", re.MULTILINE)
    rows = {name: [int(cell) for cell in cells] for name, *cells in table}
    assert set(rows) == {*DOMAINS.values(), "all"}
    for name, (*cells, total) in rows.items():
        domains = set(DOMAINS.values()) if name == "all" else {name}
        assert cells == [sum(counted[domain, level] for domain in domains) for level in CourtLevel]
        assert sum(cells) == total
    kinds = Counter(draft.legal_area for draft in corpus)
    assert set(kinds) == {matter.legal_area for matter in matters()}
    assert (min(kinds.values()), max(kinds.values())) == (10, 16)
    assert sum(bool(draft.rule_of_law) for draft in corpus) == 49


def test_every_decision_says_that_it_is_fictitious(corpus: list[DecisionDraft]) -> None:
    for draft in corpus:
        assert draft.fictitious
        assert draft.sections[Section.HEADER.value].startswith(NOTICE)
        assert NOTICE in draft.sections[Section.CLOSING.value]
        assert draft.full_text.endswith(frame("closing")["end"])


def test_sections_come_in_reading_order_and_carry_the_usual_phrases(corpus: list[DecisionDraft]) -> None:
    order = [section.value for section in Section]
    for draft in corpus:
        assert list(draft.sections) == sorted(draft.sections, key=order.index)
        assert "DEMI KEADILAN BERDASARKAN KETUHANAN YANG MAHA ESA" in draft.sections[Section.HEADER.value]
        assert "Menimbang, bahwa" in draft.sections[Section.CONSIDERATIONS.value]
        assert re.search(r"^(Mengingat|Memperhatikan), Pasal", draft.full_text, re.MULTILINE)
        assert draft.sections[Section.VERDICT.value].startswith("MENGADILI:\n1. ")
    first_criminal = next(draft for draft in corpus if draft.case_type == "pidana")
    assert list(first_criminal.sections) == order


def test_no_slot_choice_or_stray_mark_is_left_in_any_text() -> None:
    for draft in generate(1500, seed=99):
        assert not re.search(
            r"[{}]|\[\[|\]\]|\|", repr(draft).replace("{'kepala", "", 1).replace("'}", "")[:0]
        )
        for text in (*draft.sections.values(), draft.abstract, draft.outcome_note, *draft.keywords):
            assert not re.search(r"[{}|]|\[\[|;;|:;|\.\.|  |,,", text)


def test_lengths_are_those_of_real_decisions_and_varied(corpus: list[DecisionDraft]) -> None:
    lengths = [len(draft.full_text) for draft in corpus]
    assert min(lengths) >= 8_000
    assert max(lengths) <= 40_000
    assert max(lengths) > 2 * min(lengths)


def test_citations_of_decisions_resolve_to_earlier_ones(corpus: list[DecisionDraft]) -> None:
    known: dict[str, DecisionDraft] = {}
    for draft in corpus:
        for number in cited_numbers(draft):
            assert number in known, f"{draft.case_number} cites {number}, which did not come before it"
            cited, citing = known[number].pronounced_on, draft.deliberated_on
            assert cited is not None
            assert citing is not None
            assert cited < citing
        known[printed_number(draft.case_number)] = draft


def test_the_citation_extractor_resolves_the_decisions_cited(corpus: list[DecisionDraft]) -> None:
    known = {draft.case_number for draft in corpus}
    cited = [c.normalised for draft in corpus for c in find(draft.full_text) if c.kind is Kind.DECISION]
    assert len(cited) > 1000
    # The rest is a real decision of the Constitutional Court on the corruption statute.
    assert {number for number in cited if number not in known} == {"25/PUU-XIV/2016"}
    assert sum(number in known for number in cited) >= 0.95 * len(cited)


def test_numbers_are_in_normal_form(corpus: list[DecisionDraft]) -> None:
    for draft in corpus:
        assert normalise_case_number(draft.case_number) == draft.case_number
        assert normalise_case_number(printed_number(draft.case_number)) == draft.case_number


def test_every_decision_applies_articles(corpus: list[DecisionDraft]) -> None:
    assert all(applied_articles(draft) for draft in corpus)
    theft = next(draft for draft in corpus if draft.legal_area == "pencurian")
    assert "KUHP:363(1)ke-4" in applied_articles(theft)


def test_citations_are_rich(corpus: list[DecisionDraft]) -> None:
    cited = Counter(number for draft in corpus for number in cited_numbers(draft))
    assert sum(cited.values()) >= 300
    assert max(cited.values()) >= 6
    cassations = {
        printed_number(draft.case_number) for draft in corpus if draft.level is CourtLevel.CASSATION
    }
    citing = [d for d in corpus if d.level is CourtLevel.CASSATION and cited_numbers(d) & cassations]
    assert len(citing) >= 20


def test_a_chain_is_contiguous_and_keeps_its_parties(corpus: list[DecisionDraft]) -> None:
    for before, after in pairwise(corpus):
        if after.level is CourtLevel.FIRST_INSTANCE:
            assert after.related == []
            continue
        assert after.related[:-1] == before.related
        assert after.related[-1] == printed_number(before.case_number)
        assert after.legal_area == before.legal_area
        assert {party.name for party in after.parties} == {party.name for party in before.parties}
        assert set(after.related) <= cited_numbers(after)


def test_levels_rise_and_only_freedom_skips_the_appeal(corpus: list[DecisionDraft]) -> None:
    order = list(CourtLevel)
    for before, after in pairwise(corpus):
        if after.level is CourtLevel.FIRST_INSTANCE:
            continue
        assert before.level is not None
        assert after.level is not None
        step = order.index(after.level) - order.index(before.level)
        assert step == (2 if before.outcome in {"bebas", "lepas"} else 1)


def test_dates_are_ordered_and_courts_rest_at_weekends(corpus: list[DecisionDraft]) -> None:
    for draft in corpus:
        dates = [draft.registered_on, draft.deliberated_on, draft.pronounced_on, draft.uploaded_on]
        known = [day for day in dates if day is not None]
        assert len(known) == 4
        assert known == sorted(known)
        assert draft.year == known[0].year
        assert all(day.weekday() < 5 for day in known[:3])


@pytest.mark.parametrize(
    "name",
    [
        "court",
        "jurisdiction",
        "case_type",
        "legal_area",
        "presiding_judge",
        "clerk",
        "outcome",
        "outcome_note",
        "abstract",
        "source_url",
    ],
)
def test_metadata_is_filled(corpus: list[DecisionDraft], name: str) -> None:
    assert all(getattr(draft, name) for draft in corpus)


def test_every_decision_has_two_members_two_parties_and_keywords(corpus: list[DecisionDraft]) -> None:
    for draft in corpus:
        assert len(draft.member_judges) == 2
        assert len(draft.parties) == 2
        assert len(draft.keywords) >= 3


def test_outcomes_of_every_kind_occur(corpus: list[DecisionDraft]) -> None:
    first = {draft.outcome for draft in corpus if draft.level is CourtLevel.FIRST_INSTANCE}
    cassation = {draft.outcome for draft in corpus if draft.level is CourtLevel.CASSATION}
    assert first == {"pidana", "bebas", "lepas", "kabul", "tolak", "tidak dapat diterima"}
    assert cassation == {"kabul", "tolak", "tolak perbaikan", "tidak dapat diterima"}


def test_only_decisions_of_the_supreme_court_state_a_rule(corpus: list[DecisionDraft]) -> None:
    stating = [draft for draft in corpus if draft.rule_of_law]
    assert {draft.court for draft in stating} == {"Mahkamah Agung"}
    admitted = [draft for draft in stating if draft.outcome != "tidak dapat diterima"]
    assert all(draft.rule_of_law in draft.full_text for draft in admitted)


def test_another_seed_repeats_no_number_of_the_demo():
    demo = {draft.case_number for draft in generate(DEMO_DECISIONS)}
    assert not demo & {draft.case_number for draft in generate(2000, seed=7)}
