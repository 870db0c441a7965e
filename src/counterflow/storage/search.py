"""The search index: SQLite full text over our own tokens, one file per audience, rebuildable.

Tokens come ready made (`counterflow.entities.names.search_tokens` gives normalised Latin tokens, romanisations and
CJK/Hangul bigrams): SQLite's own trigram tokenizer misses two-character names, which is what Korean and Chinese names
are made of.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

__all__ = ["SqliteSearch"]


class SqliteSearch:
    """A read-only index of (entity, tokens, weight). :param path: file made by `build`"""

    def __init__(self, path: Path) -> None:
        self._db = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    @staticmethod
    def build(path: Path, rows: Iterable[tuple[str, Sequence[str], float]]) -> None:
        """Write an index. :param rows: (entity, tokens, weight between 0 and 1), in a fixed order"""
        db = sqlite3.connect(path, isolation_level=None)
        try:
            db.execute("PRAGMA journal_mode=OFF")
            db.execute("CREATE TABLE entry (n INTEGER PRIMARY KEY, entity TEXT NOT NULL, weight REAL NOT NULL)")
            db.execute(
                "CREATE VIRTUAL TABLE token USING fts5(tokens, content='', tokenize=\"unicode61 tokenchars '#@._-'\")"
            )
            db.execute("BEGIN")
            for n, (entity, tokens, weight) in enumerate(rows, 1):
                db.execute("INSERT INTO entry VALUES (?, ?, ?)", (n, entity, weight))
                db.execute("INSERT INTO token (rowid, tokens) VALUES (?, ?)", (n, " ".join(tokens)))
            db.execute("INSERT INTO token (token) VALUES ('optimize')")
            db.execute("COMMIT")
            db.execute("VACUUM")
        finally:
            db.close()

    def find(self, tokens: Sequence[str], limit: int) -> list[tuple[str, float]]:
        """Entities that hold every token (the last one as a prefix), best first; with none, those that hold any.

        :returns: (entity, score), higher is better
        """
        words = ['"' + t.replace('"', '""') + '"' for t in tokens if t.strip()]
        if not words:
            return []
        found = self._match(" AND ".join([*words[:-1], words[-1] + "*"]), limit)
        return found or self._match(" OR ".join(w + "*" for w in words), limit)

    def _match(self, query: str, limit: int) -> list[tuple[str, float]]:
        rows = self._db.execute(
            # materialised: bm25 (rank) is not to be had beside GROUP BY
            "WITH found AS MATERIALIZED (SELECT rowid AS n, rank FROM token WHERE token MATCH ? ORDER BY rank LIMIT 5000)"
            " SELECT entity, max(weight - rank) AS score FROM found JOIN entry USING (n)"
            " GROUP BY entity ORDER BY score DESC, entity LIMIT ?",
            (query, limit),
        )
        return [(entity, float(score)) for entity, score in rows]
