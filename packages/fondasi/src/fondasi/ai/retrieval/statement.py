"""The search statement: everything from postings to passages in one round trip.

Its parts are common table expressions, put together for a strategy. Parameters are numbered; those of the caller's
filter follow the statement's own.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from fondasi.ai.retrieval import postings

OWN_PARAMETERS = 21
FEW = 5000  # documents that a filter leaves, up to which their vectors are compared one by one
FILTERED_BUDGET = 4  # times the postings budget, where a filter leaves few documents
FILTERED_MATCHES = 5  # times the candidates, that are looked at for those that meet a filter
_PARAMETER = re.compile(r"\$(\d+)")


class Strategy(StrEnum):
    """Which signals rank the documents."""

    LEXICAL = "lexical"
    VECTOR = "vector"
    HYBRID = "hybrid"
    PARENT_CHILD = "parent-child"


# $1 collection, $2 term hashes, $3 whether pairs, $4 masks, $5 postings budget, $6 pair weight, $7 run weight,
# $8 candidates, $9 query vector (real[]), $10 vector weight, $11 and $12 damping from and to, $13 similarity
# threshold of what only its vector brings in, $14 offset, $15 limit, $16 term number of the pair at each place of the
# query, $17 least similarity of any hit, or NULL, $18 weights and $19 groups of the terms, $20 and
# $21 shares of documents that make a word rare and frequent.

_LEXICAL = f"""
term AS MATERIALIZED (
    SELECT number, hash, is_pair, mask, weight, grp
    FROM unnest($2::bigint[], $3::boolean[], $4::bigint[], $18::float8[], $19::integer[]) WITH ORDINALITY
        AS t (hash, is_pair, mask, weight, grp, number)
),
frequent AS MATERIALIZED (
    SELECT t.number, p.*
    FROM term t{postings.FREQUENT}
),
rare AS MATERIALIZED (
    SELECT t.number, p.documents[place] AS ordinal, p.impacts[place] AS impact
    FROM term t{postings.RARE}
),
frequency AS (
    SELECT number, sum(n)::float8 AS n
    FROM (
        SELECT number, size AS n FROM frequent
        UNION ALL
        SELECT number, 1 AS n FROM rare
    ) AS counted
    GROUP BY number
),
ranked AS (
    SELECT number, n, sum(n) OVER rarest AS total, row_number() OVER rarest AS place,
        sum(n) OVER (PARTITION BY grp) AS group_n
    FROM frequency JOIN term USING (number)
    WINDOW rarest AS (ORDER BY n, number ROWS UNBOUNDED PRECEDING)
),
chosen AS MATERIALIZED (
    SELECT t.number, t.grp, i.idf, CASE WHEN t.is_pair THEN 1 ELSE e.n / greatest(c.documents, 1) END AS share,
        CASE WHEN t.is_pair THEN 0 ELSE i.idf END AS word_idf, CASE WHEN t.is_pair THEN 0 ELSE t.mask END AS word_mask,
        CASE WHEN t.is_pair THEN i.idf ELSE 0 END AS pair_idf, CASE WHEN t.is_pair THEN t.mask ELSE 0 END AS pair_mask
    FROM ranked r JOIN term t USING (number)
    CROSS JOIN (SELECT sum(documents)::float8 AS documents FROM ai_segment WHERE collection_id = $1) AS c
    CROSS JOIN LATERAL (SELECT CASE WHEN t.weight < 1 THEN r.group_n ELSE r.n END AS n) AS e
    CROSS JOIN LATERAL (
        SELECT t.weight * ln(1 + (greatest(c.documents, e.n) - e.n + 0.5) / (e.n + 0.5)) AS idf
    ) AS i
    WHERE (r.total <= {{budget}} OR r.place <= 2)
),
block AS (
    SELECT number, documents, impacts,
        sum(size) OVER (PARTITION BY number ORDER BY best DESC, segment_id, block ROWS UNBOUNDED PRECEDING) - size
            AS better
    FROM frequent
),
posting AS (
    SELECT unnest(b.documents) AS ordinal, c.word_idf, unnest(b.impacts) AS impact, c.pair_idf, c.word_mask,
        c.pair_mask, c.grp
    FROM chosen c JOIN block b USING (number)
    WHERE b.better < {{budget}}
    UNION ALL
    SELECT r.ordinal, c.word_idf, r.impact, c.pair_idf, c.word_mask, c.pair_mask, c.grp
    FROM chosen c JOIN rare r USING (number)
),
matched AS (
    {{matched}}
),
best AS MATERIALIZED (
    SELECT m.* FROM (
        SELECT *, words + pairs AS score FROM matched ORDER BY score DESC, ordinal LIMIT $8 * {{matches}}
    ) AS m
    CROSS JOIN LATERAL (
        SELECT FROM ai_document d WHERE d.collection_id = $1 AND d.ordinal = m.ordinal{{allowed}} OFFSET 0
    ) AS alive
    ORDER BY m.score DESC, m.ordinal
    LIMIT $8
),
run AS MATERIALIZED (
    SELECT (1::bigint << place) | (1::bigint << (place + 1)) AS mask, least(a.idf, b.idf) * $7::float8 AS weight
    FROM unnest($16::integer[]) WITH ORDINALITY AS s (number, position)
    CROSS JOIN LATERAL (SELECT (s.position - 1)::integer AS place) AS p
    JOIN chosen a ON a.number = s.number
    JOIN chosen b ON b.number = ($16::integer[])[s.position + 1]
    WHERE s.position < 62
),
lexical AS MATERIALIZED (
    SELECT b.ordinal, b.words, b.word_mask, b.pairs + coalesce(r.bonus, 0) AS pairs,
        b.score + coalesce(r.bonus, 0) AS score
    FROM best b
    CROSS JOIN LATERAL (SELECT sum(weight) AS bonus FROM run WHERE b.pair_mask & run.mask = run.mask) AS r
)"""  # noqa: S608 - fragments of this package

_MATCHED = """SELECT ordinal, sum(word_idf * impact) / 1000 AS words,
        sum(pair_idf * impact) * $6::float8 / 1000 AS pairs,
        bit_or(word_mask) AS word_mask, bit_or(pair_mask) AS pair_mask
    FROM posting{allowed_matches}
    GROUP BY ordinal"""

# Of several ways to say one thing, a document has the best.
_MATCHED_BY_GROUPS = """SELECT ordinal, sum(words) AS words, sum(pairs) AS pairs,
        bit_or(word_mask) AS word_mask, bit_or(pair_mask) AS pair_mask
    FROM (
        SELECT ordinal, max(word_idf * impact) / 1000 AS words,
            sum(pair_idf * impact) * $6::float8 / 1000 AS pairs,
            bit_or(word_mask) AS word_mask, bit_or(pair_mask) AS pair_mask
        FROM posting{allowed_matches}
        GROUP BY ordinal, grp
    ) AS way
    GROUP BY ordinal"""

_NO_LEXICAL = """
lexical AS (
    SELECT 0 AS ordinal, 0::float8 AS words, 0::bigint AS word_mask, 0::float8 AS pairs, 0::float8 AS score
    WHERE false
),
chosen AS (SELECT 0::bigint AS number, 0::float8 AS idf, 1::float8 AS share WHERE false),
frequency AS (SELECT 0::bigint AS number WHERE false)"""

# By the graph, which goes on until enough of them are allowed.
_NEAR = """
    SELECT d.ordinal, (d.vector::halfvec({dimension})) <#> {vector} AS distance
    FROM ai_document d
    WHERE d.collection_id = $1 AND vector_dims(d.vector) = {dimension}{allowed}
    ORDER BY (d.vector::halfvec({dimension})) <#> {vector}
    LIMIT $8"""

# One by one where a filter leaves few.
_NEAR_OF_FEW = """
    SELECT d.ordinal, d.distance
    FROM allowed CROSS JOIN LATERAL (
        SELECT a.ordinal, (a.vector::halfvec({dimension})) <#> {vector} AS distance
        FROM ai_document a
        WHERE a.collection_id = $1 AND a.ordinal = allowed.ordinal AND vector_dims(a.vector) = {dimension}
        OFFSET 0
    ) AS d
    WHERE (SELECT is_narrow FROM narrow)
    ORDER BY d.distance
    LIMIT $8"""

_DOCUMENT_VECTORS = """
nearest AS MATERIALIZED (
    SELECT ordinal, -distance AS similarity FROM ({near}) AS near WHERE -distance >= $13
)"""

# The nearest documents, by the nearest passage of each.
_PASSAGE_VECTORS = """
nearest AS MATERIALIZED (
    SELECT near.ordinal, best.similarity FROM ({near}) AS near
    CROSS JOIN LATERAL (
        SELECT max(-(p.vector <#> {vector})) AS similarity FROM ai_passage p
        WHERE p.collection_id = $1 AND p.ordinal = near.ordinal
    ) AS best
    WHERE best.similarity >= $13
)"""

_NO_VECTORS = """
nearest AS (SELECT 0 AS ordinal, 0::float8 AS similarity WHERE false)"""

_MISSING_SIMILARITY = """coalesce(n.similarity, (
        SELECT -(d.vector <#> {vector}) FROM ai_document d
        WHERE d.collection_id = $1 AND d.ordinal = l.ordinal
    ))"""

_FUSION = """,
shape AS MATERIALIZED (
    SELECT coalesce(max(score), 0) AS best,
        CASE WHEN count(*) = 0 THEN 1 ELSE greatest(0.1, least(1,
            (coalesce((SELECT score FROM lexical ORDER BY score DESC OFFSET 9 LIMIT 1), 0)
                / nullif(max(score), 0) - $11::float8) / ($12::float8 - $11::float8)))
            * greatest(0.1, least(1, (coalesce((SELECT min(share) FROM chosen), 1) - $20::float8)
                / ($21::float8 - $20::float8))) END AS damping
    FROM lexical
),
fused AS MATERIALIZED (
    SELECT coalesce(l.ordinal, n.ordinal) AS ordinal, l.words, l.pairs, l.word_mask,
        {similarity} AS similarity
    FROM lexical l FULL JOIN nearest n USING (ordinal)
),
scored AS MATERIALIZED (
    SELECT f.ordinal, f.words, f.pairs, f.word_mask, f.similarity,
        coalesce((f.words + f.pairs) / nullif(s.best, 0), 0)
            + $10::float8 * s.damping * coalesce(f.similarity, 0) AS total
    FROM fused f CROSS JOIN shape s
),
top_hit AS MATERIALIZED (SELECT word_mask, similarity FROM scored ORDER BY total DESC, ordinal LIMIT 1),
page AS MATERIALIZED (
    SELECT * FROM scored WHERE $17::float8 IS NULL OR similarity >= $17::float8{or_nearest_passage}
    ORDER BY total DESC, ordinal OFFSET $14 LIMIT $15
)
SELECT g.ordinal, d.document_id, g.total, g.words AS bm25, g.pairs, g.similarity AS vector, g.word_mask, p.*,
    CASE WHEN g.place = 1 THEN (SELECT array_agg(number) FROM chosen) END AS numbers,
    CASE WHEN g.place = 1 THEN (SELECT array_agg(idf) FROM chosen) END AS weights,
    CASE WHEN g.place = 1 THEN (SELECT array_agg(number) FROM frequency) END AS known,
    CASE WHEN g.place = 1 THEN (SELECT sum(documents)::float8 FROM ai_segment WHERE collection_id = $1) END
        AS documents,
    CASE WHEN g.place = 1 THEN (SELECT word_mask FROM top_hit) END AS first_mask,
    CASE WHEN g.place = 1 THEN (SELECT similarity FROM top_hit) END AS first_similarity
FROM (SELECT *, row_number() OVER (ORDER BY total DESC, ordinal) AS place FROM page) AS g
CROSS JOIN LATERAL (
    SELECT document_id FROM ai_document a WHERE a.collection_id = $1 AND a.ordinal = g.ordinal OFFSET 0
) AS d
{passages}
ORDER BY g.total DESC, g.ordinal"""

_PASSAGES = """LEFT JOIN LATERAL (
    SELECT array_agg(section) AS sections, array_agg(start_offset) AS starts, array_agg(end_offset) AS ends,
        array_agg({passage_similarity}) AS similarities,
        array_agg(octet_length(words)) AS words_sizes, string_agg(words, '') AS words,
        array_agg(octet_length(children)) AS children_sizes, string_agg(children, '') AS children
    FROM (
        SELECT * FROM ai_passage WHERE collection_id = $1 AND ordinal = g.ordinal AND g.place < $15 ORDER BY position
    ) AS passage
) AS p ON true"""

_NO_PASSAGES = "CROSS JOIN (SELECT NULL::text[] AS sections, NULL::float8[] AS similarities) AS p"

_OR_NEAREST_PASSAGE = """ OR $17::float8 <= (
        SELECT max(-(vector <#> {vector})) FROM ai_passage
        WHERE collection_id = $1 AND ordinal = scored.ordinal
    )"""

# A subquery is computed once; an expression would be for every row, as soon as the plan is the same for all queries.
_QUERY_VECTOR = "(SELECT $9::real[]::halfvec({dimension}))"

_PARAMETERS = """WITH parameter AS (
    SELECT $1::integer, $2::bigint[], $3::boolean[], $4::bigint[], $5::float8, $6::float8, $7::float8, $8::bigint,
        $9::real[], $10::float8, $11::float8, $12::float8, $13::float8, $14::bigint, $15::bigint, $16::integer[],
        $17::float8, $18::float8[], $19::integer[], $20::float8, $21::float8
),"""

# No more of the allowed documents are read than would count as few, so that a filter that most documents meet costs
# no more than one that few do: it is asked for each document that is found.
_ALLOWED = """
allowed AS MATERIALIZED (
    SELECT d.ordinal FROM (SELECT id FROM ({filter}) AS wanted (id) LIMIT {few} + 1) AS w
    CROSS JOIN LATERAL (
        SELECT ordinal FROM ai_document a WHERE a.collection_id = $1 AND a.document_id = w.id OFFSET 0
    ) AS d
),
narrow AS MATERIALIZED (SELECT count(*) <= {few} AS is_narrow FROM allowed),"""

_ONE_OF_FEW = """
    WHERE NOT (SELECT is_narrow FROM narrow) OR ordinal IN (SELECT ordinal FROM allowed)"""

_MEETS_FILTER = """
            AND ({narrow} EXISTS (SELECT FROM ({filter}) AS wanted (id) WHERE wanted.id = d.document_id OFFSET 0))"""

_BUDGET = "(SELECT $5 * CASE WHEN is_narrow THEN {times} ELSE 1 END FROM narrow)"


@lru_cache(maxsize=256)
def search_statement(
    strategy: Strategy,
    dimension: int,
    filter_sql: str | None,
    *,
    alternatives: bool = False,
    passages: bool = True,
) -> str:
    """The statement for a strategy.

    Args:
        strategy: which legs there are.
        dimension: of the collection's vectors.
        filter_sql: a trusted SELECT of the ids of the documents that may be found, its parameters numbered from
            `$1`. They follow the statement's own.
        alternatives: whether some terms are alternatives of others.
        passages: whether the passages of the documents come with them.
    """
    lexical = strategy in {Strategy.LEXICAL, Strategy.HYBRID}
    own = _renumbered(filter_sql) if filter_sql else None
    parts = [_PARAMETERS]
    if own:
        parts.append(_ALLOWED.format(filter=own, few=FEW))
    parts.append(_lexical_leg(own, alternatives=alternatives) if lexical else _NO_LEXICAL)
    parts.append(",")
    parts.append(_vector_leg(strategy, dimension, own))
    vector = _QUERY_VECTOR.format(dimension=dimension)
    known = _MISSING_SIMILARITY.format(vector=vector) if strategy is Strategy.HYBRID else "n.similarity"
    nearness = "NULL::float8" if strategy is Strategy.LEXICAL else f"-(vector <#> {vector})"
    shown = _PASSAGES.format(passage_similarity=nearness) if passages else _NO_PASSAGES
    nearest = _OR_NEAREST_PASSAGE.format(vector=vector) if strategy is Strategy.HYBRID else ""
    parts.append(_FUSION.format(similarity=known, passages=shown, or_nearest_passage=nearest))
    return "".join(parts)


def _lexical_leg(own: str | None, *, alternatives: bool) -> str:
    fragments = {"{allowed_matches}": "", "{allowed}": "", "{matches}": "2", "{budget}": "$5"}
    if own:
        narrow = "(SELECT is_narrow FROM narrow) OR"
        fragments = {
            "{allowed_matches}": _ONE_OF_FEW,
            "{allowed}": _MEETS_FILTER.format(filter=own, narrow=narrow),
            "{matches}": str(FILTERED_MATCHES),
            "{budget}": _BUDGET.format(times=FILTERED_BUDGET),
        }
    leg = _LEXICAL.replace("{matched}", _MATCHED_BY_GROUPS if alternatives else _MATCHED)
    for name, fragment in fragments.items():
        leg = leg.replace(name, fragment)
    return leg


def _vector_leg(strategy: Strategy, dimension: int, own: str | None) -> str:
    if strategy is Strategy.LEXICAL:
        return _NO_VECTORS
    leg = _PASSAGE_VECTORS if strategy is Strategy.PARENT_CHILD else _DOCUMENT_VECTORS
    vector = _QUERY_VECTOR.format(dimension=dimension)
    allowed = _MEETS_FILTER.format(filter=own, narrow="") if own else ""
    near = _NEAR.format(dimension=dimension, vector=vector, allowed=allowed)
    if own:
        broad = near.replace("\n    ORDER BY", " AND NOT (SELECT is_narrow FROM narrow)\n    ORDER BY")
        few = _NEAR_OF_FEW.format(dimension=dimension, vector=vector)
        near = f"({few}) UNION ALL ({broad})"
    return leg.format(near=near, vector=vector)


def _renumbered(filter_sql: str) -> str:
    return _PARAMETER.sub(lambda match: f"${int(match[1]) + OWN_PARAMETERS}", filter_sql)
