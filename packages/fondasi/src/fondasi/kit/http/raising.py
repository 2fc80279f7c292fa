"""Which problems a route can answer with: declared on it, by its gates, and by what every route has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import Depends

from fondasi.kit.http.problems import Conflict, InvalidInput, Problem, TooLarge, Unavailable
from fondasi.kit.http.requests import BodyNotSent
from fondasi.kit.http.routing import Around, Gate, Marker, calls_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fondasi.kit.http.routing import Route

# Of the database, of bodies and of validation; the last is for the log, for its caller has left.
COMMON = (Conflict, InvalidInput, TooLarge, Unavailable, BodyNotSent)


class Raises(Marker):
    """Problems that the code behind a route can raise, beside those of its gates."""

    def __init__(self, problems: tuple[type[Problem], ...]) -> None:
        self.problems = problems

    def __call__(self) -> None:
        """Nothing to run."""


class UndeclaredProblemWarning(UserWarning):
    """In `local`: a route answered with a problem that the OpenAPI document does not list for it."""


def raises(*problems: type[Problem]) -> Any:
    """Say what the code behind a route can raise, for the OpenAPI document.

    Those of guards, of limits and of validation come by themselves.

    Example:
        `@router.get("/{post_id}", dependencies=[public, raises(NotFound)])`
    """
    return Depends(Raises(problems))


def problems_of(route: Route) -> list[type[Problem]]:
    """All problems that a route can answer with, by status and code."""
    found = {*_declared(route), InvalidInput, Unavailable}
    if route.body_field is not None:
        found.add(TooLarge)
    return sorted(found, key=lambda problem: (problem.status, problem.code, problem.__name__))


def is_declared(route: Route, problem: Problem, elsewhere: Iterable[type[Problem]] = ()) -> bool:
    """Whether the OpenAPI document lists the code of a problem for a route.

    Args:
        route: where it was raised.
        problem: what was raised.
        elsewhere: what stands before every route raises these.
    """
    declared: tuple[type[Problem], ...] = (*_declared(route), *COMMON, *elsewhere, Problem)
    return any((item.status, item.code) == (problem.status, problem.code) for item in declared)


def _declared(route: Route) -> Iterable[type[Problem]]:
    for marker in route.markers:
        if isinstance(marker, Raises):
            yield from marker.problems
        elif isinstance(marker, Around):
            yield from marker.problems_at(route)
    for call in calls_of(route.dependant):
        if isinstance(call, Gate):
            yield from call.problems()
