"""How dates of a column are written: every way in which all of them can be read."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from counterflow.sources.columns import times

__all__ = ["formats"]

_DAYS = ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y", "%d{0}%m{0}%y", "%m{0}%d{0}%y", "%y{0}%m{0}%d", "%d{0}%b{0}%Y", "%d{0}%b{0}%y")
_BARE = ("%Y%m%d", "%d%m%Y", "%d%m%y", "%y%m%d")
_CLOCKS = ("", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %H.%M.%S", " %I:%M %p", " %I:%M:%S %p", " %H%M%S", " %H:%M:%S.%f")
_LATEST = 2100


def formats(sample: Sequence[str]) -> list[str]:
    """Directives of strptime that read every text of the sample as a date between 1950 and 2100, the commonest order
    first; several where it could be read in several ways, none where no single way reads all."""
    texts = pa.array([text.strip() for text in sample], pa.string())
    if not len(texts):
        return []
    first = texts[0].as_py()
    found = []
    for day in _candidates(first):
        for clock in _CLOCKS:
            if bool(clock) != (re.search(r"\d[ T]+\d", first) is not None and len(first) > 8):
                continue
            typed = times(texts, day + clock)
            if typed.wrong.any():
                continue
            years = np.asarray(typed.values.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False)).astype(
                "datetime64[Y]"
            ).astype(int) + 1970  # fmt: skip
            if ((years >= 1950) & (years < _LATEST)).all():
                found.append(day + clock)
    return list(dict.fromkeys(found))


def _candidates(text: str) -> list[str]:
    mark = re.match(r"\d{1,4}([./ -])(\d{1,2}|[A-Za-z]{3})\1\d{1,4}", text)
    if mark:
        return [day.format(mark[1]) for day in _DAYS]
    return list(_BARE) if re.match(r"\d{6}(\d{2})?(\D|$)", text) else []
