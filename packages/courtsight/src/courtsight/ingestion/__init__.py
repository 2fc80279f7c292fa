"""Getting decisions in: reading files, preparing texts, writing them and their place in the index."""
