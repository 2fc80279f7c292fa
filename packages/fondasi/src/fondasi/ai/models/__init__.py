"""The word vectors that are shipped; the README beside them says how they were trained."""
