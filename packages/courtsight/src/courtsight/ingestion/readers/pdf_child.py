"""The program that runs pdfium, started by `child_process` with a limit on its memory.

It imports nothing of this package, so that it starts fast. On each line of standard input comes a request, a JSON
object; on standard output goes the length of the answer (8 bytes, big-endian) and the answer, a JSON object, with
`refused` where there is none. Requests are:

- `path`, `pages`, `characters`: the `pages` of a PDF, if there are not more of them, with not more characters;
- `path`, `page`, `width`: the `picture` of a page in so many pixels, as WebP in base64;
- `path`, `lines`: the `boxes` of parts of lines, each a page, a box, a text and what of it begins and ends the part.

A page is told as it is shown, with the origin at the top left, in points: its `width`, `height`, the share of it that
pictures cover, and its `runs`. A run is a piece of a line in one type: its text, its box (left, top, right, bottom),
its size across the line, the quarter turns (counter-clockwise) of its direction, and whether it is pale. Slanted type
is left out: nothing of a decision is printed so.
"""

from __future__ import annotations

import base64
import ctypes
import difflib
import io
import json
import math
import os
import sys
from typing import TYPE_CHECKING, Any, TypeAlias

import pypdfium2
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Box: TypeAlias = tuple[float, float, float, float]
# Its box, whether a blank is before it, the quarter turns of its direction, and whether it is pale.
Letter: TypeAlias = tuple[str, Box, bool, int, bool]

_OUT_OF_REACH = 1 << 62
_SUCCESS = "Success"  # what pdfium says of a document that it could open and that has nothing in it
_SLANT = 12.0  # degrees beside a quarter turn; scans are crooked by less
_PALE, _FAINT = (
    150,
    100,
)  # the darkest of red, green and blue from which type is pale; opacity below which it is
_INVISIBLE = 3  # the rendering mode of a text that was recognised in a picture: it is there to be read
# In sizes of the type: what parts words without a blank, ends a run, and is no blank after a letter that overhangs.
_WORD_GAP, _RUN_GAP, _KERNED, _BASELINE = 0.17, 0.9, 0.04, 0.3
_OVERHANGING = frozenset("TVWYPFA")
_BLANKS = frozenset("\t \xa0")
_LINE_ENDS = frozenset("\r\n\x00")
# Of pictures: pixels of a side (WebP has no more than 16,383) and of all of it, and how they are packed.
_LONGEST_SIDE, _MOST_PIXELS, _QUALITY, _EFFORT = 16_000, 4_000_000, 70, 2
# Points around a line in which its letters are; of its letters, how many must be those of the text; its most letters.
_NEAR, _SAME, _LONGEST_LINE = 0.6, 0.8, 2_000
# How pdfium marks a hyphen at the end of a line; in Indonesian it nearly always belongs to the word.
_HYPHENS = frozenset("\x02\ufffe")


def main() -> None:
    """Answer requests until standard input ends."""
    limit_memory(int(sys.argv[1]))
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not mix with the answers
    for line in sys.stdin.buffer:
        request = json.loads(line)
        body = json.dumps(answer(request)).encode()
        answers.write(len(body).to_bytes(8, "big") + body)
        answers.flush()


