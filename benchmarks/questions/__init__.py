"""Graded questions for `courtsight evaluate --questions`: see README.md."""
