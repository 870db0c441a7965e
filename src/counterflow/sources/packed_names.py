"""Names that a list has packed into one field: several with semicolons, another script in parentheses, remarks behind.

Only marks that the publisher uses are acted on: ``;``, ``b)``, parentheses that change the script or list several
names, and the words "original script". Anything else in parentheses stays with the name, or is a remark where it holds
figures or is long. What is taken apart keeps the field as received beside it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Packed", "unpack"]

_PARENTHESES = re.compile(r"\(((?:[^()]|\([^()]*\))*)\)")
_ORIGINAL_SCRIPT = re.compile(r"\(\s*original script\s*\)|\boriginal script\s*:?\s*", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*;\s*|\s+\(?[b-z]\)\s+")
_REMARK_WORDS = 6


@dataclass(frozen=True)
class Packed:
    """:param text: the field as received; :param names: the names in it, in order; :param remarks: what is no name"""

    text: str
    names: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    def original(self, name: str) -> str | None:
        """The field as received, where `name` is not all of it."""
        return self.text if name != self.text else None


def unpack(text: str) -> Packed:
    """The names packed into `text`."""
    names: list[str] = []
    remarks: list[str] = []
    for piece in _pieces(" ".join(_ORIGINAL_SCRIPT.sub(" ", text).split())):
        outer = piece
        inner: list[str] = []
        for match in _PARENTHESES.finditer(piece):
            content = match[1].strip()
            other_script = _latin(content) != _latin(_PARENTHESES.sub(" ", piece))
            if ";" in content or other_script:
                inner += [n for part in _SEPARATOR.split(content) for n in unpack(part).names]
            elif any(c.isdigit() for c in content) or len(content.split()) > _REMARK_WORDS:
                remarks.append(content)
            else:
                continue
            outer = outer.replace(match[0], " ")
        outer, comma, born = outer.partition(", born ")
        remarks += [f"born {born}"] if comma else []
        names += [" ".join(outer.split()), *inner]
    names = [name.strip(" ,;") for name in names]
    found = tuple(dict.fromkeys(name for name in names if any(c.isalnum() for c in name)))
    return Packed(text, found, tuple(remarks))


def _pieces(text: str) -> list[str]:
    """`text` at its separators, but not inside parentheses."""
    shielded = _PARENTHESES.sub(lambda m: m[0].replace(";", "\x00").replace(")", "\x01", m[0].count(")") - 1), text)
    return [p.replace("\x00", ";").replace("\x01", ")") for p in _SEPARATOR.split(shielded) if p.strip(" ,;")]


def _latin(text: str) -> bool:
    """Whether most letters of `text` are Latin."""
    letters = [c for c in text if c.isalpha()]
    return sum(unicodedata.name(c, "").startswith("LATIN") for c in letters) * 2 >= len(letters)
