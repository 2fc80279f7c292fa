"""From the runs of a PDF to the lines of its text, in reading order, without the frame of the directory.

The Supreme Court's directory stamps every page: its name across the page in large pale slanted letters, a title and an
address above the text, a disclaimer in tiny letters and "Halaman 3" below it, "SALINAN" beside it. All of that is told
from the text by geometry: by direction, colour and size, and by what comes again at the same place of other pages.
What is left of the pages is one text, so that a sentence or a citation goes on over the end of a page.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from courtsight.decisions.cleaning import clean, disclaimers, is_watermark_piece

__all__ = ["Line", "Page", "body_lines", "read_pages"]

Box = tuple[float, float, float, float]

_TINY = 0.65  # of the size of the text: below it is a disclaimer, or a note
_LARGE = 1.35  # from it are watermarks that are upright
_COLUMN_GAP = 1.2  # sizes between the pieces of a line that belong to columns
_EDGE_LINES = 12  # at most so many lines above or below the text are frame
_REPEATED = 0.4  # of the pages
_SAME_PLACE = 8.0  # points
_WATERMARK = "MahkamahAgungRepublikIndonesia"
_SHORTEST_SPELT = 6  # letters
_COPY = re.compile(r"(?:salinan|turunan)(?:resmi|putusan|penetapan)?")
_PAGE_NUMBER = re.compile(
    r"[\W_]*(?:(?:hal|halaman|page)[\W_]*)?\d{1,4}(?:[\W_]*(?:dari|of|/)[\W_]*\d{1,4})?(?:[\W_]*(?:hal|halaman))?[\W_]*"
)
_PAGE_FOOT = re.compile(
    r"[\W_]*hal(?:aman|\.)?[\W_]{0,3}\d{1,4}(?:[\W_]{1,3}dari[\W_]{1,3}\d{1,4})?[\W_]*(?:hal(?:aman|\.)?)?.{0,90}"
)
_DIRECTORY = re.compile(
    r"[\W_]*(?:direktori putusan mahkamah agung.*|(?:www\.)?putusan\d?\.mahkamahagung\.go\.id.*|disclaimer[\W_]*"
    r"|kepaniteraan mahkamah agung republik indonesia berusaha.*|dalam hal anda menemukan inakurasi informasi.*"
    r"|email\s?:\s?kepaniteraan@mahkamahagung.*|pelaksanaan fungsi peradilan\. namun dalam hal.*)",
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is shown, in points. `pictures` is the share of it that pictures cover."""

    number: int
    width: float
    height: float
    pictures: float


@dataclass(slots=True)
class Line:
    """A line of the text: where it stands on which page (left, top, right, bottom, from the top left), its size."""

    text: str
    page: Page
    box: Box
    size: float
    level: float = 0.0  # how far down it stands, where its direction is to the right


@dataclass(slots=True)
class _Run:
    """A run, with its box turned so that its text runs to the right."""

    text: str
    box: Box
    along: Box
    size: float
    turns: int
    pale: bool


def read_pages(parts: list[dict[str, Any]]) -> list[tuple[Page, list[_Run]]]:
    """The pages that the program of pdfium tells, with their runs."""
    pages = []
    for number, part in enumerate(parts, start=1):
        page = Page(number, part["width"], part["height"], part["pictures"])
        runs = [_run(page, *run) for run in part["runs"]]
        pages.append((page, [run for run in runs if run.text.strip()]))
    return pages


def body_lines(pages: list[tuple[Page, list[_Run]]]) -> list[Line]:
    """The lines of the text in reading order, page after page, without the frame."""
    dark = sum(len(run.text) for _, runs in pages for run in runs if not run.pale)
    pale = sum(len(run.text) for _, runs in pages for run in runs if run.pale)
    kept = [(page, [run for run in runs if not run.pale or pale > dark]) for page, runs in pages]
    usual = _usual_size(run for _, runs in kept for run in runs)
    blocks = [
        [_lines(page, group) for group in _directions(_without_watermark(runs, usual))] for page, runs in kept
    ]
    repeated = _repeated(blocks)
    found = [
        line
        for groups in blocks
        for place, group in enumerate(groups)
        for line in _without_frame(group, repeated, usual, beside=place > 0)
    ]
    return _without_disclaimers([line for line in map(_cleaned, found) if line.text])


