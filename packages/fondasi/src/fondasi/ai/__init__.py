"""Chunking, embeddings and retrieval, for rooms that search."""
