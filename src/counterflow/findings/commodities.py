"""Commodities that a law or a convention names, by code of the Harmonized System and by day.

Rules are data: ``commodities.yaml`` beside this module, each with where it stands. A code falls under a rule whose code
it begins with. Editions of the nomenclature differ in few of these codes; where goods stood elsewhere in an older
edition, the old code is covered for that edition.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis

__all__ = ["KINDS", "Rule", "covered", "rules", "under"]

KINDS = ("embargo", "luxury", "arms", "dual_use", "precursor", "tobacco", "vehicle", "gold_and_cash")


@dataclass(frozen=True)
class Rule:
    """One code under one list, for a span of days.

    :param name: of the list; :param kind: one of `KINDS`; :param goods: in words
    :param code: 2, 4 or 6 digits; codes that begin so are meant
    :param first: ISO day from which; empty: always; :param last: ISO day up to which; empty: to this day
    :param level: banned, quota, restricted or listed
    :param cite: where it stands
    :param country: whose trade is meant; empty: anybody's; :param side: export or import of that country; empty: either
    :param contracts: last ISO day for goods under contracts signed before; empty: none
    :param unless: what is not meant, in words
    :param worth: least value of one unit that is meant, US dollars; None: any
    :param quota_kg, quota_usd: most of a calendar year, of all countries together; None: no such bound
    :param since: first edition that has the code; :param until: first that has it no more
    """

    name: str
    kind: str
    goods: str
    code: str
    first: str
    last: str
    level: str
    cite: str
    country: str = ""
    side: str = ""
    contracts: str = ""
    unless: str = ""
    worth: float | None = None
    quota_kg: float | None = None
    quota_usd: float | None = None
    since: str = "HS1988"
    until: str = "HS9999"


@cache
def rules() -> tuple[Rule, ...]:
    """Every rule, in the order of the file."""
    import yaml

    text = (resources.files("counterflow.findings") / "commodities.yaml").read_text("utf-8")
    file = yaml.safe_load(text)
    return tuple(
        dict.fromkeys(  # codes that were one in an older edition
            placed
            for name, told in file["lists"].items()
            for rule in _of_list(name, told)
            for placed in _in_editions(rule, file["moved"])
        )
    )


def covered(code: str, day: str = "", edition: str = "", kind: str = "") -> tuple[Rule, ...]:
    """The rules that a code falls under on a day.

    :param code: digits of the Harmonized System, as many as are known
    :param day: partial ISO date: a month or year counts by its first day; empty: any day
    :param edition: ``HS2017``…; empty: whatever edition has such a code
    :param kind: of `KINDS`; empty: all
    """
    begins = (day + "-01-01")[:10]
    return tuple(
        rule
        for rule in rules()
        if code.startswith(rule.code)
        and kind in ("", rule.kind)
        and (not day or (rule.first <= begins and (not rule.last or begins <= rule.last)))
        and (not edition or rule.since <= edition < rule.until)
    )


def under(rows: ibis.Table, *kinds: str, ever: bool = False) -> ibis.Table:
    """Rows with every rule that they fall under: all columns of `rows`, and of the rule name, kind, goods, code, first,
    last, level, country, side, contracts, unless, cite, worth, quota_kg and quota_usd, with ``rule_`` before each.

    Codes are matched once for each code that occurs, not for each row.

    :param rows: with hs_code, hs_edition and date; those without a code or a date fall under none
    :param kinds: of `KINDS`; none: all
    :param ever: whatever the row's day: under what a rule names before, while and after it holds
    """
    import ibis

    wanted = [rule for rule in rules() if rule.kind in kinds or not kinds]
    named = ibis.memtable(_columns(wanted))
    codes = rows.filter(rows.hs_code.notnull()).select("hs_code").distinct()
    lengths = sorted({len(rule.code) for rule in wanted})
    begun = [codes.select("hs_code", rule_code=codes.hs_code.substr(0, n)) for n in lengths]
    prefixes = ibis.union(*begun, distinct=True) if len(begun) > 1 else begun[0]
    matched = prefixes.join(named, "rule_code").rename(matched_code="hs_code")
    found = rows.join(matched, rows.hs_code == matched.matched_code).drop("matched_code")
    day, edition = (found["date"] + "-01-01").substr(0, 10), found.hs_edition
    inside = (day >= found.rule_first) & ((found.rule_last == "") | (day <= found.rule_last))
    has_it = edition.isnull() | ((edition >= found.rule_since) & (edition < found.rule_until))
    return found.filter(has_it if ever else day.notnull() & inside & has_it).drop("rule_since", "rule_until")


def _of_list(name: str, told: Mapping[str, Any]) -> Iterator[Rule]:
    """The rules of a list, under codes as written: for each line, side and step."""
    steps = told["steps"]
    starts = [_day(step.get("from")) for step in steps]
    ends = [(dt.date.fromisoformat(start) - dt.timedelta(days=1)).isoformat() for start in starts[1:]]
    sides = ("export", "import") if told.get("side") == "both" else (told.get("side", ""),)
    for goods, line in told["lines"].items():
        codes, worth = (line["codes"], float(line["worth"])) if isinstance(line, Mapping) else (line, None)
        for code in codes:
            for side in sides:
                for step, first, last in zip(steps, starts, [*ends, ""], strict=True):
                    quota = step.get("quota", {})
                    yield Rule(
                        name, told["kind"], goods, code, first, last, step["level"], step["cite"],
                        told.get("country", ""), side, _day(step.get("contracts")), step.get("unless", ""), worth,
                        quota.get("kg"), quota.get("usd"),
                    )  # fmt: skip


def _in_editions(rule: Rule, moved: list[dict[str, Any]]) -> Iterator[Rule]:
    """The rule under its code, and under the codes that its goods had before."""
    since = [move["in"] for move in moved if rule.code in move["now"]]
    yield replace(rule, since=max(since, default=rule.since))
    for move in moved:
        if rule.code in move["now"]:
            wider = f"{move['wider']} (in editions before {move['in']})" if "wider" in move else ""
            unless = "; ".join(part for part in (rule.unless, wider) if part)
            for old in move["was"]:
                yield replace(rule, code=old, until=move["in"], unless=unless)


def _day(written: Any) -> str:
    return str(written) if written else ""


def _columns(wanted: list[Rule]) -> Any:
    import pyarrow as pa

    texts = ("name", "kind", "goods", "code", "first", "last", "level", "country", "side", "contracts", "unless",
             "cite", "since", "until")  # fmt: skip
    columns = {f"rule_{name}": pa.array([getattr(rule, name) for rule in wanted], pa.string()) for name in texts}
    for name in ("worth", "quota_kg", "quota_usd"):
        columns[f"rule_{name}"] = pa.array([getattr(rule, name) for rule in wanted], pa.float64())
    return pa.table(columns)
