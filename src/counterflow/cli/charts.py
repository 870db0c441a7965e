"""Answers of the network as text for a terminal: chains, distances, differences, lineages, control."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from counterflow.cli.output import chart

__all__ = ["chains", "control", "corridors", "difference", "distance", "lineage", "taint", "ways"]

Row = Mapping[str, Any]


def chains(found: Row) -> str:
    """A chain, and the others that were asked for."""
    lines = []
    for chain in (found, *found["others"]):
        head = "no chain" if chain["hops"] is None else f"{chain['hops']} links, weakest {chain['weakest']}"
        lines += [f"{chain['source']} … {chain['target'] or 'a listed party'}: {head}", chart(chain)]
    return "\n".join(lines)


def distance(row: Row) -> str:
    """How far one entity is from a listed party."""
    away = f"{row['hops']} {'link' if row['hops'] == 1 else 'links'}"
    return (
        f"{away:8} {row['weakest']}  {row['caption']} … {row['nearest_caption']}  [{row['handling']}]  {row['entity']}"
    )


def difference(found: Row) -> str:
    """What changed from one date to another."""
    parts = [
        f"From {found['from']} to {found['to']}: {found['totals']['began']} began, {found['totals']['ended']} ended"
    ]
    for what in ("began", "ended"):
        if found[what]:
            parts += [f"{what}:", chart({"nodes": found["nodes"], "edges": found[what]})]
    return "\n".join(parts)


def lineage(found: Row) -> str:
    """Each source's account of what became of what."""
    names = {n["id"]: n["caption"] for n in found["nodes"]}
    lines = [f"{names[found['entity']]}  [{found['handling']}]"]
    for account in found["accounts"]:
        lines.append(f"  according to {account['title']}:")
        for event in account["events"]:
            now = "  ← in force" if event["link"] == account["in_force"] else ""
            dates = f"{event['start'] or '…'} to {event['end'] or '…'}"
            said = f"{event['says'] or event['shape']}"
            stance = "" if event["stance"] == "asserts" else f" ({event['stance']})"
            lines.append(f"    {dates}: {names[event['from']]} → {names[event['to']]}: {said}{stance}{now}")
    return "\n".join(lines) if found["accounts"] else f"{lines[0]}\n  nothing is told of what it was before or after"


def control(found: Row) -> str:
    """One party under a regime."""
    span = f"{found['low']:g}" if found["low"] == found["high"] else f"{found['low']:g} to {found['high']:g}"
    basis = f", {found['basis']}" if found["basis"] else ""
    lines = [
        f"{found['status']:15} {found['caption']} ({span} per cent{basis})  [{found['handling']}]  {found['entity']}"
    ]
    lines += [f"    listed by {x['authority'] or x['dataset']}, {x['start'] or 'undated'}" for x in found["listings"]]
    lines += [f"    {_holding(step)}" for step in found["path"]]
    if missing := found["missing"]:
        from_ = f", from {missing['from_per_cent']:g} per cent on" if missing["from_per_cent"] is not None else ""
        ends = f"{missing['owner_caption']} in {missing['owned_caption']}"
        lines.append(f"    would decide it: {ends}: {missing['what']}{from_}")
    lines += [
        f"    sold: {f['before']:g} to {f['after']:g} per cent on {f['day']}, {', '.join(f['signs'])}"
        for f in found["flags"]
    ]
    lines += [f"    source: {s['title']}" for s in found.get("sources", ())]
    lines += [f"    the data: {p['kind']}: {p['text']}" for p in found["data_quality"]]
    return "\n".join(lines)


def _holding(step: Row) -> str:
    sized = step["low"] is not None
    share = (
        "" if not sized else f"{step['low']:g}" if step["low"] == step["high"] else f"{step['low']:g}-{step['high']:g}"
    )
    what = f"{share} per cent of the {step['measure']}" if sized else step["measure"]
    told = "; ".join(
        f"{link['start'] or '…'} to {link['end'] or '…'}, {link['grade']}, {link['origins']} origins"
        for link in step["links"]
    )
    return f"← {step['owner_caption']}: {what} of {step['owned_caption']} ({told})"


