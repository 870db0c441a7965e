"""The linter over a paper that somebody has edited, and over text of which only the words are left.

Invariant: a sentence that was generated stands as long as its numbers, its word of likelihood and its claims do; a
sentence that was not stands only if it cites claims, and brings no number that is not in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from counterflow.assessment.report_markdown import printed
from counterflow.assessment.writing import Judgement, Sentence, Unsupported, lint_judgement, lint_sentence, locks

__all__ = ["proofread", "proofread_text", "refuse", "units"]

_SENTENCE = re.compile(r"(.+?)(?:\s?\[([\d, ]+)\])?([.:?!])(?:\s?\[([\d, ]+)\])?(?=\s|$)", re.DOTALL)
_ASIDE = re.compile(r"^(#|\*\*|\*\(|Date of information:|Audience:|\d+\. )|^\s*Confidence: ")


def units(paper: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(place, sentence or judgement) of a paper, in its order; a judgement has a probability."""
    yield from (("Summary", s) for s in paper["summary_sentences"])
    yield from (("Key judgements", j) for j in paper["key_judgements"])
    for section in paper["sections"]:
        yield from ((section["heading"], s) for p in section["paragraphs"] for s in p["sentences"])


def proofread(paper: Mapping[str, Any]) -> list[dict[str, str]]:
    """What may not stand in a paper: ``{id, place, problem, text}``; empty: all may."""
    return [
        {"id": unit["id"], "place": place, "problem": problem, "text": unit["text"]}
        for place, unit in units(paper)
        for problem in _problems(unit)
    ]


def _problems(unit: Mapping[str, Any]) -> list[str]:
    if not unit["text"].strip():
        return ["empty: take the sentence out with its citations instead"]
    judged = "probability" in unit
    if judged:
        j = Judgement(unit["text"], unit["probability"], unit["confidence"], unit["because"], tuple(unit["claim_ids"]))
        found = lint_judgement(j)
    else:
        found = lint_sentence(Sentence(unit["text"], tuple(unit["claim_ids"]), unit["method"]))
    if unit.get("generated") and locks(unit["text"], judgement=judged) != locks(unit["generated"], judgement=judged):
        found.append("its numbers or its word of likelihood are not those of the records")
    return found


def refuse(paper: Mapping[str, Any]) -> None:
    """:raises Unsupported: the linter refuses a sentence of the paper"""
    if problems := proofread(paper):
        raise Unsupported([f"{p['problem']}: {p['text']}" for p in problems])


def proofread_text(text: str, paper: Mapping[str, Any]) -> list[dict[str, str]]:
    """What may not stand in a text that was made from a paper, as Markdown or bare: ``{place, problem, text}``.

    :param paper: as generated; its sentences, printed as they were, stand
    """
    known = sorted((printed(u) for _, u in units(paper)), key=len, reverse=True)
    numbers = {str(note["n"]) for note in paper["endnotes"]}
    problems, place = [], ""
    for block in _blocks(text):
        if block.startswith("#"):
            place = block.lstrip("# ")
        if place == "Endnotes" or _ASIDE.match(block):
            continue
        left = block
        for sentence in known:
            left = left.replace(sentence, " ")
        left = re.sub(r"^\s*(?:- )?\(TLP:(?:[^()]|\([^()]*\))*\)", "", left).strip()
        for found in _foreign(re.sub(r"\\(.)", r"\1", left), numbers):
            problems.append({"place": place, **found})
    return problems


def _blocks(text: str) -> Iterable[str]:
    """Paragraphs, list items, headings; lines of one paragraph together."""
    for block in re.split(r"\n\s*\n", text):
        yield from (b.strip() for b in re.split(r"\n(?=\s*- |#|\s*Confidence: )", block) if b.strip())


def _foreign(text: str, known: set[str]) -> Iterator[dict[str, str]]:
    """Problems of sentences that no record made."""
    end = 0
    for found in _SENTENCE.finditer(text):
        end = found.end()
        said, cited = " ".join(found[1].split()) + found[3], re.findall(r"\d+", f"{found[2]} {found[4]}")
        if not re.search(r"\w", said):
            continue
        problems = lint_sentence(Sentence(said, tuple(cited)))
        problems += [f"cites endnote {n}, which is not there" for n in cited if n not in known]
        if locks(said):
            problems.append(f"brings numbers that were not generated: {', '.join(locks(said))}")
        yield from ({"problem": p, "text": said} for p in problems or ["not a sentence that was generated"] if problems)
    rest = " ".join(text[end:].split())
    if re.search(r"\w", rest):
        yield {"problem": "no full stop", "text": rest}
