"""A report to a financial intelligence unit, in goAML XML: payments with both sides, persons, entities, accounts.

What the receiving unit wants is a profile (`goaml.profile`), what goAML is is a table (`goaml/structure.yaml`). What a
profile wants and the data lack is told one by one, and the file is then a draft; it is never filled with blanks.

Format: UNODC, goAML, Standard XML Reporting Instructions and Specifications, 4.0 to 5.0.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from counterflow.casework.chart import plain
from counterflow.casework.export import Exporter, Loss, Tally
from counterflow.casework.goaml.check import gaps, misplaced, schema_problems
from counterflow.casework.goaml.profile import Profile, profile, structure
from counterflow.casework.goaml.report import Node, Parties, handled, tidy, transaction
from counterflow.casework.selection import Selection

__all__ = ["EXPORTER"]

TOLD = 1000
"""Gaps that are told one by one."""


def _write(profile: Profile, selection: Selection, out: BinaryIO, tally: Tally) -> None:
    parties = Parties(selection, profile, tally.left_out)
    payments, seen = selection.payments(), set[str]()
    first = next(payments, None)
    spoken: set[str] = set()
    tally.label_ids.update(label for finding in selection.findings for label in finding["label_ids"])
    body: list[str] = []  # held back: the handling of the whole stands above it
    if first is not None:
        holders = selection.holders()
        for n, row in enumerate(itertools.chain([first], payments), 1):
            number = row["payment_id"] or row["row_id"]
            number = row["row_id"] if number in seen or len(number) > 50 else number
            seen.add(number)
            node = transaction(parties, row, holders, number)
            spoken |= {id for side in ("from", "to") if (id := _holder(row, side, holders))}
            tally.wrote(sorted(parties.handling({h for s in ("from", "to") if (h := _holder(row, s, holders))},
                                                row["label_id"])))  # fmt: skip
            _gaps("transaction", node, profile, f"report/transaction[{n}]", tally)
            body += _lines("transaction", node, 1)
    rest = [id for id in selection.entities if id not in spoken]
    known = [id for id in rest if parties.kind(id)]
    tally.left_out["other things"] += len(rest) - len(known)
    if first is not None and not profile.both:
        tally.left_out["parties of no payment"] += len(known)
        known = []
    reports = [_report_party(parties, id) for id in known]
    for id, node in zip(known, reports, strict=True):
        tally.wrote(sorted(parties.handling([id])))
        _gaps("report_party", node, profile, f"report/activity/report_parties/report_party[{id}]", tally)
    if reports:
        body += _lines("activity", {"report_parties": {"report_party": reports}}, 1)
    head = _head(selection, profile, tally)
    _gaps("report", head, profile, "report", tally)
    handling = selection.handling(tally.label_ids).replace("--", "- -")
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f"<!-- Handling of this report: {plain(handling)} -->",
        "<report>",
    ]
    indicators = head.pop("report_indicators", None)
    lines += [line for name in head if name != "#" for line in _lines_of("report", name, head[name], 1)]
    lines += body
    if indicators:
        lines += _lines("report_indicators", indicators, 1)
    out.write("\n".join([*lines, "</report>", ""]).encode())


def _head(selection: Selection, profile: Profile, tally: Tally) -> Node:
    """What is said of the report as a whole."""
    told = "; ".join(f"{f['sentence']} (likelihood: {f['likelihood']})" for f in selection.findings)
    own = "\n".join([*selection.entities, *(f["id"] for f in selection.findings)])
    reference = f"CF-{hashlib.blake2b(own.encode(), digest_size=8).hexdigest()}"
    node: Node = {"entity_reference": reference, "reason": told or None, **profile.report}
    codes = {code for f in selection.findings for code in profile.indicators.get(f["typology"], ())}
    more = profile.report.get("indicators", ())
    codes |= set(more.replace(",", " ").split() if isinstance(more, str) else more)
    node["report_indicators"] = {"indicator": sorted(codes)} if codes else None
    return tidy("report", node, profile, tally.left_out)


def _report_party(parties: Parties, id: str) -> Node:
    row = parties.selection.entities[id]
    kind = parties.kind(id)
    why = "; ".join(f["sentence"] for f in parties.selection.findings if id in f["subjects"])
    listed = "named by a sanctions list" if row["listed"] else "party of the case"
    node: Node = {"#": id, str(kind): parties.node(id), "reason": why or listed,
                  "comments": handled(parties.selection.handling(parties.handling([id])))}  # fmt: skip
    return tidy("report_party", node, parties.profile, parties.left_out)


def _gaps(kind: str, node: Node, profile: Profile, path: str, tally: Tally) -> None:
    for gap in gaps(kind, node, profile, path):
        tally.left_out["fields that the profile wants"] += 1
        if len(tally.gaps) < TOLD:
            tally.gaps.append(gap.to_dict())


def _holder(row: Mapping[str, Any], side: str, holders: Mapping[str, str]) -> str | None:
    number = "".join(c for c in (row[f"{side}_account"] or "").upper() if c.isascii() and c.isalnum())
    return holders.get(f"account:{number}")


def _lines(name: str, node: Node, depth: int, kind: str | None = None) -> Iterator[str]:
    """A node and all below it, in the order of our table."""
    kind = kind or name
    pad = "  " * depth
    yield f"{pad}<{name}>"
    for key in structure()[kind]:
        child = key.rstrip("*")
        if child in node:
            yield from _lines_of(kind, child, node[child], depth + 1)
    yield f"{pad}</{name}>"


def _lines_of(kind: str, name: str, value: Any, depth: int) -> Iterator[str]:
    known = structure()[kind]
    word, _, of = known[name if name in known else f"{name}*"].partition(" ")
    for one in value if isinstance(value, list) else [value]:
        if word == "node":
            yield from _lines(name, one, depth, of)
        else:
            yield f"{'  ' * depth}<{name}>{plain(one)}</{name}>"


def _check(path: Path, schema: Path | None = None) -> list[str]:
    from lxml import etree

    tree = etree.parse(str(path), etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    return misplaced(tree.getroot()) + (schema_problems(path, schema) if schema else [])


def _configured(options: Mapping[str, Any]) -> Exporter:
    found = profile(options.get("profile"), options.get("report"))
    schema = options.get("schema")
    return replace(EXPORTER, write=partial(_write, found), check=partial(_check, schema=schema and Path(schema)))


EXPORTER = Exporter(
    name="goaml",
    title="Report to a financial intelligence unit, goAML XML",
    media_type="application/xml",
    extension=".goaml.xml",
    losses=(
        Loss("fields that the profile wants", "the data do not have them: told one by one, and the file is a draft"),
        Loss("other things", "ships, places and the like are no party of a report"),
        Loss("parties of no payment", "the profile does not take them beside transactions"),
        Loss("partial dates", "goAML wants a day: a year or month stands in the comments"),
        Loss("addresses as one text", "goAML wants street and city apart: the text stands in the comments"),
        Loss("long texts", "goAML bounds every text; the rest is left out"),
        Loss("stance", "goAML can only assert: what a source denies or doubts is left out"),
        Loss("links", "ownership and kinship are told by the accounts' holders only"),
        Loss("claims, sources", "a payment's source is in its comments; values have none"),
        Loss("handling", "in the comments of each record: no tool enforces it"),
        Loss("positions, shipments", "only payments are transactions"),
    ),
    write=partial(_write, profile()),
    check=_check,
    configured=_configured,
)
"""The plug-in."""
