"""Verbs of identity: organisations, people, roles, clearances, tokens. Each change is on the audit log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import click

from counterflow.cli.app import Context, as_json, main, pass_context, print_json, say

Rows = Iterable[Mapping[str, Any]]


@main.group("identity")
def group() -> None:
    """Who may act where several people share a workspace. On the command line it is the folder's owner who acts."""


@group.command("init")
@pass_context
def init(context: Context) -> None:
    """Print the code by which the first administrator comes in, once; from then on people have accounts here."""
    say(
        "Serve the workspace and open its page; the first administrator comes in with this code, once, within 48 hours:"
    )
    click.echo(context.workspace().first_code())


@group.command("invite")
@click.argument("person")
@pass_context
def invite(context: Context, person: str) -> None:
    """Print the code by which PERSON comes in, once, to set up a passkey or a password."""
    code = context.workspace().invite(person)
    say("It works once, within 48 hours:")
    click.echo(code)


@group.command("waiting")
@as_json
@pass_context
def waiting(context: Context, as_json: bool) -> None:
    """List accounts that wait until somebody confirms who is behind them."""

    def line(w: Mapping[str, Any]) -> str:
        return f"{w['id']}  {w['created_at'][:16]}  {w['name']}  by {w['how']} of {w['asked_by_name']}  {w['address']}"

    _lines(as_json, context.workspace().confirmations(), line)


@group.command("confirm")
@click.argument("id")
@click.option("--refuse", is_flag=True, help="It is not: they are out, and what they set up is void.")
@pass_context
def confirm(context: Context, id: str, refuse: bool) -> None:
    """Confirm that the right person is behind the account that waits under ID of `identity waiting`."""
    told = context.workspace().confirm(id, agreed=not refuse)
    say(f"{told['name']}: {'refused; the account is as it was before' if refuse else 'confirmed'}.")


@group.command("link")
@click.option("--port", default=8039, show_default=True, help="Of the server.")
@pass_context
def link(context: Context, port: int) -> None:
    """Print another address that lets a browser in, once, where nobody has an account."""
    click.echo(f"http://127.0.0.1:{port}/enter?code={context.workspace().local_code()}")


@group.command("break-glass")
@as_json
@pass_context
def break_glass(context: Context, as_json: bool) -> None:
    """List what was opened by two persons for minutes, by whom, for what case and why."""

    def line(e: Mapping[str, Any]) -> str:
        opened = ", ".join([e["ceiling"], *e["compartments"]])
        return (
            f"{e['id']}  {e['state']:8}  {e['asked_at'][:16]}  {e['name']}  case {e['case']}  {opened}  {e['reason']}"
        )

    _lines(as_json, context.workspace().emergencies(), line)


@group.group("session")
def sessions() -> None:
    """Sessions of browsers."""


@sessions.command("list")
@as_json
@pass_context
def session_list(context: Context, as_json: bool) -> None:
    """List sessions under way."""

    def line(s: Mapping[str, Any]) -> str:
        return (
            f"{s['id']}  {s['principal'] or 'owner':22}  {s['address']:15}  since {s['created_at'][:16]}  {s['agent']}"
        )

    _lines(as_json, context.workspace().sessions(), line)


@sessions.command("end")
@click.argument("id")
@pass_context
def session_end(context: Context, id: str) -> None:
    """End a session, at once."""
    context.workspace().end_session(id)
    say(f"Session {id} is over.")


@group.group("org")
def organisations() -> None:
    """Organisations."""


@organisations.command("add")
@click.argument("name")
@click.option("--kind", default="other", show_default=True, help="fiu, law_enforcement, customs, tax, border, bank, …")
@as_json
@pass_context
def org_add(context: Context, name: str, kind: str, as_json: bool) -> None:
    """Add an organisation; labels name it as their originator, or as one they are releasable to."""
    told = context.workspace().add_organisation(name, kind)
    _print(as_json, told, lambda: f"{told['id']}  {told['name']}  ({told['kind']})")


