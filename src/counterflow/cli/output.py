"""Answers as text for a terminal: what matters first, handling on every line, nothing cut short."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

__all__ = [
    "assessment", "chart", "comparison", "conflicts", "datasets", "diff", "entities", "entity",
    "hits", "mapping_preview", "plan", "quarantine", "rejected", "resolution", "summary_screen", "tree", "typologies",
]  # fmt: skip

Row = Mapping[str, Any]


def summary_screen(summary: Row, report: str) -> str:
    """One screen: what is in the workspace and where to look."""
    n = summary["counts"]
    cash = summary["cashbox"]
    exercise = "shown, marked EXERCISE" if summary["exercise"] else "hidden"
    lines = [
        f"{summary['title']}  ·  audience {summary['audience']}  ·  exercise layer {exercise}",
        "",
        f"  sources    {n['sources']:>8,}     entities  {n['entities']:>8,}     payments   {n['payments']:>8,}",
        f"  claims     {n['claims']:>8,}     links     {n['links']:>8,}     positions  {n['positions']:>8,}",
        f"  findings   {n['findings']:>8,}                               shipments  {n['shipments']:>8,}",
        "",
        *(f"  {d['dataset']:10} {d['claims']:>8,} claims {d['observations']:>8,} rows   {d['title']}  [{d['handling']}]"
          for d in summary["datasets"]),
        "",
    ]  # fmt: skip
    if cash:
        lines += [
            f"  Into the cash-box: {interval(cash)} {cash.get('unit', '')} (90 % interval; real sources only)",
            "",
        ]
    lines += [f"  {f['likelihood']:18} {f['sentence']}  [{f['handling']}]" for f in summary["findings"]]
    return "\n".join([*lines, "", f"  Report: {report}"])


def resolution(report: Row) -> str:
    """What resolution did, how much blocking is reckoned to have found, and what it passed over."""
    lines = [
        f"  {report['parties']:,} parties ({report['parties_read']:,} read anew), {report['pairs']:,} pairs "
        f"({report['pairs_compared']:,} compared anew), {report['entities']:,} entities",
        f"  {found(report['blocking'])}",
    ]
    for p in report["blocking"]["passed_over"]:
        lines.append(
            f"  passed over: {p['keys']:,} keys of kind '{p['kind']}' that more than {p['cap']} parties share "
            f"({p['parties']:,} parties; {p['lost']:,} have no other of this kind), such as '{p['example']}' "
            f"({p['largest']:,})"
        )
    return "\n".join(lines)


def found(blocking: Row) -> str:
    """The recall of blocking, in words."""
    if "both" not in blocking:
        return f"recall of blocking 1: {blocking['method']}"
    if blocking["recall"] is None:
        why = "are too few" if blocking["both"] < 10 else "show that the two ways are not independent"
        return f"recall of blocking not reckoned: {blocking['both']:,} pairs found by both ways {why}"
    one, two = blocking["ways"]
    return (
        f"recall of blocking {blocking['recall']:.3f} ({blocking['low']:.3f} to {blocking['high']:.3f}) of the pairs "
        f"that the evidence would join: {blocking['method']}, by {one} ({blocking['first']:,}) and {two} "
        f"({blocking['second']:,}; both {blocking['both']:,}), taken as independent"
    )


def interval(figure: Row) -> str:
    """``central (low to high)``."""
    return f"{figure['central']:,.0f} ({figure['low']:,.0f} to {figure['high']:,.0f})"


def entities(rows: Iterable[Row]) -> str:
    """Search results."""
    return "\n".join(
        f"{r['id']:32} {r['schema']:14} {r['caption']}{'  LISTED' if r['listed'] else ''}"
        f"  [{', '.join(r['datasets'])}]  [{r['handling']}]"
        for r in rows
    ) or "Nothing of that name or number is readable here."  # fmt: skip


def entity(page: Row) -> str:
    """An entity's page."""
    lines = [
        f"{page['caption']}  ({page['schema_label']}){'  LISTED' if page['listed'] else ''}  [{page['handling']}]",
        f"{page['id']}  ·  {page['claims']} claims of {page['origins']} origins",
        "",
        *(f"  is {r['subject']}: {'; '.join(r['reasons'])}" for r in page["referents"] if r["basis"] != "first"),
    ]
    lines += [f"  {prop['label']:24} {_value(v)}" for prop in page["properties"] for v in prop["values"]]
    lines += ["", *(f"  {_link(link)}" for link in page["links"])]
    return "\n".join([*lines, *(["", conflicts(page["conflicts"])] if page["conflicts"] else [])])