def corridors(found: Row) -> str:
    """Payments between countries, and what has no country."""
    lines = [f"{found['payments']:,} payments, {_usd(found)}  [{found['handling']}]"]
    for row in (*found["corridors"], *found["within"]):
        dates = f"{row['start'] or '?'} to {row['end'] or '?'}"
        lines.append(
            f"  {row['source']} → {row['target']}  {row['payments']:>9,} payments  {_usd(row):>24}  {dates}"
            f"  [{row['handling']}]"
        )
    unknown = found["unknown"]
    lines.append(
        f"  {unknown['payments']:,} have no known country on a side ({_usd(unknown)}): the payer's in "
        f"{unknown['payer']:,}, the payee's in {unknown['payee']:,}"
    )
    lines.append("  known by: " + ", ".join(f"{name} {n:,}" for name, n in found["bases"].items()))
    return "\n".join(lines)


def _usd(row: Row) -> str:
    left = f" and {row['unrated']:,} of unknown worth" if row["unrated"] else ""
    return f"{row['usd']:,.0f} USD{left}"


def taint(found: Row) -> str:
    """Who received money of the asked addresses: those that kept it or cash it out, then those on the way."""
    from_whom = ", ".join(f"{a['caption']}" for a in found["asked"]) or "no marked address"
    lines = [f"From {from_whom}, by {found['method']}, of {found['transfers']:,} transfers  [{found['handling']}]"]
    for end, head in ((True, "Received and kept, or at a service:"), (False, "On the way:")):
        rows = [a for a in found["arrivals"] if a["end"] is end]
        if rows:
            lines += ["", head, *(_arrival(a) for a in rows)]
    if found["total"] > len(found["arrivals"]):
        lines.append(f"… and {found['total'] - len(found['arrivals']):,} more receivers; raise --limit")
    left_out = [f"{n:,} transfers left out: {why}" for why, n in found["left_out"].items()]
    cut = (
        [f"cut short at {found['cut_off']:,} holdings by the limits on transfers and days"] if found["cut_off"] else []
    )
    unsure = [f"{found['ambiguous_crossings']:,} bridge deposits have several payouts that would do; not followed"]
    unsure = unsure if found["ambiguous_crossings"] else []
    return "\n".join([*lines, "", *left_out, *cut, *unsure, found["assumes"]])


def ways(found: Row) -> str:
    """The transfers by which traced money came, and the bridges, meeting points and peel chains on its way."""
    flow = found["flow"]
    names = {a["key"]: a["caption"] for a in flow["accounts"]}
    lines = [f"Ways to {found['to'] or 'those that got the most'}  [{found['handling']}]"]
    lines += [
        f"  {(p['at'] or 'undated')[:16]}  {_amount(p['amount'], p['currency']):>20}  {names[p['from']]} → "
        f"{names[p['to']]}  ({p['role']})" for p in flow["payments"]
    ]  # fmt: skip
    if flow["left_out"]:
        lines.append(f"… and {flow['left_out']:,} smaller transfers")
    for m in found["meetings"]:
        lines.append(
            f"{m['branches']} branches meet at {m['caption']} ({m['address']}), {m['share']:.0%} of what it got"
        )
    for c in found["crossings"]:
        paid, got = (_amount(c[side]["amount"], c[side]["asset"]) for side in ("deposit", "payout"))
        sure = "" if c["followed"] else f", best of {c['candidates']}, not followed"
        lines.append(
            f"{c['by']['caption']} paid {paid} into {c['bridge']['caption']}, which paid {c['to']['caption']} {got} on "
            f"{c['payout']['chain']} {c['minutes']:g} minutes later{sure}"
        )
    for k in found["peel_chains"]:
        lines.append(
            f"peel chain of {k['steps']} steps from {k['begins']['caption']} to {k['ends']['caption']}: "
            f"{k['peeled']:,.6g} of {k['whole']:,.6g} {k['asset']}, {k['off']:.1%} at a time"
        )
    return "\n".join(lines)


def _amount(amount: float | None, asset: str | None) -> str:
    return "amount not given" if amount is None else f"{amount:,.6g} {asset or ''}".rstrip()


def _arrival(a: Row) -> str:
    kind = f" ({a['kind']})" if a["kind"] else ""
    usd = f", {a['tainted_usd']:,.0f} USD" if a["tainted_usd"] else ""
    by = f", by {a['last'][:10]}" if a["last"] else ""
    return (
        f"  {a['tainted']:>16,.6g} {a['asset']:6}{usd}  {a['share']:>4.0%}  {a['hops']:>2} hops  "
        f"{a['caption']}{kind} on {a['chain']}{by}{'  LISTED' if a['listed'] else ''}"
    )
