"""A row of `decision_article` for every law that a decision names, so that a law can be looked up as an article is."""

from alembic import op

revision = "courtsight_0002"
down_revision = "courtsight_0001"
branch_labels = None
depends_on = None

LAWS = """
INSERT INTO decision_article (number, law, decision_id, rank, charged, mentions)
SELECT '', c.law, c.decision_id, a.rank, coalesce(a.charged, false), c.mentions
FROM (
    SELECT decision_id, split_part(normalised, ':', 1) AS law, count(*) AS mentions
    FROM decision_citation
    WHERE kind = 'statute' OR kind = 'article' AND position(':' IN normalised) > 0
    GROUP BY decision_id, split_part(normalised, ':', 1)
) AS c
LEFT JOIN (
    SELECT decision_id, law, min(rank) AS rank, bool_or(charged) AS charged
    FROM decision_article GROUP BY decision_id, law
) AS a USING (decision_id, law)
ON CONFLICT DO NOTHING
"""


def upgrade() -> None:
    op.execute(LAWS)


def downgrade() -> None:
    op.execute("DELETE FROM decision_article WHERE number = ''")