def _cleaned(line: Line) -> Line:
    line.text = "" if _COPY.fullmatch(_squeezed(line.text)) else clean(line.text)
    return line


def _without_disclaimers(lines: list[Line]) -> list[Line]:
    """A disclaimer of one page in letters as large as the text is told by its words."""
    starts, position = [], 0
    for line in lines:
        starts.append(position)
        position += len(line.text) + 1
    spans = disclaimers("\n".join(line.text for line in lines))
    return [
        line
        for line, start in zip(lines, starts, strict=True)
        if not any(begin < start + len(line.text) and start < end for begin, end in spans)
    ]


def _squeezed(text: str) -> str:
    return "".join(text.lower().split())


def _run(page: Page, text: str, box: list[float], size: float, turns: int, pale: bool) -> _Run:  # noqa: PLR0917 - as it comes
    left, top, right, bottom = box
    along = {
        0: (left, top, right, bottom),
        1: (page.height - bottom, left, page.height - top, right),
        2: (page.width - right, page.height - bottom, page.width - left, page.height - top),
        3: (top, page.width - right, bottom, page.width - left),
    }[turns]
    return _Run(text, (left, top, right, bottom), along, size, turns, pale)


def _usual_size(runs: Any) -> float:
    """The size in which most letters are."""
    letters: Counter[float] = Counter()
    for run in runs:
        letters[round(run.size)] += len(run.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _without_watermark(runs: list[_Run], usual: float) -> list[_Run]:
    """Leave out large letters that spell the directory's name, wherever each of them stands."""
    large = [(run, "".join(run.text.split())) for run in runs if run.size >= _LARGE * usual]
    gone: set[int] = set()
    first = 0
    while first < len(large):
        last, spelt = first, ""
        while last < len(large) and _spells(spelt + large[last][1]):
            spelt += large[last][1]
            last += 1
        if len(spelt) >= _SHORTEST_SPELT:
            gone.update(id(run) for run, _ in large[first:last])
        first = max(last, first + 1)
    return [run for run in runs if id(run) not in gone]


def _spells(letters: str) -> bool:
    return letters in _WATERMARK * (2 + len(letters) // len(_WATERMARK))


def _directions(runs: list[_Run]) -> list[list[_Run]]:
    """The runs by direction, that of most of the text first."""
    groups: dict[int, list[_Run]] = {}
    for run in runs:
        groups.setdefault(run.turns, []).append(run)
    return sorted(groups.values(), key=lambda group: -sum(len(run.text) * run.size**2 for run in group))


def _lines(page: Page, runs: list[_Run]) -> list[Line]:
    """The lines of runs of one direction, column after column, from top to bottom."""
    rows: list[list[_Run]] = []
    for run in sorted(runs, key=lambda run: (run.along[1] + run.along[3]) / 2):
        middle = (run.along[1] + run.along[3]) / 2
        row = next((row for row in reversed(rows[-3:]) if _on_row(row, run, middle)), None)
        if row is None:
            rows.append([run])
        else:
            row.append(run)
    rows.sort(key=lambda row: median(run.along[3] for run in row))
    for row in rows:
        row.sort(key=lambda run: run.along[0])
    return [_line(page, row) for block in _columns(rows) for row in block]


def _on_row(row: list[_Run], run: _Run, middle: float) -> bool:
    """Whether a run stands on the line of a row: the middle of the smaller is within the larger."""
    first = max(row, key=lambda each: each.size)
    large, small = (first, run) if first.size >= run.size else (run, first)
    centre = (small.along[1] + small.along[3]) / 2
    height = large.along[3] - large.along[1]
    return large.along[1] + 0.15 * height < centre < large.along[3] - 0.1 * height and (
        abs(middle - (first.along[1] + first.along[3]) / 2) < 0.6 * height
    )


_FEWEST_ROWS = 6  # of columns
_SHARE_OF_ROWS = 0.6
_SHARE_OF_WIDTH = 0.28  # of the text, that each of two columns takes


def _columns(rows: list[list[_Run]]) -> list[list[list[_Run]]]:
    """The rows, or those of the left column and then those of the right one, where a gap runs down the page.

    A table of names and values has a gap too; its left side is narrow, or the right side of each row begins with a
    colon.
    """
    if len(rows) < _FEWEST_ROWS:
        return [rows]
    left, right = min(row[0].along[0] for row in rows), max(row[-1].along[2] for row in rows)
    gutter = _gutter(rows, left, right)
    if gutter is None:
        return [rows]
    blocks: list[list[list[_Run]]] = []
    first: list[list[_Run]] = []
    second: list[list[_Run]] = []
    for row in rows:
        before = [run for run in row if run.along[2] <= gutter + 1]
        after = [run for run in row if run.along[0] >= gutter - 1]
        if len(before) + len(after) == len(row):
            first += [before] if before else []
            second += [after] if after else []
        else:  # a line over both columns ends them
            blocks += [block for block in (first, second) if block]
            blocks.append([row])
            first, second = [], []
    return [*blocks, *(block for block in (first, second) if block)]


def _gutter(rows: list[list[_Run]], left: float, right: float) -> float | None:
    """Where the gap between two columns is; None where there are none."""
    width = right - left
    starts = []
    before, after = [], []
    for row in rows:
        for one, two in pairwise(row):
            if _parts_columns(one, two):
                starts.append(two.along[0])
                before.append(one.along[2] - row[0].along[0])
                after.append(row[-1].along[2] - two.along[0])
                break
    if len(starts) < max(_FEWEST_ROWS, _SHARE_OF_ROWS * len(rows)):
        return None
    place = median(starts)
    level = [start for start in starts if abs(start - place) < 0.03 * width]
    if len(level) < 0.8 * len(starts) or min(median(before), median(after)) < _SHARE_OF_WIDTH * width:
        return None
    return min(level) - 1


def _parts_columns(one: _Run, two: _Run) -> bool:
    named = two.text.startswith(":") or one.text.rstrip().endswith(":")
    return two.along[0] - one.along[2] > _COLUMN_GAP * one.size and not named


def _line(page: Page, row: list[_Run]) -> Line:
    pieces = [row[0].text]
    for one, two in pairwise(row):
        gap = two.along[0] - one.along[2]
        pieces.append((" " if gap > 0.12 * two.size else "") + two.text)
    if len(row) > 1 and _COPY.fullmatch(_squeezed(pieces[-1])):
        row, pieces = row[:-1], pieces[:-1]  # "SALINAN" at the right of a line
    box = (
        min(run.box[0] for run in row),
        min(run.box[1] for run in row),
        max(run.box[2] for run in row),
        max(run.box[3] for run in row),
    )
    size = max(row, key=lambda run: len(run.text)).size
    return Line("".join(pieces), page, box, size, min(run.along[1] for run in row))


def _key(line: Line) -> tuple[str, int]:
    """What a line says, whatever its numbers, and where."""
    return re.sub(r"\d+", "#", _squeezed(line.text)), round(line.level / _SAME_PLACE)


def _repeated(pages: list[list[list[Line]]]) -> set[tuple[str, int]]:
    """The lines that many pages have, or ones like them, at the same place."""
    counts: Counter[tuple[str, int]] = Counter()
    for groups in pages:
        keys = [_key(line) for group in groups for line in group]
        counts.update({(words, row + shift) for words, row in keys for shift in (-1, 0, 1)})
    written = sum(map(bool, pages))
    return {key for key, count in counts.items() if count > 1 and count >= _REPEATED * written}


def _without_frame(
    lines: list[Line], repeated: set[tuple[str, int]], usual: float, *, beside: bool
) -> list[Line]:
    """Leave out the lines above and below the text; `beside` it, in another direction, also what is repeated."""
    if beside:
        lines = [line for line in lines if _key(line) not in repeated]
    by_height = sorted(range(len(lines)), key=lambda index: lines[index].level)
    gone: set[int] = set()
    for order in (by_height, by_height[::-1]):
        for index in order[:_EDGE_LINES]:
            if index not in gone and not _is_frame(lines[index], repeated, usual):
                break
            gone.add(index)
    return [line for index, line in enumerate(lines) if index not in gone]


def _is_frame(line: Line, repeated: set[tuple[str, int]], usual: float) -> bool:
    lowered = " ".join(line.text.lower().split())
    return (
        line.size < _TINY * usual
        or _key(line) in repeated
        or _PAGE_NUMBER.fullmatch(lowered) is not None
        or _PAGE_FOOT.fullmatch(lowered) is not None
        or _DIRECTORY.fullmatch(lowered) is not None
        or _COPY.fullmatch(_squeezed(lowered)) is not None
        or is_watermark_piece(line.text)
    )