def conflicts(rows: Iterable[Row]) -> str:
    """Rival accounts, side by side."""
    lines = []
    for c in rows:
        whose = ", one source gives several" if c["one_source"] else ""
        lines.append(
            f"{c['caption']}: {c['label'].lower()} {c['group'] or ''}".rstrip() + f"{whose}  [{c['handling']}]"
        )
        for a in c["accounts"]:
            stance = "" if a["stance"] == "asserts" else f" ({a['stance']})"
            dates = f" {a['start'] or '…'} to {a['end'] or '…'}" if a["start"] or a["end"] else ""
            said = "; ".join(s["title"] for s in a["sources"][:3])
            grade = f"{a['grade']}, " if a["grade"] else ""
            origins = f"{a['origins']} {'origin' if a['origins'] == 1 else 'origins'}"
            lines.append(f"    {a['text']}{dates}{stance}  [{grade}{origins}: {said}]")
    return "\n".join(lines) or "No accounts differ."


def _value(v: Row) -> str:
    stance = "" if v["stance"] == "asserts" else f" ({v['stance']})"
    dates = f" {v['valid_from'] or '…'} to {v['valid_to'] or '…'}" if v["valid_from"] or v["valid_to"] else ""
    mark = "" if v["verified"] else " unverified"
    told = f"{v['sources']} sources" + (f" of {v['origins']} origins" if v["origins"] < v["sources"] else "")
    return f"{v['caption']}{stance}{dates}  [{v['grade']}{mark}, {told}, {v['handling']}]"


def _link(link: Row) -> str:
    arrow = "→" if link["direction"] == "out" else "←"
    dates = f" {link['start'] or '…'} to {link['end'] or '…'}" if link["start"] or link["end"] else ""
    stance = "" if link["stance"] == "asserts" else f" ({link['stance']})"
    conflict = f" rival account {link['conflict']}" if link["conflict"] else ""
    mark = "" if link["verified"] else " unverified"
    role = f" ({link['role']})" if link["role"] else ""
    return (
        f"{arrow} {link['label']} {link['other']['caption']}{role}{dates}{stance}{conflict}"
        f"  [{link['grade']}{mark}, {link['origins']} origins, {link['handling']}]  {link['id']}"
    )


def chart(found: Row) -> str:
    """A neighbourhood or a chain."""
    names = {n["id"]: n["caption"] for n in found["nodes"]}
    lines = []
    for e in found["edges"]:
        dates = f" {e['start'] or '…'} to {e['end'] or '…'}" if e["start"] or e["end"] else ""
        stance = "" if e["stance"] == "asserts" else f" ({e['stance']})"
        said = f"{names[e['source']]} → {e['label']} → {names[e['target']]}"
        lines.append(f"{said}{dates}{stance}  [{e['grade']}, {e['handling']}]")
    if found.get("truncated"):
        lines.append(f"… {found['total']:,} within reach; raise --limit to see more")
    return "\n".join(lines) or "No link."


def hits(answer: Row) -> str:
    """Screening answer to one query."""
    if "error" in answer:
        return f"{answer['id']}: {answer['error']}"
    count = len(answer["results"])
    lines = [f"{answer['id']}: {count} {'hit' if count == 1 else 'hits'}"]
    lines += [f"  note: {problem}" for problem in answer.get("problems", ())]
    lines += [f"  {key}: {', '.join(answer[key])}" for key in ("appeared", "gone", "changed") if answer.get(key)]
    for hit in answer["results"]:
        said = f"{'match' if hit['match'] else 'possible'}, {hit['explanation']['standing']}"
        lines.append(f"  {hit['probability']:.2f} {said}  {hit['caption']}  {hit['id']}  [{hit['handling']}]")
        lines.append(f"        {hit['explanation']['sentence']}")
        lines += _disposition(hit["disposition"])
    return "\n".join(lines)


