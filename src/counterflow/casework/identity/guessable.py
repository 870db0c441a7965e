"""What a password may not be: what many use, what was breached, what is at hand in this place.

Common passwords, words, names, keyboard runs, dates and their repetitions are told by `zxcvbn`, which estimates how
many guesses a password takes (Wheeler, USENIX Security 2016). Breached ones are looked up in a file that the operator
got, sorted SHA-1 hashes one a line, as Have I Been Pwned publishes them; nobody is asked over a network.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from pathlib import Path

from counterflow.storage.identity import Directory

__all__ = ["LEAST", "OWN_WORDS", "breached", "guessable", "words"]

LEAST = 1e12
"""Guesses that a password must withstand; what is common, or made of it by a rule, takes far fewer."""

OWN_WORDS = ("counterflow", "office39", "office 39", "password", "passkey", "administrator", "supervisor")
"""Words that no password holds anywhere; beside them the organisation, the unit, the own name, and the setting's."""

_SHORTEST = 4
"""Letters of a word that counts: ``FIU`` in the midst of something else says nothing."""

_LOOKED_AT = 72
"""Characters that `zxcvbn` takes."""

_LINE = 128
"""Bytes in which a line of hashes ends."""


def words(directory: Directory, principal: dict[str, str], told: Collection[str] = ()) -> list[str]:
    """The words of this place for somebody's password, folded. :param told: by the setting ``passwords.words``"""
    home = directory.one("organisations", id=principal["organisation"])
    own = [principal["folded"], *principal["folded"].split(), principal["unit"], home["name"] if home else ""]
    found = {word.casefold().strip() for word in (*OWN_WORDS, *told, *own)}
    return sorted({principal["folded"], *(word for word in found if len(word) >= _SHORTEST)})


def guessable(text: str, known: Collection[str], file: Path | None = None) -> str | None:
    """Why a password would be guessed, in words; None: it would not.

    :param known: words that it may not hold; :param file: of breached passwords, see `breached`
    """
    folded = text.casefold()
    held = next((word for word in known if word in folded), None)
    if held is not None:
        return f"It holds '{held}': no name, organisation or word of this place may stand in it."
    from zxcvbn import zxcvbn

    if float(zxcvbn(text[:_LOOKED_AT], user_inputs=list(known))["guesses"]) < LEAST:
        return "It is one that many use, or made of one by a rule: take several words that have nothing in common."
    if file is not None and breached(text, file):
        return "It is among passwords that were breached somewhere: take one that is used nowhere else."
    return None


def breached(text: str, file: Path) -> bool:
    """Whether a file of sorted SHA-1 hashes (hexadecimal, one a line, ``:COUNT`` may follow) names a password.

    SHA-1 names it here as those who collect them do; it protects nothing.
    """
    wanted = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with file.open("rb") as lines:
        low, high = 0, lines.seek(0, 2)
        while high - low > _LINE:  # the line wanted begins at `low` or after it, and before `high`
            middle = (low + high) // 2
            lines.seek(middle)
            lines.readline()
            if lines.tell() >= high:
                break
            if lines.readline()[:40].upper() <= wanted:
                low = middle
            else:
                high = middle
        lines.seek(low)
        return any(line[:40].upper() == wanted for line in lines.read(high - low + 2 * _LINE).splitlines())
