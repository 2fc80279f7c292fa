"""Names of people, companies and places that obviously nobody bears: words of nature put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from courtsight.fictitious.chance import Dice

_MEN = (
    "Banyu Rimba Samudra Angkasa Guntur Kelana Lazuardi Halimun Buana Langit Segara Bayu Wanara Tirta Gemuruh "
    "Cakrawala Pandan Merapu Jati Randu Tanjung Lembah Karang Garuda Elang Panglong Sagara Teja Surya Kayon"
).split()
_WOMEN = (
    "Embun Melati Kenanga Lembayung Senja Cempaka Rinai Seroja Kemuning Mentari Purnama Telaga Delima Jelita Kirana "
    "Lentera Anggrek Mayang Puspa Rembulan Dahlia Sekar Bunga Arunika Kasturi Teratai Gemintang Swara Andara Nirmala"
).split()
_FIRST_HALVES = (
    "Wana Telaga Senja Awan Rimba Batu Angin Bulan Kabut Ombak Pelangi Padma Gunung Bintang Daun Embun Hujan Lereng "
    "Muara Sawah"
).split()
_SECOND_HALVES = (
    "raga sagara biru kala jingga ungu lor mega wening perak tirta jaya laksa kencana seta dipa warna sunyi teduh asri"
).split()
_TOWNS = "Randu Awan Telaga Lembah Tanjung Muara Bukit Rimba Karang Pulau Kabut Senja".split()
_STREETS = (
    "Kunang-Kunang,Pelangi Pagi,Kapas Putih,Layang-Layang,Kupu-Kupu,Capung Merah,Bintang Jatuh,Hujan Gerimis,Kincir Angin,"
    "Perahu Kertas,Lonceng Tua,Awan Kelabu,Biji Kopi,Payung Teduh,Batu Apung,Gasing Kayu,Kancil,Daun Salam"
).split(",")
_VILLAGES = (
    "Karang Awan,Sumber Kabut,Rejo Pelangi,Kebon Gerimis,Tegal Kunang,Muara Jingga,Lor Rembulan,Wana Teduh,Sendang Biru Muda,"
    "Batu Menyala,Kidul Senja,Tirta Sunyi,Ladang Bintang,Pasar Kapas"
).split(",")
_TRADES = (
    "Niaga,Karya,Mitra,Cipta,Bahari,Agro,Tekstil,Logistik,Bangun,Pangan,Energi,Wisata"
).split(",")


def _surname(dice: Dice) -> str:
    return (dice.pick(_FIRST_HALVES) + dice.pick(_SECOND_HALVES)).capitalize()


def man(dice: Dice) -> str:
    """A man's name."""
    return f"{dice.pick(_MEN)} {_surname(dice)}"


def woman(dice: Dice) -> str:
    """A woman's name."""
    return f"{dice.pick(_WOMEN)} {_surname(dice)}"


def person(dice: Dice) -> str:
    """A name of either sex."""
    return man(dice) if dice.chance(0.6) else woman(dice)


def jurist(dice: Dice) -> str:
    """A judge's or lawyer's name with degrees."""
    degrees = dice.weighted([("S.H., M.H.", 6), ("S.H.", 2), ("S.H., M.Hum.", 2)])
    return f"{'Dr. ' if dice.chance(0.25) else ''}{person(dice)}, {degrees}"


def company(dice: Dice) -> str:
    """A company's name, with its legal form."""
    return f"{dice.pick(('PT', 'PT', 'CV'))} {_surname(dice)} {dice.pick(_TRADES)} {dice.pick(_TOWNS)} Fiktif"


def street(dice: Dice) -> str:
    """A street with a number."""
    return f"Jalan {dice.pick(_STREETS)} Nomor {dice.between(1, 180)}"


def village(dice: Dice) -> str:
    """A village."""
    return dice.pick(_VILLAGES)