def review(found: Row, offset: int) -> str:
    """The review queue, a few lines a pair."""
    if not found["pairs"]:
        return "Nothing to review."
    told = [pair(row, n) for n, row in enumerate(found["pairs"], 1 + offset)]
    rest = found["total"] - offset - len(told)
    return "\n".join([*told, *([f"… and {rest:,} more: --offset {offset + len(told)}"] if rest > 0 else [])])


def pair(row: Row, n: int) -> str:
    """One pair of the review queue."""
    parts = ", ".join(f"{name} {weight:.1f}" for name, weight in row["consequence"].items())
    sides = "\n".join(
        f"     {side['subject']}  {side['caption']}{' [listed]' if side['listed'] else ''} ({side['schema']}, "
        f"{side['members']} record{'s' * (side['members'] != 1)})"
        for side in (row["left"], row["right"])
    )
    head = (
        f"{n:>4} {row['outcome']}  probability {row['probability']:.2f}  value {row['value']:.2f} ({parts or 'plain'})"
    )
    return f"{head}\n{sides}\n     {row['sentence']}"


def comparison(answer: Row) -> str:
    """Answer to one pair: verdict, standing, the sentence and the waterfall."""
    if "error" in answer:
        return f"{answer['id']}: {answer['error']}"
    why = answer["explanation"]
    lines = [
        f"{answer['id']}: {answer['verdict']} ({answer['probability']:.2f}, {why['standing']}). {why['sentence']}",
        f"    {why['prior']:+6.1f}  before any evidence",
        *(f"    {f['weight']:+6.1f}  {f['says']}" for f in why["features"]),
        *(f"    left out: {text}" for text in answer.get("problems", ())),
    ]
    return "\n".join(lines)


def _disposition(told: Row | None) -> list[str]:
    if told is None:
        return []
    until = f" until {told['until']}" if told["until"] else ""
    says = f"{told['verdict']}{until}, said {told['by']} on {told['at'][:10]}: {told['reason']}"
    return [f"        {says}", *(f"        no longer counts: {why}" for why in told["lapsed"])]


def tree(node: Row, depth: int = 0) -> str:
    """An explanation, unfolded."""
    source = node["source"]
    origin = f"  ← {source['title']}, {node['locator']}" if source else ""
    grade = f" [{node['grade']}]" if node["grade"] else ""
    handling = f" [{node['handling']}]" if node["handling"] else ""
    head = f"{'  ' * depth}{node['text']}{grade}{origin}{handling}"
    return "\n".join([head, *(tree(child, depth + 1) for child in node["children"])])


def assessment(found: Row) -> str:
    """The balance of the flow and the first plan."""
    balance = found["flow"]["balance"]
    lines = [
        f"{name:12} {interval(balance[name])} {found['flow']['unit']}" for name in ("inflow", "outflow", "unexplained")
    ]
    for term in found["flow"]["terms"]:
        amount = interval(term["amount"]) if term["amount"] else "unknown"
        lines.append(f"{term['name']:12} {amount} {term['year'] or ''}  {term['text']}")
    for row in found["flow"]["activities"]:
        lines += ["", f"{row['caption']}: {interval(row['flow'])} {found['flow']['unit']}"]
        for kind in row["kinds"]:
            origins = len({f["origin"] for f in kind["figures"]})
            mark = "reaches the regime" if kind["reaches_regime"] else f"not part of the flow: {kind['why']}"
            lines.append(f"  {kind['kind'].replace('_', ' ')} ({origins} origin{'s' * (origins != 1)}; {mark})")
            lines += [f"    {f['text']} [{f['grade']}]" for f in kind["figures"]]
    return "\n".join([*lines, "", plan(found["plan"])])


