"""Every filter does what it says (threat 33), in the request, in the query and in the list of documents."""

from __future__ import annotations

from datetime import date

import pytest

from courtsight.decisions.applied import article_roles
from courtsight.decisions.citations import ArticleQuery

MIDDLE = date(2019, 6, 1)


def names_article(law, article):
    wanted = ArticleQuery(article, law)

    def check(draft):
        roles = article_roles(draft)
        named = [item.normalised for item in roles.citations] + [*roles.applied, *roles.charged]
        return any(wanted.matches(item) for item in named)

    return check


CASES = {
    "court": ({"court": "randu biru"}, lambda d: "randu biru" in d.court.lower()),
    "part of a court": ({"court": "PTUN"}, lambda d: "ptun" in d.court.lower()),
    "jurisdiction": ({"jurisdiction": "Agama"}, lambda d: d.jurisdiction == "agama"),
    "level": ({"level": "appeal"}, lambda d: d.level == "appeal"),
    "case type": ({"case_type": "pidana khusus"}, lambda d: d.case_type == "pidana khusus"),
    "legal area": ({"legal_area": "cerai"}, lambda d: "cerai" in d.legal_area),
    "outcome": ({"outcome": "Tolak"}, lambda d: d.outcome == "tolak"),
    "year": ({"year": 2019}, lambda d: d.year == 2019),
    "from a day": ({"date_from": str(MIDDLE)}, lambda d: d.pronounced_on >= MIDDLE),
    "to a day": ({"date_to": str(MIDDLE)}, lambda d: d.pronounced_on <= MIDDLE),
    "article": ({"article": "Pasal 362 KUHP"}, names_article("KUHP", "362")),
    "part of an article": ({"article": "363 ayat (1) ke-4 KUHP"}, names_article("KUHP", "363(1)ke-4")),
    "article in normal form": ({"article": "KUHP:363(1)"}, names_article("KUHP", "363(1)")),
    "article without a law": ({"article": "363"}, names_article("", "363")),
    "two at once": (
        {"jurisdiction": "umum", "level": "cassation", "date_from": str(MIDDLE)},
        lambda d: d.jurisdiction == "umum" and d.level == "cassation" and d.pronounced_on >= MIDDLE,
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_filter_leaves_exactly_what_meets_it(corpus, name):
    filters, meets = CASES[name]
    expected = corpus.numbers(meets)
    assert 0 < len(expected) < len(corpus.drafts)
    assert await corpus.all_found('"putusan"', filters=filters) == expected
    assert await listed(corpus, **filters) == expected


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("strategy", ["lexical", "vector", "parent-child"])
async def test_no_strategy_shows_a_decision_outside_the_filter(corpus, name, strategy):
    filters, meets = CASES[name]
    found = await corpus.found("menimbang bahwa terdakwa", filters=filters, strategy=strategy, limit=50)
    assert found
    assert set(found) <= corpus.numbers(meets)


async def test_a_filter_narrows_an_article_search_and_a_number(corpus):
    number = corpus.drafts[0].case_number
    assert await corpus.found(number, filters={"year": corpus.drafts[0].year}) == [number]
    assert await corpus.found(number, filters={"year": 1999}) == []
    found = await corpus.all_found("pasal 363 kuhp", filters={"level": "appeal"})
    assert found == corpus.numbers(lambda d: d.level == "appeal" and names_article("KUHP", "363")(d))


async def test_judges_and_parties_are_found_by_a_part_of_their_names(corpus):
    first = corpus.drafts[0]
    judge = first.member_judges[0].split(",")[0].lower()
    party = first.parties[0].name.split()[0].upper()
    sits = corpus.numbers(
        lambda d: any(judge in name.lower() for name in [d.presiding_judge, *d.member_judges])
    )
    takes_part = corpus.numbers(lambda d: any(party.lower() in item.name.lower() for item in d.parties))
    assert await listed(corpus, judge=judge) == await corpus.all_found(f'judge:"{judge}"') == sits
    assert await listed(corpus, party=party) == await corpus.all_found(f'party:"{party}"') == takes_part


async def test_a_name_does_not_run_over_into_the_next_one(corpus):
    judges = [corpus.drafts[0].presiding_judge, *corpus.drafts[0].member_judges]
    assert await listed(corpus, judge=f"{judges[0][-8:]} | {judges[1][:8]}") == set()
    assert await listed(corpus, party='", "') == set()


@pytest.mark.parametrize("spelling", ["{}", "nomor {}", "lower", "stripped"])
async def test_the_case_number_filter_takes_any_spelling(corpus, spelling):
    for draft in corpus.drafts[::10]:
        number = draft.case_number
        written = {"lower": number.lower(), "stripped": number.lower().replace("/", " ").replace(".", " ")}
        assert await listed(corpus, case_number=written.get(spelling, spelling.format(number))) == {number}


@pytest.mark.parametrize(
    ("query", "meets"),
    [
        ('court:"Mahkamah Agung"', lambda d: d.court == "Mahkamah Agung"),
        ("pengadilan:ptun", lambda d: "ptun" in d.court.lower()),
        ("level:review", lambda d: d.level == "review"),
        ("tahun:2018", lambda d: d.year == 2018),
        ('jenis:"perdata agama"', lambda d: d.case_type == "perdata agama"),
        ("bidang:narkotika", lambda d: "narkotika" in d.legal_area),
        ("amar:kabul", lambda d: d.outcome == "kabul"),
        ("article:kuhp:363", names_article("KUHP", "363")),
        ("-level:review", lambda d: d.level != "review"),
        ('-court:"Mahkamah Agung" -tahun:2018', lambda d: d.court != "Mahkamah Agung" and d.year != 2018),
        ("year:2019 level:appeal", lambda d: d.year == 2019 and d.level == "appeal"),
    ],
)
async def test_fields_in_the_query_filter_alone_and_beside_words(corpus, query, meets):
    assert await corpus.all_found(query) == corpus.numbers(meets)
    assert await corpus.all_found(f'"putusan" {query}') == corpus.numbers(meets)


async def test_fields_of_the_query_never_replace_the_filters_of_the_request(corpus):
    assert await corpus.all_found("level:appeal", filters={"level": "review"}) == set()
    assert await corpus.all_found("year:2018 year:2019") == set()
    both = corpus.numbers(lambda d: d.year == 2019 and d.court == "Mahkamah Agung")
    assert await corpus.all_found("year:2019", filters={"court": "mahkamah"}) == both


async def test_a_percent_sign_is_no_wildcard(corpus):
    assert await listed(corpus, court="%") == set()
    assert await listed(corpus, legal_area="_") == set()


async def listed(corpus, **filters):
    """All pages of the list of documents."""
    numbers, page = set(), 1
    while page:
        answer = await corpus.get("documents", items_per_page=100, page=page, **filters)
        numbers |= {row["case_number"] for row in answer["data"]}
        page = answer["next_page"]
    return numbers
