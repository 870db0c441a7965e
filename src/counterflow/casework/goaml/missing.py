"""What a report lacks, gathered so that somebody can fill it in: one line for each field, however many records lack it.

Each line has the key by which it is stated for all of them (`profile.profile`), and its records, to state one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from counterflow.casework.goaml.profile import Profile

__all__ = ["MOST", "gathered"]

MOST = 50
"""Records of a line that are told one by one."""

_PLACE = re.compile(r"\[[^\]]*\]")


def gathered(gaps: Iterable[Mapping[str, str]], profile: Profile) -> list[dict[str, Any]]:
    """Gaps by field, those of the report as a whole first, then by how many records lack it.

    :param gaps: as `check.Gap.to_dict`
    :returns: path (without numbers), field, reason, key (empty: it cannot be stated), codes (that may be given; empty:
        any text), times, records: the first `MOST` of them, where each can be stated alone
    """
    found: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for gap in gaps:
        child, at, _ = gap["key"].partition("@")
        key = f"{child}@*" if at else gap["key"]
        place = (_PLACE.sub("", gap["path"]), gap["field"], gap["reason"], key)
        line = found.setdefault(place, {**dict(zip(("path", "field", "reason", "key"), place, strict=True)),
                                        "codes": _codes(key, profile), "times": 0, "records": []})  # fmt: skip
        line["times"] += 1
        if at and gap["record"] not in line["records"] and len(line["records"]) < MOST:
            line["records"].append(gap["record"])
    return sorted(found.values(), key=lambda line: (line["path"] != "report", -line["times"], line["path"]))


def _codes(key: str, profile: Profile) -> list[str]:
    name = {"indicators": "indicator", "report_code": "report", "submission_code": "submission"}.get(key, "")
    before, _, of = key.partition(".")
    return [str(code) for code in profile.lists.get(of if before == "default" else name, ())]
