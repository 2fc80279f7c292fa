"""HTTP: problems, routers, pages, conditional reads and the middleware. Pure ASGI throughout."""

from fondasi.kit.http.days import check_timezone, range_of_days, today_in
from fondasi.kit.http.paging import (
    Cursor,
    CursorPage,
    CursorParams,
    Page,
    PageParams,
    page_answer,
    page_of,
    window_of,
)
from fondasi.kit.http.problems import (
    Conflict,
    FieldError,
    Forbidden,
    InvalidInput,
    NotFound,
    Problem,
    TooLarge,
    Unauthenticated,
    Unavailable,
)
from fondasi.kit.http.proxies import counted_address, counted_site, parse_address
from fondasi.kit.http.raising import raises
from fondasi.kit.http.routing import EveryRouteGate, Gate, Marker, Route, Router, any_query, body_size
from fondasi.kit.http.sorting import sort_by
from fondasi.kit.http.values import Amount, Day, Flag, Integer, Moment, Number, without_defaults
from fondasi.kit.http.words import worded

__all__ = [
    "Amount",
    "Conflict",
    "Cursor",
    "CursorPage",
    "CursorParams",
    "Day",
    "EveryRouteGate",
    "FieldError",
    "Flag",
    "Forbidden",
    "Gate",
    "Integer",
    "InvalidInput",
    "Marker",
    "Moment",
    "NotFound",
    "Number",
    "Page",
    "PageParams",
    "Problem",
    "Route",
    "Router",
    "TooLarge",
    "Unauthenticated",
    "Unavailable",
    "any_query",
    "body_size",
    "check_timezone",
    "counted_address",
    "counted_site",
    "page_answer",
    "page_of",
    "parse_address",
    "raises",
    "range_of_days",
    "sort_by",
    "today_in",
    "window_of",
    "without_defaults",
    "worded",
]
