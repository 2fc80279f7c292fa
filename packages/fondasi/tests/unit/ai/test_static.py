from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save_file

from fondasi.ai.embeddings import EmbeddingConfigurationError, create_embedder
from fondasi.ai.embeddings.static import StaticModel, load_static_model
from fondasi.ai.embeddings.words import PIECE_BUCKETS
from fondasi.settings import EmbeddingSettings

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=60),
        st.sampled_from(["terdakwa mencuri motor", "Gugatan cerai!", "", "...", "12345678"]),
    ),
    max_size=12,
)


def cosine(left: str, right: str) -> float:
    first, second = load_static_model().embed([left, right])
    return float(first @ second)


@pytest.fixture
def tiny() -> StaticModel:
    vectors = np.array([[3, 0], [0, 1]], dtype=np.float32)
    pieces = np.ones((PIECE_BUCKETS, 2), dtype=np.float32)
    return StaticModel(
        model_id="tiny",
        vocabulary=[b"pencurian", b"motor"],
        vectors=vectors,
        pieces=pieces,
        unseen_length=0.5,
    )


@given(texts=TEXTS)
def test_rows_are_unit_or_zero_and_do_not_depend_on_the_batch(texts: list[str]) -> None:
    model = load_static_model()
    rows = model.embed(texts)
    assert rows.shape == (len(texts), model.dimension)
    assert rows.dtype == np.float32
    for row, text in zip(rows, texts, strict=True):
        length = np.linalg.norm(row)
        assert length == pytest.approx(1, abs=1e-5) or length == 0
        assert np.allclose(row, model.embed([text])[0], atol=1e-5)


def test_long_texts_and_many_texts_give_the_same_rows() -> None:
    model = load_static_model()
    texts = [f"terdakwa mengambil barang nomor {number} " * (1 + number % 7) for number in range(3000)]
    texts[1500] = "saksi melihat terdakwa di pasar " * 9000
    assert np.allclose(
        model.embed(texts)[[0, 1500, 2999]], model.embed([texts[0], texts[1500], texts[2999]]), atol=1e-5
    )


def test_repeated_words_count_by_one_plus_the_logarithm(tiny: StaticModel) -> None:
    row = tiny.embed(["pencurian motor motor motor"])[0]
    expected = np.array([3, 1 + np.log(3)])
    assert np.allclose(row, expected / np.linalg.norm(expected))


def test_a_text_weighs_by_its_words_in_lengths_of_the_median_one(tiny: StaticModel) -> None:
    assert tiny.weigh("") == 0
    assert tiny.weigh("motor") == pytest.approx(1 / 2)  # the median of lengths 3 and 1 is 2
    assert tiny.weigh("PENCURIAN motor") == pytest.approx(10**0.5 / 2)
    assert tiny.weigh("noodweer") == pytest.approx(0.5 / 2)


def test_words_of_a_field_that_it_knows_weigh_more_than_everyday_and_foreign_ones() -> None:
    model = load_static_model()
    telling = model.weigh("narkotika sabu")
    assert telling > 2 * model.weigh("di rumah orang tua")
    assert telling > 5 * model.weigh("overlapping land certificates")


def test_unseen_words_add_their_pieces_at_the_fixed_length(tiny: StaticModel) -> None:
    row = tiny.embed(["motor perceraian"])[0]
    expected = np.array([0, 1]) + 0.5 * np.array([1, 1]) / np.sqrt(2)
    assert np.allclose(row, expected / np.linalg.norm(expected))


def test_case_and_marks_do_not_matter() -> None:
    assert cosine("Terdakwa MENCURI sepeda-motor.", "terdakwa mencuri sepeda motor") == pytest.approx(
        1, abs=1e-5
    )


@pytest.mark.parametrize(
    ("query", "near", "far"),
    [
        (
            "pencurian sepeda motor",
            "terdakwa mengambil motor milik korban tanpa izin",
            "penjualan narkotika jenis sabu",
        ),
        ("narkotika", "menyimpan sabu tanpa hak", "memukul korban hingga luka"),
        ("penganiayaan", "memukul korban hingga luka memar", "menebang kayu di hutan tanpa izin"),
        ("gugatan perceraian", "penggugat mohon bercerai dari tergugat", "mencuri sepeda motor"),
        ("pembagian harta warisan", "ahli waris membagi warisan pewaris", "memiliki senjata api"),
        ("sengketa kepegawaian", "pemberhentian pegawai negeri sipil", "terdakwa mengemudikan truk"),
    ],
)
def test_meaning_orders_texts_of_several_fields_of_law(query: str, near: str, far: str) -> None:
    assert cosine(query, near) > cosine(query, far)


def test_forms_of_an_unseen_word_are_alike() -> None:
    model = load_static_model()
    assert "kepailitanku" not in model
    assert cosine("kepailitan", "dipailitkan") > cosine("kepailitan", "hadhanah") + 0.1


