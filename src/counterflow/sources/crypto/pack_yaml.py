"""Packs in YAML, item by item: a header of a few keys, and one long list under ``tags`` or ``actors``.

Invariant: memory holds the header and one item. No alias is followed and no tag of YAML obeyed: a value is a text, a
list or a table of texts, nested no deeper than eight.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import open_text

__all__ = ["Item", "header", "items"]

_DEEPEST = 8


@dataclass(frozen=True)
class Item:
    """:param kind: ``tags`` or ``actors``; :param value: None where it is no table of texts; :param line: 1-based

    :param last: the file ends with it, and without a line end: it may have been cut short
    """

    kind: str
    value: dict[str, Any] | None
    line: int
    wrong: str = ""
    last: bool = False


class _Tail:
    """A text stream that remembers its last character."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream, self.end = stream, ""

    def read(self, size: int = -1) -> str:
        text = self._stream.read(size)
        self.end = text[-1:] or self.end
        return text


def header(path: Path) -> dict[str, Any]:
    """What a pack says of all its items. :raises InputError: it is no YAML, or no pack"""
    found = {key: value for key, value, _ in _top(path) if key and not isinstance(value, Item)}
    if not found:
        raise UnreadableFile("no table with title, creator and tags or actors in it", file=str(path))
    return found


def items(path: Path) -> Iterator[Item]:
    """The items of a pack, in file order."""
    held: Item | None = None
    for key, value, _ in _top(path):
        if held is not None:
            yield replace(held, last=key == "")
            held = None
        if isinstance(value, Item):
            held = value
    if held is not None:
        yield held


def _top(path: Path) -> Iterator[tuple[str, Any, int]]:
    """(key, value, line) of the outermost table; each item of a long list by itself.

    Last of all an empty key, where the file ends without a line end.
    """
    import yaml

    began = False
    try:
        with open_text(path) as text:
            stream = _Tail(text)
            events = iter(yaml.parse(stream, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
            for event in events:
                if isinstance(event, yaml.MappingStartEvent):
                    began = True
                    yield from _table(events)
                    for _ in events:  # to the end of the file
                        pass
                    if stream.end not in ("\n", "\r"):
                        yield "", None, 0
                    return
                if isinstance(event, yaml.SequenceStartEvent | yaml.ScalarEvent):
                    break
    except yaml.YAMLError as e:
        mark = getattr(e, "problem_mark", None)
        reason = f"is not YAML ({getattr(e, 'problem', None) or str(e).splitlines()[0]})"
        kind = InputError if began else UnreadableFile
        raise kind(reason, file=str(path), line=mark.line + 1 if mark else None) from None
    except (UnicodeError, EOFError, OSError) as e:
        raise UnreadableFile(f"cannot be read to its end ({e})", file=str(path)) from None


def _table(events: Iterator[Any]) -> Iterator[tuple[str, Any, int]]:
    import yaml

    for event in events:
        if isinstance(event, yaml.MappingEndEvent):
            return
        line = event.start_mark.line + 1
        if not isinstance(event, yaml.ScalarEvent):
            raise yaml.MarkedYAMLError(problem="a key that is no text", problem_mark=event.start_mark)
        start = next(events)
        if event.value in ("tags", "actors") and isinstance(start, yaml.SequenceStartEvent):
            for inner in events:
                if isinstance(inner, yaml.SequenceEndEvent):
                    break
                yield event.value, _item(event.value, inner, events), line
        else:
            wrong: list[str] = []
            value = _value(start, events, 0, wrong)
            if not wrong:
                yield event.value, value, line


def _item(kind: str, start: Any, events: Iterator[Any]) -> Item:
    wrong: list[str] = []
    value = _value(start, events, 0, wrong)
    line = start.start_mark.line + 1
    if not wrong and not isinstance(value, dict):
        wrong.append("an item must be a table of `key: value`")
    return Item(kind, value if not wrong else None, line, "; ".join(dict.fromkeys(wrong)))


def _value(event: Any, events: Iterator[Any], depth: int, wrong: list[str]) -> Any:
    """What begins with an event, read to its end whatever it holds."""
    import yaml

    if isinstance(event, yaml.ScalarEvent):
        return None if event.implicit[0] and event.value in ("", "~", "null", "Null", "NULL") else event.value
    if isinstance(event, yaml.AliasEvent):
        wrong.append("an alias (*) is not followed: write the value out")
        return None
    if depth > _DEEPEST:
        wrong.append("nested too deeply")
        _pass_over(events)
        return None
    if isinstance(event, yaml.SequenceStartEvent):
        found = []
        for inner in events:
            if isinstance(inner, yaml.SequenceEndEvent):
                break
            found.append(_value(inner, events, depth + 1, wrong))
        return found
    table: dict[str, Any] = {}
    for inner in events:
        if isinstance(inner, yaml.MappingEndEvent):
            break
        key = _value(inner, events, depth + 1, wrong)
        table[str(key)] = _value(next(events), events, depth + 1, wrong)
    return table


def _pass_over(events: Iterator[Any]) -> None:
    """Go to the end of the table or list that has just begun, however deep it is."""
    import yaml

    depth = 1
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if not depth:
            return
