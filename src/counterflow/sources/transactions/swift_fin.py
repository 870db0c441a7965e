"""The FIN format of SWIFT: messages of a file, their headers and the fields of their text block.

``{1:F01…}{2:I103…}{3:{121:…}}{4:`` newline ``:20:…`` newline ``-}{5:…}``, one or many to a file; or the text block
alone, as statements are often delivered: fields from ``:20:`` on, ended by ``-`` or by the next ``:20:``.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

__all__ = ["Field", "Message", "day", "decimal", "messages", "number"]

_TAG = re.compile(r":(\d{2}[A-Z]?):(.*)", re.DOTALL)
_BLOCK = re.compile(r"\{([123]):((?:[^{}]|\{[^{}]*\})*)\}")
_SUB = re.compile(r"\{(\d{3}):([^{}]*)\}")
_DIGITS = re.compile(r"\d{1,18},\d{0,17}")
LONGEST = 2**20
"""Lines of one message at most; what is longer is cut there and said to be."""


@dataclass(slots=True)
class Field:
    """:param tag: ``32A``; :param value: lines joined by a newline; :param line: 1-based"""

    tag: str
    value: str
    line: int

    @property
    def lines(self) -> list[str]:
        """Lines of the value, without those that are blank."""
        return [text.rstrip() for text in self.value.split("\n") if text.strip()]


@dataclass(slots=True)
class Message:
    """:param kind: ``103``, ``202``, ``940``; empty where the headers are missing

    :param headers: subfields of block 3: 121 the UETR, 119 the variant (STP, REMIT, COV), 108 the user's reference
    :param sender, receiver: BICs, where the headers are there
    :param head: blocks 1 to 3 as they stand
    :param whole: the text block was ended as it should be
    """

    line: int
    kind: str = ""
    sender: str | None = None
    receiver: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=list)
    head: str = ""
    whole: bool = False

    def first(self, *tags: str) -> Field | None:
        """The first field of one of these tags, in the order of the tags."""
        return next((f for tag in tags for f in self.fields if f.tag == tag), None)

    def text(self, *tags: str) -> str | None:
        """Its value on one line; None where it is absent or blank."""
        found = self.first(*tags)
        return " ".join(found.value.split()) or None if found else None


def _headed(message: Message, text: str) -> str:
    """Take the blocks 1 to 3 that a line brings; what is left of it belongs to the text block."""
    text = text[max(text.rfind("{1:"), 0) :]  # before it may stand the acknowledgement of another
    message.head += text
    blocks = dict(_BLOCK.findall(message.head))
    own, other = blocks.get("1", ""), blocks.get("2", "")
    message.kind = other[1:4]
    message.sender, message.receiver = _bic(own[3:15]), None
    if other.startswith("I"):
        message.receiver = _bic(other[4:16])
    elif other.startswith("O"):
        message.sender, message.receiver = _bic(other[14:26]), message.sender
    message.headers = dict(_SUB.findall(blocks.get("3", "")))
    return text.partition("{4:")[2]


def _bic(terminal: str) -> str | None:
    """BIC of a logical terminal address of twelve characters: the ninth names the terminal."""
    if len(terminal) < 8:
        return None
    branch = terminal[9:12]
    return terminal[:8] + (branch if len(branch) == 3 and branch != "XXX" else "")


def messages(lines: Iterable[str]) -> Iterator[Message]:
    """The messages of a file, in file order; text between them is passed over."""
    current: Message | None = None
    count = 0
    for number, raw in enumerate(lines, 1):
        text = raw.rstrip("\r\n").strip("\x00\x01\x03\x1a\ufeff$")
        following = _following(text, number, current)
        if following is not None:
            if current is not None and (current.fields or current.kind):
                yield current
            current, count = following, 0
        if current is None:
            continue
        count += 1
        if text.startswith("{") and not text.startswith("{5:"):
            text = _headed(current, text)
        if text.startswith("-}") or text.strip() == "-":
            current.whole = True
            yield current
            current = None
        elif count <= LONGEST:
            _line(current, text, number)
    if current is not None and current.fields:
        current.whole = current.whole or not current.head  # a bare block may end with the file
        yield current


def _following(text: str, number: int, current: Message | None) -> Message | None:
    """The message that begins with this line, or None."""
    if text.startswith("{") and ("{1:" in text or (current is None and ("{4:" in text or "{2:" in text))):
        return Message(number)
    if not text.startswith(":20:") or (current is not None and not current.fields):
        return None
    if current is None:
        return Message(number)
    current.whole = not current.head or current.kind.startswith("9")  # statements may share one envelope
    return Message(number, current.kind, current.sender, current.receiver, current.headers, head=current.head)


def _line(message: Message, text: str, number: int) -> None:
    """A line of a text block: the beginning of a field, or more of the last one."""
    if text.endswith("-}"):  # a block that ends on the line of its last field
        text, message.whole = text[:-2], True
    found = _TAG.match(text)
    if found:
        message.fields.append(Field(found[1], found[2], number))
    elif message.fields and text.strip():
        message.fields[-1].value += "\n" + text


def day(text: str) -> dt.date | None:
    """A date as YYMMDD; years from 80 on are those of the last century (SWIFT's own rule). None where it is none."""
    if not re.fullmatch(r"\d{6}", text):
        return None
    year = int(text[:2])
    try:
        return dt.date(year + (1900 if year > 79 else 2000), int(text[2:4]), int(text[4:]))
    except ValueError:
        return None


def decimal(text: str) -> str | None:
    """An amount with its comma (``1234,5``, ``1234,``) as a plain number; None where it is none."""
    return text.replace(",", ".").rstrip(".") if _DIGITS.fullmatch(text) else None


def number(text: str) -> str:
    """An amount as a plain number; else as it stands, with what is wrong, which no number is."""
    return decimal(text) or f"{text} (a comma must part the decimals)"
