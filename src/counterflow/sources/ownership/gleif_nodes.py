"""Records of GLEIF's files as one kind of tree, whatever they are written in: XML, JSON (two forms), CSV.

A node is a text, or a mapping of tags to nodes or lists of them; the text of a node that has attributes stands under
``$``, an attribute under ``@`` and its name. That is how GLEIF's own JSON has it; the plain JSON that others make of
the XML, and the dotted columns of the CSV (``Entity.OtherEntityNames.OtherEntityName.1.xmllang``), are brought to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from counterflow.sources.json_stream import first, items
from counterflow.sources.reader import Head, Rejected, read_head
from counterflow.sources.rows import header_of, rows
from counterflow.sources.xml_stream import elements, line, root_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["KINDS", "Kind", "Node", "kind_of", "records"]


@dataclass(frozen=True)
class Kind:
    """One of GLEIF's files. :param root, tag: of the XML; :param under: key of the JSON; :param mark: a tag that every
    record has; :param columns: of the CSV"""

    root: str
    tag: str
    under: str
    mark: str
    columns: frozenset[str]


KINDS = {
    "gleif": Kind("LEIData", "LEIRecord", "records", "Entity", frozenset({"LEI", "Entity.LegalName"})),
    "gleif-rr": Kind(
        "RelationshipData", "RelationshipRecord", "relations", "Relationship",
        frozenset({"Relationship.StartNode.NodeID", "Relationship.EndNode.NodeID", "Relationship.RelationshipType"}),
    ),
    "gleif-repex": Kind(
        "ReportingExceptionData", "Exception", "exceptions", "ExceptionCategory",
        frozenset({"LEI", "Exception.Category"}),
    ),
}  # fmt: skip
"""Dataset → its file."""
_UNDER = tuple(kind.under for kind in KINDS.values())


@dataclass(slots=True)
class Node:
    """A record, or part of one. :param problems: (field, reason) of what should be a text and is none"""

    tags: dict[str, Any]
    line: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)

    def node(self, *path: str) -> Node:
        """The part at a path; an empty one where there is none."""
        found: Any = self.tags
        for tag in path:
            found = found.get(tag) if isinstance(found, dict) else None
        return Node(found if isinstance(found, dict) else {}, self.line, self.problems)

    def text(self, *path: str) -> str | None:
        """The text at a path; None where there is none."""
        found: Any = self.tags
        for tag in path:
            found = found.get(tag) if isinstance(found, dict) else None
        if isinstance(found, dict):
            found = found.get("$")
        if isinstance(found, str):
            return found.strip() or None
        if found is not None and not isinstance(found, dict):
            if isinstance(found, (int, float)) and not isinstance(found, bool):
                return str(found)
            self.problems.append((".".join(path), f"{str(found)[:100]!r} is not a text"))
        return None

    def attribute(self, name: str) -> str | None:
        """An attribute of this part, however it is written."""
        for key in (f"@{name}", f"@xml:{name}", name):
            found = self.tags.get(key)
            if isinstance(found, str):
                return found.strip() or None
        return None

    def many(self, *path: str) -> Iterator[Node]:
        """The parts at a path whose last tag may be there more than once; a text becomes a part with ``$``."""
        found: Any = self.tags
        for tag in path[:-1]:
            found = found.get(tag) if isinstance(found, dict) else found
        last = path[-1]
        listed = found if isinstance(found, list) else found.get(last) if isinstance(found, dict) else None
        for part in listed if isinstance(listed, list) else [] if listed is None else [listed]:
            if isinstance(part, dict):
                plain = part.get(last)
                yield Node({**part, "$": plain} if isinstance(plain, str) else part, self.line, self.problems)
            elif isinstance(part, str):
                yield Node({"$": part}, self.line, self.problems)
            else:
                self.problems.append((".".join(path), f"{str(part)[:100]!r} is not a text"))


def kind_of(head: Head) -> str | None:
    """Key of `KINDS` that a file is, by its root element, its first object or its columns."""
    root = root_name(head.text)[0]
    if root:
        return next((name for name, kind in KINDS.items() if kind.root == root), None)
    found = first(head, _UNDER)
    if isinstance(found, dict):
        found = found.get("RelationshipRecord", found)
        return next((name for name, kind in KINDS.items() if isinstance(found, dict) and kind.mark in found), None)
    columns = set(header_of(head))
    return next((name for name, kind in KINDS.items() if kind.columns <= columns), None)


def records(path: Path) -> Iterator[Node | Rejected]:
    """Every record of a file of any kind, in file order.

    :raises UnreadableFile: nothing of the kind in it; InputError: it is broken or cut short further down
    """
    head = read_head(path)
    if root_name(head.text)[0]:
        for element, _ in elements(path, [kind.tag for kind in KINDS.values()]):
            tree = _tree(element)
            yield Node(tree if isinstance(tree, dict) else {}, line(element))
    elif head.text.lstrip().startswith(("{", "[")):
        for item in items(path, _UNDER):
            if item.problem or not isinstance(item.value, dict):
                yield Rejected(item.line, None, item.problem or "not a record: an object is expected", raw=item.raw)
            else:
                inner = item.value.get("RelationshipRecord")
                yield Node(inner if isinstance(inner, dict) else item.value, item.line)
    else:
        yield from _cells(path)


@cache
def _local(tag: Any) -> str:
    return str(tag).rpartition("}")[2]


def _tree(element: Element) -> Any:
    attributes = element.attrib
    found: dict[str, Any] = {f"@{_local(str(key))}": str(value) for key, value in attributes.items()}
    leaf = True
    for child in element:
        leaf = False
        tag = _local(child.tag)
        if tag == "Extension":  # half of the file, and nothing that is kept
            continue
        inner = _tree(child) if len(child) or child.attrib else (child.text or "").strip()
        if tag not in found:
            found[tag] = inner
        elif isinstance(found[tag], list):
            found[tag].append(inner)
        else:
            found[tag] = [found[tag], inner]
    if leaf:
        found["$"] = (element.text or "").strip()
    return found


_RENAMED: dict[str, tuple[str, ...]] = {
    "Period": ("RelationshipPeriods", "RelationshipPeriod"),
    "Qualifiers": ("RelationshipQualifiers", "RelationshipQualifier"),
    "Quantifiers": ("RelationshipQuantifiers", "RelationshipQuantifier"),
    "startDate": ("StartDate",),
    "endDate": ("EndDate",),
    "periodType": ("PeriodType",),
    "xmllang": ("@lang",),
    "type": ("@type",),
    "group_type": ("@group_type",),
    "event_status": ("@event_status",),
    "Category": ("ExceptionCategory",),
    "Reason": ("ExceptionReason",),
    "Reference": ("ExceptionReference",),
}
"""Parts of a column's name → tags."""


