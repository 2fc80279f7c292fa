"""Which routes take a key, and which of them hand out a secret without saying so."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, get_args

from pydantic import BaseModel, SecretBytes, SecretStr

from fondasi.access import guards_of
from fondasi.dependencies import tenant_unit_of_work, unit_of_work
from fondasi.kit.audit import is_secret
from fondasi.kit.http import OpenAnswer, Repeatable, Route, SecretAnswer
from fondasi.kit.http.routing import calls_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

MOST_BODY = 1024 * 1024  # bytes: a larger one is not read at once to be compared
UNITS_OF_WORK = frozenset({unit_of_work, tenant_unit_of_work})
CODES = frozenset({"code", "codes"})
LINKS_AND_KEYS = frozenset({"key", "keys", "link", "links"})


class Use(StrEnum):
    """What a route does with a key."""

    KEPT = "kept"
    IGNORED = "ignored"
    REFUSED = "refused"


def use_of(route: Route) -> Use:
    """What a route does with an `Idempotency-Key`.

    It is ignored where nobody is signed in, as strangers could ask for each other's answers, where a repetition does
    no harm (`repeatable`), and by methods other than POST. It is refused where answer and effect cannot be written
    together, as the route has no unit of work, or where the body is too large to be compared.
    """
    rules = {guard.rule for guard in guards_of(route)}
    harmless = any(isinstance(marker, Repeatable) for marker in route.markers)
    if route.methods != {"POST"} or not route.include_in_schema or "public" in rules or harmless:
        return Use.IGNORED
    if (route.size.limit or 0) > MOST_BODY or not UNITS_OF_WORK.intersection(calls_of(route.dependant)):
        return Use.REFUSED
    return Use.KEPT


def is_secret_answer(route: Route) -> bool:
    """Whether a route says that its answers hold a secret."""
    return any(isinstance(marker, SecretAnswer) for marker in route.markers)


def secret_faults(routes: Iterable[Any]) -> list[str]:
    """Routes whose answers would be kept, have fields that sound like secrets, and do not say whether they are."""
    faults = []
    for route in routes:
        if not isinstance(route, Route) or use_of(route) is not Use.KEPT:
            continue
        says = any(isinstance(marker, SecretAnswer | OpenAnswer) for marker in route.markers)
        names = [] if says else sorted(_secret_names(route))
        if names:
            faults.append(
                f"POST {route.path} answers with {', '.join(names)}: add secret_answer to its dependencies, or "
                "open_answer if that opens nothing"
            )
    return faults


def _secret_names(route: Route) -> set[str]:
    """The fields of a route's answers that sound like secrets."""
    sent = route.body_field.field_info.annotation if route.body_field is not None else None
    names = {name for _, name, _ in _fields(sent, set())}
    return {
        f"{model}.{name}"
        for model, name, kind in _fields(route.response_model, set())
        if kind in {SecretStr, SecretBytes} or _sounds_secret(name, names)
    }


def _fields(kind: Any, seen: set[Any]) -> Iterator[tuple[str, str, Any]]:
    """The model, the name and the type of each field of a model and of all that are in it."""
    if not isinstance(kind, type) or not issubclass(kind, BaseModel):
        for part in get_args(kind):
            yield from _fields(part, seen)
        return
    if kind in seen:
        return
    seen.add(kind)
    for name, field in kind.model_fields.items():
        yield kind.__name__, name, field.annotation
        yield from _fields(field.annotation, seen)
    yield from ((kind.__name__, name, None) for name in kind.model_computed_fields)


def _sounds_secret(name: str, sent: Container[str]) -> bool:
    """Whether a name says so. What is often open, such as a code or a link, is none where the caller sent it."""
    last = name.rpartition("_")[2]
    if last in LINKS_AND_KEYS:
        return name not in sent
    return is_secret(name) and (name not in sent or last not in CODES)
