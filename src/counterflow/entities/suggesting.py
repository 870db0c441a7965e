"""A program of the user's own that reads a text and suggests what is named in it: a language model, for instance.

Off unless asked for, each time, on the command line: the text of a document leaves this program, and a workspace that
came from somebody else must not be able to say where to. What comes back is held against the text and offered as
unsure; it is never a claim.

The program gets the text of one page on its standard input (UTF-8) and prints one JSON object a line::

    {"text": "Example Trading", "kind": "company", "value": "Example Trading Co.", "start": 17}

`text` must stand in the page as it is; `start` (characters from its beginning) says which, where it stands there more
than once; `kind` and `value` are the program's words, by default ``name`` and the text.
"""

from __future__ import annotations

import json
import shlex
import subprocess
from typing import Any

from counterflow.entities.spotting import Spot
from counterflow.errors import CounterflowError, UsageError

__all__ = ["suggested"]

_SECONDS = 300
_MOST = 5000


def suggested(command: str, text: str) -> list[Spot]:
    """What the program suggests for a text; what does not stand in it is left out.

    :raises UsageError: there is no such program; :raises CounterflowError: it fails, takes too long, or prints no JSON
    """
    words = shlex.split(command)
    if not words:
        raise UsageError("--suggest takes a command, e.g. --suggest 'my-model --entities'.")
    try:
        # the command is what the user typed, word by word, with no shell in between
        done = subprocess.run(words, input=text.encode(), capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    except FileNotFoundError as e:
        raise UsageError(f"--suggest: there is no program '{words[0]}'.") from e
    except (OSError, subprocess.TimeoutExpired) as e:
        raise CounterflowError(f"--suggest: '{words[0]}' could not be run to its end ({e}).") from e
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split())[-300:]
        raise CounterflowError(f"--suggest: '{words[0]}' ended with {done.returncode}: {said}")
    found = []
    for line in done.stdout.decode("utf-8", "replace").splitlines()[:_MOST]:
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as e:
            raise CounterflowError(f"--suggest: '{words[0]}' printed a line that is not JSON: {line[:100]}") from e
        spot = _spot(row, text)
        if spot is not None:
            found.append(spot)
    return found


def _spot(row: Any, text: str) -> Spot | None:
    """A suggestion, if it stands in the text as it says."""
    if not isinstance(row, dict) or not isinstance(row.get("text"), str) or not row["text"]:
        return None
    start = row.get("start")
    if not isinstance(start, int) or text[start : start + len(row["text"])] != row["text"]:
        start = text.find(row["text"])
    if start < 0:
        return None
    kind, value = (str(row.get(key) or other)[:500] for key, other in (("kind", "name"), ("value", row["text"])))
    return Spot(start, start + len(row["text"]), f"suggested {kind}", value)
