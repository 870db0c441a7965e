"""Rows of cases: what is looked up and checked before one is written, and how it is written."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from counterflow.casework.cases.labels import of_case, stated
from counterflow.casework.cases.slices import HEAD, Slice
from counterflow.casework.cases.versions import Version, outdated, refuse, version
from counterflow.errors import Conflict, NotFound, UsageError
from counterflow.model import agency
from counterflow.model.case import Member, new_id
from counterflow.model.handling import Label, readable
from counterflow.storage.writings import Row, Unless, write
from counterflow.workspace.base import Base, now

if TYPE_CHECKING:
    from counterflow.workspace import Workspace

__all__ = ["CaseRows", "Planned"]


@dataclass(frozen=True)
class Planned:
    """A row that is about to be written. :param base: versions that it follows; :param by: whose words, or the doer's
    :param stated: the label that somebody stated for it, one of `labels`
    :param own: content of another kind of writing, in place of a row of a case"""

    kind: str
    case: str
    row: str
    fields: Mapping[str, Any]
    labels: frozenset[str]
    base: frozenset[str] = frozenset()
    by: str = ""
    stated: Label | None = None
    own: Mapping[str, Any] | None = None

    def written(self) -> Row:
        """As `storage.writings` keeps it."""
        if self.own is not None:
            return self.kind, self.row, self.own
        content = {"version": secrets.token_hex(8), "follows": sorted(self.base), "fields": dict(self.fields)}
        return f"case/{self.kind}", f"{self.case}/{self.row}", content


class CaseRows(Base):
    """Rows of cases: what is looked up and checked before one is written, and how it is written."""

    def case_slice(self, case: str, audience: str | None = None) -> Slice:
        """A case as this audience sees it. :raises NotFound: it does not, or there is none"""
        from counterflow.views.cases import one

        return one(self.line(audience, True), self.session, case)

    def leading(self, found: Slice) -> None:
        """:raises UsageError: only who leads the case may do that"""
        if found.role != "lead":
            raise UsageError("That is for who leads the case; `counterflow case show` says who does.")

    @staticmethod
    def unclosed(found: Slice) -> None:
        """:raises UsageError: the case is closed"""
        if found.head.fields["status"] == "closed":
            raise UsageError("The case is closed. Reopen it first: counterflow case reopen CASE --because …")

    def under(self, found: Slice, *more: Iterable[str]) -> frozenset[str]:
        """Labels of a new row, before the one that is stated: those of the case, and of what it tells of."""
        return of_case(found.rows[HEAD]).union(*more)

    def stated(self, given: Mapping[str, Any] | None, audience: str | None) -> Label | None:
        """A label as somebody states it. :raises UsageError: they could not read under it themselves, and so could not
        know what a row under it collides with"""
        who = self.audience(audience)
        label = stated(given, who.organisation)
        if label is not None and not readable(label, who, today=now()[:10]):
            raise UsageError(f"You could not read under {label.text} yourself: name yourself, or your organisation.")
        return label

    def based(self, found: Slice, row: str, base: str | None) -> list[Version]:
        """The versions that a change is based on; by default the leading one.

        :raises NotFound: no such row, or no such version of it, that may be read
        """
        heads = found.row(row)
        if base is None:
            return heads[-1:]
        known = {one.id: one for one in found.rows[row]}
        wanted = [part.strip() for part in base.split(",") if part.strip()]
        for id in wanted:
            if id not in known:
                raise NotFound("version", id)
        return [known[id] for id in wanted] or heads[-1:]

    def named_member(self, found: Slice, name: str) -> frozenset[str]:
        """Labels under which a member may be named. :raises NotFound: none of that name that may be read"""
        return found.member(name).labels if name else frozenset()

    def put(
        self, rows: Sequence[Planned], act: str, *, told: Mapping[str, Any] | None = None, audience: str | None = None
    ) -> str:  # fmt: skip
        """Write rows, all or none, unless one of them comes too late; on the audit log. Returns the time they bear.

        :raises Conflict: somebody has changed a row since the version that it is based on
        """
        with self.telling(rows[0].case, audience):
            write(
                self.store.casebook, [one.written() for one in rows], self.labelled(rows, audience), self.who,
                by=[one.by or self.who for one in rows], told=(act, {**(told or {}), **self.within}),
                unless=self.late(rows),
            )  # fmt: skip
        return rows[0].row

    @contextmanager
    def telling(self, case: str, audience: str | None) -> Iterator[None]:
        """Where somebody was faster, the refusal names them as far as the writer may know them."""
        from counterflow.views.cases import names, versions

        try:
            yield
        except Conflict as e:
            line = self.line(audience, True)
            who = names(line, self.session, versions(line, under=f"{case}/"), cast("Workspace", self).persons)
            raise Conflict(e.what, e.yours, {**e.theirs, "by": who.of(str(e.theirs["by"]))}) from None

    def labelled(self, rows: Sequence[Planned], audience: str | None = None) -> list[list[Label]]:
        """The labels of each row. :raises NotFound: one that the writer may not read"""
        known = {**self.line(audience, True).labels(), **{one.stated.id: one.stated for one in rows if one.stated}}
        for one in rows:
            if not one.labels <= known.keys():
                raise NotFound("label", min(one.labels - known.keys()))
        return [[known[id] for id in sorted(one.labels)] for one in rows]

    def late(self, rows: Sequence[Planned]) -> Unless:
        """Refuses rows whose base is no longer in force."""

        def unless(rows_of: Callable[[str], list[dict[str, Any]]]) -> None:
            for one in rows:
                if one.base:
                    every = [version(row) for row in rows_of(f"{one.case}/{one.row}")]
                    theirs = outdated(one.base, one.labels, every)
                    if theirs is not None:
                        refuse(one.fields, theirs)

        return unless

    def planned(self, kind: str, case: str, fields: Mapping[str, Any], labels: frozenset[str], *, row: str = "",
                base: Iterable[Version] = (), stated: Label | None = None) -> Planned:  # fmt: skip
        """A row, new where none is named; a change bears the labels of what it is based on."""
        every = [*base]
        labels = labels.union(*(one.labels for one in every), [stated.id] if stated else [])
        based = frozenset(one.id for one in every)
        return Planned(kind, case, row or new_id(kind), fields, labels, based, stated=stated)

    def place(self) -> int:
        """Place of the last row that anybody wrote: whether to look again. Not to be shown to anybody."""
        return self.store.casebook.last()

    def myself(self, audience: str | None) -> Member | None:
        """Who acts, as a member of a case; None for who has the workspace to themselves."""
        if self.session is not None:
            who = self.session.principal
            home = self.directory.one("organisations", name=who.organisation)
            kind = agency.kind(home["kind"]) if home else "other"
            return Member(organisation=who.organisation, person=who.name, agency=kind, role="lead")
        found = self.audience(audience)
        return None if found.owner or not found.organisation else Member(organisation=found.organisation, role="lead")
