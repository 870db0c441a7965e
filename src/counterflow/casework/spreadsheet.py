"""Cells that a spreadsheet shows and does not run.

A cell that begins with ``=``, ``+``, ``-``, ``@``, a tab or a line end is a formula to Excel and LibreOffice, and a
name on a hostile list may be one (CWE-1236; OWASP, CSV Injection). Such a cell gets an apostrophe before it. A plain
number or telephone number can do nothing and stays as it is.
"""

from __future__ import annotations

import re

__all__ = ["safe_cell"]

_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[\d .,()-]*\d")


def safe_cell(value: object) -> str:
    """The text of a cell: empty for None, ``true`` and ``false``, anything else as it prints, made harmless."""
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text
