"""Who may act in a workspace: organisations, people, roles, clearances, tokens; each change by somebody who may."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from counterflow.casework.cases.names import Person
from counterflow.casework.identity import people, recipients, roles, tokens
from counterflow.errors import Forbidden, NotFound
from counterflow.model.agency import kinds
from counterflow.workspace.base import Base

__all__ = ["Identifying"]


class Identifying(Base):
    """Organisations, people, roles, clearances and tokens; each change by somebody who may."""

    @property
    def shared(self) -> bool:
        """Whether people have accounts here, or will with the first-run code; if not, it is its owner's alone."""
        return self.directory.any("principals") or bool(self.directory.rows("codes", kind="first", used_at=None))

    def organisation_kinds(self) -> dict[str, str]:
        """Kinds of organisations that there are: word, and what it is for."""
        return dict(kinds())

    def colleagues(self) -> dict[str, Any]:
        """Whom a case may name: see `casework.identity.people.colleagues`; of people one's own organisation's."""
        self.allow("case")
        return people.colleagues(self.directory, None if self.session is None else self.session.principal.organisation)

    def persons(self, ids: Collection[str]) -> dict[str, Person]:
        """Those among these ids that are, or were, of an account. Who may know of them is for who asks to decide."""
        return {id: Person(*told) for id, told in self.directory.named(ids).items()} if ids else {}

    def roles(self) -> dict[str, Any]:
        """Roles with their verbs, verbs in words, and the compartments that one may give."""
        return {
            "roles": {role: sorted(verbs) for role, verbs in roles.roles().items()},
            "verbs": dict(roles.verbs()),
            "compartments": people.compartments(self.directory, self.by),
        }

    # -- organisations and people --------------------------------------------------------------------------------

    def add_organisation(self, name: str, kind: str = "other") -> dict[str, Any]:
        """A new organisation: id, name, kind. :raises UsageError: the name is taken, or was once"""
        self._administering()
        row = people.add_organisation(self.directory, name, kind, self.by)
        return {k: row[k] for k in ("id", "name", "kind")}

    def organisations(self) -> list[dict[str, Any]]:
        """All organisations: id, name, kind, and how far each is cleared for what is released to it."""
        self.allow("administer")
        return recipients.recipients(self.directory)

    def clear_organisation(
        self, name: str, *, ceiling: str | None = None, compartments: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Say up to what something may be released to an organisation; see `casework.identity.recipients.clear`."""
        self.allow("administer")
        return recipients.clear(self.directory, name, self.by, ceiling=ceiling, compartments=compartments)

    def add_person(
        self, name: str, organisation: str, *, unit: str = "", roles: Collection[str] = (), owner: str | None = None
    ) -> dict[str, Any]:
        """A new person; with an owner, a service that this person answers for. Cleared for nothing but TLP:CLEAR.

        :raises UsageError: the name is taken, or was once; :raises NotFound: no such organisation or owner
        """
        self._administering()
        row = people.add_person(self.directory, name, organisation, self.by, unit=unit, held=roles, owner=owner)
        return self._person(row)

    def people(self) -> list[dict[str, Any]]:
        """Everybody one looks after, with roles and clearances."""
        self.allow("administer")
        return people.people(self.directory, self.by)

    def assign(self, person: str, roles: Collection[str]) -> dict[str, Any]:
        """Give somebody these roles in place of those before. :raises NotFound: no such person"""
        self._administering()
        return self._person(people.assign(self.directory, person, roles, self.by))

    def clear(
        self, person: str, *, ceiling: str | None = None, compartments: Collection[str] | None = None,
        purposes: Collection[str] | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Clear somebody for a TLP circle, compartments and purposes; see `casework.identity.people.clear`."""
        self._administering()
        found = people.clear(
            self.directory, person, self.by, ceiling=ceiling, compartments=compartments, purposes=purposes
        )
        told = self._person(found)
        if self.by.within(told["organisation"]):
            return told
        return {key: told[key] for key in ("id", "name")}  # a compartment was given to somebody else's: no more is told

    def set_rights(
        self, person: str, *, roles: Collection[str] | None = None, unit: str | None = None, **clearance: Any
    ) -> dict[str, Any]:
        """Roles, unit and clearance at once: all that is named, or where one of it cannot be, nothing."""
        found: dict[str, Any] | None = None
        with self.directory.together():
            if roles is not None:
                found = self.assign(person, roles)
            if unit is not None:
                found = self.move(person, unit)
            if found is None or any(value is not None for value in clearance.values()):
                found = self.clear(person, **clearance)
        return found

    def move(self, person: str, unit: str) -> dict[str, Any]:
        """Somebody works in that unit of their organisation from now on. :raises NotFound: no such person"""
        self.allow("administer")
        return self._person(people.move(self.directory, person, unit, self.by))

    def close_person(self, person: str) -> None:
        """Close an account, at once. :raises NotFound: no such person"""
        self._administering()
        people.close(self.directory, person, self.by)

    def _person(self, row: dict[str, Any]) -> dict[str, Any]:
        home = self.directory.one("organisations", id=row["organisation"])
        return people.shown(row, home["name"] if home else "")

    # -- tokens --------------------------------------------------------------------------------------------------

    def issue_token(self, person: str | None = None, **what: Any) -> dict[str, Any]:
        """A token in one's own name, or that of a service one answers for; its `token` is not shown again.

        :param person: name or id; None: oneself; :param what: see `casework.identity.tokens.issue`
        """
        row = self._own(person)
        verbs = set(what.get("verbs", ()))
        for verb in sorted(verbs & {"export", "release"}):  # a token cannot show again who one is
            self.allow(verb)
        text, told = tokens.issue(self.directory, row, self.by, **what)
        return {**told, "token": text}

    def tokens(self) -> list[dict[str, Any]]:
        """Tokens in one's own name and those of one's services; an administrator's are those of the organisation."""
        return tokens.tokens(self.directory, self._mine())

    def revoke_token(self, id: str) -> None:
        """Make a token void, at once. :raises NotFound: none that is one's own, or an administrator's to revoke"""
        tokens.revoke(self.directory, id, self._mine(), self.by)

    def _mine(self) -> set[str]:
        if self.session is None or self.session.may("administer"):
            return {row["id"] for row in people.people(self.directory, self.by)}
        own = self.session.principal.id
        return {own, *(row["id"] for row in self.directory.rows("principals", owner=own, closed_at=None))}

    def _own(self, person: str | None) -> dict[str, Any]:
        """Oneself, or a service one answers for: an administrator makes nobody's token. The folder's owner, anybody."""
        if self.session is None:
            return people.found(self.directory, person or "", self.by)
        if self.session.via == "token" or self.session.one_factor:
            raise Forbidden("token")
        own = self.session.principal.id
        row = people.found(self.directory, person or own, self.by)
        if own not in (row["id"], row["owner"]):
            raise NotFound("person", person or own)
        return row
