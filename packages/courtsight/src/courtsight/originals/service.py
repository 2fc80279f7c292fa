"""The PDFs of decisions, for whoever may read the decisions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from courtsight.decisions.errors import DecisionNotFound
from courtsight.originals import repository
from courtsight.originals.errors import OriginalNotKept
from fondasi.files import object_content

if TYPE_CHECKING:
    from uuid import UUID

    from fondasi.files import Content
    from fondasi.kit.db import Session

MEDIA_TYPE = "application/pdf"


async def find_original(session: Session, decision_id: UUID) -> Content:
    """The PDF of a decision.

    Raises:
        DecisionNotFound: there is no decision with that id.
        OriginalNotKept: it has none.
    """
    row = await repository.get_original(session, decision_id)
    if row is None:
        raise DecisionNotFound
    case_number, original = row
    if original is None:
        raise OriginalNotKept
    name = re.sub(r"[^\w.]+", "-", case_number).strip("-.")
    return object_content(original.id, f"{name}.pdf", MEDIA_TYPE, original.size)
