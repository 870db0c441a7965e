"""A selection as a paper that people read: parties, links, findings, payments, each paragraph with its portion mark.

The shape is that of the written assessment, so that PDF and Word set both alike: the banner of all on each page, a
mark before each paragraph, sources as endnotes. A paragraph holds what bears one label, so that a page of many
markings can be cut up by them. Headings are the same in every paper: a name in one would be read without its mark.

Source: ICD 206 (source reference citations); ISOO, Marking Classified National Security Information (portion marks).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from counterflow.casework.chart import edge, plain
from counterflow.casework.export import Loss, Tally
from counterflow.casework.selection import Selection
from counterflow.model import schema as vocabulary

__all__ = ["LOSSES", "MOST", "paper"]

MOST = 2_000
"""Paragraphs of a section: a longer paper is a table, and there are formats for tables."""

LOSSES = (
    Loss("paragraphs", f"a section takes {MOST:,} paragraphs; further records are left out: take a table"),
    Loss("locator", "where in the source"),
    Loss("basis, score, reasons", "why subjects are one entity: see the format `clusters`"),
    Loss("positions, shipments", "only payments are told"),
    Loss("control characters", "signs that do not print are left out"),
)
"""What a paper does not carry."""


class _Notes:
    """Sources, numbered as they are first cited."""

    def __init__(self, selection: Selection) -> None:
        self._known = selection.sources()
        self.numbers: dict[str, int] = {}

    def cite(self, ids: Iterable[str | None]) -> list[int]:
        found = sorted({id for id in ids if id})
        return sorted(self.numbers.setdefault(id, len(self.numbers) + 1) for id in found)

    def printed(self) -> list[dict[str, Any]]:
        return [{"n": n, "text": self._text(id)} for id, n in self.numbers.items()]

    def _text(self, id: str) -> str:
        row = self._known.get(id)
        if row is None:
            return _line(id)
        told = [row["title"], row["publisher"] or row["author"], row["date_published"], row["url"]]
        grade = f"source of reliability {row['reliability']}" if row["reliability"] else None
        return _line(", ".join(str(part) for part in (*told, grade) if part) + f" ({id})")


def paper(selection: Selection, tally: Tally) -> dict[str, Any]:
    """The paper as data, in the shape of ``GET /api/report``."""
    notes = _Notes(selection)
    sections = {
        "Findings": _findings(selection),
        "Parties and things": _things(selection, notes),
        "Links": _links(selection),
        "Payments": _payments(selection, notes),
    }
    told = []
    for heading, records in sections.items():
        paragraphs = []
        for n, (labels, sentences) in enumerate(records):
            if n >= MOST:
                tally.left_out["paragraphs"] += 1
                continue
            tally.wrote(labels)
            paragraphs.append({"handling": selection.handling(labels), "sentences": sentences})
        if paragraphs:
            told.append({"heading": heading, "paragraphs": paragraphs})
    handling = selection.handling(tally.label_ids)
    counts = f"{len(selection.entities):,} parties and things, {len(selection.links):,} links"
    findings = f", {len(selection.findings):,} findings" if selection.findings else ""
    return {
        "title": "Records released", "handling": handling, "audience": _line(selection.audience),
        "date_of_information": selection.last_recorded(), "summary_handling": handling, "key_judgements": [],
        "summary_sentences": [{"text": f"{counts}{findings}.", "endnotes": []}], "sections": told, "figures": [],
        "endnotes": notes.printed(),
    }  # fmt: skip


_Record = tuple[list[str], list[dict[str, Any]]]
"""Labels of a paragraph, and its sentences."""


def _findings(selection: Selection) -> Iterator[_Record]:
    for finding in selection.findings:
        benign = f" It may also be: {'; '.join(finding['benign'])}." if finding.get("benign") else ""
        text = f"{finding['sentence']} Likelihood: {finding['likelihood']}.{benign}"
        yield list(finding["label_ids"]), [_said(text)]


def _things(selection: Selection, notes: _Notes) -> Iterator[_Record]:
    for id, claims in selection.told():
        row = selection.entities.get(id)
        if row is None:
            continue  # a relationship: among the links
        kind = vocabulary.get(row["schema"]).label
        for label, own in groupby(sorted(claims, key=lambda c: str(c["label_id"])), key=lambda c: str(c["label_id"])):
            told = list(own)
            name = next((c["value"] for c in told if c["property"] == "name"), id)  # a name that bears this very label
            yield [label], [_said(f"{name} ({kind}; {id})."), *_values(told, notes)]


def _values(claims: Sequence[Mapping[str, Any]], notes: _Notes) -> Iterator[dict[str, Any]]:
    order = sorted(
        claims, key=lambda c: (c["property"] != "name", c["schema"], c["property"], c["stance"] != "asserts")
    )
    for (schema, property, stance), own in groupby(order, key=lambda c: (c["schema"], c["property"], c["stance"])):
        told = list(own)
        words = "" if stance == "asserts" else f" ({stance})"
        values = "; ".join(dict.fromkeys(f"{c['value']} [{c['reliability']}{c['credibility']}]" for c in told))
        label = vocabulary.get(schema).property(property).label
        yield _said(f"{label}{words}: {values}.", notes.cite(c["source_id"] for c in told))


def _links(selection: Selection) -> Iterator[_Record]:
    for row in selection.links:
        told = edge(selection, row)
        ends = [selection.entities[row[end]]["caption"] for end in ("source", "target")]
        labels = {*row["label_ids"]}
        for end in ("source", "target"):  # their names are in it
            labels |= set(selection.entities[row[end]]["label_ids"])
        when = f"{row['start'] or '?'} to {row['end'] or '?'}" if row["start"] or row["end"] else None
        parts = [told["label"], told["role"], row["share"] and f"{row['share']} %", when,
                 None if row["stance"] == "asserts" else row["stance"], f"grade {told['grade']}"]  # fmt: skip
        yield sorted(labels), [_said(f"{ends[0]} → {ends[1]}: {', '.join(str(p) for p in parts if p)}.")]


def _payments(selection: Selection, notes: _Notes) -> Iterator[_Record]:
    for row in selection.payments():
        sides = [
            f"{row[f'{s}_name'] or 'somebody'} ({row[f'{s}_account'] or 'no account'}, {row[f'{s}_bank'] or 'no bank'})"
            for s in ("from", "to")
        ]
        time = f"{row['timestamp']:%Y-%m-%d %H:%M}" if row["timestamp"] else "no date"
        sum_ = f"{row['amount']:,.2f} {row['currency'] or ''}".strip() if row["amount"] is not None else "a sum"
        text = f"{time}: {sides[0]} paid {sum_} to {sides[1]}."
        yield [row["label_id"]], [_said(text, notes.cite([row["source_id"]]))]


def _said(text: str, endnotes: Sequence[int] = ()) -> dict[str, Any]:
    return {"text": _line(text), "endnotes": list(endnotes)}


def _line(text: str) -> str:
    """Text of one line that any font and XML admit."""
    return " ".join("".join(c if c.isprintable() else " " for c in plain(text, escaped=False)).split())
