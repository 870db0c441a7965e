"""XML of strangers, element by element: bounded memory, and nothing in the file is obeyed.

Invariant: no document type definition, no entity of the file's own, no network. A file that brings a DOCTYPE is refused
outright (no list of this field needs one), so that entity bombs and references to other files never begin.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

from counterflow.errors import InputError, UnreadableFile
from counterflow.sources.reader import open_binary, read_head

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["Mended", "children", "elements", "line", "root_name", "tag", "text"]

_PROLOG = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:[\w.-]+:)?(?P<name>[\w.-]+)(?P<rest>[^>]*)", re.DOTALL)
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
"""Without a document type definition, which is refused, no other reference can mean anything."""
_LINE = 1 << 20


def root_name(start: str) -> tuple[str, str]:
    """(name without prefix, rest of the tag) of the first element of a text; empty where it is not XML."""
    match = _PROLOG.match(start.removeprefix("\ufeff"))
    return (match["name"], match["rest"]) if match else ("", "")


def children(element: Element, path: str) -> list[Element]:
    """Elements at ``a/b/c`` below `element`, whatever their namespace."""
    return element.findall("/".join(f"{{*}}{step}" for step in path.split("/")))


def text(element: Element, path: str = "") -> str | None:
    """Text of the first element at `path` (without one, of `element`), white space collapsed; None where blank."""
    found = element.findtext("/".join(f"{{*}}{step}" for step in path.split("/"))) if path else element.text
    return (" ".join(found.split()) or None) if found else None


def tag(element: Element) -> str:
    """Name of an element without its namespace; empty for a comment."""
    name: object = element.tag
    return name.rpartition("}")[2] if isinstance(name, str) else ""


def line(element: Element) -> int:
    """1-based line of the file at which an element begins; 0 where lxml does not know."""
    return cast("int | None", element.sourceline) or 0


class Mended:
    """A stream in which each ``&`` that begins no reference of XML itself reads ``&amp;``; memory stays bounded.

    :ivar lines: 1-based numbers of the lines that were mended
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._left, self._number = stream, b"", 1
        self.lines: list[int] = []

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; all that is left where it is negative."""
        while len(self._left) < size or size < 0:
            line = self._stream.readline(_LINE)
            if not line:
                break
            for _ in range(8):  # a piece of a long line must not end inside a reference
                if line.endswith(b"\n") or b"&" not in line[-40:]:
                    break
                line += self._stream.readline(64)
            if b"&" in line and b"<![CDATA[" not in line:
                line, count = _BARE_AMPERSAND.subn(b"&amp;", line)
                self.lines += [self._number] if count else []
            self._number += line.count(b"\n")
            self._left += line
        size = len(self._left) if size < 0 else size
        out, self._left = self._left[:size], self._left[size:]
        return out


def elements(path: Path, tags: Collection[str], *, mend: bool = False) -> Iterator[tuple[Element, list[int]]]:
    """Each complete element of these names (whatever the namespace), in file order, with the lines mended so far and
    not yet told. An element is emptied once the next one is asked for.

    :param mend: read a bare ``&`` as ``&amp;`` (see `Mended`)
    :raises InputError: the file is not well-formed, ends early, or brings a DOCTYPE; UnreadableFile where that shows
        before the first element
    """
    from lxml import etree

    wanted = [f"{{*}}{name}" for name in tags]
    found = 0
    if "<!DOCTYPE" in read_head(path).text:  # before the parser sees it; what hides further down is refused below
        raise _doctype(path)
    try:
        with open_binary(path) as stream:
            source: Any = Mended(stream) if mend else stream
            context = etree.iterparse(
                source, events=("end",), tag=wanted, load_dtd=False, no_network=True, resolve_entities=False,
                huge_tree=False, remove_comments=True, remove_pis=True,
            )  # fmt: skip
            for _, element in context:
                if element.getroottree().docinfo.doctype:
                    raise _doctype(path)
                found += 1
                lines = source.lines if mend else []
                yield cast("Element", element), lines
                element.clear(keep_tail=False)
                while element.getprevious() is not None:
                    del element.getparent()[0]
    except etree.XMLSyntaxError as error:
        kind = InputError if found else UnreadableFile
        what = error.msg.partition(", line")[0] if error.msg else "no element in it"
        reason = f"not well-formed XML or cut short ({what}); fetch it again"
        raise kind(reason, file=str(path), line=error.lineno or 1) from None
    except (EOFError, OSError) as error:
        kind = InputError if found else UnreadableFile
        raise kind(f"cannot be read to its end ({error})", file=str(path)) from None
    if not found:
        raise UnreadableFile(f"no element {' or '.join(sorted(tags))} in it", file=str(path))


def _doctype(path: Path) -> UnreadableFile:
    return UnreadableFile("it brings a DOCTYPE, which no list needs; refused unread", file=str(path))