def _path(column: str) -> tuple[str | int, ...]:
    """``Exception.Reason.1`` → (ExceptionReason, 1)."""
    found: list[str | int] = []
    for part in column.removeprefix("Exception.").split("."):
        found += [int(part)] if part.isdigit() else _RENAMED.get(part, (part,))
    return tuple(found)


def _cells(path: Path) -> Iterator[Node | Rejected]:
    paths: list[tuple[str | int, ...]] = []
    for row in rows(path):
        if isinstance(row, Rejected):
            yield row
        elif not paths:
            paths = [_path(name.strip()) for name in row[1]]
        else:
            tree: dict[Any, Any] = {}
            for steps, cell in zip(paths, row[1], strict=True):
                if cell:
                    _put(tree, steps, cell)
            yield Node(_listed(tree), row[0])


def _put(tree: dict[Any, Any], steps: tuple[str | int, ...], cell: str) -> None:
    for step in steps[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):  # a text that turns out to have attributes
            inner = tree[step] = {"$": inner}
        tree = inner
    before = tree.get(steps[-1])
    if isinstance(before, dict):
        before["$"] = cell
    else:
        tree[steps[-1]] = cell


def _listed(tree: Any) -> Any:
    """Numbered parts as lists."""
    if not isinstance(tree, dict):
        return tree
    if tree and all(isinstance(key, int) for key in tree):
        return [_listed(tree[key]) for key in sorted(tree)]
    return {str(key): _listed(value) for key, value in tree.items()}
