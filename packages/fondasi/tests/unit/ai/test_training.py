"""The training of the static vectors, on small made-up decisions; names in them are invented."""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson
import pytest

from fondasi.ai.embeddings.static import StaticModel

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPTS = Path(__file__).parents[3] / "scripts"
SAMPLE = Path(__file__).parents[6] / "shared/data/putusan-sample.jsonl.gz"
ACTS = {
    "pencurian": "mengambil barang milik korban tanpa izin lalu menjualnya di pasar",
    "narkotika": "menyimpan sabu dalam bungkus plastik tanpa hak dan diuji laboratorium",
    "penganiayaan": "memukul wajah korban dengan tangan hingga luka memar dan dirawat",
}
NAMES = ("zubarto", "melkiana", "wartopan")


@pytest.fixture(autouse=True)
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(SCRIPTS))
    yield
    for name in ("decision_corpus", "train_static_embeddings"):
        sys.modules.pop(name, None)


def decision(number: int) -> dict[str, Any]:
    offence = list(ACTS)[number % 3]
    name = NAMES[number % len(NAMES)]
    act = ACTS[offence]
    return {
        "id": str(number),
        "offence": offence,
        "cluster": str(number),
        "sections": {
            "identitas": f"nama lengkap {name} tempat lahir kota umur {20 + number % 30} tahun pekerjaan petani",
            "riwayat_tuntutan": f"menyatakan terdakwa {name} bersalah melakukan tindak pidana {offence} " * 3,
            "riwayat_dakwaan": f"bahwa terdakwa {name} pada hari senin telah {act} " * 8,
            "fakta": f"saksi menerangkan bahwa terdakwa {act} sedangkan saksi {name} melihatnya " * 12,
            "amar_putusan": f"mengadili menyatakan terdakwa terbukti melakukan {offence} " * 3,
            "penutup": "demikian diputus oleh hakim",
        },
    }


@pytest.fixture
def decisions(tmp_path: Path) -> Path:
    path = tmp_path / "decisions.jsonl.gz"
    path.write_bytes(gzip.compress(b"\n".join(orjson.dumps(decision(number)) for number in range(60))))
    return path


def test_the_vocabulary_has_frequent_words_and_no_names(decisions: Path) -> None:
    from decision_corpus import pick_vocabulary, read_corpus

    corpus = read_corpus(decisions)
    kept = {corpus.words[index].decode() for index in pick_vocabulary(corpus, list(range(60)), 20)}
    assert {"pencurian", "sabu", "terdakwa", "saksi", "memar"} <= kept
    assert not kept & set(NAMES)


def test_a_word_in_too_few_decisions_is_left_out(decisions: Path) -> None:
    from decision_corpus import pick_vocabulary, read_corpus

    corpus = read_corpus(decisions)
    kept = {corpus.words[index].decode() for index in pick_vocabulary(corpus, list(range(60)), 21)}
    assert "terdakwa" in kept
    assert "sabu" not in kept


def test_training_gives_a_model_that_finds_the_offence_and_is_repeatable(
    decisions: Path, tmp_path: Path
) -> None:
    pytest.importorskip("scipy", reason="training needs scipy: pip install scipy")
    from decision_corpus import read_corpus
    from rich.progress import Progress
    from train_static_embeddings import Options, save, train

    paths = [tmp_path / "first.safetensors", tmp_path / "second.safetensors"]
    for path in paths:
        with Progress(disable=True) as progress:
            trained = train(
                read_corpus(decisions), list(range(60)), Options(dimension=8, steps=20, batch=32), progress
            )
        save(trained, path, "small")
    assert paths[0].read_bytes() == paths[1].read_bytes()
    model = StaticModel.load(paths[0])
    assert (model.model_id, model.dimension) == ("small", 8)
    queries, acts = model.embed(list(ACTS)), model.embed(list(ACTS.values()))
    assert np.argmax(queries @ acts.T, axis=1).tolist() == [0, 1, 2]


@pytest.mark.sample
@pytest.mark.skipif(not SAMPLE.exists(), reason=f"the real decisions are not at {SAMPLE}")
def test_every_word_of_the_shipped_model_is_in_twenty_real_decisions() -> None:
    from decision_corpus import decision_frequency, read_corpus

    corpus = read_corpus(SAMPLE)
    frequency = decision_frequency(corpus, range(len(corpus.sections)))
    model = StaticModel.load()
    shipped = [index for index, word in enumerate(corpus.words) if word.decode() in model]
    assert len(shipped) == len(model)
    assert frequency[shipped].min() >= 20
