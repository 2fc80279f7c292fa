"""The articles that a verdict applies are told apart from those charged and those mentioned."""

from __future__ import annotations

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
