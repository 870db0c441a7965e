"""One record of an ISO 20022 message as plain objects, without namespaces: a record is looked into a hundred times."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from counterflow.sources import xml_stream

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["Node", "children", "first", "node", "text", "words"]


@dataclass(slots=True)
class Node:
    """:param name: without its namespace; :param value: text of its own, white space collapsed; :param line: 1-based"""

    name: str
    value: str | None
    line: int
    attributes: Mapping[str, str] = field(default_factory=dict)
    below: dict[str, list[Node]] = field(default_factory=dict)


def node(element: Element) -> Node:
    """An element with all below it."""
    own = element.text
    found = Node(xml_stream.tag(element), (" ".join(own.split()) or None) if own else None, xml_stream.line(element))
    if element.attrib:
        found.attributes = {str(key): str(value) for key, value in element.attrib.items()}
    for child in element:
        name = xml_stream.tag(child)
        if name:
            found.below.setdefault(name, []).append(node(child))
    return found


def children(at: Node, path: str) -> list[Node]:
    """Nodes at ``a/b/c`` below a node."""
    found = [at]
    for step in path.split("/"):
        found = [child for one in found for child in one.below.get(step, ())]
        if not found:
            break
    return found


def first(at: Node | None, path: str) -> Node | None:
    """The first node at a path; None where there is none."""
    found = children(at, path) if at is not None else None
    return found[0] if found else None


def text(at: Node | None, path: str = "") -> str | None:
    """Text of the first node at a path, without one of the node itself; None where blank or absent."""
    found = first(at, path) if path else at
    return found.value if found is not None else None


def words(at: Node) -> Iterator[str]:
    """All texts in a node, its own first."""
    if at.value:
        yield at.value
    for below in at.below.values():
        for child in below:
            yield from words(child)
