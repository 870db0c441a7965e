"""Every exporter on random cases: valid files, and nothing above the audience's ceiling in any byte of them.

    python benchmarks/exports.py [--from 0] [--to 1000] [--only FORMAT …]

A case is a seed of `counterflow.testing.worlds`; half of them are given to the exporters with a wall missing (tables
that hold what may not be read). Beside our own judges (`counterflow.testing.formats`) every peer that is installed
reads what is its own: networkx, igraph, followthemoney, stix2-validator, libcovebods with the schema of BODS.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import json
import resource
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from counterflow import registry
from counterflow.casework.export import Tally
from counterflow.casework.selection import Selection
from counterflow.testing.exporters import unpacked
from counterflow.testing.formats import JUDGES
from counterflow.testing.worlds import CANARY, world


class Kept(Selection):
    """A selection that asks the engine once: thirteen formats are made of the same rows."""

    def __init__(self, scope: Any) -> None:
        super().__init__(scope)
        self._told, self._payments = [*super().told()], [*super().payments()]
        self._holders, self._sources = super().holders(), super().sources()

    def told(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """See `Selection.told`."""
        return iter(self._told)

    def payments(self) -> Iterator[dict[str, Any]]:
        """See `Selection.payments`."""
        return iter(self._payments)

    def holders(self) -> dict[str, str]:
        """See `Selection.holders`."""
        return self._holders

    def sources(self) -> dict[str, dict[str, Any]]:
        """See `Selection.sources`."""
        return self._sources


def networkx_graphml(content: bytes) -> None:
    """As networkx reads it."""
    import networkx as nx

    nx.read_graphml(io.BytesIO(content), force_multigraph=True)


def networkx_gexf(content: bytes) -> None:
    """As networkx reads it."""
    import networkx as nx

    nx.read_gexf(io.BytesIO(content), version="1.3")


def igraph(content: bytes) -> None:
    """As igraph reads it."""
    import igraph

    with tempfile.NamedTemporaryFile(suffix=".graphml") as file:
        file.write(content)
        file.flush()
        igraph.Graph.Read_GraphML(file.name)


def followthemoney(content: bytes) -> None:
    """What the library reads is what was written, each property one that its schema has."""
    from followthemoney import model

    for line in content.splitlines():
        row = json.loads(line)
        proxy = model.get_proxy(row, cleaned=True)  # cleaning drops what is no date of it, no website of it …
        assert {k: sorted(proxy.get(k)) for k in row["properties"]} == row["properties"]
        assert not any(proxy.schema.properties[k].stub for k in row["properties"])


def oasis(content: bytes) -> None:
    """By the schemata of OASIS."""
    from stix2validator import ValidationOptions, validate_string

    options = ValidationOptions(version="2.1", disabled="all")  # what must be; recommendations on names are not asked
    found = validate_string(content.decode(), options)
    assert found.is_valid, str([str(e) for e in found.errors][:3])


def libcovebods(content: bytes) -> None:
    """By the schema of BODS 0.4 and the checks beyond it."""
    from libcovebods import run_tasks
    from libcovebods.config import LibCoveBODSConfig
    from libcovebods.data_reader import DataReader
    from libcovebods.jsonschemavalidate import JSONSchemaValidator
    from libcovebods.schema import SchemaBODS

    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        file.write(content)
        file.flush()
        reader = DataReader(file.name)
        config = LibCoveBODSConfig()
        schema = SchemaBODS(reader, config)
        found = JSONSchemaValidator(schema).validate(reader)
        assert not found, str([e.json() for e in found][:3])
        # of the form; whether a birth lies ahead is for the data to answer, and who keeps a number the network is asked
        form = ("Pointer", "Duplicate", "Series", "Parties", "DeclarationSubject", "IsComponent", "Serialisation",
                "RelationshipInterests", "SubtypeAlign")  # fmt: skip
        tasks = [t for t in run_tasks.TASK_CLASSES if "Dates" not in t.__name__ and any(n in t.__name__ for n in form)]
        told = run_tasks.process_additional_checks(reader, config, schema, tasks)["additional_checks"]
        assert not told, str(told[:3])


PEERS: dict[str, list[tuple[str, Callable[[bytes], None]]]] = {
    "graphml": [("networkx", networkx_graphml), ("igraph", igraph)],
    "gexf": [("networkx", networkx_gexf)],
    "ftm": [("followthemoney", followthemoney)],
    "stix": [("stix2validator", oasis)],
    "bods": [("libcovebods", libcovebods)],
}
"""Format → library, and what raises where it refuses a file."""


def main() -> None:
    """Print counts as JSON, and each failure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="after", type=int, default=1000)
    parser.add_argument("--only", nargs="*", default=[*JUDGES], choices=[*JUDGES])
    asked = parser.parse_args()
    peers = {f: [p for p in rows if importlib.util.find_spec(p[0])] for f, rows in PEERS.items()}
    files, records, gaps = Counter[str](), Counter[str](), 0
    failed: list[dict[str, Any]] = []
    hidden = size = 0
    for seed in range(asked.first, asked.after):
        case = world(seed)
        hidden += case.hidden
        selection = Kept(case.scope)
        for name in asked.only:
            out, tally = io.BytesIO(), Tally()
            judges = [("", JUDGES[name]), *peers.get(name, ())]
            try:
                registry.get("exporters", name).write(selection, out, tally)
                if CANARY.encode() in unpacked(out.getvalue()).lower():
                    raise AssertionError("the canary is out")
            except Exception:  # noqa: BLE001, whatever it is, it is counted and told
                judges, refused = [], [("", traceback.format_exc()[-600:])]
            else:
                refused = [(who, why) for who, judge in judges if (why := _refused(judge, out.getvalue()))]
            failed += [{"seed": seed, "format": name, "judge": who, "error": why} for who, why in refused]
            files[name] += 1
            records[name] += tally.records
            gaps += len(tally.gaps)
            size += len(out.getvalue())
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({
        "cases": asked.after - asked.first, "claims_hidden": hidden, "files": sum(files.values()), "bytes": size,
        "records": dict(records), "gaps_told": gaps, "failed": len(failed),
        "peers": sorted({who for rows in peers.values() for who, _ in rows}),
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
    }))  # fmt: skip
    for one in failed[:50]:
        print(json.dumps(one, ensure_ascii=False))


def _refused(judge: Callable[[bytes], None], content: bytes) -> str:
    try:
        judge(content)
    except Exception:  # noqa: BLE001, as above
        return traceback.format_exc()[-600:]
    return ""


if __name__ == "__main__":
    main()
