"""The query language of free search: words, "phrases", field:value, AND, OR, NOT, +, -, (groups), wild*cards and near~
spellings. A subset of Lucene's query string, which yente's clients write; words without an operator must all be found.

What cannot be understood is an error, as in yente, unless the text comes from a search box (`simple`): then every sign
that is no operator is just a sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from counterflow.errors import UsageError

__all__ = ["And", "Node", "Not", "Or", "Term", "parse", "simple"]


@dataclass(frozen=True, slots=True)
class Term:
    """What is looked for. :param field: property or group of them, ``""``: names and any text; :param phrase: its words
    stand together; :param wild: ``*`` and ``?`` stand for other signs; :param near: spelled nearly so will do"""

    text: str
    field: str = ""
    phrase: bool = False
    wild: bool = False
    near: bool = False


@dataclass(frozen=True, slots=True)
class Not:
    """Everything else."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Node, ...]


Node = Term | Not | And | Or

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<op>\(|\)|&&|\|\||\+|(?<!\w)-|!)
    | (?P<field>[A-Za-z_][\w.]*):(?=\S)
    | "(?P<phrase>(?:[^"\\]|\\.)*)"(?:~\d*)?
    | (?P<word>(?:[^\s()"/\[\]{}^~\\]|\\.)+)(?P<near>~[\d.]*)?(?:\^[\d.]+)?
    )""",
    re.VERBOSE,
)
_WORDS = {"AND": "&&", "OR": "||", "NOT": "!"}
_DEEPEST = 20


def simple(text: str) -> Node | None:
    """Words and phrases that must all be found, a word with ``-`` before it that must not; nothing is an error."""
    parts: list[Node] = []
    for minus, phrase, word in re.findall(r'(?:^|(?<=\s))(-?)(?:"([^"]*)"|([^\s"]+))', text):
        term = Term(phrase, phrase=True) if phrase else Term(word.rstrip("*"), wild=False)
        if re.search(r"\w", term.text):
            parts.append(Not(term) if minus else term)
    return _joined(And, parts)


def parse(text: str, *, near: bool = False) -> Node | None:
    """The query as a tree; None where nothing is asked.

    :param near: every word may be spelled nearly so
    :raises UsageError: a quotation mark, bracket or operator without its other half, or a sign with no meaning here
    """
    reader = _Reader(list(_tokens(text)), near)
    found = reader.either(0)
    if reader.left:
        raise _unclear(f"'{reader.left[0][1]}' has no opening bracket")
    return found


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            sign = text[at:].strip()[0]
            why = {'"': "a quotation mark has no other half", "/": "'/' would begin a regular expression"}
            raise _unclear(why.get(sign, f"'{sign}' means nothing there"))
        at = match.end()
        kind = match.lastgroup if match.lastgroup != "near" else "word"
        found = match[kind or "word"]
        if kind == "word" and found in _WORDS:
            yield "op", _WORDS[found]
        else:
            yield ("near" if match["near"] else str(kind)), re.sub(r"\\(.)", r"\1", found)


def _unclear(why: str) -> UsageError:
    return UsageError(f"The query cannot be read: {why}. Put it in quotation marks, or ask with simple=true.")


class _Reader:
    """Recursive descent over tokens. :param left: (kind, text), those that are still to come"""

    def __init__(self, tokens: list[tuple[str, str]], near: bool) -> None:
        self.left, self.near = tokens, near

    def either(self, depth: int) -> Node | None:
        """Alternatives, up to a closing bracket or the end."""
        if depth > _DEEPEST:
            raise _unclear("too many brackets inside each other")
        parts = [self._all(depth)]
        while self._takes("||"):
            parts.append(self._all(depth))
        if len(parts) > 1 and None in parts:
            raise _unclear("OR needs something on both sides")
        return _joined(Or, [p for p in parts if p is not None])

    def _all(self, depth: int) -> Node | None:
        parts: list[Node] = []
        while self.left and self.left[0] not in (("op", ")"), ("op", "||")):
            if self._takes("&&"):
                if not parts or not self.left or self.left[0] in (("op", ")"), ("op", "||"), ("op", "&&")):
                    raise _unclear("AND needs something on both sides")
                continue
            parts.append(self._one(depth))
        return _joined(And, parts)

    def _one(self, depth: int, field: str = "") -> Node:
        if not self.left:
            raise _unclear("it ends with an operator")
        kind, text = self.left.pop(0)
        if kind == "op":
            if text == "(":
                found = self.either(depth + 1)
                if not self._takes(")"):
                    raise _unclear("a bracket is not closed")
                if found is None:
                    raise _unclear("there is nothing between two brackets")
                return _in(found, field)
            if text in ("-", "!"):
                return Not(self._one(depth, field))
            if text == "+":
                return self._one(depth, field)
            raise _unclear(f"'{text}' means nothing there")
        if kind == "field":
            return self._one(depth, text)
        if kind == "phrase":
            return Term(text, field, phrase=True)
        wild = "*" in text or "?" in text
        return Term(text, field, wild=wild, near=not wild and (kind == "near" or self.near))

    def _takes(self, sign: str) -> bool:
        if self.left and self.left[0] == ("op", sign):
            self.left.pop(0)
            return True
        return False


def _in(node: Node, field: str) -> Node:
    """A tree whose terms are looked for in that field, where they name none themselves."""
    if not field:
        return node
    if isinstance(node, Term):
        return node if node.field else Term(node.text, field, node.phrase, node.wild, node.near)
    if isinstance(node, Not):
        return Not(_in(node.part, field))
    return type(node)(tuple(_in(p, field) for p in node.parts))


def _joined(kind: type[And | Or], parts: list[Node]) -> Node | None:
    return None if not parts else parts[0] if len(parts) == 1 else kind(tuple(parts))
