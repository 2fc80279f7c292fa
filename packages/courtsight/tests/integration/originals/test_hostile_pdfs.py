"""A PDF that was made to do harm takes neither the service down nor anybody's turn for long."""

from __future__ import annotations

import asyncio
import io
import zlib
from io import BytesIO

import pytest
from PIL import Image
from printing import CRIMINAL, print_pdf, raw_pdf, stream
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from courtsight.ingestion.readers import Limits
from courtsight.originals import pages as making

MIB = 1024 * 1024
GOOD = print_pdf(CRIMINAL)


def page(box=b"0 0 595 842", more=b"", content=b"0 0 m 100 100 l S", objects=()):
    """A PDF of one page, with further objects from number 5 on."""
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s >>" % (box, more),
        stream(content),
        *objects,
    )


def forms_of_forms(depth=30):
    """Each form draws the next one ten times: 10 to the 30th lines."""
    forms = [
        stream(
            b"/N Do " * 10,
            b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources << /XObject << /N %d 0 R >> >>"
            % (6 + place),
        )
        for place in range(depth)
    ]
    last = stream(b"0 0 m 100 100 l S", b"/Type /XObject /Subtype /Form /BBox [0 0 595 842]")
    return page(more=b"/Resources << /XObject << /N 5 0 R >> >>", content=b"/N Do", objects=[*forms, last])


def form_of_itself():
    form = stream(
        b"/N Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /N 5 0 R >> >>"
    )
    return page(more=b"/Resources << /XObject << /N 5 0 R >> >>", content=b"/N Do", objects=[form])


def picture_of_gigabytes():
    about = b"/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /ColorSpace /DeviceRGB /BitsPerComponent 8"
    packed = zlib.compress(bytes(20 * MIB), 9)
    return page(
        more=b"/Resources << /XObject << /N 5 0 R >> >>",
        content=b"500 0 0 500 0 0 cm /N Do",
        objects=[stream(packed, about + b" /Filter /FlateDecode")],
    )


def deep_arrays(depth=200_000):
    return page(more=b"/Deep " + b"[" * depth + b"]" * depth)


def deep_pages(depth=5_000):
    nodes = [b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % (number + 1) for number in range(2, depth)]
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, b"<< /Type /Page /MediaBox [0 0 9 9] >>")


def saved_states(depth=500_000):
    return page(content=b"q " * depth)


def encrypted():
    file = io.BytesIO()
    canvas = Canvas(file, encrypt=StandardEncryption("secret"))
    canvas.drawString(9, 9, "hidden")
    canvas.save()
    return file.getvalue()


def with_scripts():
    script = b"<< /S /JavaScript /JS (app.launchURL('http://example.invalid/'); while (true) {}) >>"
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R /AA << /WC 5 0 R /DS 5 0 R >>"
        b" /Names << /JavaScript << /Names [(a) 5 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /AA << /O 5 0 R >>"
        b" /Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /A 5 0 R >>] >>",
        stream(b"0 0 m 100 100 l S"),
        script,
    )


