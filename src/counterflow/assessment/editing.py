"""Edits to a paper: words may change, what stands behind them may not.

Edits come as a patch, so that claims, endnotes and figures are never what somebody sends: a sentence may be reworded
around its numbers and its word of likelihood, taken out whole, or added with claims of its own.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from counterflow.assessment.evidence import Evidence
from counterflow.assessment.press import endnote
from counterflow.assessment.proofreading import units
from counterflow.assessment.writing import harmless, locks
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import PUBLIC, Label, combine

__all__ = ["Edits", "cite_anew", "edited"]


@dataclass(frozen=True)
class Edits:
    """:param sentences: id → new words; :param drop: ids taken out
    :param add: ``{after, text, claim_ids}``: a sentence behind the one of that id
    :param title: "" leaves it"""

    sentences: Mapping[str, str]
    drop: tuple[str, ...] = ()
    add: tuple[Mapping[str, Any], ...] = ()
    title: str = ""


def edited(
    paper: Mapping[str, Any], edits: Edits, evidence: Evidence, problems: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    """The paper with edits.

    :param problems: what may not be done is left undone and told here, ``{id, problem, text}``, instead of being raised
    :raises UsageError: a number or word of likelihood is not as it was, or an added sentence brings one of its own
    :raises NotFound: no sentence of that id, or a claim that may not be read
    """
    made: dict[str, Any] = copy.deepcopy(dict(paper))
    by_id = {unit["id"]: unit for _, unit in units(made)}
    for id in (*edits.sentences, *edits.drop, *(a["after"] for a in edits.add)):
        if id not in by_id:
            raise NotFound("sentence", id)
    if edits.title.strip():
        made["title"] = harmless(" ".join(edits.title.split()))
    rows = evidence.claims({c for a in edits.add for c in a["claim_ids"]})
    steps = [(id, words, partial(_reword, by_id[id], words)) for id, words in edits.sentences.items()]
    steps += [(a["after"], a["text"], partial(_add, made, a, rows)) for a in edits.add]
    for id, words, step in steps:
        try:
            step()
        except UsageError as e:
            if problems is None:
                raise
            problems.append({"id": id, "problem": str(e), "text": words})
    _drop(made, set(edits.drop))
    cite_anew(made, evidence)
    return made


def _reword(unit: dict[str, Any], words: str) -> None:
    text = harmless(" ".join(words.split()))
    if text == unit["text"]:
        return
    judged = "probability" in unit
    before, after = locks(unit["text"], judgement=judged), locks(text, judgement=judged)
    if before != after:
        raise UsageError(
            f"Numbers and words of likelihood are locked: '{', '.join(before) or 'none'}' became"
            f" '{', '.join(after) or 'none'}' in “{text[:80]}”."
        )
    unit.setdefault("generated", unit["text"])
    unit["text"] = text
    if unit["generated"] == text:
        del unit["generated"]


def _add(paper: dict[str, Any], one: Mapping[str, Any], rows: Mapping[str, dict[str, Any]]) -> None:
    _insert(paper, one["after"], _added(one, rows))


def _added(one: Mapping[str, Any], rows: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    text = harmless(" ".join(one["text"].split()))
    if not one["claim_ids"]:
        raise UsageError(f"A sentence that is added cites claims: “{text[:80]}” cites none.")
    for id in one["claim_ids"]:
        if id not in rows:
            raise NotFound("claim", id)
    said = " ".join(str(v) for id in one["claim_ids"] for v in rows[id].values())
    strange = [n for n in locks(text) if n not in locks(said)]
    if strange:
        raise UsageError(f"No claim that “{text[:80]}” cites says {', '.join(strange)}.")
    stem = hashlib.blake2b(f"{one['after']}{text}".encode(), digest_size=5).hexdigest()
    return {"id": f"new-{stem}", "text": text, "endnotes": [], "claim_ids": sorted(set(one["claim_ids"])),
            "method": False, "generated": ""}  # fmt: skip


def _runs(paper: dict[str, Any]) -> list[list[dict[str, Any]]]:
    return [paper["summary_sentences"], *(p["sentences"] for s in paper["sections"] for p in s["paragraphs"])]


def _insert(paper: dict[str, Any], after: str, unit: dict[str, Any]) -> None:
    for run in _runs(paper):
        for n, other in enumerate(run):
            if other["id"] == after:
                run.insert(n + 1, unit)
                return
    raise UsageError("A sentence may be added behind one of the summary or of a section, not behind a judgement.")


def _drop(paper: dict[str, Any], ids: set[str]) -> None:
    for run in _runs(paper):
        run[:] = [s for s in run if s["id"] not in ids]
    paper["key_judgements"] = [j for j in paper["key_judgements"] if j["id"] not in ids]
    for section in paper["sections"]:
        section["paragraphs"] = [p for p in section["paragraphs"] if p["sentences"]]
    paper["sections"] = [s for s in paper["sections"] if s["paragraphs"]]


def cite_anew(paper: dict[str, Any], evidence: Evidence) -> None:
    """Number the endnotes in the order of the text as it is now, and mark what has changed its claims."""
    notes = {note["source_id"]: note for note in paper["endnotes"]}
    source_of = {c: note["source_id"] for note in paper["endnotes"] for c in note["claim_ids"]}
    rows = evidence.claims({c for _, u in units(paper) for c in u["claim_ids"]})
    source_of |= {id: r["source_id"] or r["dataset"] for id, r in rows.items()}
    cited: dict[str, set[str]] = {}
    for _, unit in units(paper):
        for claim in unit["claim_ids"]:
            cited.setdefault(source_of[claim], set()).add(claim)
    numbers = {source: n for n, source in enumerate(cited, 1)}
    for _, unit in units(paper):
        unit["endnotes"] = sorted({numbers[source_of[c]] for c in unit["claim_ids"]})
    paper["endnotes"] = [
        {**notes[source], "n": n, "claim_ids": sorted(cited[source])}
        if source in notes and cited[source] <= set(notes[source]["claim_ids"])
        else harmless(endnote(evidence, source, n, [rows[c] for c in sorted(cited[source]) if c in rows]))
        for source, n in numbers.items()
    ]

    def marking(found: list[dict[str, Any]], before: str) -> str:
        """What is gone from the ledger keeps the marking it had."""
        ids = {c for u in found for c in u["claim_ids"]}
        if not ids <= rows.keys():
            return before
        computed = any(u.get("method", True) for u in found)
        base = Label.from_dict(paper["base"]) if computed else PUBLIC
        return combine([evidence.handling({rows[c]["label_id"] for c in ids}), base]).text

    for section in paper["sections"]:
        for p in section["paragraphs"]:
            p["text"] = " ".join(s["text"] for s in p["sentences"])
            p["endnotes"] = sorted({n for s in p["sentences"] for n in s["endnotes"]})
            p["handling"] = marking(p["sentences"], p["handling"])
    paper["summary"] = " ".join(s["text"] for s in paper["summary_sentences"])
    paper["summary_handling"] = marking(paper["summary_sentences"], paper["summary_handling"])
    if any(u["id"].startswith("new-") for _, u in units(paper)):  # dropping a sentence never opens the whole
        whole = [*({"claim_ids": list(u["claim_ids"])} for _, u in units(paper))]
        added = marking(whole, paper["handling"])
        paper["handling"] = added if paper["handling"] in ("TLP:CLEAR", added) else paper["handling"]
