"""Decisions that were imported from PDFs, over HTTP."""

from __future__ import annotations

import shutil
from io import BytesIO
from uuid import uuid4

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import pytest_asyncio
from PIL import Image

from courtsight.ingestion.importer import Importer
from fondasi.kit.storage import LocalStorage

WATERMARK = 20  # points, from which letters are none of the text
DOCUMENTS = "/api/v1/legal-search/documents"


class Shown:
    """A decision of a PDF, as readers get it."""

    def __init__(self, client, decision, content):
        self.client, self.decision, self.content = client, decision, content
        self.address = f"{DOCUMENTS}/{decision['id']}"

    @property
    def page_count(self):
        return self.decision["original"]["page_count"]

    async def boxes(self, words, occurrence=0):
        """The pages and boxes of words of the text; a line end in the text may be a blank in the words."""
        for section in self.decision["sections"]:
            text = section["text"].replace("\n", " ")
            starts = [at for at in range(len(text)) if text.startswith(words, at)]
            if len(starts) > occurrence:
                return await self.boxes_of(
                    section["name"], starts[occurrence], starts[occurrence] + len(words)
                )
            occurrence -= len(starts)
        raise AssertionError(words)

    async def boxes_of(self, section, start, end):
        answer = await self.client.get(
            f"{self.address}/boxes", params={"section": section, "start": start, "end": end}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    def words_in(self, pages):
        """What pdfium finds inside the boxes on the pages as they are shown, by itself."""
        document = pypdfium2.PdfDocument(self.content)
        return " ".join(_words(document[page["number"] - 1], box) for page in pages for box in page["boxes"])

    async def picture(self, number, **parameters):
        return await self.client.get(f"{self.address}/pages/{number}", params=parameters)


def _words(page, box):
    """The letters whose middles are in a box of the page as it is shown, without those of a watermark."""
    width, height = page.get_size()
    left, top, right, bottom = box
    corners = {
        0: (left, height - bottom, right, height - top),
        90: (top, left, bottom, right),
        180: (width - right, top, width - left, bottom),
        270: (height - bottom, width - right, height - top, width - left),
    }[page.get_rotation()]
    left, bottom, right, top = corners
    text, kept = page.get_textpage(), []
    for index in range(text.count_chars()):
        letter = text.get_text_range(index, 1)
        if pdfium.FPDFText_GetFontSize(text.raw, index) > WATERMARK:
            continue
        if not letter.strip():
            kept.append(" ")
            continue
        one, two, three, four = text.get_charbox(index)
        if left <= (one + three) / 2 <= right and bottom <= (two + four) / 2 <= top:
            kept.append("-" if letter == "\ufffe" else letter)
    return " ".join("".join(kept).split())


def image(answer):
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "image/webp"
    return Image.open(BytesIO(answer.content))


@pytest.fixture
def storage(settings):
    shutil.rmtree(settings.data_dir / "files", ignore_errors=True)
    return LocalStorage(settings.data_dir / "files", 10)


@pytest_asyncio.fixture(loop_scope="session")
async def shown(clean_database, index, storage, client, tmp_path):
    """Import a PDF and read its decision."""
    importer = Importer(clean_database, index, local_embedder=True, processes=0, storage=storage)

    async def add(content):
        path = tmp_path / f"{uuid4()}.pdf"
        path.write_bytes(content)
        before = {row["id"] for row in (await client.get(DOCUMENTS)).json()["data"]}
        summary = await importer.run([path])
        assert summary.errors == []
        listed = (await client.get(DOCUMENTS)).json()["data"]
        (new,) = [row["id"] for row in listed if row["id"] not in before]
        return Shown(client, (await client.get(f"{DOCUMENTS}/{new}")).json(), content)

    return add


@pytest_asyncio.fixture(loop_scope="session")
async def stored(shown, storage, clean_database):
    """Import a decision, and have another PDF in the place of its own, as one that cannot be imported."""

    async def add(proper, content, pages=1):
        decision = await shown(proper)
        (key,) = [key async for keys in storage.listed() for key in keys]

        async def pieces():
            yield content

        await storage.write(key, pieces())
        async with clean_database.connection() as connection:
            await connection.execute("UPDATE decision_original SET size = $1", len(content))
            await connection.execute(
                "INSERT INTO decision_page SELECT decision_id, n, 100, 100, '{}' FROM decision_original,"
                " generate_series(1, $1) n ON CONFLICT DO NOTHING",
                pages,
            )
        return decision

    return add
