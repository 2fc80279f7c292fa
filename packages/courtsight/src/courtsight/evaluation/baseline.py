"""The baseline: SQLite FTS5's BM25 over whole decisions, without stemming, built in the same run."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")


class Baseline:
    """An FTS5 index in memory, one row per decision, OR over the query's words."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Index the texts; their numbers count from 0.

        Raises:
            sqlite3.OperationalError: this Python's SQLite lacks FTS5.
        """
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        self._database.execute(
            "CREATE VIRTUAL TABLE decision USING fts5(text, content='', tokenize='unicode61')"
        )
        self._database.executemany(
            "INSERT INTO decision (rowid, text) VALUES (?, ?)", enumerate(texts, start=1)
        )

    def search(self, query: str, limit: int) -> list[int]:
        """Numbers of the best texts, best first."""
        words = " OR ".join(f'"{word}"' for word in _WORD.findall(query.lower()))
        if not words:
            return []
        statement = "SELECT rowid FROM decision WHERE decision MATCH ? ORDER BY bm25(decision) LIMIT ?"
        return [row[0] - 1 for row in self._database.execute(statement, (words, limit))]
