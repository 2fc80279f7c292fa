"""Decisions: their tables, what is found in their texts, and reading them."""
