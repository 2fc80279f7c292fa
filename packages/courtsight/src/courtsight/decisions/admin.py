"""Decisions in the admin panel: to read. Importing is what changes them."""

from courtsight.decisions.models import Decision
from courtsight.decisions.permissions import VIEW
from fondasi.admin_views import AdminView

decisions_view = AdminView(
    model=Decision,
    path="decisions",
    name="Decision",
    plural="Decisions",
    icon="fa-solid fa-scale-balanced",
    permission=VIEW,
    columns=("case_number", "court", "case_type", "outcome", "pronounced_on", "created_at"),
    details=(
        "id",
        "case_number",
        "court",
        "level",
        "jurisdiction",
        "case_type",
        "legal_area",
        "year",
        "parties",
        "presiding_judge",
        "judges",
        "clerk",
        "registered_on",
        "deliberated_on",
        "pronounced_on",
        "uploaded_on",
        "keywords",
        "outcome",
        "outcome_other",
        "outcome_note",
        "rule_of_law",
        "abstract",
        "source_url",
        "attachments",
        "related",
        "fictitious",
        "character_count",
        "created_at",
        "updated_at",
    ),
    search=("case_number", "court"),
    label="case_number",
)
