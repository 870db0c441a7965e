"""Every exporter on random cases: valid files, and nothing above the audience's ceiling in any byte of them.

    python benchmarks/exports.py [--from 0] [--to 1000]

A case is a seed of `counterflow.testing.worlds`; half of them are given to the exporters with a wall missing (tables
that hold what may not be read). Where networkx is installed it reads the charts too.
"""

from __future__ import annotations

import argparse
import io
import json
import resource
import traceback
from collections import Counter
from typing import Any

from counterflow import registry
from counterflow.casework.export import Tally
from counterflow.casework.selection import Selection
from counterflow.testing.exporters import unpacked
from counterflow.testing.formats import JUDGES
from counterflow.testing.worlds import CANARY, world


def charted(name: str, content: bytes) -> None:
    """As networkx reads a chart."""
    try:
        import networkx as nx
    except ImportError:
        return
    read = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}.get(name)
    if read is not None:
        # kinship has no direction, ownership has; both formats admit both in one chart, networkx does not
        plain = content.replace(b' directed="false"', b"").replace(b' type="undirected"', b"")
        read(io.BytesIO(plain), **({"version": "1.3"} if name == "gexf" else {"force_multigraph": True}))


def main() -> None:
    """Print counts as JSON, and each failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="after", type=int, default=1000)
    asked = parser.parse_args()
    files, records, gaps = Counter[str](), Counter[str](), 0
    failed: list[dict[str, Any]] = []
    hidden = size = 0
    for seed in range(asked.first, asked.after):
        case = world(seed)
        hidden += case.hidden
        selection = Selection(case.scope)
        for name, judge in JUDGES.items():
            out, tally = io.BytesIO(), Tally()
            try:
                registry.get("exporters", name).write(selection, out, tally)
                judge(out.getvalue())
                charted(name, out.getvalue())
                if CANARY.encode() in unpacked(out.getvalue()).lower():
                    raise AssertionError("the canary is out")
            except Exception:  # noqa: BLE001, whatever it is, it is counted and told
                failed.append({"seed": seed, "format": name, "error": traceback.format_exc()[-600:]})
            files[name] += 1
            records[name] += tally.records
            gaps += len(tally.gaps)
            size += len(out.getvalue())
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "cases": asked.after - asked.first, "claims_hidden": hidden, "files": sum(files.values()), "bytes": size,
        "records": dict(records), "gaps_told": gaps, "failed": len(failed),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
    }))  # fmt: skip
    for one in failed[:20]:
        print(json.dumps(one, ensure_ascii=False))


if __name__ == "__main__":
    main()