@organisations.command("list")
@as_json
@pass_context
def org_list(context: Context, as_json: bool) -> None:
    """List organisations."""

    def line(one: Mapping[str, Any]) -> str:
        return f"{one['id']}  {one['kind']:12} {one['ceiling']:17} {'  '.join([one['name'], *one['compartments']])}"

    _lines(as_json, context.workspace().organisations(), line)


@organisations.command("clear")
@click.argument("name")
@click.option("--ceiling", metavar="TLP", help="The narrowest circle that may be released to it.")
@click.option("--compartment", "compartments", multiple=True, help="One that it holds; all of them are named anew.")
@click.option("--no-compartments", is_flag=True, help="It holds none.")
@as_json
@pass_context
def org_clear(
    context: Context, name: str, ceiling: str | None, compartments: tuple[str, ...], no_compartments: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Say up to what something may be released to an organisation; nobody has said so: TLP:CLEAR."""
    held = compartments if compartments or no_compartments else None
    told = context.workspace().clear_organisation(name, ceiling=ceiling, compartments=held)
    _print(as_json, told, lambda: "  ".join([told["name"], told["ceiling"], *told["compartments"]]))


@group.group("person")
def persons() -> None:
    """People, and services for which a person answers."""


@persons.command("add")
@click.argument("name")
@click.option("--org", required=True, help="Organisation, by name.")
@click.option("--unit", default="", help="Within the organisation.")
@click.option("--role", "roles", multiple=True, help="What they may do; may be given several times.")
@click.option("--owner", help="It is a service, and this person answers for it.")
@as_json
@pass_context
def person_add(
    context: Context, name: str, org: str, unit: str, roles: tuple[str, ...], owner: str | None, as_json: bool
) -> None:
    """Add a person. They are cleared for TLP:CLEAR until `identity clear` says more."""
    told = context.workspace().add_person(name, org, unit=unit, roles=roles, owner=owner)
    _print(as_json, told, lambda: _person(told))


@persons.command("list")
@as_json
@pass_context
def person_list(context: Context, as_json: bool) -> None:
    """List people and services with their roles and clearances."""
    _lines(as_json, context.workspace().people(), _person)


@persons.command("close")
@click.argument("person")
@pass_context
def person_close(context: Context, person: str) -> None:
    """Close an account at once: sessions end, tokens are void. The name is never given to anybody else."""
    context.workspace().close_person(person)
    say(f"{person}: closed.")


@group.command("unit")
@click.argument("person")
@click.argument("unit")
@as_json
@pass_context
def unit(context: Context, person: str, unit: str, as_json: bool) -> None:
    """PERSON works in this UNIT of their organisation from now on; an empty one: in none."""
    told = context.workspace().move(person, unit)
    _print(as_json, told, lambda: _person(told))


@group.command("role")
@click.argument("person")
@click.argument("roles", nargs=-1)
@as_json
@pass_context
def role(context: Context, person: str, roles: tuple[str, ...], as_json: bool) -> None:
    """Give PERSON these ROLES in place of those before; none: no role at all."""
    told = context.workspace().assign(person, roles)
    _print(as_json, told, lambda: _person(told))


@group.command("roles")
@as_json
def all_roles(as_json: bool) -> None:
    """List the roles, and what each verb allows."""
    from counterflow.casework.identity import roles

    if as_json:
        told = {role: sorted(verbs) for role, verbs in roles.roles().items()}
        print_json({"roles": told, "verbs": dict(roles.verbs())})
        return
    for role, verbs in roles.roles().items():
        click.echo(f"{role:14} {', '.join(sorted(verbs))}")
    click.echo("")
    for verb, text in roles.verbs().items():
        click.echo(f"{verb:14} {text}")


@group.command("account")
@click.argument("person")
@click.argument("subject")
@pass_context
def account(context: Context, person: str, subject: str) -> None:
    """Link PERSON to the account that the identity provider calls SUBJECT (`sub`)."""
    context.workspace().link_account(person, subject)
    say(f"{person} comes in by that account from now on.")


@group.command("clear")
@click.argument("person")
@click.option("--ceiling", metavar="TLP", help="The narrowest circle that the clearance opens, e.g. TLP:AMBER.")
@click.option("--compartment", "compartments", multiple=True, help="Held from now on, with the others named here.")
@click.option("--purpose", "purposes", multiple=True, help="May be declared, with the others named here.")
@click.option("--no-compartments", is_flag=True, help="Take back all that one may give.")
@click.option("--no-purposes", is_flag=True, help="Take all purposes back.")
@as_json
@pass_context
def clear(
    context: Context, person: str, ceiling: str | None, compartments: tuple[str, ...], purposes: tuple[str, ...],
    no_compartments: bool, no_purposes: bool, as_json: bool,
) -> None:  # fmt: skip
    """Clear PERSON; what is not named stays as it is."""
    told = context.workspace().clear(
        person,
        ceiling=ceiling,
        compartments=compartments if compartments or no_compartments else None,
        purposes=purposes if purposes or no_purposes else None,
    )
    _print(as_json, told, lambda: _person(told))


@group.group("token")
def tokens() -> None:
    """Tokens for programs."""


@tokens.command("issue")
@click.argument("person")
@click.option("--verb", "verbs", multiple=True, default=("read",), show_default=True, help="What it allows.")
@click.option("--ceiling", metavar="TLP", help="Default: TLP:GREEN, or the owner's where that is lower.")
@click.option("--purpose", default="", help="For which it is used.")
@click.option("--days", default=30, show_default=True, help="How long it lasts.")
@click.option("--note", default="", help="What it is for.")
@as_json
@pass_context
def token_issue(
    context: Context, person: str, verbs: tuple[str, ...], ceiling: str | None, purpose: str, days: int, note: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Make a token in the name of PERSON or a service, and print it: it is not shown again."""
    told = context.workspace().issue_token(person, verbs=verbs, ceiling=ceiling, purpose=purpose, days=days, note=note)
    if not as_json:
        say(f"Token {told['id']}, until {told['expires_at'][:10]}; it is not shown again:")
    _print(as_json, told, lambda: str(told["token"]))


@tokens.command("list")
@as_json
@pass_context
def token_list(context: Context, as_json: bool) -> None:
    """List tokens, those that are void too."""

    def line(t: Mapping[str, Any]) -> str:
        state = "revoked" if t["revoked_at"] else f"until {t['expires_at'][:10]}"
        return f"{t['id']}  {t['principal']}  {state:16}  {', '.join(t['verbs'])}  {t['ceiling']}  {t['note']}"

    _lines(as_json, context.workspace().tokens(), line)


@tokens.command("revoke")
@click.argument("id")
@pass_context
def token_revoke(context: Context, id: str) -> None:
    """Make a token void, at once."""
    context.workspace().revoke_token(id)
    say(f"Token {id} is void.")


def _person(p: Mapping[str, Any]) -> str:
    home = f"{p['organisation']}/{p['unit']}" if p["unit"] else p["organisation"]
    held = f"  compartments {', '.join(p['compartments'])}" if p["compartments"] else ""
    purposes = f"  purposes {', '.join(p['purposes'])}" if p["purposes"] else ""
    return f"{p['id']}  {p['name']}  ({home})  {', '.join(p['roles']) or 'no role'}  {p['ceiling']}{held}{purposes}"


def _print(as_json: bool, told: Mapping[str, Any], text: Callable[[], str]) -> None:
    print_json(told) if as_json else click.echo(text())


def _lines(as_json: bool, rows: Rows, text: Callable[[Mapping[str, Any]], str]) -> None:
    if as_json:
        print_json(list(rows))
    else:
        for row in rows:
            click.echo(text(row))