def limit_memory(size: int) -> None:
    """Let the process have `size` bytes of address space, where the system can limit it."""
    try:
        import resource  # noqa: PLC0415  # there is none on Windows
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    ceiling = hard if hard != resource.RLIM_INFINITY else _OUT_OF_REACH
    resource.setrlimit(resource.RLIMIT_AS, (min(size, ceiling), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def answer(request: dict[str, Any]) -> dict[str, object]:
    """What a request asks for, or why it is refused."""
    try:
        document = pypdfium2.PdfDocument(request["path"])
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return {"refused": "the PDF is encrypted: a password is needed"}
        return {
            "refused": "the PDF has no pages" if _SUCCESS in str(error) else f"the PDF is damaged ({error})"
        }
    try:
        return _told(document, request)
    except pypdfium2.PdfiumError as error:
        return {"refused": f"a page of the PDF is damaged ({error})"}
    except MemoryError:
        return {"refused": "reading the PDF needs more memory than it may have"}
    finally:
        document.close()


def _told(document: pypdfium2.PdfDocument, request: dict[str, Any]) -> dict[str, object]:
    if "width" in request:
        return _picture(document, request["page"], request["width"])
    if "lines" in request:
        return {"boxes": [_part(document, *line) for line in request["lines"]]}
    return _pages(document, request["pages"], request["characters"])


def _pages(document: pypdfium2.PdfDocument, pages: int, characters: int) -> dict[str, object]:
    if len(document) > pages:
        return {"refused": f"the PDF has {len(document):,} pages, more than {pages:,}"}
    if not len(document):
        return {"refused": "the PDF has no pages"}
    found: list[dict[str, object]] = []
    count = 0
    for index in range(len(document)):
        page = document[index]
        text = page.get_textpage()
        count += text.count_chars()
        if count > characters:
            return {"refused": f"the PDF has more than {characters:,} characters"}
        width, height = page.get_size()
        found.append({
            "width": width,
            "height": height,
            "pictures": _pictures(page) / max(1.0, width * height),
            "runs": _Runs(page, text).read(),
        })  # fmt: skip
        text.close()
        page.close()
    return {"pages": found}


def _picture(document: pypdfium2.PdfDocument, number: int, width: int) -> dict[str, object]:
    if number > len(document):
        return {"refused": "the PDF has fewer pages"}
    page = document[number - 1]
    wide, high = (max(1.0, side) for side in page.get_size())
    scale = min(
        width / wide, _LONGEST_SIDE / wide, _LONGEST_SIDE / high, math.sqrt(_MOST_PIXELS / (wide * high))
    )
    picture, made = page.render(scale=scale).to_pil(), io.BytesIO()
    picture.save(made, "WEBP", quality=_QUALITY, method=_EFFORT)
    page.close()
    return {"picture": base64.b64encode(made.getvalue()).decode()}


def _part(  # noqa: PLR0917 - a line as it comes
    document: pypdfium2.PdfDocument, number: int, box: list[float], line: str, start: int, end: int
) -> list[float]:
    """The box of a part of a line; that of the line where its letters are not those of the text."""
    page = document[number - 1]
    text = page.get_textpage()
    turns, found = _inside(_Runs(page, text).letters(), *box)
    text.close()
    page.close()
    left, top, right, bottom = box
    places = _matched(line, "".join(letter for letter, _ in found)) if len(line) <= _LONGEST_LINE else {}
    boxes = [found[place][1] for at, place in places.items() if start <= at < end]
    if not boxes:
        return box
    if turns % 2:
        return [left, min(each[1] for each in boxes), right, max(each[3] for each in boxes)]
    return [min(each[0] for each in boxes), top, max(each[2] for each in boxes), bottom]


def _matched(line: str, letters: str) -> dict[int, int]:
    """Which letter of the page each letter of a line is; nothing where too few of them are the same."""
    written = [place for place, letter in enumerate(line) if not letter.isspace()]
    squeezed = "".join(line[place] for place in written)
    matcher = difflib.SequenceMatcher(None, squeezed, letters, autojunk=False)
    blocks = matcher.get_matching_blocks()
    same = {written[one + step]: other + step for one, other, size in blocks for step in range(size)}
    return same if len(same) >= _SAME * max(len(squeezed), len(letters)) else {}


def _pictures(page: pypdfium2.PdfPage) -> float:
    """The area of the pictures of a page, in square points."""
    area = 0.0
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        left, bottom, right, top = picture.get_bounds()
        area += (right - left) * (top - bottom)
    return area


class _Runs:
    """The runs of a page, in the order in which the file draws them."""

    def __init__(self, page: pypdfium2.PdfPage, text: pypdfium2.PdfTextPage) -> None:
        self.text = text.raw
        self.count = text.count_chars()
        self.turned = page.get_rotation()
        self.left, self.bottom, right, top = page.get_cropbox()
        self.width, self.height = right - self.left, top - self.bottom
        self.runs: list[list[object]] = []
        self.pieces: list[str] = []
        self.box = self.last = (0.0, 0.0, 0.0, 0.0)
        self.turns, self.pale = -1, False

    def read(self) -> list[list[object]]:
        """Read the page letter by letter."""
        for letter in self.letters():
            self._add(*letter)
        self._end()
        return self.runs

    def letters(self) -> Iterator[Letter]:
        """The letters of the page."""
        rectangle = pdfium.FS_RECTF()
        blank, drawn_with = False, None
        turns, pale = 0, False
        for index in range(self.count):
            letter = chr(pdfium.FPDFText_GetUnicode(self.text, index))
            if letter in _LINE_ENDS:
                continue
            if letter in _BLANKS:
                blank = blank or not pdfium.FPDFText_IsGenerated(self.text, index)
                continue
            drawing = pdfium.FPDFText_GetTextObject(self.text, index)
            address = ctypes.cast(drawing, ctypes.c_void_p).value if drawing else None
            if address is None or address != drawn_with:
                drawn_with = address
                turns, pale = self._style(index, drawing if address else None)
            if turns < 0 or not pdfium.FPDFText_GetLooseCharBox(self.text, index, rectangle):
                continue
            yield "-" if letter in _HYPHENS else letter, self._shown(rectangle), blank, turns, pale
            blank = False

    def _style(self, index: int, drawing: object) -> tuple[int, bool]:
        """The quarter turns of a letter as shown, -1 if it is slanted, and whether it is pale."""
        degrees = -math.degrees(pdfium.FPDFText_GetCharAngle(self.text, index)) - self.turned
        turns = round(degrees / 90)
        if abs(degrees - 90 * turns) > _SLANT:
            return -1, False
        if drawing is not None and pdfium.FPDFTextObj_GetTextRenderMode(drawing) == _INVISIBLE:
            return turns % 4, False
        parts = [ctypes.c_uint() for _ in range(4)]
        if not pdfium.FPDFText_GetFillColor(self.text, index, *parts):
            return turns % 4, False
        *colours, opacity = (part.value for part in parts)
        return turns % 4, min(colours) >= _PALE or opacity < _FAINT

    def _shown(self, box: pdfium.FS_RECTF) -> Box:
        """A box of the page's own space on the page as it is shown."""
        left, right = box.left - self.left, box.right - self.left
        low, high = min(box.bottom, box.top) - self.bottom, max(box.bottom, box.top) - self.bottom
        match self.turned:
            case 90:
                return low, left, high, right
            case 180:
                return self.width - right, low, self.width - left, high
            case 270:
                return self.height - high, self.width - right, self.height - low, self.width - left
            case _:
                return left, self.height - high, right, self.height - low

    def _add(self, letter: str, box: Box, blank: bool, turns: int, pale: bool) -> None:
        """Go on with the run, or begin another."""
        if (turns, pale) == (self.turns, self.pale) and self.pieces:
            last, now = _along(self.box, turns), _along(box, turns)
            size = max(now[3] - now[1], 0.1)
            gap = now[0] - _along(self.last, turns)[2]
            level = (
                abs(now[3] - last[3]) <= _BASELINE * size and abs((last[3] - last[1]) - size) <= 0.35 * size
            )
            if level and -0.6 * size < gap < _RUN_GAP * size:
                overhang = gap < _KERNED * size and self.pieces[-1] in _OVERHANGING and letter.islower()
                if (blank and not overhang) or gap > _WORD_GAP * size:
                    self.pieces.append(" ")
                self.pieces.append(letter)
                self.last = box
                self.box = (
                    min(self.box[0], box[0]),
                    min(self.box[1], box[1]),
                    max(self.box[2], box[2]),
                    max(self.box[3], box[3]),
                )
                return
        self._end()
        self.pieces, self.box, self.last, self.turns, self.pale = [letter], box, box, turns, pale

    def _end(self) -> None:
        if self.pieces:
            along = _along(self.box, self.turns)
            size = round(along[3] - along[1], 1)
            box = [round(each, 1) for each in self.box]
            self.runs.append(["".join(self.pieces), box, size, self.turns, self.pale])
        self.pieces = []


def _inside(
    letters: Iterable[Letter], left: float, top: float, right: float, bottom: float
) -> tuple[int, list[tuple[str, Box]]]:
    """The letters in a box, in the direction of most of them, which is told too; pale ones if all are."""
    found = [
        (letter, box, turns, pale)
        for letter, box, _, turns, pale in letters
        if left - _NEAR < (box[0] + box[2]) / 2 < right + _NEAR
        and top - _NEAR < (box[1] + box[3]) / 2 < bottom + _NEAR
    ]
    dark = [each for each in found if not each[3]] or found
    directions = [turns for *_, turns, _ in dark]
    turns = max(set(directions), key=directions.count, default=0)
    chosen = [(letter, box) for letter, box, own, _ in dark if own == turns]
    return turns, sorted(chosen, key=lambda each: _along(each[1], turns)[0])


def _along(box: Box, turns: int) -> Box:
    """A box turned so that its text runs to the right and its lines go down."""
    left, top, right, bottom = box
    match turns:
        case 1:
            return -bottom, left, -top, right
        case 2:
            return -right, -bottom, -left, -top
        case 3:
            return top, -right, bottom, -left
        case _:
            return box


if __name__ == "__main__":
    main()
