"""A passage of a document, marked by an analyst, becomes a claim: its place, its wording, the document as its source.

Invariant: a mark is handled at least as strictly as the page it was made on, and nobody who could not know of its
subject learns of it through the mark. It is taken back by a retraction, never erased.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from counterflow.claims.builder import Builder
from counterflow.claims.ingest import Store
from counterflow.claims.passages import passage
from counterflow.errors import NotFound, UsageError
from counterflow.model import schema as vocabulary
from counterflow.model.claim import Grade
from counterflow.model.handling import Label, combine
from counterflow.model.source import Descriptor
from counterflow.sources.reader import Said, Statements
from counterflow.storage.ports import Scope
from counterflow.storage.tables import RETRACTIONS

__all__ = ["DATASET", "commit", "elsewhere", "find", "known", "mark", "take_back", "widest"]

DATASET = "marks"
_DESCRIPTOR = Descriptor(
    DATASET,
    "Passages that analysts marked in documents",
    "",
    "that of each document",
    "",
    "as marked",
    "F6",
    kind="mark",
)


@dataclass(frozen=True)
class _Mark:
    """What an analyst says that a passage says. :param start, end: characters counted from the page's start"""

    document: str
    page: int
    start: int
    end: int
    text: str
    subject: str
    schema: str
    property: str
    value: str
    grade: Grade
    origin: str
    note: str


