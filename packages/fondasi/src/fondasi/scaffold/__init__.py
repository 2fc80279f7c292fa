"""`fondasi new` and `fondasi remove`: write an application and its resources, and take a resource back.

What is written is the user's from then on, and is never touched again unless they say so.
"""

from fondasi.scaffold.apps import new_app
from fondasi.scaffold.changes import Changes, ScaffoldError

__all__ = ["Changes", "ScaffoldError", "new_app"]
