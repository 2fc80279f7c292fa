"""Fragments of SQL that look postings up: from `term AS t (hash, ...)` in collection `$1`, for both kinds of terms.

A subquery with OFFSET 0 stays a lateral one: each posting is looked up by its key, whatever the planner believes of a
table that was never analysed (it would read all buckets of a segment at once, a second instead of a millisecond).
"""

# Terms with rows of their own, a row for each of their blocks in each segment where they are frequent: p.segment_id,
# p.block, p.size, p.best, p.documents, p.impacts. Segment by segment, since a segment's rows stand together.
FREQUENT = """
    JOIN ai_segment s ON s.collection_id = $1
    CROSS JOIN LATERAL (
        SELECT f.segment_id, f.block, f.size, f.best, f.documents, f.impacts FROM ai_posting f
        WHERE f.collection_id = $1 AND f.segment_id = s.id AND f.key = t.hash AND f.terms IS NULL
        OFFSET 0
    ) AS p"""

# Terms in buckets, one row for each posting: p.documents[place], p.impacts[place].
RARE = """
    JOIN ai_segment s ON s.collection_id = $1
    CROSS JOIN LATERAL (
        SELECT b.terms, b.documents, b.impacts FROM ai_posting b
        WHERE b.collection_id = $1 AND b.segment_id = s.id AND b.terms IS NOT NULL
            AND b.key = (t.hash >> (64 - s.bits)) & ((1::bigint << s.bits) - 1)
        OFFSET 0
    ) AS p
    CROSS JOIN LATERAL unnest(array_positions(p.terms, t.hash)) AS place"""
