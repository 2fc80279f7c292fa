"""The one file of a multipart form, read as it comes: neither memory nor a temporary file holds it.

Everything around the file is bounded: how many parts there are, how long their headers and the fields beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from fondasi.kit.http.problems import InvalidInput
from fondasi.kit.http.requests import MULTIPART, BodyNotSent, StrictRequest
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from python_multipart.multipart import MultipartCallbacks
    from starlette.requests import Request

MOST_PARTS = 10
MOST_HEADERS = 8  # of a part
LONGEST_HEADER = 2048  # bytes
LONGEST_FIELD = 4096  # bytes of a part that is no file
LONGEST_BOUNDARY = 70  # RFC 2046, 5.1.1
MOST_BESIDE = 512 * 1024  # bytes before and behind the file; whoever sends more sends what nobody reads
FILE = "file"


class FormFile:
    """The part `file` of a form, and the text fields that came before it.

    Args:
        request: whose body nobody has read.

    Attributes:
        name: as the caller gave it; believe nothing in it.
        fields: of the form, by name.
    """

    def __init__(self, request: Request) -> None:
        self.name = ""
        self.fields: dict[str, str] = {}
        self._chunks = request.stream()
        self._content: list[bytes] = []
        self._parts = self._beside = 0
        self._in_file = self._found = self._ended = False
        self._header = self._value = self._disposition = b""
        self._field, self._text = "", b""
        self._parser = MultipartParser(
            _boundary(request),
            _callbacks(self),
            max_header_count=MOST_HEADERS,
            max_header_size=LONGEST_HEADER,
        )

    async def begin(self) -> None:
        """Read until the file begins.

        Raises:
            InvalidInput: the form holds no file, or is no form.
            BodyNotSent: the caller left.
        """
        while not self._found and await self._read():
            pass
        if not self._found:
            raise InvalidInput.of("body.file", "send the file in the part `file` of the form", "missing")

    async def content(self) -> AsyncIterator[bytes]:
        """The bytes of the file, once, as they come.

        Raises:
            InvalidInput: the form ends too early, or holds a second file.
            BodyNotSent: the caller left.
        """
        more = True
        while more or self._content:
            content, self._content = self._content, []
            for piece in content:
                yield piece
            more = more and await self._read()
        if not self._ended:
            raise InvalidInput.of("body", "not a valid form", "form_invalid")

    async def _read(self) -> bool:
        """Parse the next piece of the body; False at its end."""
        try:
            chunk = await anext(self._chunks, b"")
            self._beside += len(chunk)
            self._parser.write(chunk)
        except ClientDisconnect:
            raise BodyNotSent from None
        except (FormParserError, ValueError, UnicodeDecodeError) as error:
            raise InvalidInput.of("body", "not a valid form", "form_invalid") from error
        if self._beside > MOST_BESIDE:
            raise InvalidInput.of("body", "not a valid form", "form_invalid")
        return bool(chunk)

    def part_begins(self) -> None:
        """A part begins."""
        self._parts += 1
        if self._parts > MOST_PARTS:
            message = t("send {most} parts at most", most=MOST_PARTS)
            raise InvalidInput.of("body", message, "too_many_fields")
        self._disposition = b""

    def header_name(self, data: bytes, start: int, end: int) -> None:
        """Some of the name of a header."""
        self._header += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        """Some of its value."""
        self._value += data[start:end]

    def header_ends(self) -> None:
        """A header is complete."""
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def headers_end(self) -> None:
        """All of a part's headers are there."""
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name", b"").decode()
        self._in_file = b"filename" in options
        if self._in_file:
            if name != FILE or self._found:
                raise InvalidInput.of(
                    "body.file", "send one file, in the part `file` of the form", "one_file"
                )
            self._found = True
            self.name = options[b"filename"].decode()
        self._field, self._text = name, b""

    def part_data(self, data: bytes, start: int, end: int) -> None:
        """Some of a part's content."""
        if self._in_file:
            self._content.append(data[start:end])
            self._beside -= end - start
            return
        self._text += data[start:end]
        if len(self._text) > LONGEST_FIELD:
            message = t("send {most} bytes at most", most=LONGEST_FIELD)
            raise InvalidInput.of("body", message, "string_too_long")

    def part_ends(self) -> None:
        """A part is complete."""
        if not self._in_file:
            self.fields[self._field] = self._text.decode()

    def end(self) -> None:
        """The form is complete."""
        self._ended = True


def _callbacks(form: FormFile) -> MultipartCallbacks:
    return {
        "on_part_begin": form.part_begins,
        "on_header_field": form.header_name,
        "on_header_value": form.header_value,
        "on_header_end": form.header_ends,
        "on_headers_finished": form.headers_end,
        "on_part_data": form.part_data,
        "on_part_end": form.part_ends,
        "on_end": form.end,
    }


def _boundary(request: Request) -> bytes:
    assert isinstance(request, StrictRequest)
    boundary = b""
    if request.content_type() == MULTIPART:
        boundary = parse_options_header(request.headers["content-type"])[1].get(b"boundary", b"")
    if not 0 < len(boundary) <= LONGEST_BOUNDARY:
        message = "send the file as multipart/form-data, in the part `file`"
        raise InvalidInput.of("header.content-type", message, "content_type")
    return boundary
