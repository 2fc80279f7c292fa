"""Search over decisions: what a query means, the filters, and the hits."""
