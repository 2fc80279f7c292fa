"""`fondasi new` and `fondasi remove`: write an application and its resources, and take a resource back.

What is written is the user's from then on, and is never touched again unless they say so.
"""

from fondasi.scaffold.applications import find_application
from fondasi.scaffold.apps import new_app
from fondasi.scaffold.changes import Changes, ScaffoldError
from fondasi.scaffold.more import new_field
from fondasi.scaffold.overrides import template_faults
from fondasi.scaffold.removal import remove_resource
from fondasi.scaffold.resources import new_resource
from fondasi.scaffold.wishes import Wish

__all__ = [
    "Changes",
    "ScaffoldError",
    "Wish",
    "find_application",
    "new_app",
    "new_field",
    "new_resource",
    "remove_resource",
    "template_faults",
]
