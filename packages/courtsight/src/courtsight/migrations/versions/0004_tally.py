"""Counts that are kept by triggers, and indexes for filters and facets."""

import sqlalchemy as sa
from alembic import op

revision = "courtsight_0004"
down_revision = "courtsight_0003"
branch_labels = None
depends_on = None

VALUES = """
CROSS JOIN LATERAL (VALUES ('court', d.court), ('level', d.level), ('jurisdiction', d.jurisdiction),
    ('case_type', d.case_type), ('legal_area', d.legal_area), ('outcome', d.outcome), ('year', d.year::text),
    ('total', 'decision'), ('total', CASE WHEN d.fictitious THEN 'fictitious' END)) AS f (facet, value)
WHERE f.value <> ''"""
ARTICLE = "CASE WHEN d.law = '' THEN d.number ELSE d.law || ':' || d.number END"
# What each table's rows add, from `d`.
ADDED = {
    "decision": ("f.facet, f.value", VALUES),
    "decision_article": (
        f"'article' AS facet, {ARTICLE} AS value",
        "WHERE d.rank IS NOT NULL AND d.number <> ''",
    ),
    "decision_section": ("'total' AS facet, 'decision_section' AS value", ""),
    "decision_citation": ("'total' AS facet, 'decision_citation' AS value", ""),
}
FUNCTION = """
CREATE FUNCTION {table}_tally() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO decision_tally (facet, value, count)
        SELECT facet, value, count(*) FROM (SELECT {columns} FROM added d {rest}) AS t GROUP BY facet, value;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO decision_tally (facet, value, count)
        SELECT facet, value, -count(*) FROM (SELECT {columns} FROM removed d {rest}) AS t GROUP BY facet, value;
    ELSE
        INSERT INTO decision_tally (facet, value, count)
        SELECT facet, value, sum(n) FROM (
            SELECT t.*, 1 AS n FROM (SELECT {columns} FROM added d {rest}) AS t
            UNION ALL SELECT t.*, -1 FROM (SELECT {columns} FROM removed d {rest}) AS t
        ) AS t GROUP BY facet, value HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END $$
"""
EVENTS = {
    "INSERT": "NEW TABLE AS added",
    "DELETE": "OLD TABLE AS removed",
    "UPDATE": "NEW TABLE AS added OLD TABLE AS removed",
}


def upgrade() -> None:
    op.create_table(
        "decision_tally",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("facet", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_decision_tally_facet"), "decision_tally", ["facet"])
    for table, (columns, rest) in ADDED.items():
        op.execute(
            "INSERT INTO decision_tally (facet, value, count) "  # noqa: S608 - fragments of this file
            f"SELECT facet, value, count(*) FROM (SELECT {columns} FROM {table} d {rest}) AS t GROUP BY facet, value"
        )
        op.execute(FUNCTION.format(table=table, columns=columns, rest=rest))
        for event, rows in EVENTS.items():
            op.execute(
                f"CREATE TRIGGER tally_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_tally()"
            )
    op.create_index("ix_decision_updated_at", "decision", ["updated_at"])
    op.create_index(
        "ix_decision_article_applied",
        "decision_article",
        ["decision_id", "law", "number"],
        postgresql_where=sa.text("rank IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_decision_article_applied", "decision_article")
    op.drop_index("ix_decision_updated_at", "decision")
    for table in ADDED:
        op.execute(f"DROP FUNCTION {table}_tally CASCADE")
    op.drop_table("decision_tally")
