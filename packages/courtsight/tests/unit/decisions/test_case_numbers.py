"""Decision numbers of every court level have one normal form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from courtsight.decisions.case_numbers import find_case_numbers, normalise_case_number


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("123 K/Pid.Sus/2019", "123 K/Pid.Sus/2019"),
        ("Nomor 123 K / PID.SUS / 2019", "123 K/Pid.Sus/2019"),
        ("123 k pid sus 2019", "123 K/Pid.Sus/2019"),
        ("123K/PID/2010", "123 K/Pid/2010"),
        ("No. 123.K/Pid/2003", "123 K/Pid/2003"),
        ("123 K/Pdt.Sus-PHI/2019", "123 K/Pdt.Sus-PHI/2019"),
        ("7 K/TUN/2015", "7 K/TUN/2015"),
        ("7 K/AG/2014", "7 K/AG/2014"),
        ("7 K/MIL/2015", "7 K/Mil/2015"),
        ("45 PK/Pdt/2020", "45 PK/Pdt/2020"),
        ("45/B/PK/Pjk/2017", "45/B/PK/Pjk/2017"),
        ("5 P/HUM/2018", "5 P/HUM/2018"),
        ("12/Pid.B/2014/PN Kds", "12/Pid.B/2014/PN Kds"),
        ("12/PID.B/2014/PN.KDS", "12/Pid.B/2014/PN Kds"),
        ("PUTUSAN\nNomor : 012/Pid.B/2014/PN.Kds.", "12/Pid.B/2014/PN Kds"),
        ("Nomor 45 pid b 2014 pn kds", "45/Pid.B/2014/PN Kds"),
        ("45 pid b 2014 pn kds tanggal 3", "45/Pid.B/2014/PN Kds"),
        ("45/Pid.B/2014/PN yang", "45/Pid.B/2014/PN"),
        ("45 pid sus 2014 pn jkt sel atas nama", "45/Pid.Sus/2014/PN Jkt.Sel"),
        ("45/Pid.Sus-TPK/2019/PN.Jkt.Pst", "45/Pid.Sus-TPK/2019/PN Jkt.Pst"),
        ("1/Pid.Sus-Anak/2020/PN Cth", "1/Pid.Sus-Anak/2020/PN Cth"),
        ("3/Pid.B-LH/2019/PN Cth", "3/Pid.B-LH/2019/PN Cth"),
        ("45/Pid.B/2014", "45/Pid.B/2014"),
        ("88/PDT/2015/PT.BDG", "88/Pdt/2015/PT Bdg"),
        ("0123/Pdt.G/2018/PA.Bdg", "123/Pdt.G/2018/PA Bdg"),
        ("12/Pdt.G/2018/PTA.Bdg", "12/Pdt.G/2018/PTA Bdg"),
        ("12/G/2019/PTUN.JKT", "12/G/2019/PTUN Jkt"),
        ("12/B/2019/PT.TUN.JKT", "12/B/2019/PTTUN Jkt"),
        ("35-K/PM.II-09/AD/III/2019", "35-K/PM.II-09/AD/III/2019"),
        ("35 k pm ii 09 ad iii 2019", "35-K/PM.II-09/AD/III/2019"),
        ("12/PUU-XII/2014", "12/PUU-XII/2014"),
        ("5/Pdt.Sus-PKPU/2020/PN Niaga Jkt.Pst", "5/Pdt.Sus-PKPU/2020/PN Niaga Jkt.Pst"),
        ("128 pen pid sus 2016 pn cth", None),
        ("Nomor 12 tahun 2014", None),
        ("", None),
    ],
)
def test_every_shape_has_one_normal_form(raw, expected):
    assert normalise_case_number(raw) == expected


@pytest.mark.parametrize(
    "number",
    [
        "123 K/Pid.Sus/2019",
        "45/Pid.Sus-TPK/2019/PN Jkt.Pst",
        "35-K/PM.II-09/AD/III/2019",
        "12/G/2019/PTUN Jkt",
    ],
)
def test_a_normal_form_is_its_own_normal_form(number):
    assert normalise_case_number(number) == number


@given(st.text(max_size=300))
def test_any_text_is_survived(text):
    lowered = text.lower()
    if len(lowered) == len(text):
        for _, start, end in find_case_numbers(text, lowered):
            assert 0 <= start < end <= len(text)
    normalise_case_number(text)
