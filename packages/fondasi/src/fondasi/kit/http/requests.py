"""A request whose body, form and cookies are bounded before anything looks into them.

What one caller sends never costs more than some milliseconds: a body is as large as its route says and holds so many
values so deep; only then pydantic sees it, which makes an object for everything that it finds wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import orjson
from starlette.datastructures import FormData, QueryParams
from starlette.requests import ClientDisconnect, Request

from fondasi.kit.http.cookies import cookies_of
from fondasi.kit.http.percent import LONG, bytes_of, is_costly, pairs_of
from fondasi.kit.http.problems import InvalidInput, Problem
from fondasi.kit.i18n import noted, t

if TYPE_CHECKING:
    import json

ESCAPED_NUL = b"\\u0000"
MOST_VALUES = 1000  # members of objects and lists of a JSON body, all together
MOST_LEVELS = 32  # of lists and objects in each other
MOST_FIELDS = 100  # of a form, or parameters of a query
MOST_FILES = 10
JSON = "application/json"
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
LONGEST_CONTENT_TYPE = 256
CHARSET = re.compile(r"charset\s*=\s*[\"']?([^\"';\s]*)", re.IGNORECASE)
CHARSETS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
SEND_JSON = noted("send the header `Content-Type: application/json`")


class BodyNotSent(Problem):
    """The caller left before the body was complete; nobody reads this answer."""

    status, code, title = 400, "BODY_INCOMPLETE", "Incomplete request"


class StrictRequest(Request):
    """A request whose JSON is read by orjson: fast, valid UTF-8 only; see the module for its bounds.

    Attributes:
        most_values: members of objects and lists that the route takes in a JSON body.
    """

    most_values = MOST_VALUES

    def content_type(self) -> str:
        """The media type of the body, in lower case, without its parameters.

        Raises:
            InvalidInput: the header is absurdly long, or names a character set other than UTF-8 (some decode slowly).
        """
        header = self.headers.get("content-type", "")
        charset = CHARSET.search(header) if len(header) <= LONGEST_CONTENT_TYPE else None
        if len(header) > LONGEST_CONTENT_TYPE or (charset and charset[1].lower() not in CHARSETS):
            raise InvalidInput.of("header.content-type", "send UTF-8", "content_type")
        return header.partition(";")[0].strip().lower()

    async def body(self) -> bytes:
        """The whole body.

        Raises:
            BodyNotSent: the caller left.
            TooLarge: it is larger than the route takes.
        """
        try:
            return await super().body()
        except ClientDisconnect:
            raise BodyNotSent from None

    async def json(self) -> Any:
        """The parsed body.

        Raises:
            InvalidInput: the body is not valid JSON, holds too much or too deep, or a NUL character in a text.
        """
        if not hasattr(self, "_json"):
            body = await self.body()
            try:
                self._json = orjson.loads(body)
            except orjson.JSONDecodeError as error:
                message = t("not valid JSON: {reason}", reason=_reason(error))
                raise InvalidInput.of("body", message, "json_invalid") from None
            many = body.count(b",") >= self.most_values or body.count(b"[") + body.count(b"{") > MOST_LEVELS
            if many or ESCAPED_NUL in body:
                _check_values(self._json, self.most_values)
        return self._json

    async def _get_form(self, *, max_part_size: int = 1024 * 1024, **_: Any) -> FormData:
        """The fields of a form of either kind.

        Raises:
            InvalidInput: whatever is wrong with it.
        """
        if self._form is None:
            kind = self.content_type()
            try:
                if kind == URLENCODED:
                    fields: list[tuple[str, Any]] = _fields(await self.body())
                    self._form = FormData(fields)
                else:
                    self._form = await super()._get_form(
                        max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=max_part_size
                    )
            except Problem:
                raise
            except ClientDisconnect:
                raise BodyNotSent from None
            except Exception as error:
                raise InvalidInput.of("body", "not a valid form", "form_invalid") from error
        return self._form

    @property
    def query_params(self) -> QueryParams:
        """The parameters, by a parser that takes no time for each percent sign."""
        query: bytes = self.scope["query_string"]
        if len(query) > LONG and query.isascii() and not hasattr(self, "_query_params"):
            self._query_params = QueryParams(pairs_of(query))
        return super().query_params

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies, by a parser that is linear on every Python."""
        return cookies_of(self)


def is_json(content_type: str) -> bool:
    """Whether a media type is JSON, or one written in it (`application/problem+json`)."""
    return content_type == JSON or (
        content_type.startswith("application/") and content_type.endswith("+json")
    )


def looks_like_json(body: bytes) -> bool:
    """Whether a body begins as a JSON object or list does."""
    return body[:64].lstrip()[:1] in {b"{", b"["}


def check_utf8(percent_encoded: bytes, place: str) -> None:
    """Refuse bytes that are not UTF-8 behind their percent signs; servers would put U+FFFD in their place.

    A long text with percent signs that begin nothing is refused too: reading one takes longer for each of them.

    Raises:
        InvalidInput: naming the place.
    """
    if is_costly(percent_encoded):
        raise InvalidInput.of(place, "write each percent sign as %25", "encoding")
    try:
        bytes_of(percent_encoded).decode()
    except UnicodeDecodeError:
        raise InvalidInput.of(place, "must be valid UTF-8", "encoding") from None


def _fields(body: bytes) -> list[tuple[str, Any]]:
    if body.count(b"&") >= MOST_FIELDS:
        raise InvalidInput.of("body", t("send {most} fields at most", most=MOST_FIELDS), "too_many_fields")
    check_utf8(body, "body")
    return list(pairs_of(body))


def _check_values(value: Any, most: int) -> None:
    """Go through a parsed body level by level, no further than its bounds."""
    seen, level = 0, [value]
    for _ in range(MOST_LEVELS + 1):
        following: list[Any] = []
        for item in level:
            if isinstance(item, str):
                if "\0" in item:
                    raise InvalidInput.of("body", "text must not contain NUL characters", "nul_character")
            elif isinstance(item, dict):
                following += item.keys()
                following += item.values()
                seen += len(item)
            elif isinstance(item, list):
                following += item
                seen += len(item)
            if seen > most:
                raise InvalidInput.of("body", t("send {most} values at most", most=most), "too_many_values")
        level = following
        if not level:
            return
    message = t("send {most} levels of lists and objects at most", most=MOST_LEVELS)
    raise InvalidInput.of("body", message, "too_deep")


def _reason(error: json.JSONDecodeError) -> str:
    return f"{error.msg} (character {error.pos})"
