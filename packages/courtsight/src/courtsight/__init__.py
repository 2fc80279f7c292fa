"""CourtSight: search over Indonesian court decisions."""
