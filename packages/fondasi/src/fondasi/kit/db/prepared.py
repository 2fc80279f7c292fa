"""Statements that are made again and again with other values are built once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from sqlalchemy import ColumnElement, Select

MOST = 200  # of one list; a list has few shapes that are asked for


class Prepared:
    """Statements by their shape.

    To build a statement of thirty columns, and to find what it was compiled to, takes SQLAlchemy 0.65 ms; to look a
    few conditions up takes it 0.05 ms. Conditions of one shape differ in their values alone, as SQLAlchemy's own cache
    knows them (its example `dogpile_caching` does the same).
    """

    def __init__(self) -> None:
        self._known: dict[Hashable, tuple[Select[*tuple[Any, ...]], list[str]]] = {}

    def __call__(
        self,
        shape: Hashable,
        conditions: Sequence[ColumnElement[bool]],
        make: Callable[[], Select[*tuple[Any, ...]]],
    ) -> tuple[Select[*tuple[Any, ...]], dict[str, Any]]:
        """The statement and the values to execute it with.

        Args:
            shape: all that `make` depends on beside the conditions.
            conditions: what the statement is made with.
            make: builds it.
        """
        keys = [condition._generate_cache_key() for condition in conditions]  # noqa: SLF001 - see above
        cacheable = [key for key in keys if key is not None]
        if len(cacheable) < len(keys):
            return make(), {}
        name = (shape, *(key.key for key in cacheable))
        values = [value for key in cacheable for value in key.bindparams]
        if (known := self._known.get(name)) is None:
            if len(self._known) >= MOST:
                self._known.clear()
            known = self._known[name] = make(), [value.key for value in values]
        statement, places = known
        return statement, dict(zip(places, (value.effective_value for value in values), strict=True))
