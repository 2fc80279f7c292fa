"""The PDFs that decisions were read from: the files, pictures of their pages, and where a passage stands on them."""
