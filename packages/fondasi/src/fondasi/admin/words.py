"""What SQLAdmin's own pages say, for the catalogues: `make messages` does not look into other packages."""

from fondasi.kit.i18n import noted

SQLADMIN = (
    noted("%(size)s / Page"),
    noted("Actions"),
    noted("All"),
    noted("Apply Filter"),
    noted("Clear filter"),
    noted("Close"),
    noted("Column"),
    noted("Delete"),
    noted("Delete selected items"),
    noted("Edit"),
    noted("Export"),
    noted("Filters"),
    noted("Menu"),
    noted("Please confirm"),
    noted("Refresh list"),
    noted("Search"),
    noted("Select all"),
    noted("Select item"),
    noted("Show"),
    noted("Showing %(start)s to %(end)s of %(count)s items"),
    noted("This cannot be undone."),
    noted("Value"),
    noted("View"),
    noted("Yes"),
    noted("You are not authorized to view these records."),
    noted("next"),
    noted("prev"),
)
