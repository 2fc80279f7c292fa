"""The web UI: pages that were built to files (`frontend/`), served as they are."""

from fondasi.ui.routes import missing_page, operations_of, ui_router
from fondasi.ui.site import BrokenSiteError, Site, site_folder

__all__ = ["BrokenSiteError", "Site", "missing_page", "operations_of", "site_folder", "ui_router"]
