"""Names of people, companies and places that obviously nobody bears: words of nature put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from courtsight.fictitious.library import frame

if TYPE_CHECKING:
    from courtsight.fictitious.chance import Dice


def _word(kind: str, dice: Dice) -> str:
    words: list[str] = frame("names")[kind]
    return dice.pick(words)


def _surname(dice: Dice) -> str:
    return _word("surname_starts", dice) + _word("surname_ends", dice)


def man(dice: Dice) -> str:
    """A man's name."""
    return f"{_word('men', dice)} {_surname(dice)}"


def woman(dice: Dice) -> str:
    """A woman's name."""
    return f"{_word('women', dice)} {_surname(dice)}"


def person(dice: Dice) -> str:
    """A name of either sex."""
    return man(dice) if dice.chance(0.6) else woman(dice)


def jurist(dice: Dice) -> str:
    """A judge's or lawyer's name with degrees."""
    degrees = dice.weighted([("S.H., M.H.", 6), ("S.H.", 2), ("S.H., M.Hum.", 2)])
    return f"{'Dr. ' if dice.chance(0.25) else ''}{person(dice)}, {degrees}"


def company(dice: Dice) -> str:
    """A company's name, with its legal form."""
    return f"{dice.pick(('PT', 'PT', 'CV'))} {_surname(dice)} {_word('trades', dice)} Fiktif"


def street(dice: Dice) -> str:
    """A street with a number."""
    return f"Jalan {_word('streets', dice)} Nomor {dice.between(1, 180)}"


def village(dice: Dice) -> str:
    """A village."""
    return _word("villages", dice)
