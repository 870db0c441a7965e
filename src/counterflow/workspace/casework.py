"""Cases: opened, filled and changed by their members."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from counterflow.casework.cases import snapshots
from counterflow.casework.cases.slices import HEAD, Slice
from counterflow.errors import UnknownName, UsageError
from counterflow.model.case import changed, checked, new_id
from counterflow.model.handling import PUBLIC, TLP
from counterflow.storage.writings import append, ready, write
from counterflow.workspace.base import now
from counterflow.workspace.casework_rows import CaseRows, Planned

__all__ = ["Casework"]

AROUND = 300
"""Nodes around one that was expanded, as the workbench draws them."""

WRITTEN = ("member", "thing", "task", "note", "request", "decision")
"""Kinds of row that are simply written; the others come of an act."""


class Casework(CaseRows):
    """Cases: opened, filled and changed by their members."""

    def open_case(
        self, title: str, purpose: str, basis: str, predicate: str = "", *, label: Mapping[str, Any] | None = None,
        things: Iterable[Mapping[str, Any]] = (), audience: str | None = None,
    ) -> str:  # fmt: skip
        """Open a case with whoever opens it as its lead; returns its id.

        :param label: who may read it (see `casework.cases.labels.stated`); none: the own organisation, strictly
        :param things: what it is about: thing, id, why, asked of each
        :raises NotFound: a thing that this audience may not read
        """
        self.allow("case")
        fields = checked("case", {"title": title, "purpose": purpose, "basis": basis, "predicate": predicate})
        me = self.myself(audience)
        own = self.stated(label or {"tlp": TLP.AMBER_STRICT.text}, audience)
        case, none = new_id("case"), frozenset[str]()
        rows = [self.planned("case", case, fields, none, row=HEAD, stated=own)]
        if me is not None:
            rows.append(self.planned("member", case, asdict(me), none, stated=own))
        for given in things:
            told, labels = self._thing(case, given, audience)
            rows.append(self.planned("thing", case, told, labels, stated=own))
        opened = checked("decision", {"what": "Opened", "act": "open", "because": predicate or purpose})
        rows.append(self.planned("decision", case, opened, none, stated=own))
        self.put(rows, "case open", told={"case": case}, audience=audience)
        return case

    def add_row(
        self, case: str, kind: str, fields: Mapping[str, Any], *, label: Mapping[str, Any] | None = None,
        audience: str | None = None,
    ) -> str:  # fmt: skip
        """Write a row of a case: a member, thing, task, note, request or decision; returns its id.

        It bears the labels of the case, of everything that it names, and the one that is stated.

        :raises NotFound: no such case, or something named that may not be read; UsageError: fields that do not fit
        """
        self.allow("case")
        if kind not in WRITTEN:
            raise UnknownName("kind of row", kind, WRITTEN)
        found = self.case_slice(case, audience)
        self.unclosed(found)
        if kind == "member":
            self.leading(found)
        told, labels = self._fitting(found, kind, fields, audience)
        own = self.stated(label, audience)
        row = self.planned(kind, case, told, self.under(found, labels), stated=own)
        return self._put_note(found, row, audience) if told.get("about") else self.put(
            [row], f"case {kind}", told={"case": case, "row": row.row}, audience=audience
        )  # fmt: skip

    def change_row(
        self, case: str, row: str, changes: Mapping[str, Any], *, base: str | None = None,
        label: Mapping[str, Any] | None = None, audience: str | None = None,
    ) -> str:  # fmt: skip
        """Change some fields of a row; the version before stays.

        :param base: the version that the change is based on, or several with commas between: they are joined
        :raises Conflict: that is no longer in force; UsageError: a row that is never changed, or only by its own act
        """
        self.allow("case")
        found = self.case_slice(case, audience)
        self.unclosed(found)
        before = self.based(found, row, base)
        kind = before[-1].kind
        if kind == "member" or row == HEAD:
            self.leading(found)
        if kind == "proposal" or (row == HEAD and changes.keys() & {"status", "outcome", "because"}):
            raise UsageError("That is an act of its own: approve, close, reopen.")
        told = changed(kind, before[-1].fields, changes)
        named, labels = self._fitting(found, kind, {k: told[k] for k in changes}, audience, told)
        own = self.stated(label, audience)
        one = self.planned(kind, case, named, self.under(found, labels), row=row, base=before, stated=own)
        if named.get("about"):
            return self._put_note(found, one, audience, before=str(before[-1].fields["claim"]))
        return self.put([one], f"case {kind}", told={"case": case, "row": row}, audience=audience)

    def hand_over(self, case: str, to: str, because: str = "", *, audience: str | None = None) -> None:
        """Make another member the lead. :param to: name of the member, as tasks name it"""
        self.allow("case")
        found = self.case_slice(case, audience)
        self.unclosed(found)
        self.leading(found)
        new = found.member(to)
        old = [m for m in found.members if m.fields["role"] == "lead" and m.row != new.row]
        decision = checked("decision", {"what": f"Handed over to {to}", "because": because, "act": "hand over"})
        rows = [
            self.planned("member", case, {**one.fields, "role": role}, frozenset(), row=one.row, base=[one])
            for one, role in ((new, "lead"), *((one, "member") for one in old))
        ]
        rows.append(self.planned("decision", case, decision, self.under(found, new.labels)))
        self.put(rows, "case hand over", told={"case": case}, audience=audience)

    def reopen_case(self, case: str, because: str, *, base: str | None = None, audience: str | None = None) -> None:
        """Open a closed case again. :raises UsageError: it is open, or no reason is given"""
        self.allow("case")
        found = self.case_slice(case, audience)
        self.leading(found)
        before = self.based(found, HEAD, base)
        if before[-1].fields["status"] == "open" or not because.strip():
            raise UsageError("Only a closed case is opened again, and with a reason.")
        fields = changed("case", before[-1].fields, {"status": "open", "outcome": "", "because": because})
        decision = checked("decision", {"what": "Reopened", "because": because, "act": "reopen"})
        rows = [self.planned("case", case, fields, frozenset(), row=HEAD, base=before),
                self.planned("decision", case, decision, self.under(found))]  # fmt: skip
        self.put(rows, "case reopen", told={"case": case}, audience=audience)

    def snapshot(
        self, case: str, center: str, title: str, *, hops: int = 1, as_of: str = "", until: str = "", limit: int = 300,
        layout: Mapping[str, Sequence[float]] | None = None, expand: Sequence[str] = (), path: str = "",
        shown: Mapping[str, Any] | None = None, finding: str = "", known_on: str | None = None,
        label: Mapping[str, Any] | None = None, audience: str | None = None,
    ) -> str:  # fmt: skip
        """Keep the link chart around an entity, or of an attempt, as it is now; returns the snapshot's id.

        :param center: entity; empty where a `finding` is named, whose attempt is drawn
        :param layout: node → x and y, where it was drawn
        :param expand: nodes of which the neighbours were added; :param path: an entity, or ``nearest``: the nearest
            listed one: a chain to it was drawn
        :param shown: what else was set: hide, start, end, pins (see `model.case.Part`)
        :param known_on: as the ledger was then, in place of now
        :raises UsageError: neither entity nor finding, or both; a finding that names nobody
        """
        from counterflow.views.attempt_network import reasons
        from counterflow.views.case_things import drawn, united

        self.allow("case")
        if bool(center) == bool(finding) or (finding and path):
            raise UsageError("A chart is around an entity, with a chain or without, or of a finding: name one.")
        found = self.case_slice(case, audience)
        self.unclosed(found)
        view = self.view(audience, known_on=known_on)
        known_on, picture = view.known_on or now(), view.picture
        at = as_of or None
        charts = [view.attempt_network(finding) if finding else view.network(center, hops, at, limit, until or None)]
        if not charts[0]["nodes"]:
            raise UsageError("This finding names no party and no payment: there is nobody to draw.")
        charts += [view.network(id, 1, at, limit=AROUND) for id in expand]
        told = {"expand": [*expand], **(shown or {})}
        if path:
            chain = view.nearest(center, at) if path == "nearest" else view.path(center, path, at)
            charts.append(chain)
            told["path"] = [one["id"] for one in (*chain["nodes"], *chain["edges"])]
        why = reasons(picture, finding) if finding else None
        chart = drawn(picture, united(charts), layout or {}, told, why)
        head = checked("snapshot", {"title": title, "center": chart.center, "hops": hops, "as_of": as_of,
                                    "until": until, "known_on": known_on, "finding": finding})  # fmt: skip
        own = self.stated(label, audience)
        first = self.planned("snapshot", case, head, self.under(found, chart.head), stated=own)
        rows = [first]
        for part_labels, part in snapshots.parts(chart):
            told = checked("part", {**part, "nodes": tuple(part["nodes"]), "edges": tuple(part["edges"])})
            rows.append(
                self.planned("part", case, told, first.labels | part_labels, row=f"{first.row}/part", stated=own)
            )
        return self.put(rows, "case snapshot", told={"case": case, "row": first.row}, audience=audience)

    def seen(self, *, audience: str | None = None) -> None:
        """Note that the news of one's cases have been looked at up to now."""
        from counterflow.views.cases import SEEN

        self.allow("case")
        upto = {"seq": self.place()}
        write(self.store.casebook, [(SEEN, self.who, upto)], [[PUBLIC]], self.who)

    # -- what rows name --------------------------------------------------------------------------------------------

    def _fitting(
        self, found: Slice, kind: str, given: Mapping[str, Any], audience: str | None,
        whole: Mapping[str, Any] | None = None,
    ) -> tuple[dict[str, Any], frozenset[str]]:  # fmt: skip
        """Fields of a row, and the labels of all that those `given` name. :param whole: all fields, of a change"""
        labels: frozenset[str] = frozenset()
        if kind == "thing" and whole is None:
            return self._thing(found.id, given, audience)
        told = dict(whole) if whole is not None else checked(kind, given)
        if kind == "task" and "assignee" in given:
            labels |= self.named_member(found, told["assignee"])
        ids = (
            [*told.get("cites", ())] if "cites" in given else [*told.get("evidence", ())] if "evidence" in given else []
        )
        if told.get("about"):
            ids.append(told["about"])
        if ids:
            labels |= self._cited(found, ids, audience)
        return told, labels

    def _thing(
        self, case: str, given: Mapping[str, Any], audience: str | None
    ) -> tuple[dict[str, Any], frozenset[str]]:  # fmt: skip
        from counterflow.views.case_things import thing

        told = checked("thing", {k: v for k, v in given.items() if k != "caption"})
        if told["thing"] == "case":
            if told["id"] == case:
                raise UsageError("A case is not linked with itself.")
            return told, self.under(self.case_slice(told["id"], audience))
        id, caption, labels = thing(self.picture(audience, True), told["thing"], told["id"])
        return {**told, "id": id, "caption": caption}, labels

    def _cited(self, found: Slice, ids: Iterable[str], audience: str | None) -> frozenset[str]:
        from counterflow.views.case_things import cited

        return cited(self.picture(audience, True), found, ids)

    def _put_note(self, found: Slice, row: Planned, audience: str | None, before: str = "") -> str:
        """Write a note on somebody: claim and row in one transaction."""
        from counterflow.claims.marking import known
        from counterflow.claims.noting import note

        about = str(row.fields["about"])
        schema, widest = known(self.line(audience, True).scope, about)
        ready(self.store.casebook)

        def also(claim: str) -> Any:
            told = replace(row, fields={**row.fields, "claim": claim})
            return lambda tx: append(
                self.store.casebook, tx, [told.written()], self.labelled([told], audience), self.who,
                told=("case note", {"case": found.id, "row": row.row, "claim": claim, **self.within}),
                unless=self.late([told]),
            )  # fmt: skip

        with self.telling(found.id, audience):
            note(
                self.store, self.who, about=about, schema=schema, text=str(row.fields["text"]),
                grade=str(row.fields["grade"]), locator=f"case {found.id}, note {row.row}",
                labels=[*self.labelled([row], audience)[0], widest], before=before, also=also,
            )  # fmt: skip
        return row.row
