"""What a hit shows is what the decision says, and cannot run in a browser."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from courtsight.decisions.draft import DecisionDraft
from courtsight.fictitious.writers import write_corpus
from courtsight.ingestion.prepare import Source
from fondasi.ai.retrieval.tokens import split_words

QUERIES = [
    "pencurian sepeda motor pada malam hari",
    '"barang bukti" narkotika',
    "sengketa tanah warisan",
    "pasal 363 kuhp",
    "year:2019",
    "9488 K/Pdt/2021",
]


@pytest.mark.parametrize("strategy", ["hybrid", "lexical", "vector", "parent-child"])
@pytest.mark.parametrize("query", QUERIES)
async def test_a_snippet_is_the_text_of_its_span(corpus, query, strategy):
    answer = await corpus.search(query, strategy=strategy, limit=30)
    assert answer["data"]
    for hit in answer["data"]:
        snippet = hit["snippet"]
        section = corpus.draft(hit["decision"]["case_number"]).sections[snippet["section"]]
        assert section[snippet["start"] : snippet["end"]] == snippet["text"]
        assert 0 <= snippet["start"] < snippet["end"] <= len(section)


@pytest.mark.parametrize("kind", ["jsonl", "txt", "html", "pdf"])
async def test_a_snippet_begins_and_ends_at_words_whatever_the_file(client, importer, tmp_path, kind):
    target = tmp_path / ("decisions.jsonl" if kind == "jsonl" else "decisions")
    write_corpus(target, 12, format=kind)
    assert (await importer.run([target])).imported == 12
    texts, cut = {}, 0
    for query in ["barang bukti", "penggugat dan tergugat", "KUHP", "Pasal 1 KUHP", *QUERIES[3:5]]:
        answer = await client.post("/api/v1/legal-search/search", json={"query": query, "limit": 100})
        for hit in answer.json()["data"]:
            number, snippet = hit["decision"]["id"], hit["snippet"]
            if snippet is None:
                assert kind == "html"  # a page without the text
                continue
            if number not in texts:
                read = (await client.get(f"/api/v1/legal-search/documents/{number}")).json()
                texts[number] = {section["name"]: section["text"] for section in read["sections"]}
            section = texts[number][snippet["section"]]
            for border in (snippet["start"], snippet["end"]):
                assert not re.fullmatch(r"\w\w", section[max(0, border - 1) : border + 1])
                cut += 0 < border < len(section)
    assert cut or kind == "html"


@pytest.mark.parametrize("query", QUERIES[:3])
async def test_highlights_are_words_of_the_query_in_order_without_overlaps(corpus, query):
    answer = await corpus.search(query, limit=30)
    also = [word for added in answer["also_searched"] for word in added["alternatives"]]
    words = set(split_words(" ".join([query, *also])))
    marked = 0
    for hit in answer["data"]:
        end = 0
        for start, stop in hit["snippet"]["highlights"]:
            assert end <= start < stop
            assert set(split_words(hit["snippet"]["text"][start:stop])) <= words
            end = stop
            marked += 1
    assert marked


async def test_the_html_is_the_text_with_marks(corpus):
    for hit in (await corpus.search("pencurian pada malam hari", limit=30))["data"]:
        snippet = hit["snippet"]
        pieces = re.split("<mark>|</mark>", snippet["html"])
        assert unescape("".join(pieces)) == snippet["text"]
        marked = [unescape(piece) for piece in pieces[1::2]]
        assert marked == [snippet["text"][start:end] for start, end in snippet["highlights"]]


async def test_markup_in_a_decision_is_shown_as_text(client, importer):
    text = 'Saksi menulis <script>alert("pencurian")</script> & <b onmouseover=x>pencurian</b>.'
    draft = DecisionDraft("1/Pid.B/2020/PN Cth", {"fakta": text}, court="PN <i>Contoh</i>")
    await importer.import_sources([Source(Path("made up"), draft)])
    answer = await client.post("/api/v1/legal-search/search", json={"query": "pencurian"})
    (hit,) = answer.json()["data"]
    assert hit["snippet"]["text"] == text
    assert re.findall(r"<[^>]*>", hit["snippet"]["html"]) == ["<mark>", "</mark>"] * 2
    assert answer.headers["content-type"] == "application/json"