def mark(
    store: Store, scope: Scope, who: str, document: str, page: int, *, property: str, text: str = "",
    start: int | None = None, end: int | None = None, subject: str = "", schema: str = "", value: str = "",
    grade: str | None = None, label: str | None = None, origin: str = "", note: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Turn a passage into a claim about a subject: a known one, or a new one of a `schema`.

    :param scope: of whoever marks: nothing else can be marked, or marked about
    :param text: the passage; :param start, end: its place on the page, where it stands there more than once
    :param value: of the property, by default the passage; of an entity, its id
    :param grade: Admiralty grade; by default the document's letter and 6, "truth cannot be judged"
    :param label: stricter handling than the page's; :param origin: id of the source that the document itself rests on
        there, one of its endnotes for instance
    :returns: claim, document, page, start, end, subject, property, value, handling
    :raises NotFound: document, page, subject or entity that may not be read, or is not there
    :raises UsageError: the passage is not there, or the value is none of the property's kind
    """
    row = passage(scope, document, page)
    at = find(row["text"], text, start, end)
    labels = [
        scope.labels()[row["label_id"]],
        *([Label.parse(label, own=scope.audience.organisation)] if label else []),
    ]
    if subject:
        schema, own = known(scope, subject)
        labels.append(own)
    elif not schema:
        raise UsageError("Say whom it is about: --subject ID, or --schema NAME for somebody new.")
    else:
        new = hashlib.blake2b(f"{row['source_id']} {page} {at}".encode(), digest_size=6).hexdigest()
        subject = f"{DATASET}:{new}"
    if vocabulary.get(schema).property(property).type == "entity":
        labels.append(known(scope, value)[1])
    letter = _reliability(scope, row["source_id"])
    if origin:
        _reliability(scope, origin)
    marked = _Mark(
        row["source_id"], page, *at, row["text"][slice(*at)], subject, schema, property, value,
        Grade.parse(grade) if grade else Grade(letter, 6), origin, note,
    )  # fmt: skip
    joint = combine(labels)
    return {
        "claim": _record(store, marked, joint, who),
        **{key: getattr(marked, key) for key in ("document", "page", "start", "end", "subject", "property")},
        "value": value or marked.text,
        "handling": joint.text,
    }


def known(scope: Scope, id: str) -> tuple[str, Label]:
    """Most specific schema of a subject, and the widest label under which it is known.

    :raises NotFound: it is not known to whoever asks
    """
    claims = scope.table("claims")
    rows = scope.run(claims.filter(claims.subject == id).select("schema", "label_id").distinct()).to_pylist()
    if not rows:
        raise NotFound("entity", id)
    labels = scope.labels()
    schema = min({row["schema"] for row in rows}, key=lambda s: (-len(vocabulary.get(s).ancestors), s))
    return schema, widest(labels[row["label_id"]] for row in rows)


def _reliability(scope: Scope, source: str) -> str:
    """Admiralty letter of a source. :raises NotFound: no such source that may be read"""
    t = scope.table("sources")
    rows = scope.run(t.filter(t.source_id == source).order_by("recorded_at").select("reliability")).to_pylist()
    if not rows:
        raise NotFound("source", source)
    return str(rows[-1]["reliability"])


def find(page_text: str, wanted: str, start: int | None, end: int | None) -> tuple[int, int]:
    """Where a passage stands on its page.

    :param wanted: its text; line breaks and double blanks do not count
    :param start, end: its place, where that is known
    :raises UsageError: it is not there, or there more than once and no place is given
    """
    if start is not None and end is not None:
        if not 0 <= start < end <= len(page_text):
            raise UsageError(f"There are no characters {start} to {end} on that page; it has {len(page_text)}.")
        if wanted and " ".join(page_text[start:end].split()) != " ".join(wanted.split()):
            raise UsageError("At that place the page has another text.")
        return start, end
    words = wanted.split()
    if not words:
        raise UsageError("Name the passage: its text, or the characters from and to.")
    found = list(re.finditer(r"\s+".join(map(re.escape, words)), page_text))
    if not found:
        raise UsageError("That text is not on that page. Copy it from `counterflow documents ID --page N`.")
    if len(found) > 1:
        places = ", ".join(str(m.start()) for m in found[:5])
        raise UsageError(f"That text stands on that page {len(found)} times (at {places}). Name a longer one.")
    return found[0].start(), found[0].end()


def widest(labels: Iterable[Label]) -> Label:
    """Of the labels under which something is known, the one that most may read; any one of them would do."""
    return min(labels, key=lambda x: (x.tlp, len(x.compartments), x.circle is not None, x.persons is not None, x.text))


def _record(store: Store, mark: _Mark, label: Label, who: str) -> str:
    """Write the claim; returns its id. :raises UsageError: the value is none of the property's kind"""
    with store.casebook.writing():
        at = store.casebook.next_time()
        builder = Builder(DATASET, DATASET, _DESCRIPTOR, mark.grade, label, dt.datetime.fromisoformat(at))
        builder.take(_statement(mark, who))
        if builder.quarantine:
            raise UsageError(f"{mark.property}: {builder.quarantine.first[0].reason}")
        rows = builder.claim_rows()
        claim = str(rows.column("claim_id")[0].as_py())
        commit(store, _DESCRIPTOR, [("claims", label.id, rows)], label, mark.grade, claim, at, who, added=1)
    return claim


def take_back(store: Store, scope: Scope, who: str, claim: str, reason: str) -> None:
    """Retract a mark; saying it again later brings it back.

    :raises NotFound: no mark of that id that may be read; :raises UsageError: without a reason
    """
    if not reason.strip():
        raise UsageError("Taking a mark back needs a reason.")
    claims = scope.table("claims")
    found = scope.run(claims.filter((claims.claim_id == claim) & (claims.dataset == DATASET))).to_pylist()
    if not found:
        raise NotFound("mark", claim)
    label = scope.labels()[found[0]["label_id"]]
    with store.casebook.writing():
        at = store.casebook.next_time()
        row = {"claim_id": claim, "dataset": DATASET, "reason": reason, "label_id": label.id,
               "recorded_at": dt.datetime.fromisoformat(at)}  # fmt: skip
        rows = pa.Table.from_pylist([row], RETRACTIONS.schema)
        commit(
            store,
            _DESCRIPTOR,
            [("retractions", label.id, rows)],
            label,
            Grade(),
            f"{claim} taken back",
            at,
            who,
            retracted=1,
        )


def _statement(mark: _Mark, who: str) -> Statements:
    value, original = mark.value or mark.text, mark.text
    note = "; ".join(part for part in (mark.note, f"marked by {who}") if part)
    said = Said(
        mark.property, value, original=original, source_id=elsewhere(mark.document),
        locator=f"page {mark.page}, characters {mark.start}-{mark.end}",
        origin=elsewhere(mark.origin) if mark.origin else None, reliability=mark.grade.reliability,
        credibility=mark.grade.credibility, note=note,
    )  # fmt: skip
    return Statements(elsewhere(mark.subject), mark.schema, [said])


def elsewhere(id: str) -> str:
    """An id of the ledger as a reader names one of another data set: ``un:1`` → ``un::1``."""
    return id.replace(":", "::", 1)


def commit(
    store: Store, d: Descriptor, parts: list[tuple[str, str, pa.Table]], label: Label, grade: Grade, mark: str, at: str,
    who: str, *, added: int = 0, retracted: int = 0, also: Callable[[Any], object] | None = None,
) -> None:  # fmt: skip
    """Commit what an analyst said. :param d: of the dataset; :param also: what else is done in the transaction"""
    described: dict[str, Any] = {
        k: getattr(d, k) for k in ("title", "publisher", "licence", "url", "schedule", "every", "kind", "complete")
    }
    described |= {"grade": str(grade), "edition": None, "archived": False, "options": {}, "file": d.dataset,
                  "inside": "", "retries": None}  # fmt: skip
    counts = {"parties": 0, "entities": added, "claims": added, "observations": 0, "quarantined": 0, "added": added,
              "retracted": retracted}  # fmt: skip
    batch = {
        "dataset": d.dataset, "reader": d.kind, "files": [], "fingerprint": mark, "counts": counts,
        "descriptor": described, "label_id": label.id, "recorded_at": at,
    }  # fmt: skip
    store.casebook.commit_batch(batch, store.ledger.append(parts), [label], [], who, also)
