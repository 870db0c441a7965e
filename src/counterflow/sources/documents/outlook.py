"""Messages as Outlook saves them (``.msg``): the same as `mail`, from the properties of an OLE compound file.

Format: MS-OXMSG, MS-CFB (Microsoft open specifications). Property ids: 0037 subject, 0C1A sender, 0E04 and 0E03
recipients, 1000 body, 1013 body as HTML, 3701 data, 3707 and 3704 file name, 007D headers as received.
"""

from __future__ import annotations

import email.parser
import email.policy
import email.utils
from typing import Any

from counterflow.errors import UnreadableFile
from counterflow.sources.documents import html
from counterflow.sources.documents.mail import MOST_PARTS
from counterflow.sources.documents.written import LARGEST, Part, Written, pages_of, shown

__all__ = ["is_msg", "read"]

_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_UNICODE, _BYTES, _EIGHT_BIT = "001F", "0102", "001E"


def is_msg(content: bytes) -> bool:
    """Whether it is an OLE file; which of them are messages shows when it is opened."""
    return content.startswith(_MAGIC)


def read(content: bytes, file: str) -> Written:
    """:raises UnreadableFile: no message, or broken"""
    import olefile

    try:
        with olefile.OleFileIO(content, raise_defects=olefile.DEFECT_FATAL) as ole:
            return _read(ole, file)
    except UnreadableFile:
        raise
    except Exception as e:
        raise UnreadableFile(f"no message that can be read ({type(e).__name__}: {e})", file=file) from e


def _read(ole: Any, file: str) -> Written:
    if not ole.exists("__properties_version1.0"):
        raise UnreadableFile("an OLE file, but no message (an old Word or Excel file? save it anew)", file=file)
    headers = email.parser.HeaderParser(policy=email.policy.default).parsestr(_text(ole, "", "007D"))
    to, cc = _text(ole, "", "0E04"), _text(ole, "", "0E03")
    written = Written("email", (), title=_text(ole, "", "0037"), author=_text(ole, "", "0C1A"))
    written.note = "; ".join(f"{name}: {shown(value)}" for name, value in (("To", to), ("Cc", cc)) if value)
    date = str(headers.get("Date") or "")
    try:
        written.date = email.utils.parsedate_to_datetime(date).date().isoformat() if date else ""
    except (ValueError, TypeError, IndexError, OverflowError):
        written.date = ""
    heads = (("From", written.author), ("To", to), ("Cc", cc), ("Date", date), ("Subject", written.title))
    texts = [f"{name}: {shown(value, 2000)}" for name, value in heads if value]
    body = _text(ole, "", "1000")
    if not body and (raw := _bytes(ole, "", "1013", _BYTES)):
        body = "\n\n".join(html.read(raw, file).pages)
    folders = sorted({entry[0] for entry in ole.listdir() if entry[0].startswith("__attach_version1.0_")})
    for number, folder in enumerate(folders[:MOST_PARTS], 1):
        name = shown(_text(ole, folder, "3707") or _text(ole, folder, "3704"), 120)
        place = f"attachment {number}" + (f": {name}" if name else "")
        data = _bytes(ole, folder, "3701", _BYTES)
        if data:
            written.parts.append(Part(place, data))
        else:
            written.faults.append((place, "holds no file: a message or an object inside; save it by itself"))
    if len(folders) > MOST_PARTS:
        written.faults.append(("parts", f"{len(folders) - MOST_PARTS} of {len(folders)} attachments are not read"))
    written.pages = pages_of([*texts, *body.replace("\r\n", "\n").split("\n\n")])
    return written


def _text(ole: Any, folder: str, property: str) -> str:
    raw = _bytes(ole, folder, property, _UNICODE)
    if raw:
        return raw.decode("utf-16-le", "replace").rstrip("\0")
    return _bytes(ole, folder, property, _EIGHT_BIT).decode("cp1252", "replace").rstrip("\0")


def _bytes(ole: Any, folder: str, property: str, kind: str) -> bytes:
    name = [part for part in (folder, f"__substg1.0_{property}{kind}") if part]
    if not ole.exists(name) or ole.get_size(name) > LARGEST:
        return b""
    with ole.openstream(name) as stream:
        content: bytes = stream.read()
        return content