def test_a_blank_query_is_a_zero_vector() -> None:
    assert not load_static_model().embed(["", "  ?! "]).any()


@pytest.mark.parametrize(
    "text", ["a" * 300_000, "abc " * 80_000, "\x01" * 100_000, "é" * 100_000, "日本 " * 100_000]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    start = time.process_time()
    assert load_static_model().embed([text, "motor"]).shape[0] == 2
    assert time.process_time() - start < 2


async def test_the_embedder_follows_the_settings() -> None:
    embedder = create_embedder(EmbeddingSettings(provider="static"))
    assert embedder.model_id.startswith("static/putusan-")
    documents = await embedder.embed_documents(["pencurian motor", "narkotika"])
    query = await embedder.embed_query("pencurian motor")
    assert documents.shape == (2, embedder.dimension)
    assert query.shape == (embedder.dimension,)
    assert np.allclose(documents[0], query, atol=1e-6)
    assert (await embedder.embed_documents([])).shape == (0, embedder.dimension)
    await embedder.aclose()


async def test_bulk_embedding_leaves_the_event_loop_free() -> None:
    embedder = create_embedder(EmbeddingSettings(provider="static"))
    work = asyncio.create_task(
        embedder.embed_documents(["terdakwa mengambil barang milik korban " * 10] * 20_000)
    )
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert turns > 10
    assert len(await work) == 20_000


def test_the_shipped_model_is_small() -> None:
    from importlib.resources import files

    from fondasi.ai.embeddings.static import SHIPPED

    assert len((files("fondasi.ai.models") / SHIPPED).read_bytes()) < 12_000_000


def test_another_model_file_can_be_named(tmp_path: Path) -> None:
    path = tmp_path / "own.safetensors"
    tensors = {
        "vocabulary": np.frombuffer(b"satu\ndua", dtype=np.uint8),
        "vectors": np.eye(2, 8, dtype=np.float16),
        "pieces": np.ones((PIECE_BUCKETS, 8), dtype=np.float16),
        "unseen_length": np.array(0, dtype=np.float32),
    }
    save_file(tensors, path, metadata={"model_id": "own"})
    embedder = create_embedder(EmbeddingSettings(provider="static", model=str(path)))
    assert (embedder.model_id, embedder.dimension) == ("static/own", 8)


def test_a_wrong_dimension_is_refused() -> None:
    with pytest.raises(EmbeddingConfigurationError, match="leave EMBEDDING_DIMENSION empty"):
        create_embedder(EmbeddingSettings(provider="static", dimension=999))


@pytest.mark.parametrize("content", [None, b"", b"no model", b"\xff" * 100])
def test_an_unreadable_model_file_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "broken.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(EmbeddingConfigurationError, match=r"broken\.safetensors"):
        StaticModel.load(path)


def test_a_file_whose_tables_do_not_fit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "damaged.safetensors"
    tensors = {
        "vocabulary": np.frombuffer(b"satu\ndua\ntiga", dtype=np.uint8),
        "vectors": np.eye(2, 8, dtype=np.float16),
        "pieces": np.ones((PIECE_BUCKETS, 8), dtype=np.float16),
        "unseen_length": np.array(0, dtype=np.float32),
    }
    save_file(tensors, path, metadata={"model_id": "own"})
    with pytest.raises(EmbeddingConfigurationError, match="damaged"):
        StaticModel.load(path)


@given(documents=st.lists(TEXTS, max_size=4))
def test_parts_and_wholes_are_embedded_together_as_apart(documents: list[list[str]]) -> None:
    model = load_static_model()
    parts = [text for texts in documents for text in texts]
    wholes = ["\n".join(texts) for texts in documents]
    assert np.allclose(model.embed_parts(documents), model.embed([*parts, *wholes]), atol=1e-5)


def test_parts_of_many_and_long_documents_are_embedded_as_apart() -> None:
    model = load_static_model()
    documents = [[f"saksi nomor {number} melihat perceraian "] * (1 + number % 50) for number in range(300)]
    documents[7] = ["terdakwa mengambil motor di pasar " * 5000, "", "dan menjualnya"]
    apart = model.embed([*(text for texts in documents for text in texts), *map("\n".join, documents)])
    assert np.allclose(model.embed_parts(documents), apart, atol=1e-5)


def test_words_that_were_forgotten_have_the_same_row_again(monkeypatch: pytest.MonkeyPatch) -> None:
    model = StaticModel.load()
    before = model.embed(["kepailitanku dipailitkan"])
    monkeypatch.setattr("fondasi.ai.embeddings.static._REMEMBERED_WORDS", 2)
    model.embed(["perdagangannya berlayarlah menyeberangkan"])
    assert np.array_equal(model.embed(["kepailitanku dipailitkan"]), before)
