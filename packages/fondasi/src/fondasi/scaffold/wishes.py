"""What somebody wants of a new resource."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants of a new resource.

    Attributes:
        name: of one, in the singular.
        plural: of many: also the room's name and the last part of its address.
        specs: fields as typed.
        scope: who may see its rows: members of their tenant, their owner alone, or everybody.
        soft_delete: rows are marked as deleted, and stay.
        job: a job follows each new row.
        admin: the table is in the admin panel.
    """

    name: str
    plural: str
    specs: Sequence[str]
    scope: str
    soft_delete: bool = False
    job: bool = False
    admin: bool = False
