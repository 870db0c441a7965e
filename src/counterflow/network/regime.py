"""Regimes: from which holding on a law counts a party as its listed owner's own. Rules are data, dated and sourced.

One YAML file a regime in ``regimes/``::

    title: OFAC 50 Percent Rule
    lists:                              # whom it names: a listing's authority or programme holds one of these texts
      authorities: [office of foreign assets control]
      programs: []                      # where given, the programme must fit as well
      datasets: []                      # or the party comes from one of these lists
      not_datasets: [ofac-cons]         # lists of the same authority that do not block
    rules:                              # in order of time, without gaps
      - since: 2014-08-13               # inclusive; absent: ever
        until:                          # inclusive; absent: for now
        line: 50                        # per cent; absent: listed parties only, and `why` says why
        above: false                    # true: more than the line, not the line itself
        reached_by: {shares: together}  # what counts, and how
        source: …                       # the legal source
        url: …

`reached_by` says of a measure (see `measure_of`) one of: ``together``, all listed owners are added up; ``each``, one
listed owner has to reach the line; ``jointly``, likewise, but several together may be a joint holding; ``decides``, one
such interest is enough; ``may``, it shows that the party may be owned or controlled, and no more. What is not named
does not count in that law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from counterflow.errors import UnknownName
from counterflow.model import interests
from counterflow.model.dates import earliest, latest

__all__ = ["MEASURES", "Lists", "Regime", "Rule", "get", "measure_of", "names"]

Effect = Literal["together", "each", "jointly", "decides", "may"]
MEASURES = ("shares", "votes", "indirect", "nominator", "board", "appointmentOfBoard", "control", "family")
"""What can be measured, each apart: parts of the capital; of the votes; a register's figure of a holding that runs
through others; shares that a nominee holds for one; seats on the board; the right to appoint it; control by other
means; majorities of close relatives."""
_SEATS = ("boardMember", "boardChair")


@dataclass(frozen=True)
class Lists:
    """Whom a regime names. Texts are compared in lower case, as parts."""

    authorities: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    not_datasets: tuple[str, ...] = ()

    def name(self, authority: str | None, program: str | None, publisher: str | None, dataset: str | None) -> bool:
        """Whether a listing is one of this regime's. :param publisher: the list, where one file holds several"""
        if dataset in self.not_datasets:
            return False
        if dataset in self.datasets:
            return True
        said = f"{authority or ''} {publisher or ''}".lower()
        if not any(text in said for text in self.authorities):
            return False
        told = f"{program or ''} {publisher or ''}".lower()
        return not self.programs or any(text in told for text in self.programs)


@dataclass(frozen=True)
class Rule:
    """What holds from `since` to `until`. :param line: per cent; None: only listed parties, and `why` says why"""

    since: str | None = None
    until: str | None = None
    line: float | None = None
    above: bool = False
    reached_by: Mapping[str, Effect] = field(default_factory=dict)
    source: str = ""
    url: str = ""
    note: str = ""
    why: str = ""


@dataclass(frozen=True)
class Regime:
    """:param rules: in order of time"""

    name: str
    title: str
    lists: Lists
    rules: tuple[Rule, ...]

    def rule(self, as_of: str | None) -> Rule:
        """The rule in force on the last day that a partial date can mean; the latest one for None."""
        if as_of is None:
            return self.rules[-1]
        day = latest(as_of)
        held = [r for r in self.rules if r.since is None or earliest(r.since) <= day]
        return held[-1] if held else self.rules[0]


def measure_of(schema: str, code: str | None, directness: str | None) -> str | None:
    """The measure that a link belongs to; None: it is no interest, or a benefit without control.

    :param code: kind of interest, of `model.interests`; an Ownership that says none is of shares
    """
    if schema not in ("Ownership", "Control", "Directorship"):
        return None
    known = interests.find(code) if code else None
    if schema == "Directorship" or (known and known.code in _SEATS):
        return "board"
    counts: str = known.counts if known else "shares" if schema == "Ownership" else "control"
    if counts == "shares" and directness == "indirect":
        return "indirect"
    if known and known.code in ("appointmentOfBoard", "nominator"):
        return known.code
    return {"shares": "shares", "votes": "votes", "control": "control", "unknown": "control"}.get(counts)


def names() -> list[str]:
    """Every regime, in alphabetical order."""
    return sorted(_regimes())


def get(name: str) -> Regime:
    """A regime by name. :raises UnknownName: there is none of that name"""
    if name not in _regimes():
        raise UnknownName("regime", name, _regimes())
    return _regimes()[name]


@cache
def _regimes() -> Mapping[str, Regime]:
    import yaml

    folder = resources.files("counterflow.network") / "regimes"
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".yaml")), key=lambda f: f.name)
    return {f.name[:-5]: _regime(f.name[:-5], yaml.safe_load(f.read_text("utf-8"))) for f in files}


def _regime(name: str, row: Mapping[str, Any]) -> Regime:
    lists = Lists(**{key: tuple(texts) for key, texts in row["lists"].items()})
    return Regime(name, row["title"], lists, tuple(_rule(rule) for rule in row["rules"]))


def _rule(row: Mapping[str, Any]) -> Rule:
    dated = {key: str(row[key]) for key in ("since", "until") if row.get(key)}
    return Rule(**{**row, **dated, "reached_by": cast(Mapping[str, Effect], row.get("reached_by", {}))})
