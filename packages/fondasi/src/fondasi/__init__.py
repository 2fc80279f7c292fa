"""Fondasi: an async backend platform for Python.

The public surface is small: `create_app` and `open_platform` (fondasi.app), `Module` (fondasi.module), `Settings`
(fondasi.settings) and the tools of `fondasi.kit`. `docs/` walks through them with `examples/posts`.
"""

__version__ = "0.1.0"
