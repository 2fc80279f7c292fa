"""Hybrid retrieval in PostgreSQL: BM25 with word pairs over whole documents, vectors, and the best passages.

index = Index("decisions", embedder)
await index.add(connection, [Document(id, {"facts": "...", "verdict": "..."})])
results = await index.search(connection, RetrievalQuery("penggelapan dalam jabatan"))
"""

from fondasi.ai.retrieval.documents import Document, PreparedDocument, prepare
from fondasi.ai.retrieval.errors import CollectionModelError, InvalidQueryError, RetrievalError
from fondasi.ai.retrieval.index import Index
from fondasi.ai.retrieval.passages import Span
from fondasi.ai.retrieval.query import Hit, Results, RetrievalQuery, Scores
from fondasi.ai.retrieval.ranking import DEFAULT_RANKING, Ranking
from fondasi.ai.retrieval.statement import Strategy
from fondasi.ai.retrieval.tokens import Alternative

__all__ = [
    "DEFAULT_RANKING",
    "Alternative",
    "CollectionModelError",
    "Document",
    "Hit",
    "Index",
    "InvalidQueryError",
    "PreparedDocument",
    "Ranking",
    "Results",
    "RetrievalError",
    "RetrievalQuery",
    "Scores",
    "Span",
    "Strategy",
    "prepare",
]
