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

    def find(
        self, queries: Sequence[Sequence[str]], limit: int, *, begins: bool = True, loosely: bool = True
    ) -> list[tuple[str, float]]:
        """Entities that hold every token of one query, best first; failing that, any token.

        :param queries: ways to ask for the same thing
        :param begins: the last token is the beginning of one; :param loosely: any token will do where all find nothing
        :returns: (entity, score), higher is better
        """
        asked = [['"' + t.replace('"', '""') + '"' for t in tokens if t.strip()] for tokens in queries]
        asked = [words for words in asked if words]
        if not asked:
            return []
        end = "*" if begins else ""
        found = self._match(
            " OR ".join("(" + " AND ".join([*words[:-1], words[-1] + end]) + ")" for words in asked), limit
        )
        if found or not loosely:
            return found
        return self._match(" OR ".join(w + "*" for words in asked for w in words), limit)

    def tokens(self) -> list[str]:
        """Every token there is, in alphabetical order."""
        self._db.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, token, row)")
        return [term for (term,) in self._db.execute("SELECT term FROM vocabulary")]

    def _match(self, query: str, limit: int) -> list[tuple[str, float]]:
        # bm25 is only to be had where the full-text table is scanned: hence the materialised step before grouping.
        rows = self._db.execute(
            "WITH hit AS MATERIALIZED (SELECT rowid AS n, -bm25(token) AS likeness FROM token WHERE token MATCH ?)"
            " SELECT entity, max(weight + likeness) AS score FROM hit JOIN entry USING (n)"
            " GROUP BY entity ORDER BY score DESC, entity LIMIT ?",
            (query, limit),
        )
        return [(entity, float(score)) for entity, score in rows]
