"""Verbs that ask: search, show, explain, detect, typologies, sources."""

from __future__ import annotations

from typing import Any

import click

from counterflow.cli import output, queue
from counterflow.cli.app import Context, as_json, as_of, known_on, main, pass_context, print_json, say
from counterflow.cli.patterns import whole


@main.command()
@click.argument("text")
@click.option("--limit", default=20, show_default=True)
@known_on
@as_json
@pass_context
def search(context: Context, text: str, limit: int, as_json: bool) -> None:
    """Find entities by name in any script, or by number."""
    found = context.view("search", text=text).search(text, limit)["results"]
    print_json(found) if as_json else click.echo(output.entities(found))


@main.command()
@click.argument("id")
@as_of
@as_json
@pass_context
def show(context: Context, id: str, as_of: str | None, as_json: bool) -> None:
    """Show an entity, a finding or a pattern of activity by its id (an entity also by any of its referents)."""
    view = context.view("show", id=id)
    if id.startswith("p-"):
        pattern = view.pattern(id)
        print_json(pattern) if as_json else click.echo(whole(pattern))
        return
    if id.startswith("f-"):
        finding = view.finding(id)
        print_json(finding) if as_json else click.echo(queue.finding(finding))
        return
    entity = view.entity(id, as_of)
    print_json(entity) if as_json else click.echo(output.entity(entity))


@main.command()
@click.argument("entity", required=False)
@as_of
@as_json
@pass_context
def conflicts(context: Context, entity: str | None, as_of: str | None, as_json: bool) -> None:
    """Accounts that cannot all be true, side by side: about an entity, or all that there are."""
    found = context.view("conflicts", entity=entity).conflicts(entity, as_of)
    print_json(found) if as_json else click.echo(output.conflicts(found))


@main.command()
@click.argument("id")
@known_on
@as_json
@pass_context
def explain(context: Context, id: str, as_json: bool) -> None:
    """Unfold an entity, value (ENTITY#PROPERTY), link, finding, figure or claim to its sources."""
    tree = context.view("explain", id=id).explain(id)
    print_json(tree) if as_json else click.echo(output.tree(tree))


@main.command()
@click.option("--typology", "typologies", multiple=True, help="Only this typology, each finding by itself; repeatable.")
@click.option(
    "--set",
    "given",
    multiple=True,
    metavar="TYPOLOGY.PARAMETER=VALUE",
    help="A dial for this run (`counterflow typologies` lists them); repeatable.",
)
@click.option("--undecided", is_flag=True, help="Only what `triage` has not decided, or not as it is now.")
@click.option("--limit", type=click.IntRange(min=1), help="Print so many, the most probable ones.")
@as_of
@as_json
@pass_context
def detect(
    context: Context,
    typologies: tuple[str, ...],
    given: tuple[str, ...],
    undecided: bool,
    limit: int | None,
    as_of: str | None,
    as_json: bool,
) -> None:
    """Run the typologies and list the findings, most probable first.

    Patterns over the same payments are told as one attempt, by the strongest of them. With --json one finding a line,
    its `payments` in the order of time.
    """
    from counterflow.findings.run import assigned

    view = context.view("detect", typologies=list(typologies), set=list(given))
    found = view.detect(typologies, as_of, assigned(given), undecided)
    rows = found["findings"][:limit]
    print_json(rows) if as_json else click.echo(queue.findings(rows))
    for line in queue.detected(found, len(rows)):
        say(line)


@main.command()
@as_json
def typologies(as_json: bool) -> None:
    """List the typologies: what each looks for, why, its standard and parameters."""
    from counterflow import registry

    rows: list[dict[str, Any]] = []
    for name in registry.names("typologies"):
        typology = registry.get("typologies", name)
        rows.append(
            {
                **{k: getattr(typology, k) for k in ("name", "title", "kind", "what", "why", "standard", "refutes")},
                "benign": list(typology.benign),
                "needs": list(typology.needs),
                "parameters": {n: vars(p) for n, p in typology.parameters.items()},
            }
        )
    print_json(rows) if as_json else click.echo(output.typologies(rows))


@main.command()
@known_on
@as_json
@pass_context
def sources(context: Context, as_json: bool) -> None:
    """List datasets with their files, grades and handling."""
    found = context.view("sources").sources()
    print_json(found["datasets"]) if as_json else click.echo(output.datasets(found["datasets"]))
