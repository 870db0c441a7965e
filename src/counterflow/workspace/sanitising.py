"""Less for more readers: tear lines of claims, redaction of documents."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.casework import redaction
from counterflow.errors import UsageError
from counterflow.model.handling import Label, combine
from counterflow.workspace.base import Base

if TYPE_CHECKING:
    from counterflow.pipeline import Line

__all__ = ["Sanitising"]


class Sanitising(Base):
    """Less for more readers: tear lines of claims, redaction of documents."""

    def tear_line(
        self, claim: str, value: str, label: str, *, reason: str, grade: str | None = None, audience: str | None = None
    ) -> dict[str, Any]:
        """Restate a claim for a wider circle; see `claims.sanitising`. :param label: a marking in print

        :raises UsageError: the record is another organisation's: it is for its originator to restate it
        """
        from counterflow.claims.sanitising import tear_line

        self.allow("judge")
        line = self.line(audience, True)
        found = line.scope.table("claims")
        rows = line.scope.run(found.filter(found.claim_id == claim).select("label_id")).column("label_id").to_pylist()
        theirs = {o for i in rows for x in [line.labels()[i]] for o in ({x.originator} | x.orcon | x.sources) - {""}}
        mine = line.audience.organisation
        if not line.audience.owner and theirs - {mine}:
            raise UsageError(f"A tear line is written by the originator: {', '.join(sorted(theirs - {mine}))}.")
        wider = Label.parse(label, own=mine)
        return tear_line(self.store, line.scope, self.who, claim, value, wider, reason=reason, grade=grade)

    def tear_lines(self, *, audience: str | None = None) -> list[dict[str, Any]]:
        """Which claims restate which, of originals that may be read: claim, original, reason, by, at."""
        from counterflow.claims.sanitising import SANITISES

        rows = self.line(audience, True).writings(SANITISES)
        return [{"claim": row["key"], **row["content"], "by": row["by"], "at": row["at"]} for row in rows]

    def redact(
        self, document: str, page: int, words: str, code: str, *, reason: str = "", audience: str | None = None
    ) -> dict[str, Any]:
        """Mark a passage to be taken out of what is released of a document. :param words: empty: the whole page

        :raises NotFound: document or page that may not be read; UsageError: the words are not on that page
        """
        from counterflow.claims.marking import find
        from counterflow.claims.passages import passage
        from counterflow.storage.writings import write

        self.allow("judge")
        line = self.line(audience, True)
        row = passage(line.scope, document, page)
        if words.strip() and " ".join(words.split()).casefold() not in " ".join(row["text"].split()).casefold():
            find(row["text"], words, None, None)  # says that it is not there
        content = {"page": page, "words": words.strip(), "code": redaction.code(code), "reason": reason.strip()}
        key = row["source_id"]
        told = ("redact", {"document": key, **content})
        write(self.store.casebook, [(redaction.REDACTION, key, content)], [[line.labels()[row["label_id"]]]], self.who,
              told=told)  # fmt: skip
        return {"document": key, **content}

    def keep_in(
        self, document: str, page: int, words: str, *, reason: str, audience: str | None = None
    ) -> dict[str, Any]:
        """Take a redaction back: the passage stays in what is released from now on. :param words: empty: the whole page

        :raises NotFound: page that may not be read; UsageError: the passage is not taken out, or no reason is given
        """
        from counterflow.claims.passages import passage
        from counterflow.storage.writings import write

        self.allow("judge")
        if not reason.strip():
            raise UsageError("Say why it is taken back.")
        line = self.line(audience, True)
        row = passage(line.scope, document, page)
        key = row["source_id"]
        out = {redaction.same(r["content"]["page"], r["content"]["words"]): r for r in self._taken_out(line, key)}
        found = out.get(redaction.same(page, words))
        if found is None:
            raise UsageError(f"{'These words are' if words.strip() else 'All of it is'} not taken out of page {page}.")
        content = {"page": page, "words": found["content"]["words"], "code": "", "reason": reason.strip()}
        told = ("redact", {"document": key, **content})
        write(self.store.casebook, [(redaction.REDACTION, key, content)], [[line.labels()[row["label_id"]]]], self.who,
              told=told)  # fmt: skip
        return {"document": key, **content}

    def redaction(self, document: str, *, audience: str | None = None) -> dict[str, Any]:
        """What is to be taken out of a document, and how it then reads.

        :returns: document, codes (code → meaning), passages: [{page, words, code, reason, by, at}], title, pages:
            [{page, text, handling}], marks: [{n, page, code}], handling
        :raises NotFound: no document that may be read
        """
        line = self.line(audience, True)
        id, pages, rows, done = self._redacted(line, document)
        labels = line.labels()
        return {
            "document": id, "codes": dict(redaction.codes()), "title": done["title"], "marks": done["marks"],
            "passages": [{**row["content"], "by": row["by"], "at": row["at"]} for row in rows],
            "pages": [{"page": p["page"], "text": p["text"], "handling": labels[p["label_id"]].text}
                      for p in done["pages"]],
            "handling": combine(labels[row["label_id"]] for row in pages).text,
        }  # fmt: skip

    def redacted(self, document: str, out: Path, *, audience: str | None = None) -> dict[str, Any]:
        """Write a document without its redacted passages, as PDF, Word or text by the ending of the file's name.

        :returns: file, pages, marks, handling, sha256
        """
        from counterflow.storage.blobs import sha256_of

        self.allow("export")
        line = self.line(audience, True)
        id, pages, _, done = self._redacted(line, document)
        labels = line.labels()
        handling = combine(labels[row["label_id"]] for row in pages).text
        content = _set(done, handling, {row["label_id"]: labels[row["label_id"]].text for row in pages}, out.suffix)
        partial = out.with_name(f".{out.name}.part")
        partial.write_bytes(content)
        report = {"file": str(out), "pages": len(pages), "marks": len(done["marks"]), "handling": handling,
                  "sha256": sha256_of(partial)}  # fmt: skip
        self.audit("release", {"audience": line.audience.name, "document": id, **report})
        partial.replace(out)
        return report

    def _redacted(
        self, line: Line, document: str
    ) -> tuple[str, list[dict[str, Any]], list[Mapping[str, Any]], dict[str, Any]]:
        """Id, pages, passages to be taken out, and the document without them."""
        from counterflow.claims.passages import resolved

        id = resolved(line.scope, document)
        table = line.scope.table("passages")
        columns = ("page", "text", "label_id")
        rows = table.filter(table.source_id == id).order_by(*columns).select(*columns)
        pages = line.scope.run(rows).to_pylist()
        named = line.scope.table("sources")
        own = named.filter(named.source_id == id).order_by("recorded_at", "label_id")
        titles = line.scope.run(own.select("title")).column("title").to_pylist()
        told = self._taken_out(line, id)
        done = redaction.redacted((titles or [None])[-1] or "Document", pages, [row["content"] for row in told])
        return id, pages, told, done

    def _taken_out(self, line: Line, document: str) -> list[Mapping[str, Any]]:
        """Passages that are to be taken out of a document."""
        return redaction.in_force([row for row in line.writings(redaction.REDACTION) if row["key"] == document])


def _set(document: dict[str, Any], handling: str, markings: dict[str, str], suffix: str) -> bytes:
    if suffix == ".pdf":
        from counterflow.assessment.report_pdf import pdf

        return pdf(redaction.paper(document, handling, markings))
    if suffix == ".docx":
        from counterflow.assessment.report_docx import docx

        return docx(redaction.paper(document, handling, markings))
    if suffix in ("", ".txt", ".md"):
        return redaction.text(document, handling).encode()
    raise UsageError(f"'{suffix}' is no ending that a redacted document has. Valid: .pdf, .docx, .txt.")
