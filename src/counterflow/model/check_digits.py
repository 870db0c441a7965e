"""Check digits of account numbers: whether a number can be right.

Sources: ISO 13616 (IBAN) and ISO 7064 (mod 97-10).
"""

from __future__ import annotations

import re

__all__ = ["iban", "mod97"]

_IBAN = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}")


def mod97(text: str) -> bool:
    """Whether digits and capitals, letters counted from A = 10, leave 1 when divided by 97."""
    return text.isalnum() and text.isascii() and int("".join(str(int(c, 36)) for c in text)) % 97 == 1


def iban(number: str) -> bool:
    """Whether a number, without blanks and in capitals, is shaped as an IBAN and its check digits agree."""
    return _IBAN.fullmatch(number) is not None and mod97(number[4:] + number[:4])
