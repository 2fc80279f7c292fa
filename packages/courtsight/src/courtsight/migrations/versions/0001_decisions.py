"""Decisions, sections, citations, articles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "courtsight_0001"
down_revision = None
branch_labels = ("courtsight",)
depends_on = None

TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("case_number", "court")),
        sa.Column("level", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("jurisdiction", "case_type", "legal_area")),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("parties", postgresql.JSONB(), nullable=False),
        sa.Column("presiding_judge", sa.Text(), nullable=False),
        sa.Column("judges", TEXTS, nullable=False),
        sa.Column("clerk", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.Date(), nullable=True)
            for name in ("registered_on", "deliberated_on", "pronounced_on", "uploaded_on")
        ),
        sa.Column("keywords", TEXTS, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("outcome", "outcome_other", "outcome_note", "rule_of_law", "abstract", "source_url")
        ),
        sa.Column("attachments", TEXTS, nullable=False),
        sa.Column("related", TEXTS, nullable=False),
        sa.Column("fictitious", sa.Boolean(), nullable=False),
        sa.Column("content_hash", sa.LargeBinary(), nullable=False),
        sa.Column("character_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_number", "court"),
        sa.UniqueConstraint("content_hash"),
    )
    op.create_index("ix_decision_court_pronounced_on", "decision", ["court", "pronounced_on"])
    op.create_index("ix_decision_year", "decision", ["year"])
    op.create_index("ix_decision_newest", "decision", [sa.text("pronounced_on DESC NULLS LAST"), "id"])
    op.create_index("ix_decision_case_number", "decision", [sa.text("lower(case_number) text_pattern_ops")])
    op.create_table(
        "decision_section",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("decision_id", "position"),
    )
    op.create_table(
        "decision_citation",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("normalised", sa.Text(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('article', 'statute', 'decision')", name="kind"),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("decision_id", "position"),
    )
    op.create_index(
        "ix_decision_citation_cited",
        "decision_citation",
        ["normalised"],
        postgresql_where=sa.text("kind = 'decision'"),
    )
    op.create_table(
        "decision_article",
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("law", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.Column("charged", sa.Boolean(), nullable=False),
        sa.Column("mentions", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("number", "law", "decision_id"),
    )
    op.create_index(op.f("ix_decision_article_decision_id"), "decision_article", ["decision_id"])


def downgrade() -> None:
    for table in ("decision_article", "decision_citation", "decision_section", "decision"):
        op.drop_table(table)
