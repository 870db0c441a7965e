"""Acts of a case that may want a second person: closing, referring, letting a row out, dismissing a strong finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from counterflow.casework.cases import four_eyes
from counterflow.casework.cases.slices import HEAD, Slice
from counterflow.casework.cases.versions import Version
from counterflow.errors import NotFound, UsageError
from counterflow.model.case import changed, checked
from counterflow.model.handling import Label
from counterflow.workspace.casework_rows import CaseRows, Planned

__all__ = ["NO_CASE", "CaseActs"]

NO_CASE = "-"
"""Stands for the case of a proposal that is about none."""

Given = Mapping[str, Any]


class CaseActs(CaseRows):
    """Acts of a case that may want a second person: closing, referring, letting a row out, dismissing a finding."""

    def close_case(
        self, case: str, outcome: str, because: str, *, into: str = "", base: str | None = None,
        audience: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Close a case, or propose to.

        :param into: of one that is merged, the case that it goes on in: both are linked, and that one takes over what
            this one is about
        :returns: {done, row}: row of the decision, or of the proposal
        :raises UsageError: merged with no open case of one's own, or another outcome with one
        """
        self.allow("case")
        found = self.case_slice(case, audience)
        self.leading(found)
        self.unclosed(found)
        heads = [one.id for one in self.based(found, HEAD, base)]
        given = {"outcome": outcome, "because": because, "into": into, "base": ",".join(heads)}
        return self._act("close", case, given, audience)

    def refer(self, case: str, fields: Given, *, label: Given | None = None, audience: str | None = None
              ) -> dict[str, Any]:  # fmt: skip
        """Refer something to another unit, or propose to; see `model.case.Referral`. :returns: as `close_case`"""
        self.allow("case")
        self.unclosed(self.case_slice(case, audience))
        self.stated(label, audience)
        return self._act("refer", case, {"fields": dict(fields), "label": dict(label or {})}, audience)

    def release_row(self, case: str, row: str, to: Iterable[str], because: str, *, audience: str | None = None
                    ) -> dict[str, Any]:  # fmt: skip
        """Let further organisations read a row from now on, or propose to: who wrote it decides, not who holds it.

        :param row: ``case`` for the case itself, so that they can see that there is one
        :raises UsageError: a label of it is of another organisation, or says who by name
        """
        self.allow("release")
        found = self.case_slice(case, audience)
        self.leading(found)
        heads = [one.id for one in self.based(found, row, None)]
        given = {"row": row, "to": sorted(to), "because": because, "base": ",".join(heads)}
        return self._act("release", case, given, audience)

    def triage(self, finding: str, state: str, reason: str = "", note: str = "", *, until: str | None = None,
               label: str | None = None, audience: str | None = None) -> dict[str, Any]:  # fmt: skip
        """Record what an analyst decided about a finding, or propose to where two must agree; see `Judging`.

        :returns: how the finding stands now; ``proposal``: id of what waits for a second person, or None
        """
        if state == "dismiss" and self.session is not None:
            from counterflow.views.findings import by_id
            from counterflow.views.triage import decided

            found = by_id(self.picture(audience, True), finding)
            if four_eyes.wanted("dismiss", self._rules, float(found["probability"])):
                given = {"finding": finding, "reason": reason, "note": note, "until": until, "label": label}
                row = self._propose("dismiss", NO_CASE, given, self._dismissed(NO_CASE, given, audience), audience)
                return {"finding": finding, **decided(self.picture(audience, True)).of(found), "proposal": row}
        told = super().triage(  # type: ignore[misc]  # of `Judging`, which stands behind this in `Workspace`
            finding, state, reason, note, until=until, label=label, audience=audience
        )
        return {**told, "proposal": None}

    def consent(self, proposal: str, agree: bool, reason: str = "", *, audience: str | None = None) -> dict[str, Any]:
        """Agree to what somebody else has proposed, which does it, or decline it with a reason.

        :raises NotFound: no proposal that may be read and waits; Forbidden: without the verb `approve`;
            UsageError: it is one's own
        """
        from counterflow.views.cases import proposals

        self.allow("approve")
        waiting = {one.row: one for one in proposals(self.line(audience, True), self.session)}
        if proposal not in waiting:
            raise NotFound("proposal", proposal)
        one = waiting[proposal]
        if one.by == self.who and self.session is not None:
            raise UsageError("Somebody else must agree to what you have proposed.")
        if not agree and not reason.strip():
            raise UsageError("A proposal is declined with a reason.")
        state = {"state": "agreed" if agree else "declined", "reason": reason}
        answer = self.planned("proposal", one.case, changed("proposal", one.fields, state), frozenset(),
                              row=one.row, base=[one])  # fmt: skip
        act, given = str(one.fields["act"]), one.fields["given"]
        rows = [self._told(row, one) for row in self._plan[act](one.case, given, audience)] if agree else []
        self.put([answer, *rows], f"case {state['state']}", told={"case": one.case, "row": one.row, "act": act},
                 audience=audience)  # fmt: skip
        return {"proposal": one.row, **state}

    def withdraw_proposal(self, proposal: str, reason: str = "", *, audience: str | None = None) -> None:
        """Take back what one has proposed oneself. :raises NotFound: no such proposal of one's own waits"""
        from counterflow.views.cases import proposals

        self.allow("case")
        mine = {p.row: p for p in proposals(self.line(audience, True), self.session) if p.by == self.who}
        if proposal not in mine:
            raise NotFound("proposal", proposal)
        one = mine[proposal]
        fields = changed("proposal", one.fields, {"state": "withdrawn", "reason": reason})
        self.put([self.planned("proposal", one.case, fields, frozenset(), row=one.row, base=[one])], "case withdraw",
                 told={"case": one.case, "row": one.row}, audience=audience)  # fmt: skip

    # -- how ---------------------------------------------------------------------------------------------------------

    def _act(self, act: str, case: str, given: Given, audience: str | None) -> dict[str, Any]:
        rows = self._plan[act](case, given, audience)
        if self.session is not None and four_eyes.wanted(act, self._rules):
            return {"done": False, "row": self._propose(act, case, given, rows, audience)}
        return {"done": True, "row": self.put(rows, f"case {act}", told={"case": case}, audience=audience)}

    def _propose(self, act: str, case: str, given: Given, rows: list[Planned], audience: str | None) -> str:
        """Keep an act that could be done now, under the labels of the first row that it would write, and of a case that
        it names."""
        first = rows[0]
        named = [one.labels for one in rows if one.case == case and one.fields.get("thing") == "case"]
        fields = checked("proposal", {"act": act, "given": dict(given), "because": str(given.get("because") or "")})
        row = replace(self.planned("proposal", case, fields, first.labels.union(*named)), stated=first.stated)
        return self.put([row], "case propose", told={"case": case, "act": act}, audience=audience)

    def _told(self, row: Planned, proposed: Version) -> Planned:
        """A row as it is written once two persons have agreed: the decision names both."""
        if row.kind == "decision":
            return replace(row, fields={**row.fields, "proposed_by": proposed.by, "approved_by": self.who})
        return replace(row, by=proposed.by)

    @property
    def _rules(self) -> str | None:
        named = self.settings.four_eyes
        return named.text if named else None

    @property
    def _plan(self) -> Mapping[str, Callable[[str, Given, str | None], list[Planned]]]:
        return {"close": self._closed, "refer": self._referred, "release": self._released, "dismiss": self._dismissed}

    def _closed(self, case: str, given: Given, audience: str | None) -> list[Planned]:
        found = self.case_slice(case, audience)
        before = self.based(found, HEAD, str(given["base"]))
        told = {"status": "closed", "outcome": given["outcome"], "because": given["because"]}
        fields = changed("case", before[-1].fields, told)
        what = {"what": f"Closed: {fields['outcome']}", "because": given["because"], "act": "close"}
        merged = self._merged(found, str(given.get("into", "")), audience)
        if bool(merged) != (fields["outcome"] == "merged"):
            raise UsageError("A case that is merged, and no other, names the one that it goes on in.")
        return [self.planned("decision", case, checked("decision", what), self.under(found)),
                self.planned("case", case, fields, frozenset(), row=HEAD, base=before), *merged]  # fmt: skip

    def _merged(self, found: Slice, into: str, audience: str | None) -> list[Planned]:
        """Links between two cases, and in the second what only the first was about so far; nothing without a second."""
        if not into:
            return []
        other = self.case_slice(into, audience)
        self.unclosed(other)
        if other.id == found.id:
            raise UsageError("A case does not go on in itself.")
        both = self.under(found, self.under(other))
        there = {(one.fields["thing"], one.fields["id"]) for one in other.of("thing")}
        link = {"thing": "case", "why": "merged"}
        rows = [self.planned("thing", one.id, checked("thing", {**link, "id": id}), both)
                for one, id in ((found, other.id), (other, found.id))]  # fmt: skip
        for one in found.of("thing"):
            thing = (one.fields["thing"], one.fields["id"])
            if one.fields["state"] == "in" and thing not in {*there, ("case", into)}:
                rows.append(self.planned("thing", other.id, one.fields, self.under(other, one.labels)))
        return rows

    def _referred(self, case: str, given: Given, audience: str | None) -> list[Planned]:
        from counterflow.views.case_things import cited

        found = self.case_slice(case, audience)
        fields = checked("referral", given["fields"])
        labels = cited(self.picture(audience, True), found, fields["cites"]) if fields["cites"] else frozenset()
        own = self.stated(given["label"] or None, audience)
        row = self.planned("referral", case, fields, self.under(found, labels), stated=own)
        what = {"what": f"Referred to {fields['to']}: {fields['what']}"[:300], "because": fields["why"],
                "evidence": [*fields["cites"], row.row], "act": "refer"}  # fmt: skip
        return [row, replace(self.planned("decision", case, checked("decision", what), row.labels), stated=own)]

    def _released(self, case: str, given: Given, audience: str | None) -> list[Planned]:
        found = self.case_slice(case, audience)
        before = self.based(found, str(given["row"]), str(given["base"]))
        to, organisation = frozenset(given["to"]), self.audience(audience).organisation
        if not to or not str(given["because"]).strip():
            raise UsageError("Say to whom, and why.")
        known = self.line(audience, True).labels()
        wider = [self._wider(known[id], to, organisation) for id in sorted(before[-1].labels)]
        if len({one.id for one in wider}) != 1:
            raise UsageError("This row bears several labels: release what it cites first, or write it anew.")
        row = self.planned(before[-1].kind, case, before[-1].fields, frozenset(), row=before[-1].row, stated=wider[0])
        row = replace(row, base=frozenset(one.id for one in before))
        what = {"what": f"Let out to {', '.join(sorted(to))}: {before[-1].kind}", "because": given["because"],
                "evidence": [] if given["row"] == HEAD else [given["row"]], "act": "release"}  # fmt: skip
        return [self.planned("decision", case, checked("decision", what), self.under(found, before[-1].labels)), row]

    @staticmethod
    def _wider(label: Label, to: frozenset[str], organisation: str) -> Label:
        if label.originator != organisation or label.readers is not None or label.orcon - {organisation}:
            raise UsageError(f"{label.text} is not yours to let out: ask {label.originator or 'who wrote it'}.")
        return (
            label if label.circle is None else replace(label, releasable_to=(label.releasable_to or frozenset()) | to)
        )

    def _dismissed(self, _case: str, given: Given, audience: str | None) -> list[Planned]:
        from counterflow.workspace.judging import triaged

        made, labels = triaged(
            self, str(given["finding"]), "dismiss", str(given["reason"]), str(given["note"]), given["until"],
            given["label"], audience,
        )  # fmt: skip
        ids = frozenset(one.id for one in labels)
        return [Planned("triage", "", made.finding, {}, ids, stated=labels[-1], own=made.to_dict())]
