"""The web UI: pages that were built to files (`frontend/`), served as they are."""

from fondasi.ui.routes import missing_page, ui_router
from fondasi.ui.site import BrokenSiteError, Site, site_folder

__all__ = ["BrokenSiteError", "Site", "missing_page", "site_folder", "ui_router"]
