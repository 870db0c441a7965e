"""Rival hypotheses as they are written down: a question, its hypotheses, items of evidence that cite records, ratings.

A file (YAML) brings a question in; in the casebook question, items and ratings are rows of their own, each with its
labels, so that an audience sees the question with those items, and those ratings, that it may read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from counterflow.assessment.ach import FITS, RATINGS
from counterflow.config import read_yaml
from counterflow.errors import InputError, NotFound, UnknownName, UsageError
from counterflow.model.handling import Label

__all__ = ["Cited", "Question", "Rating", "from_rows", "of", "read", "to_rows", "to_yaml"]

_ID = re.compile(r"[a-z0-9][a-z0-9_-]*")
_KEYS = ("id", "title", "about", "label", "dependence", "dependent", "hypotheses", "evidence")
_ITEM_KEYS = ("id", "text", "cites", "ratings", "reason", "label")


@dataclass(frozen=True)
class Rating:
    """How well an item fits a hypothesis, in somebody's judgement. :param value: key of `ach.FITS`"""

    value: str
    reason: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class Cited:
    """An item of evidence. :param cites: ids of claims or records; ``record#property`` for one property of a record
    :param ratings: hypothesis → rating; those left out are neutral"""

    id: str
    text: str
    cites: tuple[str, ...]
    ratings: Mapping[str, Rating]
    label: str = ""
    by: str = ""
    at: str = ""


@dataclass(frozen=True)
class Question:
    """:param hypotheses: id → a clause that can follow "It is likely that"; :param about: ids of entities
    :param dependence: how much less origins count that lean on each other, 0 to 1
    :param dependent: groups of ids of sources known to do so; sources of one publisher are a group anyway"""

    id: str
    title: str
    hypotheses: Mapping[str, str]
    evidence: tuple[Cited, ...]
    about: tuple[str, ...] = ()
    label: str = ""
    dependence: float = 0.5
    dependent: tuple[tuple[str, ...], ...] = ()
    by: str = ""
    at: str = ""

    def hypothesis(self, id: str) -> str:
        """Its text. :raises UnknownName: none of that id"""
        if id not in self.hypotheses:
            raise UnknownName("hypothesis", id, self.hypotheses)
        return self.hypotheses[id]

    def item(self, id: str) -> Cited:
        """One item. :raises NotFound: none of that id that may be read"""
        found = next((i for i in self.evidence if i.id == id), None)
        if found is None:
            raise NotFound("item of evidence", id)
        return found


def read(path: Path) -> list[Question]:
    """Questions of a YAML file: one, or a list under ``questions``. :raises InputError: with file and field"""
    data = read_yaml(path)
    told = data.get("questions", [data]) if isinstance(data, dict) else data
    if not isinstance(told, list) or not told:
        raise InputError("must hold a question, or a list of them under 'questions'", file=str(path))
    found = []
    for n, one in enumerate(told, 1):
        reader = _Reader(str(path), f"question {n}" if len(told) > 1 else "")
        found.append(reader.question(one))
    if len({q.id for q in found}) < len(found):
        raise InputError("two questions have the same id", file=str(path), field="id")
    return found


def of(data: Mapping[str, Any]) -> Question:
    """A question from plain data of the same form. :raises InputError: with the field"""
    return _Reader("question", "").question(data)


