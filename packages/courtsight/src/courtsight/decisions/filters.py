"""Filters as SQL conditions on `decision`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import ColumnElement, Text, and_, cast, exists, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import JSONPATH

from courtsight.decisions.case_numbers import normalise_case_number
from courtsight.decisions.citations import ArticleQuery, parse_article_query
from courtsight.decisions.models import Decision, DecisionArticle
from courtsight.decisions.schemas import Filters
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Mapping

EQUAL = ("jurisdiction", "case_type", "outcome")
CONTAINED = ("court", "legal_area")


def combine(filters: Filters, fields: Mapping[str, str]) -> Filters:
    """The filters of a request with those written in its query.

    Raises:
        InvalidInput: a value in the query does not fit its field, for example `year:soon`.
    """
    if not fields:
        return filters
    try:
        return Filters.model_validate({**filters.model_dump(exclude_none=True), **fields})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise InvalidInput.of(f"body.query ({name}:)", first["msg"], first["type"]) from None


def conditions(
    filters: Filters,
) -> list[ColumnElement[bool]]:
    """The conditions that all must hold; none for no filters.

    Raises:
        InvalidInput: `article` or `case_number` is not understood.
    """
    found = [
        func.lower(getattr(Decision, name)) == value.lower()
        for name in EQUAL
        if (value := getattr(filters, name))
    ]
    found += [
        _contains(getattr(Decision, name), value) for name in CONTAINED if (value := getattr(filters, name))
    ]
    if filters.level:
        found.append(Decision.level == filters.level)
    if filters.year:
        found.append(Decision.year == filters.year)
    if filters.date_from:
        found.append(Decision.pronounced_on >= filters.date_from)
    if filters.date_to:
        found.append(Decision.pronounced_on <= filters.date_to)
    if filters.judge:
        found.append(_contains(func.array_to_string(Decision.judges, " | "), filters.judge))
    if filters.party:
        names = func.jsonb_path_query_array(Decision.parties, cast("$[*].name", JSONPATH))
        found.append(_contains(cast(names, Text), filters.party))
    if filters.case_number:
        found.append(number_condition(_case_number(filters.case_number)))
    if filters.article:
        found.append(_names_article(filters.article))
    return found


def number_condition(case_number: str) -> ColumnElement[bool]:
    """Decisions with that number; without a court's abbreviation at its end, those of every court."""
    wanted = case_number.lower()
    stored = func.lower(Decision.case_number)
    return or_(stored == wanted, stored.startswith(wanted + " ", autoescape=True))


def article_condition(article: ArticleQuery) -> ColumnElement[bool]:
    """Rows of `decision_article` for an article and its parts."""
    return and_(
        DecisionArticle.number == article.article,
        DecisionArticle.law == article.law if article.law else true(),
    )


def _names_article(text: str) -> ColumnElement[bool]:
    articles = parse_article_query(text) or parse_article_query(f"pasal {text}")
    if not articles:
        raise InvalidInput.of(
            "filters.article", t("not an article; write for example 'Pasal 363 ayat (1) KUHP'")
        )
    return and_(
        *(
            exists(
                select(literal(1))
                .select_from(DecisionArticle)
                .where(DecisionArticle.decision_id == Decision.id, article_condition(article))
            )
            for article in articles
        )
    )


def _case_number(text: str) -> str:
    number: str | None = normalise_case_number(text)
    if number is None:
        raise InvalidInput.of(
            "filters.case_number", t("not a decision number; write for example '123 K/Pid/2019'")
        )
    return number


def _contains(column: Any, value: str) -> ColumnElement[bool]:
    return func.lower(column).contains(value.lower(), autoescape=True)