def plan(found: Row) -> str:
    """A plan with its bound."""
    cash = found["cashbox"]
    certificate = f"objective {found['objective']:.1f}, bound {found['bound']:.1f}, gap {found['gap']:.2%}"
    return "\n".join(
        [
            f"budget {found['budget']:g}, spent {found['cost']:g}; {certificate}",
            *(f"  {m['cost']:>6g}  {m['title']}  ({m['agency']})" for m in found["plan"]),
            *(
                f"cash-box {name.replace('_', ' '):16} {interval(cash[name])} {found['before']['unit']}"
                for name in ("before", "after", "after_rerouting")
            ),
            *(_campaign(found["over_time"]) if "over_time" in found else []),
            *(_packing(found["substitution"]) if "substitution" in found else []),
        ]
    )


def _campaign(found: Row) -> list[str]:
    """A plan over several periods."""
    if not found["periods"]:
        return [found["why_empty"]]
    rolling = "keeps not all limits" if found["rolling"] is None else f"{found['rolling']:.1f}"
    lines = [
        f"over {len(found['periods'])} periods, budget {found['budget']:g} each: objective {found['objective']:.1f}, "
        f"bound {found['bound']:.1f}, gap {found['gap']:.2%}; period by period {rolling}, "
        f"nothing rebuilt {found['static']:.1f}, no measure {found['baseline']:.1f}"
    ]
    for row in found["periods"]:
        cash = row["cashbox"]
        steps = ", ".join(
            f"{name.replace('_', ' ')} {interval(cash[name])}" for name in ("before", "after", "after_rerouting")
        )
        lines += [f"period {row['period']}: {steps}; {len(row['in_force'])} in force"]
        lines += [f"  {m['cost']:>6g}  {m['title']}  ({m['agency']})" for m in row["plan"]]
    return lines


def _packing(found: Row) -> list[str]:
    """Activities to forbid when the rest is packed anew."""
    if "why_empty" in found:
        return [found["why_empty"]]
    return [
        f"substitution (an assumption): he keeps {found['before']:.1f}, and {found['left']:.1f} (bound "
        f"{found['bound']:.1f}, gap {found['gap']:.2%}) once he packs the best of the rest; forbid",
        *(f"  {a['cost']:>6g}  {a['title']}  ({a['measure']})" for a in found["forbidden"]),
        *([f"  without the limits {', '.join(found['not_applied'])}"] if found["not_applied"] else []),
    ]


def interdiction(found: Row, short: bool = False) -> str:
    """An instance's answer; short: one line, for a frontier."""
    left, low = (f"{v:.10g}" if v is not None else "unlimited" for v in (found["objective"], found["bound"]))
    budget = "unlimited" if found["budget"] is None else f"{found['budget']:g}"
    line = (
        f"budget {budget}: leaves {left} (bound {low}, gap {found['gap']:.4%}), costs {found['cost']:g}, "
        f"{len(found['plan'])} taken, {found['status'].replace('_', ' ')} after {found['seconds']:.2f} s"
    )
    if short:
        return line
    names = [f"{a} → {b}" for a, b in found["arcs"]] if "arcs" in found else [f"item {i}" for i in found["plan"]]
    more = [f"  … and {len(names) - 40:,} more; --json names them all"] if len(names) > 40 else []
    before = "unlimited" if found["baseline"] is None else f"{found['baseline']:.10g}"
    first = [f"without measures: {before}", line, found["certificate"]]
    return "\n".join([*first, *(f"  {n}" for n in names[:40]), *more])


def typologies(rows: Iterable[Row]) -> str:
    """The catalogue of typologies."""
    return "\n".join(f"{r['name']:18} {r['kind']:11} {r['title']}: {r['what']}" for r in rows)


