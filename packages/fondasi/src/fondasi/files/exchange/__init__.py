"""Exports and imports of datasets: rows of any module as a file, and back."""

from fondasi.files.exchange.jobs import export_rows, import_rows
from fondasi.files.exchange.routes import exports, exports_inside, imports, imports_inside

__all__ = ["export_rows", "exports", "exports_inside", "import_rows", "imports", "imports_inside"]