class _Reader:
    """Checks what somebody wrote by hand, and names the field where it is wrong."""

    def __init__(self, file: str, at: str) -> None:
        self.file = file
        self.at = at

    def _no(self, reason: str, field: str) -> InputError:
        return InputError(reason, file=self.file, field=f"{self.at}, {field}" if self.at else field)

    def question(self, data: Any) -> Question:
        if not isinstance(data, dict):
            raise self._no("must be a table", "question")
        self._keys(data, _KEYS, "")
        hypotheses = data.get("hypotheses")
        if not isinstance(hypotheses, dict) or len(hypotheses) < 2:
            raise self._no("must name at least two hypotheses, id: text", "hypotheses")
        texts = {self._id(k, "hypotheses"): self._text(v, f"hypotheses.{k}").rstrip(".") for k, v in hypotheses.items()}
        evidence = data.get("evidence") or []
        if not isinstance(evidence, list):
            raise self._no("must be a list of items", "evidence")
        items = tuple(self.item(one, n, texts) for n, one in enumerate(evidence, 1))
        if len({i.id for i in items}) < len(items):
            raise self._no("two items have the same id", "evidence")
        dependence = data.get("dependence", 0.5)
        if isinstance(dependence, bool) or not isinstance(dependence, int | float) or not 0 <= dependence <= 1:
            raise self._no(f"must be a number from 0 to 1, not {dependence!r}", "dependence")
        groups = data.get("dependent") or []
        if not isinstance(groups, list):
            raise self._no("must be a list of lists of source ids", "dependent")
        return Question(
            id=self._id(data.get("id"), "id"),
            title=self._text(data.get("title"), "title"),
            hypotheses=texts,
            evidence=items,
            about=self._list(data.get("about"), "about"),
            label=self._label(data.get("label"), "label"),
            dependence=float(dependence),
            dependent=tuple(self._list(group, "dependent") for group in groups),
        )

    def item(self, data: Any, n: int, hypotheses: Mapping[str, str]) -> Cited:
        at = f"evidence {n}"
        if not isinstance(data, dict):
            raise self._no("must be a table of id, text, cites, ratings", at)
        self._keys(data, _ITEM_KEYS, f"{at}.")
        ratings = data.get("ratings") or {}
        if not isinstance(ratings, dict):
            raise self._no("must be a table, hypothesis: rating", f"{at}.ratings")
        reason = data.get("reason") or ""
        found = {}
        for key, value in ratings.items():
            if key not in hypotheses:
                raise self._no(str(UnknownName("hypothesis", str(key), hypotheses)), f"{at}.ratings")
            if value not in FITS:
                raise self._no(str(UnknownName("rating", str(value), FITS)), f"{at}.ratings.{key}")
            found[key] = Rating(str(value), self._text(reason, f"{at}.reason") if reason else "")
        cites = self._list(data.get("cites"), f"{at}.cites")
        if not cites:
            raise self._no("must cite at least one claim or record: evidence without a source counts nothing", at)
        return Cited(
            self._id(data.get("id"), f"{at}.id"), self._text(data.get("text"), f"{at}.text"), cites, found,
            self._label(data.get("label"), f"{at}.label"),
        )  # fmt: skip

    def _keys(self, data: Mapping[Any, Any], known: Iterable[str], at: str) -> None:
        for key in data:
            if key not in known:
                raise self._no(str(UnknownName("key", str(key), known)), f"{at}{key}")

    def _id(self, value: Any, field: str) -> str:
        text = str(value) if isinstance(value, str | int) else ""
        if not _ID.fullmatch(text):
            raise self._no(f"must be lower-case letters, digits, - and _, not {value!r}", field)
        return text

    def _text(self, value: Any, field: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._no(f"must be text, not {value!r}", field)
        return " ".join(value.split())

    def _list(self, value: Any, field: str) -> tuple[str, ...]:
        found = [value] if isinstance(value, str) else value or []
        if not isinstance(found, list) or not all(isinstance(v, str) and v.strip() for v in found):
            raise self._no(f"must be a list of ids, not {value!r}", field)
        return tuple(found)

    def _label(self, value: Any, field: str) -> str:
        if not value:
            return ""
        try:
            return Label.parse(str(value)).text
        except UsageError as e:
            raise self._no(str(e), field) from None


# -- the casebook ----------------------------------------------------------------------------------------------------


def to_rows(question: Question) -> list[tuple[str, str, dict[str, Any]]]:
    """(kind, key, content) of the question, its items and their ratings, as they are kept."""
    head = {
        "title": question.title, "hypotheses": dict(question.hypotheses), "about": list(question.about),
        "label": question.label, "dependence": question.dependence,
        "dependent": [list(group) for group in question.dependent],
    }  # fmt: skip
    rows: list[tuple[str, str, dict[str, Any]]] = [("question", question.id, head)]
    for item in question.evidence:
        key = f"{question.id}/{item.id}"
        rows.append(("evidence", key, {"text": item.text, "cites": list(item.cites), "label": item.label}))
        rows += [
            ("rating", f"{key}/{h}", {"value": r.value, "reason": r.reason}) for h, r in sorted(item.ratings.items())
        ]
    return rows


def from_rows(
    questions: Iterable[Mapping[str, Any]], evidence: Iterable[Mapping[str, Any]], ratings: Iterable[Mapping[str, Any]]
) -> dict[str, tuple[Question, frozenset[str]]]:
    """Questions by id, with the ids of every label under what is shown of each; the last row of a key holds.

    A row whose content says ``withdrawn`` takes the key back.
    """
    heads, items, rated = _last(questions), _last(evidence), _last(ratings)
    found = {}
    for id, row in heads.items():
        c = row["content"]
        own = {k: v for k, v in items.items() if k.partition("/")[0] == id}
        cited, labels = [], set(row["labels"])
        for key, item in sorted(own.items(), key=lambda kv: kv[1]["id"]):
            mine = {k.rpartition("/")[2]: r for k, r in rated.items() if k.rpartition("/")[0] == key}
            labels.update(item["labels"], *(r["labels"] for r in mine.values()))
            cited.append(
                Cited(
                    key.partition("/")[2], item["content"]["text"], tuple(item["content"]["cites"]),
                    {h: Rating(r["content"]["value"], r["content"]["reason"], r["by"], r["at"])
                     for h, r in sorted(mine.items()) if h in c["hypotheses"]},
                    item["content"]["label"], item["by"], item["at"],
                )
            )  # fmt: skip
        question = Question(
            id, c["title"], c["hypotheses"], tuple(cited), tuple(c["about"]), c["label"], c["dependence"],
            tuple(map(tuple, c["dependent"])), row["by"], row["at"],
        )  # fmt: skip
        found[id] = (question, frozenset(labels))
    return found


def _last(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found = {row["key"]: row for row in rows}
    return {key: row for key, row in found.items() if not row["content"].get("withdrawn")}


def to_yaml(question: Question) -> str:
    """The file that would bring it in again."""
    import yaml

    data: dict[str, Any] = {"id": question.id, "title": question.title}
    if question.about:
        data["about"] = list(question.about)
    if question.label:
        data["label"] = question.label
    data["dependence"] = question.dependence
    if question.dependent:
        data["dependent"] = [list(g) for g in question.dependent]
    data["hypotheses"] = dict(question.hypotheses)
    data["evidence"] = [_item_data(item) for item in question.evidence]
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)
    return text


def _item_data(item: Cited) -> dict[str, Any]:
    data: dict[str, Any] = {"id": item.id, "text": item.text, "cites": list(item.cites)}
    data["ratings"] = {h: r.value for h, r in item.ratings.items()}
    reason = next((r.reason for r in item.ratings.values() if r.reason), "")
    return data | ({"reason": reason} if reason else {}) | ({"label": item.label} if item.label else {})


def rated(question: Question, item: str, hypothesis: str, value: str, reason: str) -> Question:
    """The question with one rating changed.

    :raises UnknownName: hypothesis or rating; :raises NotFound: item; :raises UsageError: without a reason
    """
    question.hypothesis(hypothesis)
    if value not in FITS:
        raise UnknownName("rating", value, FITS)
    if not reason.strip():
        raise UsageError("A rating needs a reason.")
    changed = question.item(item)
    new = replace(changed, ratings={**changed.ratings, hypothesis: Rating(value, reason)})
    return replace(question, evidence=tuple(new if i.id == item else i for i in question.evidence))


assert FITS.keys() == RATINGS.keys()
