"""Tools that know no feature: database, HTTP, jobs, logging and metrics, time, identifiers."""
