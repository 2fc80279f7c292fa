"""The words in the boxes of a passage are the words of the passage, whatever the page looks like."""

from __future__ import annotations

import re
from random import Random
from uuid import UUID

import pytest
from printing import CRIMINAL, Shape, print_pdf, print_two_columns

from courtsight.fictitious import generate
from courtsight.fictitious.printing import print_decision
from courtsight.originals.repository import SEPARATOR

SHAPES = {
    "plain": Shape(),
    "framed by the directory": Shape(frame="new", copy_mark=True),
    "with letters of a watermark": Shape(frame="letters"),
    **{f"rotated by {degrees}": Shape(rotated=degrees, frame="new") for degrees in (90, 180, 270)},
    **{
        f"drawn upright on a page rotated by {degrees}": Shape(rotated=degrees, drawn_turned=True)
        for degrees in (90, 180, 270)
    },
}


def squeezed(text):
    return "".join(text.split())


def spans(text, count, seed=1):
    """Passages that begin and end at words."""
    words, chance = [match.span() for match in re.finditer(r"\S+", text)], Random(seed)
    for _ in range(count):
        first = chance.randrange(len(words))
        last = min(len(words) - 1, first + chance.choice([0, 0, 1, 3, 20]))
        yield words[first][0], words[last][1]


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
async def test_the_boxed_words_are_those_of_the_passage(shown, shape):
    decision = await shown(print_pdf(CRIMINAL, shape))
    for section in decision.decision["sections"]:
        for start, end in spans(section["text"], 3):
            pages = await decision.boxes_of(section["name"], start, end)
            assert squeezed(decision.words_in(pages)) == squeezed(section["text"][start:end])


async def test_they_are_on_the_pages_of_the_demo_too(shown):
    decision = await shown(print_decision(next(generate(1)))[0])
    for section in decision.decision["sections"]:
        for start, end in spans(section["text"], 2):
            pages = await decision.boxes_of(section["name"], start, end)
            assert squeezed(decision.words_in(pages)) == squeezed(section["text"][start:end])


async def test_a_sentence_that_goes_on_over_the_end_of_a_page_is_boxed_on_both(shown):
    decision = await shown(print_pdf(CRIMINAL, Shape(frame="new", lines_per_page=5)))
    words = "menjatuhkan putusan sebagai berikut"
    before = "yang mengadili perkara pidana dengan acara pemeriksaan biasa pada tingkat pertama"
    pages = await decision.boxes(f"{before} {words}")
    assert [page["number"] for page in pages] == [1, 2]
    assert decision.words_in(pages) == f"{before} {words}"


async def test_a_word_in_the_right_one_of_two_columns_is_boxed_there(shown):
    decision = await shown(print_two_columns())
    (page,) = await decision.boxes("kanan baris 7 yang")
    assert decision.words_in([page]) == "kanan baris 7 yang"
    assert page["boxes"][0][0] > 320
    (page,) = await decision.boxes("panjang sekali kolom kiri baris 5")
    assert [box[0] < 320 for box in page["boxes"]] == [True, True]


async def test_a_word_that_is_parted_at_the_end_of_a_line_is_boxed_on_both(shown):
    text = CRIMINAL.replace("bahwa sepedanya hilang;", "bahwa sepe-\ndanya hilang;")
    decision = await shown(print_pdf(text))
    (page,) = await decision.boxes("sepe- danya")
    assert decision.words_in([page]) == "sepe- danya"
    assert len(page["boxes"]) == 2


async def test_boxes_lie_on_their_page_as_it_is_shown(shown):
    decision = await shown(print_pdf(CRIMINAL, Shape(rotated=90, drawn_turned=True)))
    pages = await decision.boxes("mengambil sepeda milik Saksi Contoh")
    for page in pages:
        for left, top, right, bottom in page["boxes"]:
            assert 0 < left < right < page["width"]
            assert 0 < top < bottom < page["height"]


async def test_where_the_letters_are_not_those_of_the_text_the_line_is_boxed(stored):
    text = CRIMINAL.replace("sepeda milik", "perahu besar")
    decision = await stored(print_pdf(CRIMINAL), print_pdf(re.sub("[a-z]", "x", text)))
    section = next(each for each in decision.decision["sections"] if "mengambil sepeda" in each["text"])
    start = section["text"].index("mengambil")
    (page,) = await decision.boxes_of(section["name"], start, start + 9)
    (line,) = await decision.boxes_of(
        section["name"], section["text"].index("Bahwa ia"), len(section["text"])
    )
    assert page["boxes"][0] == line["boxes"][0]


async def test_a_line_that_begins_in_the_section_before_is_boxed_where_the_words_are(shown, clean_database):
    decision = await shown(print_pdf(CRIMINAL))
    sections = decision.decision["sections"]
    place = next(at for at, each in enumerate(sections) if at and each["text"].count("\n"))
    begin = sum(len(each["text"]) + SEPARATOR for each in sections[:place])
    async with clean_database.connection() as connection:
        for row in await connection.fetch("SELECT number, lines FROM decision_page"):
            lines = [
                begin - 5 if at % 6 == 0 and each == begin else each for at, each in enumerate(row["lines"])
            ]
            await connection.execute(
                "UPDATE decision_page SET lines = $2 WHERE number = $1", row["number"], lines
            )
    word = re.match(r"\S+ \S+", sections[place]["text"])[0]
    (page,) = await decision.boxes_of(sections[place]["name"], 0, len(word))
    assert decision.words_in([page]) == word


@pytest.mark.parametrize(("section", "start", "end"), [("fakta", 5, 5), ("fakta", 0, 10**8), ("none", 0, 5)])
async def test_a_passage_that_is_not_there_has_no_boxes(shown, section, start, end):
    decision = await shown(print_pdf(CRIMINAL))
    assert await decision.boxes_of(section, start, end) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("section=fakta&start=-1&end=2", 422),
        ("section=fakta&start=0&end=99999999999", 422),
        ("start=0&end=1", 422),
    ],
)
async def test_a_passage_without_sense_is_refused(shown, client, query, status):
    decision = await shown(print_pdf(CRIMINAL))
    assert (await client.get(f"{decision.address}/boxes?{query}")).status_code == status


@pytest.mark.parametrize("path", ["original", "pages", "pages/1", "boxes?section=fakta&start=0&end=1"])
async def test_nothing_is_there_of_a_decision_that_is_not_there(client, path):
    answer = await client.get(f"/api/v1/legal-search/documents/{UUID(int=1)}/{path}")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "DECISION_NOT_FOUND")


@pytest.mark.parametrize("path", ["original", "pages", "pages/1", "boxes?section=fakta&start=0&end=1"])
async def test_a_decision_without_a_pdf_says_so(corpus, path):
    some = next(iter(corpus.ids.values()))
    answer = await corpus.client.get(f"/api/v1/legal-search/documents/{some}/{path}")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "ORIGINAL_NOT_KEPT")
