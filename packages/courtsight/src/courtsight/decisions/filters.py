"""Filters as SQL conditions on `decision`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, exists, func, literal, or_, select, true

from courtsight.decisions.case_numbers import normalise_case_number
from courtsight.decisions.courts import begun_name, courts_called, courts_of_region, find_court
from courtsight.decisions.identity import courts_meant, identity_of
from courtsight.decisions.models import Decision, DecisionArticle, DecisionTally
from courtsight.decisions.schemas import Filters
from courtsight.decisions.tally import one_of_values
from courtsight.decisions.typed import parse_article_query
from fondasi.kit.http import InvalidInput
from fondasi.kit.i18n import t

if TYPE_CHECKING:
    from collections.abc import Sequence

    from courtsight.decisions.citations import ArticleQuery

EQUAL = ("jurisdiction", "case_type", "outcome")
CONTAINED = ("legal_area",)
MOST_ARTICLES = 32  # that a decision has to name


def query_filters(fields: Sequence[tuple[str, str]]) -> list[Filters]:
    """Filters written in a query, such as `court:"PN Randu Biru"`; all must hold, beside those of the request.

    Raises:
        InvalidInput: a value does not fit its field, for example `year:soon`.
    """
    found = []
    for name, value in fields:
        try:
            found.append(Filters.model_validate({name: value}))
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidInput.of("body.query", f"{name}: {t(first['msg'])}", first["type"]) from None
    return found


def conditions(*several: Filters, place: str = "query") -> list[ColumnElement[bool]]:
    """The conditions that all must hold; none for no filters.

    Args:
        several: what to ask for.
        place: where the filters stand in the request, for messages: `query.article`.

    Raises:
        InvalidInput: `article` or `case_number` is not understood, or there are too many articles.
    """
    named = [[_articles(text, place) for text in filters.article] for filters in several if filters.article]
    if len({article for either in named for articles in either for article in articles}) > MOST_ARTICLES:
        raise InvalidInput.of(
            f"{place}.article", t("more than {limit} articles", limit=MOST_ARTICLES), "too_long"
        )
    alone = dict.fromkeys(article for either in named if len(either) == 1 for article in either[0])
    found = [condition for filters in several for condition in _plain_conditions(filters, place)]
    found += [or_(*map(names_articles, either)) for either in named if len(either) > 1]
    return [*found, names_articles(list(alone))] if alone else found


def _plain_conditions(filters: Filters, place: str) -> list[ColumnElement[bool]]:
    """All but the article, which is combined with those of other filters."""
    found: list[ColumnElement[bool]] = [
        func.lower(getattr(Decision, name)).in_([value.lower() for value in values])
        for name in EQUAL
        if (values := getattr(filters, name))
    ]
    found += [
        one_of_values(name, or_(*(_contains(DecisionTally.value, value) for value in values)))
        for name in CONTAINED
        if (values := getattr(filters, name))
    ]
    if filters.court:
        found.append(or_(*map(court_condition, filters.court)))
    if filters.region:
        keys = [key for region in filters.region for key in courts_of_region(region)]
        found.append(Decision.court_key == any_(literal(keys, ARRAY(Text))))
    if filters.level:
        found.append(Decision.level.in_(filters.level))
    if filters.year:
        found.append(Decision.year.in_(filters.year))
    if filters.date_from:
        found.append(Decision.pronounced_on >= filters.date_from)
    if filters.date_to:
        found.append(Decision.pronounced_on <= filters.date_to)
    if filters.judge:
        judge: Any = func.unnest(Decision.judges).column_valued("judge")
        found.append(exists(select(literal(1)).where(_contains(judge, filters.judge))))
    if filters.party:
        party: Any = func.jsonb_array_elements(Decision.parties).column_valued("party")
        name = party.op("->>")("name")
        found.append(exists(select(literal(1)).where(_contains(name, filters.party))))
    if filters.case_number:
        found.append(number_condition(_case_number(filters.case_number, place)))
    return found


def court_condition(name: str) -> ColumnElement[bool]:
    """Decisions of the court that a name, code or slug tells, or of those whose names contain it.

    `PN KDS` and `Pengadilan Negeri Kudus` are one court; `kudus` and `kds` are those of every branch there.
    """
    court = find_court(name)
    if court is not None:
        return Decision.court_key == court.key
    keys = [found.key for found in courts_called(name)]
    contained = _contains(Decision.court, begun_name(name))
    return or_(contained, Decision.court_key.in_(keys)) if keys else contained


def number_condition(case_number: str, court: str = "") -> ColumnElement[bool]:
    """Decisions with that number. Where one of the two tells the court less closely, they agree as far as it goes.

    Args:
        case_number: the number, in normal form.
        court: the key of the court that is named beside it; empty if none is.
    """
    same = number_of_any_court(case_number)
    keys, patterns = ([court, ""], []) if court else courts_meant(case_number)
    alike = [Decision.court_key.like(pattern) for pattern in patterns]
    return and_(same, or_(Decision.court_key.in_(keys), *alike))


def number_of_any_court(case_number: str) -> ColumnElement[bool]:
    """Decisions with that number of whatever court."""
    return Decision.number_key == identity_of(case_number, "").number


def article_condition(article: ArticleQuery) -> ColumnElement[bool]:
    """Rows of `decision_article` for an article and its parts, or for a law; also for what would do as well."""
    own = and_(
        DecisionArticle.number == article.article,
        DecisionArticle.law == article.law if article.law else true(),
    )
    return or_(own, *map(article_condition, article.alternatives)) if article.alternatives else own


def _articles(text: str, place: str) -> Sequence[ArticleQuery]:
    articles = parse_article_query(text) or parse_article_query(f"pasal {text}")
    if not articles:
        raise InvalidInput.of(
            f"{place}.article", t("not an article or a law; write for example 'Pasal 363 ayat (1) KUHP'")
        )
    return articles


def names_articles(articles: Sequence[ArticleQuery]) -> ColumnElement[bool]:
    """Decisions that name all of the articles. One subquery: the time for planning several grows with their square."""
    wanted = [article_condition(article) for article in articles]
    if len(wanted) == 1:
        naming = select(literal(1)).select_from(DecisionArticle)
        # correlated with decisions, and not with the articles that facets count
        return exists(naming.where(DecisionArticle.decision_id == Decision.id, *wanted).correlate(Decision))
    naming_all = (
        select(DecisionArticle.decision_id)
        .where(or_(*wanted))
        .group_by(DecisionArticle.decision_id)
        .having(and_(*(func.bool_or(condition) for condition in wanted)))
    )
    return Decision.id.in_(naming_all.correlate(None))


def _case_number(text: str, place: str) -> str:
    number: str | None = normalise_case_number(text)
    if number is None:
        raise InvalidInput.of(
            f"{place}.case_number", t("not a decision number; write for example '123 K/Pid/2019'")
        )
    return number


def _contains(column: Any, value: str) -> ColumnElement[bool]:
    return func.lower(column).contains(value.lower(), autoescape=True)
