"""A small application inside tenants, for the tests: notes with tags.

Its tables have a metadata of their own, so that nobody misses them in databases without this module.
"""

from fondasi.kit.live import Changes
from fondasi.module import Module, PersonalData
from tenant_notes.datasets import NOTES
from tenant_notes.routes import TENANT_PERMISSIONS, by_header, inside

module = Module(
    name="notes",
    routers=[inside, by_header],
    tenant_permissions=TENANT_PERMISSIONS,
    migrations="tenant_notes.migrations",
    changes=[Changes("notes", tenant_permission="view_notes")],
    datasets=[NOTES],
    personal_data=[
        PersonalData(
            table="note",
            withheld="It belongs to the tenant.",
            kept="It belongs to the tenant, whose member leaves with the account.",
        )
    ],
)
