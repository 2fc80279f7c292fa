from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fondasi.ai.chunking import (
    CHILD_SIZE,
    PARENT_SIZE,
    chunk_document,
    chunk_section,
    sentence_borders,
    split_sentences,
)

WORDS = [
    *["Menimbang,", "bahwa", "Terdakwa", "No.", "12", "S.H.,", "M.H.", "Rp1.000,-", "pasal", "pergi.", "ya;"],
    "\n",
]
TEXTS = st.one_of(
    st.text(max_size=3000),
    st.lists(st.sampled_from(WORDS), max_size=900).map(" ".join),
    st.lists(st.text(alphabet="abc.;\n ", min_size=1, max_size=600), max_size=8).map("".join),
)
SIZES = st.tuples(st.integers(16, 300), st.integers(0, 1500)).map(lambda pair: (pair[0], pair[0] + pair[1]))


@given(text=TEXTS, sizes=SIZES)
def test_chunks_map_back_and_cover_without_loss(text: str, sizes: tuple[int, int]) -> None:
    child_size, parent_size = sizes
    parents = chunk_section("fakta", text, parent_size=parent_size, child_size=child_size)
    assert "".join(parent.text for parent in parents) == ("" if text.isspace() else text)
    for parent in parents:
        assert parent.section == "fakta"
        assert text[parent.start : parent.end] == parent.text
        assert 0 < len(parent.text) <= parent_size
        assert "".join(child.text for child in parent.children) == parent.text
        for child in parent.children:
            assert text[child.start : child.end] == child.text
            assert parent.start <= child.start < child.end <= parent.end
            assert len(child.text) <= child_size


@given(text=TEXTS)
def test_sentences_joined_are_the_text(text: str) -> None:
    borders = sentence_borders(text)
    assert borders == sorted(set(borders))
    assert all(0 < border < len(text) for border in borders)
    assert "".join(split_sentences(text)) == text


@given(text=st.text(alphabet="ab \n", min_size=1, max_size=3000))
def test_no_word_is_cut_where_a_blank_is_in_reach(text: str) -> None:
    for parent in chunk_section("fakta", text, parent_size=200, child_size=40):
        for child in parent.children[:-1]:
            cut = child.end
            reach = text[child.start + 20 : child.start + 30]
            if any(character.isspace() for character in reach):
                assert text[cut - 1].isspace()


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Bahwa ia pergi. Saksi datang.", ["Bahwa ia pergi. ", "Saksi datang."]),
        ("Perkara No. 12 diputus. Selesai.", ["Perkara No. 12 diputus. ", "Selesai."]),
        ("Surat No. 12. Bahwa benar.", ["Surat No. 12. ", "Bahwa benar."]),
        ("Tn. A dan Ny. B hadir.", ["Tn. A dan Ny. B hadir."]),
        ("Ketua: Budi Contoh, S.H., M.H. dan Contoh, M.Hum. hadir.", None),
        (
            "membayar Rp1.000,- (seribu). Lalu pulang.",
            ["membayar Rp1.000,- (seribu). ", "Lalu pulang."],
        ),
        ("pada tahun 2014. Terdakwa lari.", ["pada tahun 2014. ", "Terdakwa lari."]),
        ("Mengadili:\n1. Menolak.\n2. Membebankan.", ["Mengadili:\n1. Menolak.\n", "2. Membebankan."]),
        ("Diputus 123 K/Pid.Sus/2019 oleh Mahkamah Agung.", None),
        ("dihukum; Bahwa ia kalah! Benarkah? Ya.", ["dihukum; ", "Bahwa ia kalah! ", "Benarkah? ", "Ya."]),
        ("“Saya tidak tahu.” Saksi diam.", ["“Saya tidak tahu.” ", "Saksi diam."]),
        ("satu paragraf\n\nparagraf lain", ["satu paragraf\n\n", "paragraf lain"]),
        ("Ia pergi... Saksi diam.", ["Ia pergi... ", "Saksi diam."]),
        ("pukul 10.30. Saksi tiba", ["pukul 10.30. ", "Saksi tiba"]),
        ("a.n. Ketua u.b. Panitera Pengganti", None),
    ],
)
def test_punctuated_text_is_split_at_sentences(text: str, sentences: list[str] | None) -> None:
    assert split_sentences(text) == (sentences or [text])


def test_text_without_marks_is_split_at_lines_and_clauses() -> None:
    clause = "menimbang bahwa terdakwa telah mengambil barang milik orang lain tanpa izin pemiliknya "
    text = clause * 60
    borders = sentence_borders(text)
    assert all(text.startswith(("menimbang", "bahwa"), border) for border in borders)
    for parent in chunk_section("fakta", text):
        for child in parent.children:
            assert child.text.startswith(("menimbang", "bahwa"))


def test_a_sentence_that_is_too_long_is_cut_at_a_comma() -> None:
    text = "menurut Undang-Undang Nomor 5 Tahun 2004 tentang hal itu, " * 30
    children = [child for parent in chunk_section("fakta", text) for child in parent.children]
    assert all(child.text.endswith(", ") for child in children)


def test_sizes_are_used_well() -> None:
    text = "Bahwa saksi melihat terdakwa di pasar pada pagi hari itu. " * 400
    parents = chunk_section("fakta", text)
    children = [child for parent in parents for child in parent.children]
    assert all(len(parent.text) >= PARENT_SIZE * 0.4 for parent in parents[:-1])
    assert all(len(child.text) >= CHILD_SIZE // 4 for child in children)
    assert all(child.text.startswith("Bahwa") for child in children)


def test_a_document_keeps_its_sections_apart_and_skips_blank_ones() -> None:
    parents = chunk_document({"fakta": "Satu. Dua.", "penutup": "  \n", "amar_putusan": "Mengadili."})
    assert [(parent.section, parent.text) for parent in parents] == [
        ("fakta", "Satu. Dua."),
        ("amar_putusan", "Mengadili."),
    ]


@pytest.mark.parametrize(
    "piece",
    [" ", "\n", "\n ", "a", ".", ". ", "1. ", "a.b.", "!)", "menimbang ", "  bahwa", "\u3000", "S.H. ", "\0"],
)
def test_hostile_text_takes_linear_time(piece: str) -> None:
    text = piece * (300_000 // len(piece)) + "x"
    start = time.process_time()
    parents = chunk_section("fakta", text)
    assert time.process_time() - start < 3
    assert "".join(parent.text for parent in parents) == text


@pytest.mark.parametrize(("parent_size", "child_size"), [(100, 200), (10, 8), (2000, 0)])
def test_impossible_sizes_are_refused(parent_size: int, child_size: int) -> None:
    with pytest.raises(ValueError, match="Chunk sizes"):
        chunk_section("fakta", "teks", parent_size=parent_size, child_size=child_size)
