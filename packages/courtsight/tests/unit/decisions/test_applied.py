"""The articles that a verdict applies are told apart from those charged and those mentioned."""

from __future__ import annotations

import pytest

from courtsight.decisions.applied import Grade, applied_articles, article_roles, charged_articles
from courtsight.decisions.draft import DecisionDraft, Section


def decision(**sections):
    by_name = {Section[name.upper()].value: text for name, text in sections.items()}
    return DecisionDraft("1/Pid.B/2020/PN Cth", by_name)


def test_the_clause_before_the_operative_part_is_what_the_verdict_applies():
    draft = decision(
        indictment="Perbuatan terdakwa diancam pidana dalam Pasal 362 KUHP atau Pasal 480 ke-1 KUHP.",
        considerations=(
            "Menimbang, bahwa unsur Pasal 362 KUHP tidak terbukti.\n"
            "Mengingat, Pasal 480 ke-1 KUHP dan Undang-Undang Nomor 8 Tahun 1981 serta peraturan lain;"
        ),
        verdict="MENGADILI:\n1. Menyatakan Terdakwa Contoh terbukti bersalah;",
    )
    assert applied_articles(draft) == ("KUHP:480ke-1",)
    assert charged_articles(draft) == ("KUHP:362", "KUHP:480ke-1")


def test_the_clause_ends_where_the_verdict_begins():
    draft = decision(
        facts="memperhatikan pasal 378 kuhp\nmengadili\nmenyatakan pasal 372 kuhp tidak terbukti"
    )
    assert applied_articles(draft) == ("KUHP:378",)


def test_an_inferred_law_and_list_members_rank_after_what_is_stated():
    considerations = (
        "unsur pasal 64 ayat 1 kuhp\nmengingat pasal 363 ayat 1 ke 3 dan ke 5 kuhp serta pasal 64"
    )
    draft = decision(considerations=considerations)
    assert article_roles(draft).applied["KUHP:64"] is Grade.INFERRED
    assert article_roles(draft).applied["KUHP:363(1)ke-3"] is Grade.STATED
    assert article_roles(draft).applied["KUHP:363(1)ke-5"] is Grade.LISTED


def test_without_a_clause_the_reasons_say_which_charge_is_proven():
    draft = decision(
        considerations=(
            "Menimbang, bahwa terdakwa didakwa melanggar Pasal 372 KUHP;\n"
            "Menimbang, bahwa semua unsur Pasal 378 KUHP telah terpenuhi;\n"
            "Menimbang, bahwa pidana dijatuhkan sesuai Pasal 193 KUHAP;"
        )
    )
    assert article_roles(draft).applied == {"KUHP:378": Grade.CONCLUDED}


def test_a_charge_that_the_operative_part_rejects_is_not_applied():
    draft = decision(verdict="Menyatakan Terdakwa Contoh tidak terbukti melanggar Pasal 340 KUHP")
    assert applied_articles(draft) == ()


def test_an_empty_decision_applies_nothing():
    assert article_roles(decision()).citations == ()


def test_the_spans_belong_to_the_full_text():
    draft = decision(indictment="Pasal 362 KUHP", verdict="melanggar Pasal 480 ke-1 KUHP")
    text = draft.full_text
    assert [text[c.start : c.end] for c in article_roles(draft).citations] == [
        "Pasal 362 KUHP",
        "Pasal 480 ke-1 KUHP",
    ]


def test_an_article_applied_as_asked_ranks_before_a_finer_one():
    exact = article_roles(decision(considerations="mengingat pasal 351 kuhp jo pasal 55 kuhp")).ranks()
    finer = article_roles(decision(considerations="mengingat pasal 351 ayat 1 kuhp")).ranks()
    assert exact["KUHP:351"] < finer["KUHP:351"]
    assert exact["KUHP:351"] < exact["KUHP:55"]
    assert finer["KUHP:351(1)"] < finer["KUHP:351"] < 1024


@pytest.mark.parametrize(
    "section", ["case_history", "demand", "indictment", "facts", "legal_facts", "considerations"]
)
@pytest.mark.parametrize(
    "clause", ["memperhatikan pasal 378 kuhp dan peraturan lain", "Mengingat, ketentuan\nPasal 378 KUHP"]
)
def test_the_clause_counts_wherever_it_stands_before_the_verdict(section, clause):
    parts = {
        "demand": "tuntutan",
        "facts": "saksi",
        section: f"kalimat lain\n{clause}",
        "verdict": "mengadili",
    }
    assert applied_articles(decision(**parts)) == ("KUHP:378",)


def test_the_last_clause_before_the_verdict_counts():
    draft = decision(
        case_history="Membaca putusan yang amarnya: Mengingat Pasal 372 KUHP; MENGADILI: bersalah;",
        considerations="Memperhatikan, Pasal 378 KUHP;",
        verdict="MENGADILI: Menolak permohonan kasasi;",
    )
    assert applied_articles(draft) == ("KUHP:378",)


def test_a_clause_at_the_head_of_the_operative_part_counts_up_to_the_word_that_begins_it():
    draft = decision(
        verdict="Mengingat Pasal 378 KUHP\nMENGADILI\nMenyatakan Terdakwa tidak terbukti melanggar Pasal 372 KUHP"
    )
    assert article_roles(draft).applied == {"KUHP:378": Grade.STATED}