HARMFUL = {
    "no PDF at all": b"%PDF-1.7\n" + bytes(range(256)) * 20 + b"%%EOF",
    "half of a PDF": GOOD[: len(GOOD) // 2],
    "an empty file": b"",
    "a page of a side without end": page(b"0 0 99999999999999999999 842"),
    "forms that repeat forms": forms_of_forms(),
    "a form that draws itself": form_of_itself(),
    "a picture of gigabytes": picture_of_gigabytes(),
    "arrays in arrays": deep_arrays(),
    "pages below pages below pages": deep_pages(),
    "states that are saved and never restored": saved_states(),
    "a file that is locked": encrypted(),
}


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Tests do not wait as long as readers may."""
    monkeypatch.setattr(making, "LIMITS", Limits(seconds=2, memory_bytes=512 * MIB))


@pytest.fixture
def asked(monkeypatch):
    """What pdfium was asked for."""
    told = []
    for name in ("page_picture", "part_boxes"):
        real = getattr(making, name)
        monkeypatch.setattr(making, name, lambda *each, real=real: told.append(each) or real(*each))
    return told


@pytest.mark.parametrize("content", HARMFUL.values(), ids=HARMFUL)
async def test_it_is_shown_or_refused_and_the_next_one_is_shown(stored, shown, content):
    harmful = await stored(GOOD, content)
    answer = await harmful.picture(1)
    if answer.status_code == 200:
        picture = Image.open(BytesIO(answer.content))
        assert picture.width * picture.height <= 4_000_000
    else:
        assert (answer.status_code, answer.json()["error_code"]) == (422, "PAGE_NOT_SHOWN")
    other = await shown(print_pdf(CRIMINAL.replace("12/Pid.B", "13/Pid.B")))
    assert (await other.picture(1)).status_code == 200


@pytest.mark.parametrize("content", HARMFUL.values(), ids=HARMFUL)
async def test_boxes_of_a_passage_are_those_of_its_lines_then(stored, content):
    harmful = await stored(GOOD, content)
    (found,) = await harmful.boxes("mengambil sepeda")
    assert len(found["boxes"]) == 1


@pytest.mark.parametrize("box", [b"0 0 14400 14400", b"0 0 1 14400", b"0 0 14400 1", b"-9e5 -9e5 9e5 9e5"])
async def test_a_page_as_large_as_a_house_is_no_larger_as_a_picture(stored, box):
    harmful = await stored(GOOD, page(box))
    answer = await harmful.picture(1, width=2000)
    assert answer.status_code == 200
    picture = Image.open(BytesIO(answer.content))
    assert picture.width <= 2000
    assert picture.width * picture.height <= 4_100_000
    assert len(answer.content) < MIB


async def test_scripts_are_not_run(stored):
    harmful = await stored(GOOD, with_scripts())
    assert (await harmful.picture(1)).status_code == 200
    saved = await harmful.client.get(f"{harmful.address}/original")
    assert saved.headers["Content-Disposition"].startswith("attachment")
    assert saved.headers["Content-Security-Policy"].startswith("sandbox;")


async def test_ten_thousand_pages_are_listed_and_shown_one_by_one(stored, client):
    many = 10_000
    kids = b" ".join(b"%d 0 R" % (3 + place) for place in range(many))
    leaf = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"
    tree = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, many)
    harmful = await stored(
        GOOD, raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", tree, *[leaf] * many), pages=many
    )
    assert harmful.page_count < many
    assert (await harmful.picture(many)).status_code == 200
    listed = (await client.get(f"{harmful.address}/pages?items_per_page=100&page=100")).json()
    assert (listed["total_count"], listed["data"][-1]["number"]) == (many, many)


async def test_a_page_that_takes_too_long_is_tried_once(stored, asked):
    harmful = await stored(GOOD, forms_of_forms())
    answers = [await harmful.picture(1) for _ in range(3)]
    assert {answer.status_code for answer in answers} == {422}
    assert len(asked) == 1


async def test_words_that_cannot_be_found_are_looked_for_once(stored, asked):
    harmful = await stored(GOOD, HARMFUL["no PDF at all"])
    answers = await asyncio.gather(*(harmful.boxes("mengambil sepeda") for _ in range(3)))
    answers += [await harmful.boxes("mengambil sepeda"), await harmful.boxes("mengambil")]
    assert [len(pages) for pages in answers] == [1] * 5
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("content", "tries"), [(forms_of_forms(), 2), (HARMFUL["no PDF at all"], 1)], ids=["late", "damaged"]
)
async def test_what_took_too_long_is_tried_again_later_and_what_is_damaged_is_not(
    stored, asked, monkeypatch, content, tries
):
    monkeypatch.setattr(making, "LIMITS", Limits(seconds=0.5, memory_bytes=512 * MIB))
    monkeypatch.setattr(making, "LATE", 0.0)
    harmful = await stored(GOOD, content)
    assert [(await harmful.picture(1)).status_code for _ in range(2)] == [422, 422]
    assert len(asked) == tries


async def test_the_service_answers_others_meanwhile(stored, client, monkeypatch):
    monkeypatch.setattr(making, "LIMITS", Limits(seconds=8, memory_bytes=512 * MIB))
    harmful = await stored(GOOD, forms_of_forms())
    slow = asyncio.create_task(harmful.picture(1))
    await asyncio.sleep(0.1)
    assert (await client.get("/health/live")).status_code == 200
    assert (await client.get(harmful.address)).status_code == 200
    assert not slow.done()
    assert (await slow).status_code == 422
