from __future__ import annotations

from datetime import date

import pytest

from courtsight.fictitious.chance import Dice
from courtsight.fictitious.courts import printed_number
from courtsight.fictitious.wording import fill, listed, rupiah, spell, term, weekday_date


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "nol"),
        (11, "sebelas"),
        (17, "tujuh belas"),
        (20, "dua puluh"),
        (45, "empat puluh lima"),
        (100, "seratus"),
        (210, "dua ratus sepuluh"),
        (1_250, "seribu dua ratus lima puluh"),
        (366_000, "tiga ratus enam puluh enam ribu"),
        (1_000_000, "satu juta"),
        (2_500_000_000, "dua miliar lima ratus juta"),
    ],
)
def test_numbers_in_words(number: int, words: str) -> None:
    assert spell(number) == words


def test_money_terms_and_dates_as_courts_print_them() -> None:
    assert rupiah(25_500_000) == "Rp25.500.000,00 (dua puluh lima juta lima ratus ribu rupiah)"
    assert term(18) == "1 (satu) tahun dan 6 (enam) bulan"
    assert term(24) == "2 (dua) tahun"
    assert term(5) == "5 (lima) bulan"
    assert weekday_date(date(2018, 3, 12)) == "Senin, tanggal 12 Maret 2018"
    assert listed(["a", "b", "c"]) == "a, b dan c"


def test_a_template_may_have_choices_and_slots_with_slots() -> None:
    text = fill("[[pagi|pagi]] {a}", {"a": "{b} lagi", "b": "hari"}, Dice("x"))
    assert text == "pagi hari lagi"
    with pytest.raises(KeyError):
        fill("{missing}", {}, Dice("x"))


def test_dice_fall_the_same_way_everywhere() -> None:
    dice = Dice("2026/0")
    assert [dice.between(1, 100) for _ in range(6)] == [32, 41, 92, 22, 30, 99]


@pytest.mark.parametrize(
    ("normal", "printed"),
    [
        ("197/Pid.Sus/2019/PT Lbj", "197/PID.SUS/2019/PT LBJ"),
        ("12/Pdt.G/2018/PA Rdb", "12/Pdt.G/2018/PA.Rdb"),
        ("9/B/2019/PTTUN Rdb", "9/B/2019/PT.TUN.RDB"),
        ("45/Pid.B/2014/PN Kds", "45/Pid.B/2014/PN Kds"),
        ("9123 K/AG/2019", "9123 K/Ag/2019"),
    ],
)
def test_numbers_are_printed_as_each_court_does(normal: str, printed: str) -> None:
    assert printed_number(normal) == printed
