"""Renews the generated parts of the pages in this folder.

A page is written by hand, except what stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``: that is made
here, from the very code that it describes. ``python docs/build.py`` writes; ``--check`` only names what is not current.
"""

from __future__ import annotations

import ast
import inspect
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "src" / "counterflow"
STAGES = ("sources", "claims", "entities", "network", "findings", "assessment", "casework")
BESIDE = (
    "model",
    "storage",
    "pipeline",
    "views",
    "workspace",
    "demo",
    "cli",
    "api",
    "testing",
    "registry",
    "config",
    "errors",
)

_BLOCK = re.compile(r"(<!-- generated: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> dict[Path, str]:
    """Every page with a generated part, and what it should say."""
    found = {}
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        renewed = _BLOCK.sub(lambda m: m[1] + GENERATORS[m[2]]().rstrip() + "\n" + m[3], text)
        if _BLOCK.search(text):
            found[path] = renewed
    return found | reader_pages()


def stale() -> list[Path]:
    """Pages whose generated part is not what the code says now."""
    return [p for p, text in pages().items() if not p.exists() or p.read_text(encoding="utf-8") != text]


# -- how the code describes itself ------------------------------------------------------------------------------------


def prose(doc: str | None) -> str:
    """A docstring as Markdown: ``x`` becomes `x`, parameters become a list."""
    text = inspect.cleandoc(doc or "").replace("``", "`")
    text = re.sub(r"^:param (\w+):", r"* **\1**:", text, flags=re.MULTILINE)
    text = re.sub(r"(?<=[;.]) ?:param (\w+):", r"\n* **\1**:", text)
    text = re.sub(r":raises (\w+):", r"* raises **\1**:", text)
    return re.sub(r"([^\n])\n(?=\* )", r"\1\n\n", text, count=1).replace("::\n", ":\n")


def docstring(path: Path) -> str:
    """The docstring of a module, without importing it."""
    return ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""


def table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A Markdown table; bars and line ends in cells are made harmless."""
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *rows]
    cells = ([re.sub(r"\s+", " ", str(c)).replace("|", "\\|") for c in line] for line in lines)
    return "\n".join("| " + " | ".join(line) + " |" for line in cells)


def _home(name: str) -> Path:
    folder = PACKAGE / name
    return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")


def _modules(name: str) -> Iterator[tuple[str, str]]:
    for path in sorted((PACKAGE / name).rglob("*.py")):
        if path.name != "__init__.py":
            paragraph = " ".join(docstring(path).split("\n\n")[0].split())
            first = re.split(r"(?<=[.])\s", paragraph, maxsplit=1)[0]
            yield path.relative_to(PACKAGE).with_suffix("").as_posix(), first.rstrip(":.").replace("``", "`")


def packages() -> str:
    """The stages in the order of the flow, then what stands beside them."""
    parts = []
    for name in (*STAGES, *BESIDE):
        parts.append(f"### {name}\n\n{prose(docstring(_home(name)))}\n")
        modules = list(_modules(name))
        if modules:
            parts.append(table(("module", ""), ((f"`{m}`", d) for m, d in modules)) + "\n")
    return "\n".join(parts)


def tables() -> str:
    """Every table of the ledger and of what is derived from it."""
    from counterflow.storage.tables import DERIVED, LEDGER

    parts = []
    for title, group in (("Ledger", LEDGER), ("Derived", DERIVED)):
        parts.append(f"## {title}\n")
        for t in group.values():
            rows = ((f"**{c.name}**" if c.name == t.key else c.name, c.type, c.doc) for c in t.columns)
            parts.append(f"### {t.name}\n\n{t.doc}\n\n{table(('column', 'type', 'meaning'), rows)}\n")
    return "\n".join(parts)


def features() -> str:
    """Columns for models, as their declaration has them."""
    from counterflow.findings.features.columns import SIDES, WAYS, declared

    rows = []
    for names in declared().values():
        for name, says in names.items():
            sides = SIDES if "{side}" in name else ("",)
            ways = WAYS if "{way}" in name else ("",)
            told = [f"`{name.format(side=side, way=way, w='W')}`" for side in sides for way in ways]
            rows.append((" ".join(told).replace("_W`", "_`*w*"), says))
    return table(("column", "meaning"), rows)


def errors() -> str:
    """The exit code of each error, with the meaning that the drawn tree gives it, and the tree."""
    from counterflow import errors as tree

    drawn = inspect.cleandoc(tree.__doc__ or "").split("::\n\n")[1].split("\n\n")[0]
    meaning = dict(re.findall(r"(\w+) +exit \d (.+)", drawn))
    rows = [(getattr(tree, name).exit_code, f"`{name}`", meaning[name].strip()) for name in tree.__all__]
    rows += [(0, "", "all went well"), (130, "", "interrupted (Ctrl-C)")]
    heads = ("code", "error", "meaning")
    return f"{table(heads, sorted(rows))}\n\n```\n{inspect.cleandoc(drawn)}\n```\n"


def settings() -> str:
    """Each key of counterflow.toml, and the file that `init` writes."""
    from dataclasses import fields

    from counterflow import config

    meaning = dict(
        re.findall(r":param (\w+): ((?:(?!:param).)*)", inspect.cleandoc(config.Settings.__doc__ or ""), re.S)
    )
    rows = ((f"`{f.name}`", prose(meaning[f.name].strip().rstrip(";")), _default(f)) for f in fields(config.Settings))
    example = config.DEFAULT.format(title='"Counterflow workspace"', case='""')
    return f"{table(('key', 'meaning', 'default'), rows)}\n\n```toml\n{example}```\n"


def _default(field: Any) -> str:
    return (
        f"`{field.default!r}`" if isinstance(field.default, str) else "see below" if field.name == "audiences" else ""
    )


FAMILIES = {
    "sanctions": "Sanctions and export lists",
    "ownership": "Ownership and companies",
    "transactions": "Payments and statements",
    "ships": "Ships",
    "trade": "Trade, customs, seizures and vehicles",
    "travel": "Journeys of persons",
    "crypto": "Blockchains",
    "documents": "Documents",
    "interchange": "Interchange",
    "case": "Cases, events and places",
}
"""Folder of the readers of a kind → what they are called."""


def readers() -> str:
    """Each reader on one line, by family; the name opens its page."""
    from counterflow import registry

    rows: dict[str, list[tuple[str, ...]]] = {family: [] for family in FAMILIES}
    for name in sorted(_built_in("readers")):
        reader = registry.get("readers", name)
        d = reader.descriptor
        rows[_module("readers", name).split(".")[2]].append(
            (
                f"[{name}](readers/{name}.md)",
                _line(_about(reader)),
                d.publisher,
                d.grade,
                d.label.get("tlp", "TLP:AMBER+STRICT"),
            )
        )
    heads = ("reader", "reads", "publisher", "default grade", "default handling")
    return "\n".join(f"### {FAMILIES[family]}\n\n{table(heads, found)}\n" for family, found in rows.items())


def _about(reader: Any) -> str:
    return getattr(reader, "about", "") or _own(reader, inspect.getmodule(type(reader)))


def _line(about: str) -> str:
    """What a reader reads, in a line of its own: its first sentence, without what would make it long."""
    said = " ".join(prose(about).split("\n\n")[0].split()).removeprefix("Reader of ").removeprefix("the ")
    said = re.split(r"(?<=\w)\.(?=\s|$)", said, maxsplit=1)[0].rstrip(".")
    if len(said) > 100:
        said = re.sub(r" \([^)]*\)", "", said)
    head, _, rest = said.partition(": ")
    said = head if rest and len(said) > 120 and len(head) > 30 else said
    while len(said) > 140 and re.search(r", |; ", said):
        said = re.split(r"(?:, |; )(?!.*(?:, |; ))", said, maxsplit=1)[0]
    return said[:1].upper() + said[1:]


def reader_pages() -> dict[Path, str]:
    """A page for each built-in reader: what it recognises, who publishes it, and where each field goes."""
    from counterflow import registry

    found = {}
    for name in sorted(_built_in("readers")):
        reader = registry.get("readers", name)
        d = reader.descriptor
        said = [("data set", f"`{d.dataset}`"), ("title", d.title), ("publisher", d.publisher), ("licence", d.licence),
                ("address", d.url), ("schedule", d.schedule), ("default grade", d.grade),
                ("default handling", d.label.get("tlp", "TLP:AMBER+STRICT")),
                ("an edition is complete", "yes" if d.complete else "no"),
                *((f"holds if {_bound(a)}", f"{a.what}: {a.reason}") for a in d.assertions)]  # fmt: skip
        said += [row for of in _publishers(reader) for row in of]
        fields = table(("field of the publisher", "arrives as"), ((f"`{k}`", v) for k, v in reader.fields.items()))
        shown = table(("", ""), (r for r in said if r[1]))
        found[DOCS / "reference" / "readers" / f"{name}.md"] = (
            f"# {name}\n\n{prose(_about(reader))}\n\n{shown}\n\n## Fields\n\n{fields}\n"
        )
    return found


def _publishers(reader: Any) -> list[list[tuple[str, str]]]:
    """What a reader of several publishers' tables says of each."""
    layouts = getattr(reader, "layouts", None)
    return [
        [(f"data set `{d.dataset}`", f"{d.title}; {d.publisher}; {d.licence}; {d.url or 'no address'}; {d.schedule};"
          f" grade {d.grade}; {d.label.get('tlp', 'TLP:CLEAR')}"),
         *((f"believed less ({d.grade[0]}{x.credibility}) in `{d.dataset}`",
            f"{' or '.join(x.columns)} is {x.equals}"
            f"{''.join(f', {k} is {v}' for k, v in x.also.items())}: {x.reason}") for x in d.doubts)]
        for d in (layouts.descriptors() if layouts else [])
    ]  # fmt: skip


def _bound(rule: Any) -> str:
    return f"at most {rule.maximum:g}" if rule.maximum < math.inf else f"at least {rule.minimum:g}"


def _built_in(kind: str) -> set[str]:
    import tomllib

    described = tomllib.loads((DOCS.parent / "pyproject.toml").read_text(encoding="utf-8"))
    return set(described["project"]["entry-points"][f"counterflow.{kind}"])


def _own(thing: object, module: Any) -> str:
    """What a plug-in says of itself: its module, which holds one thing; else its class."""
    return (module.__doc__ if module else None) or type(thing).__doc__ or ""


def typologies() -> str:
    """Each typology: what fires, why it matters, what would refute it, and its dials with their units."""
    from counterflow import registry

    parts = []
    for name in registry.names("typologies"):
        t = registry.get("typologies", name)
        dials = table(("parameter", "default", "unit", "meaning"),
                      ((f"`{key}`", f"{p.default:g}", p.unit, p.doc) for key, p in t.parameters.items()))  # fmt: skip
        benign = "\n".join(f"* {b}" for b in t.benign)
        told = "and by itself" if t.alone else f"by itself only where asked for with `--typology {name}`"
        told = f"*Told by:* [{t.part_of}](#{t.part_of}), which gathers it, {told}  \n" if t.part_of else ""
        parts.append(
            f"## {name}\n\n**{t.title}** ({t.kind}). {t.what}\n\n{t.why}\n\n{told}*Standard:* {t.standard}  \n"
            f"*Needs:* {', '.join(t.needs) or 'whatever of its tables there is'}  \n*Would refute it:* {t.refutes}\n\n"
            f"Innocent explanations:\n\n{benign}\n\n{dials if t.parameters else ''}\n"
        )
    return "\n".join(parts)


def exporters() -> str:
    """Each exporter: what its file is, and what does not survive the way out."""
    from counterflow import registry

    parts = []
    for name in registry.names("exporters"):
        e = registry.get("exporters", name)
        module = sys.modules[_module("exporters", name)]
        lost = table(("does not survive", "why, and what instead"), ((loss.field, loss.reason) for loss in e.losses))
        parts.append(
            f"### {name}\n\n**{e.title}** (`{e.extension}`, {e.media_type}). {prose(module.__doc__)}\n\n{lost}\n"
        )
    return "\n".join(parts)


def _module(kind: str, name: str) -> str:
    from importlib.metadata import entry_points

    (point,) = entry_points(group=f"counterflow.{kind}", name=name)
    return point.module


def measures() -> str:
    """Each kind of measure: who can order it, on what ground, and what is assumed of it."""
    from counterflow.assessment.measures import kinds

    parts = []
    for kind in kinds():
        said = [("laid on", kind.laid_on), ("authority", kind.authority), ("agency", kind.agency),
                ("legal basis", kind.legal_basis), ("cost, points", f"{kind.cost:g}"),
                ("delay, days", kind.delay_days), ("chance of success", f"{kind.success:g}"),
                ("share of the flow it stops", f"{kind.effect:g}"), ("what it does to others", kind.note)]  # fmt: skip
        title = kind.title.replace("{target}", "…")
        parts.append(f"## {kind.name}\n\n**{title}.** {kind.what}\n\n{table(('', ''), said)}\n")
    return "\n".join(parts)


def schemata() -> str:
    """What we add to FollowTheMoney, and how it is written as FollowTheMoney."""
    from counterflow.model import schema

    parts = []
    for s in schema.all().values():
        added = [p for p in s.properties.values() if p.extension and p.schema == s.name]
        if added:
            kind = (
                f"extension of {', '.join(s.extends)}" if s.extension else "of FollowTheMoney, with properties of ours"
            )
            rows = (
                (f"`{p.name}`", p.label, p.range or p.type, f"`{p.ftm}`" if p.ftm else "not carried over")
                for p in added
            )
            parts.append(
                f"## {s.name}\n\n{s.doc} *({kind}; written as `{s.ftm}`)*\n\n"
                f"{table(('property', 'label', 'type', 'as FollowTheMoney'), rows)}\n"
            )
    return "\n".join(parts)


def regimes() -> str:
    """Every regime with its dated rules and their sources."""
    from counterflow.network import regime

    parts = []
    for name in regime.names():
        found = regime.get(name)
        rows = []
        for rule in found.rules:
            line = (
                f"{'above' if rule.above else 'from'} {rule.line:g} %"
                if rule.line is not None
                else "listed parties only"
            )
            counts = "; ".join(f"{measure}: {effect}" for measure, effect in rule.reached_by.items())
            source = f"[{rule.source}]({rule.url})" if rule.source else rule.why
            rows.append((rule.since or "…", rule.until or "…", line, counts, f"{source} {rule.note}"))
        named = ", ".join(f"“{text}”" for text in (*found.lists.authorities, *found.lists.programs))
        heads = ("since", "until", "line", "what counts", "source and note")
        parts.append(f"## {name}\n\n**{found.title}.** Its lists: {named}.\n\n{table(heads, rows)}\n")
    return "\n".join(parts)


def commodities() -> str:
    """Every list of commodities: its goods and codes, and its steps in time with where they stand."""
    from counterflow.findings import commodities as named

    parts = []
    for kind in named.KINDS:
        parts.append(f"## {kind.replace('_', ' ').capitalize()}\n")
        for name in dict.fromkeys(rule.name for rule in named.rules() if rule.kind == kind):
            rules = [rule for rule in named.rules() if rule.name == name]
            steps = {
                (rule.first or "…", rule.last or "…", rule.level, rule.contracts, rule.unless, rule.cite): None
                for rule in rules
                if rule.until > max(other.since for other in rules)
            }
            goods: dict[str, dict[str, None]] = {}
            for rule in rules:
                worth = f" from {rule.worth:,.0f} dollars a piece" if rule.worth else ""
                before = f" (before {rule.until})" if rule.until < "HS9999" else ""
                goods.setdefault(rule.goods, {})[f"{rule.code}{before}{worth}"] = None
            sides = " and ".join(dict.fromkeys(rule.side for rule in rules if rule.side))
            whose = f"{sides.capitalize()} of {rules[0].country.upper()}. " if sides else ""
            lines = "; ".join(f"{words}: {', '.join(codes)}" for words, codes in goods.items())
            heads = ("from", "until", "level", "older contracts until", "not meant", "where it stands")
            parts.append(f"### {name}\n\n{whose}{lines}.\n\n{table(heads, steps)}\n")
    return "\n".join(parts)


def asvs() -> str:
    """Answers to the ASVS, chapter by chapter, with how many there are of each kind."""
    chapters = yaml.safe_load((DOCS / "asvs.yaml").read_text(encoding="utf-8"))["chapters"]
    every = [one for chapter in chapters.values() for one in chapter["requirements"].values()]
    counts = Counter(one["state"] for one in every)
    told = ", ".join(f"{counts[state]} {state}" for state in ("met", "design", "partly", "no", "operator", "none"))
    parts = [f"{len(every)} requirements: {told}.\n"]
    for number, chapter in chapters.items():
        rows = [
            (
                id,
                one["level"],
                one["asks"],
                one["state"],
                one.get("how", ""),
                _test(one["test"]) if "test" in one else "",
            )
            for id, one in chapter["requirements"].items()
        ]
        heads = ("", "level", "asks for", "answer", "how", "test")
        parts.append(f"## {number} {chapter['title']}\n\n{table(heads, rows)}")
    return "\n".join(parts)


def _test(named: str) -> str:
    """A link to the file of a test, under the test's own name."""
    path, _, function = named.partition("::")
    return f"[`{function or path}`](../tests/{path})"


def cryptography() -> str:
    """Every use of cryptography, as its inventory has it."""
    found = yaml.safe_load((DOCS / "cryptography.yaml").read_text(encoding="utf-8"))
    rows = [
        (one["what"], one["how"], one["key"], one["never"], one["then"], ", ".join(f"`{m}`" for m in one["modules"]))
        for one in found["secures"]
    ]
    told = table(("what", "how", "key", "never for", "then", "modules"), rows)
    names = ", ".join(f"`{module}`" for module in found["names"])
    return f"{told}\n\nBLAKE2b gives equal content the same name, and secures nothing, in {names}.\n"


def limits() -> str:
    """What is bounded, with the number that the code has."""
    import datetime as dt
    import importlib

    def value(of: str, unit: str) -> str:
        module, _, path = of.partition(":")
        found: Any = importlib.import_module(f"counterflow.{module}")
        for name in path.split("."):
            if isinstance(found, type):  # of a model: the longest list that a field takes
                found = next(m.max_length for m in found.model_fields[name].metadata if hasattr(m, "max_length"))
            else:
                found = found[int(name)] if name.isdigit() else _part(found, name)
        if isinstance(found, dt.timedelta):
            hours = found.total_seconds() / 3600
            return f"{hours:g} hours" if hours >= 1 else f"{hours * 60:g} minutes"
        return f"{found:,.0f} {unit}".rstrip()

    parts = []
    for section in yaml.safe_load((DOCS / "limits.yaml").read_text(encoding="utf-8")):
        rows = [(one["what"], value(one["of"], one.get("unit", "")), one["beyond"]) for one in section["rows"]]
        parts.append(f"## {section['title']}\n\n{table(('what', 'at most', 'beyond it'), rows)}\n")
    return "\n".join(parts)


def _part(found: Any, name: str) -> Any:
    return found[name] if isinstance(found, Mapping) else getattr(found, name)


def cli() -> str:
    """Every command with its own help, as the terminal shows it."""
    import click

    from counterflow.cli import main

    def walk(command: click.Command, path: str, above: click.Context | None) -> Iterator[str]:
        names = main.context_settings["help_option_names"]
        context = click.Context(command, info_name=path, parent=above, terminal_width=100, help_option_names=names)
        context.max_content_width = 100
        title = path if above is None else f"{above.command_path} {path}"
        yield f"## {title}\n\n```\n{command.get_help(context)}\n```\n"
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                sub = command.get_command(context, name)
                if sub is not None and not sub.hidden:
                    yield from walk(sub, name, context)

    return "\n".join(walk(main, "counterflow", None))


def http() -> str:
    """Every address of the HTTP interface with its parameters."""
    from counterflow.api.app import create_app

    described = create_app(object()).openapi()  # type: ignore[arg-type]
    common = {"audience", "exercise"}
    parts = []
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            rows = [
                (f"`{p['name']}`", p["in"], "required" if p["required"] else _json(p["schema"].get("default")),
                 p.get("description", ""))
                for p in operation.get("parameters", ())
                if p["name"] not in common
            ]  # fmt: skip
            rows += _body(operation, described)
            heads = ("parameter", "in", "default", "meaning")
            parts.append(f"## {method.upper()} {path}\n\n{prose(operation['description'])}\n")
            if rows:
                parts.append(table(heads, rows) + "\n")
    return "\n".join(parts)


def _body(operation: Mapping[str, Any], described: Mapping[str, Any]) -> list[tuple[str, ...]]:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return []
    name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
    model = described["components"]["schemas"][name]
    required = model.get("required", ())
    return [
        (f"`{key}`", "body", "required" if key in required else _json(p.get("default")), p.get("description", ""))
        for key, p in model["properties"].items()
    ]


def _json(value: object) -> str:
    return "" if value is None else f"`{value}`"


GENERATORS: Mapping[str, Callable[[], str]] = {
    f.__name__: f
    for f in (
        cli,
        commodities,
        errors,
        exporters,
        features,
        http,
        measures,
        asvs,
        cryptography,
        limits,
        packages,
        readers,
        regimes,
        schemata,
        settings,
        tables,
        typologies,
    )
}


def main(arguments: list[str]) -> int:
    """Write what is stale, or with ``--check`` only name it."""
    found, renewed = stale(), pages()
    for path in found:
        if "--check" not in arguments:
            path.parent.mkdir(exist_ok=True)
            path.write_text(renewed[path], encoding="utf-8")
        print(("stale: " if "--check" in arguments else "written: ") + str(path.relative_to(DOCS.parent)))
    return 1 if found and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
