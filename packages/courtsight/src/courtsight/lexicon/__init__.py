"""The lexicon: what else people call a thing, and what is searched beside their words."""
