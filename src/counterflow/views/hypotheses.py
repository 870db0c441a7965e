"""Questions with rival hypotheses, as one audience may see them, and what analysts add to them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from counterflow.assessment.evidence import Evidence
from counterflow.assessment.hypotheses import Question, from_rows
from counterflow.assessment.matrix import Matrix, cited_claims, stands_for
from counterflow.errors import NotFound, UsageError
from counterflow.model.handling import PUBLIC, Label

if TYPE_CHECKING:
    from counterflow.pipeline import Line
    from counterflow.views.picture import Picture

__all__ = ["evidence_of", "known", "labelled", "matrix", "question", "questions"]


def _all(line: Line) -> dict[str, tuple[Question, frozenset[str]]]:
    return from_rows(*(line.writings(kind) for kind in ("question", "evidence", "rating")))


def known(line: Line, id: str) -> tuple[Question, frozenset[str]]:
    """One question, and the labels it bears. :raises NotFound: none that may be read"""
    found = _all(line).get(id)
    if found is None:
        raise NotFound("question", id)
    return found


def question(line: Line, id: str) -> Question:
    """One question. :raises NotFound: none that may be read"""
    return known(line, id)[0]


def evidence_of(picture: Picture) -> Evidence:
    """What the assessment reads, loaded once for a picture."""
    found: Evidence = picture.once(("evidence",), lambda: Evidence(picture.scope))
    return found


def questions(picture: Picture) -> dict[str, Any]:
    """All questions, each with what the evidence prefers; weighed anew when something was written or came in."""
    line = picture.line
    stands = ("questions", line.fingerprint())
    return line.unless_written(("question", "evidence", "rating"), stands, lambda: _questions(picture))


def _questions(picture: Picture) -> dict[str, Any]:
    told = []
    for id, (one, labels) in _all(picture.line).items():
        weighed = Matrix(one, evidence_of(picture))
        result = weighed.result
        told.append(
            {
                "id": id,
                "title": one.title,
                "hypotheses": len(one.hypotheses),
                "items": len(weighed.items),
                "leader": one.hypotheses[weighed.ids[result.leader]],
                "preferred": weighed.judgement() or None,
                "why_none": result.why_none,
                **picture.handling(labels | _under(weighed)),
            }
        )
    return {"questions": told}


def matrix(
    picture: Picture, id: str, without: Iterable[str] = (), dependence: float | None = None,
    evidence: Evidence | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One question weighed.

    :param without: items or origins left out; :param dependence: instead of the question's own
    :param evidence: instead of the picture's own

    :raises NotFound: no such question; :raises UnknownName: no such item or origin; :raises UsageError: dependence
    """
    if dependence is not None and not 0 <= dependence <= 1:
        raise UsageError(f"dependence must be from 0 to 1, not {dependence:g}")
    found = known(picture.line, id)
    weighed = Matrix(found[0], evidence or evidence_of(picture), without=[*without], dependence=dependence)
    told = weighed.to_dict()
    for item in told["evidence"]:
        item["handling"] = picture.handling(item.pop("label_ids"))["handling"]
    return {**told, **picture.handling(found[1] | _under(weighed))}


def _under(weighed: Matrix) -> set[str]:
    return {row["label_id"] for rows in weighed.claims.values() for row in rows}


def labelled(evidence: Evidence, question: Question, rows: Collection[tuple[str, str, Any]]) -> list[list[Label]]:
    """The labels that each row of a question must bear.

    An item bears those of every claim that it cites, a rating those of its item. The question bears what it states;
    else all of its items', since its hypotheses may give them away.

    :raises NotFound: a record cited by one of these rows that may not be read, or is not there
    """
    known, own = evidence.scope.labels(), evidence.scope.audience.organisation
    stated = [Label.parse(question.label, own=own)] if question.label else []
    written = {key.split("/")[1] for kind, key, _ in rows if kind != "question"}
    items: dict[str, list[Label]] = {}
    for item in question.evidence:
        cited = cited_claims(evidence, item.cites)
        told = set[str]().union(*map(stands_for, cited))
        missing = sorted(set(item.cites) - told)
        if missing and item.id in written:
            raise NotFound("claim or record", missing[0])
        said = [Label.parse(item.label, own=own)] if item.label else []
        items[item.id] = [*(known[i] for i in sorted({r["label_id"] for r in cited})), *said]
    every = list({x.id: x for found in items.values() for x in found}.values())
    head = stated or every or [PUBLIC]
    return [head if kind == "question" else [*head, *items[key.split("/")[1]]] for kind, key, _ in rows]