def datasets(rows: Iterable[Row]) -> str:
    """Datasets with their editions and files, and what is held back."""
    lines = []
    for d in rows:
        overdue = "  OVERDUE" if d["overdue"] else ""
        aside = f", {d['quarantined']:,} set aside" if d["quarantined"] else ""
        lines.append(
            f"{d['dataset']:12} {d['title']} ({d['publisher']}), grade {d['grade']}, {d['claims']:,} claims, "
            f"{d['observations']:,} observations{aside}, renewed {d['schedule']}{overdue}  [{d['handling']}]"
        )
        lines += [
            f"    edition {e['date']}  {e['parties']:,} parties"
            f"{'  in force' if e['in_force'] else '  older, kept to compare with' if e['archived'] else ''}"
            for e in d["editions"]
        ]
        lines += [f"    {f['name']}  {f['sha256'][:12]}  {f['ingested_at'][:19]}  {f['reader']}" for f in d["files"]]
        for held in d["held"]:
            lines.append(
                f"    HELD BACK {held['file']}  {held['edition'] or held['held_at'][:10]}  [{held['handling']}]"
            )
            lines += [f"      {rule['found']} ({rule['reason']})" for rule in held["failed"]]
    return "\n".join(lines) or "Nothing has been ingested."


def mapping_preview(found: Row) -> str:
    """How a file would be read: its first rows one below the other, then what would be set aside."""
    read = sum(found["counts"].values())
    lines = [f"{read:,} rows of {found['table']} would be read, {found['rejected']:,} set aside"]
    if found["cut"]:
        lines[0] += " (of the beginning of the file)"
    for n, row in enumerate(found["rows"], 1):
        told = (f"{name} {row[name]}" for name in found["columns"] if row.get(name) is not None)
        lines.append(f"{n:>4}  {'; '.join(told)}")
    lines += [f"set aside: {r['rows']:,} × {r['field'] or 'row'} {r['reason']}" for r in found["reasons"]]
    lines += [f"  {rejected({'file': 'e.g.', **row})}" for row in found["aside"][:5]]
    return "\n".join(lines)


def diff(found: Row) -> str:
    """What changed between two editions, a party a line."""
    n, before, after = found["counts"], found["before"], found["after"]
    head = (
        f"{found['dataset']}: edition of {before['date']} ({before['parties']:,} parties) to {after['date']} "
        f"({after['parties']:,}): {n['added']:,} added, {n['removed']:,} removed, {n['changed']:,} changed"
    )
    return "\n".join([head, *(f"{c['text']}  {c['subject']}  [{c['handling']}]" for c in found["changes"])])


def quarantine(rows: Iterable[Row]) -> str:
    """Rows set aside."""
    return "\n".join(map(rejected, rows)) or "Nothing is set aside."


def rejected(row: Row) -> str:
    """A row that was set aside: its place, as far as it is known, and the reason."""
    line = f", line {row['line']}" if row["line"] is not None else ""
    field = f", field '{row['field']}'" if row["field"] else ""
    return f"{row['file']}{line}{field}: {row['reason']}"


def kept(versions: list[dict[str, Any]]) -> str:
    """Reports that were kept, one a line."""
    lines = [
        f"{v['name']}@{v['number']}  {v['at'][:16]}  {v['by']}  [{v['handling']}]"
        + (f"  {v['edited']} sentences edited" if v["edited"] else "")
        + (f"  {v['problems']} problems" if v["problems"] else "")
        + (f"  {v['note']}" if v["note"] else "")
        for v in versions
    ]
    return "\n".join(lines) or "No report was kept. Keep one: counterflow report --keep NAME"


def changes(found: dict[str, Any]) -> str:
    """What changed in a report, before and after, each with its reason."""
    counts = ", ".join(f"{n} {kind}" for kind, n in found["counts"].items() if n)
    lines = [f"{found['before']} → {found['after']} [{found['handling']}]: {counts or 'nothing has changed'}"]
    for c in found["changes"]:
        lines.append(f"\n{c['kind']} · {c['place']}: {c['why']}")
        lines += [f"  {sign} {c[side]}" for sign, side in (("-", "before"), ("+", "after")) if c[side]]
    return "\n".join(lines)
