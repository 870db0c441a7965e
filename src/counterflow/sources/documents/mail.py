"""E-mail as saved from a mail program (``.eml``, RFC 5322 and MIME): who to whom when, the text, and each attachment as
a document of its own.

Nothing is fetched, no link or picture opened. How many parts are read and how deep they may lie in each other is
bounded; what lies beyond is told.
"""

from __future__ import annotations

import email.errors
import email.message
import email.parser
import email.policy
import email.utils
import re
from collections.abc import Iterator

from counterflow.errors import UnreadableFile
from counterflow.sources.documents import html
from counterflow.sources.documents.written import Part, Written, pages_of, shown

__all__ = ["MOST_PARTS", "is_mail", "read"]

MOST_PARTS = 200
DEEPEST = 20
"""Messages and multiparts in each other."""
_SHOWN = ("From", "To", "Cc", "Bcc", "Reply-To", "Sender", "Date", "Subject")
_HEADER = re.compile(r"(?:[!-9;-~]+:[^\n]*\n(?:[ \t][^\n]*\n)*){3}")
_KNOWN = re.compile(
    r"^(?:from|to|date|subject|message-id|received|mime-version|return-path|delivered-to):", re.I | re.M
)
_ODD = (email.errors.MessageError, LookupError, ValueError, TypeError, AttributeError, AssertionError, IndexError)
"""What the standard library raises over headers and encodings that no mail program writes."""


def is_mail(start: str) -> bool:
    """Whether a text begins with the headers of a message."""
    head = re.split(r"\n\s*\n", start.replace("\r\n", "\n"), maxsplit=1)[0] + "\n"
    names = {name.lower() for name in _KNOWN.findall(head)}
    return len(names) >= 3 and _HEADER.match(head.removeprefix("From ")) is not None


def read(content: bytes, file: str) -> Written:
    """:raises UnreadableFile: no message, or one nested beyond all measure"""
    try:
        message = email.parser.BytesParser(policy=email.policy.default).parsebytes(content)
    except (*_ODD, RecursionError) as e:
        raise UnreadableFile(f"no message that can be read ({type(e).__name__}: {e})", file=file) from e
    written = Written("email", (), title=_header(message, "Subject"), author=_header(message, "From"))
    written.date = _date(message)
    written.note = "; ".join(f"{name}: {value}" for name in ("To", "Cc") if (value := _header(message, name)))
    texts = [f"{name}: {value}" for name in _SHOWN if (value := _header(message, name))]
    number = 0
    for part, depth in _leaves(message):
        number += 1
        if number > MOST_PARTS or depth > DEEPEST:
            continue
        texts += _take(part, number, written)
    if number > MOST_PARTS:
        written.faults.append(
            ("parts", f"{number - MOST_PARTS} of {number} parts are not read: more than {MOST_PARTS}")
        )
    if any(depth > DEEPEST for _, depth in _leaves(message)):
        written.faults.append(("parts", f"what lies more than {DEEPEST} deep is not read"))
    written.pages = pages_of(p for text in texts for p in text.replace("\r\n", "\n").split("\n\n"))
    return written


def _leaves(message: email.message.Message) -> Iterator[tuple[email.message.Message, int]]:
    """Parts that hold content, with how deep they lie; an attached message is one of them. No recursion."""
    stack = [(message, 0)]
    while stack:
        part, depth = stack.pop()
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            stack += [(inner, depth + 1) for inner in reversed(part.get_payload())]  # type: ignore[arg-type]
        else:
            yield part, depth


def _take(part: email.message.Message, number: int, written: Written) -> list[str]:
    """Text of a part that is to be read on the spot; others are kept as documents of their own."""
    name = shown(_filename(part), 120)
    place = f"attachment {number}" + (f": {name}" if name else "")
    try:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            inner = part.get_payload(0) if part.is_multipart() else None
            content = inner.as_bytes() if isinstance(inner, email.message.Message) else b""
            written.parts.append(Part(place if name else f"{place}: message", content))
            return []
        decoded = part.get_payload(decode=True)
        content = decoded if isinstance(decoded, bytes) else b""
        inline = part.get_content_disposition() != "attachment" and not name
        if inline and kind == "text/plain":
            return [_decoded(content, part)]
        if inline and kind == "text/html":
            return list(html.read(_decoded(content, part).encode("utf-8", "replace"), place).pages) if content else []
        if content.strip():
            written.parts.append(Part(place, content))
    except (*_ODD, RecursionError, UnreadableFile) as e:
        written.faults.append((place, f"cannot be read ({shown(str(e), 200) or type(e).__name__})"))
    return []


def _decoded(content: bytes, part: email.message.Message) -> str:
    name = part.get_content_charset() or "utf-8"
    try:
        return content.decode(name)
    except (LookupError, ValueError):
        return content.decode("utf-8", "replace")


def _header(message: email.message.Message, name: str) -> str:
    try:
        return shown(str(message.get(name) or ""), 2000)
    except (*_ODD, RecursionError):
        return ""


def _filename(part: email.message.Message) -> str:
    try:
        return part.get_filename() or ""
    except (*_ODD, RecursionError):
        return ""


def _date(message: email.message.Message) -> str:
    try:
        return email.utils.parsedate_to_datetime(str(message.get("Date"))).date().isoformat()
    except (*_ODD, OverflowError):
        return ""
