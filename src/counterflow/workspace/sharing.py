"""Releases: records out of the organisation, on terms, on the dissemination ledger; leave, feedback, recall."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from counterflow import registry
from counterflow.casework import audiences, sharing
from counterflow.casework.cases import four_eyes
from counterflow.casework.identity import recipients
from counterflow.errors import NotFound, ProofNeeded, Purged, UsageError
from counterflow.model.handling import EXERCISE, Audience, Label
from counterflow.workspace.base import now
from counterflow.workspace.identifying import Identifying

if TYPE_CHECKING:
    from counterflow.pipeline import Line
    from counterflow.storage.records import Records
    from counterflow.storage.sql import Casebook
    from counterflow.views.picture import Picture

__all__ = ["Sharing"]


@dataclass(frozen=True)
class _Plan:
    """:param picture: what is released, made of the labels that may leave; :param ids: in it, of what is wanted
    :param gone: wanted, and nothing of it may leave; :param stays: what is withheld of the rest
    :param line: of whoever plans it; :param begun: the last writing that there was then"""

    to: str
    audience: Audience
    picture: Picture
    ids: list[str] | None
    findings: list[dict[str, Any]]
    gone: list[str]
    stays: list[sharing.Withheld]
    line: Line
    begun: int


class _Only:
    """A casebook that knows of these labels and no others: what is read through it is as if nothing else were there."""

    def __init__(self, casebook: Casebook, labels: Mapping[str, Label]) -> None:
        self._casebook, self._labels = casebook, dict(labels)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._casebook, name)

    def labels(self) -> Mapping[str, Label]:
        """See `Casebook.labels`."""
        return self._labels

    def reader(self, audience: Audience) -> Records:
        """See `Casebook.reader`."""
        from counterflow.storage.records import Narrowed

        return Narrowed(self._casebook.reader(audience), self._labels)


class Sharing(Identifying):
    """Releases: records out of the organisation, on terms, on the dissemination ledger; leave, feedback, recall."""

    def release_plan(
        self, to: str, ids: Sequence[str] = (), *, audience: str | None = None, exercise: bool = True
    ) -> dict[str, Any]:
        """What would leave for an organisation, and what would stay and why.

        :raises NotFound: an id that this audience may not read
        """
        plan = self._sharing_plan(to, ids, audience, exercise)
        return {
            "to": plan.to, "audience": plan.audience.name, "ceiling": plan.audience.ceiling.text,
            "ids": plan.ids, "findings": [f["id"] for f in plan.findings], "nothing_of": plan.gone,
            "withheld": [asdict(row) for row in plan.stays],
        }  # fmt: skip

    def release(
        self,
        to: str,
        format: str,
        out: Path,
        ids: Sequence[str] = (),
        *,
        terms: str,
        purpose: str,
        case: str = "",
        until: str | None = None,
        feedback_by: str | None = None,
        options: Mapping[str, Any] | None = None,
        audience: str | None = None,
        exercise: bool = True,
        proposal: str | None = None,
    ) -> dict[str, Any]:
        """Write a file for another organisation, and that it left on the dissemination ledger; both or neither.

        :param terms: on which it may be used; :param purpose: why they are to know; :param case: that it is for
        :param until: last ISO date on which they may use it
        :param feedback_by: ISO date by which they are asked how useful it was
        :param proposal: the one that a second person agrees to by this
        :returns: the report of the export, with ``release`` and ``withheld``; or ``proposal`` where it has to wait
        :raises Forbidden: the roles do not allow it; UsageError: nothing of it may leave, no terms, no purpose, or the
            session has not shown again who it is; or some of it was called back, or purged, while it was being made
        """
        self._step_up("approve" if proposal else "release")
        if not terms.strip() or not purpose.strip():
            raise UsageError("A release wants its terms and its purpose: --terms TEXT --purpose TEXT.")
        asked = {"until": sharing.day("until", until, now()[:10]),
                 "feedback_by": sharing.day("feedback by", feedback_by, now()[:10])}  # fmt: skip
        plan = self._sharing_plan(to, ids, audience, exercise)
        if plan.gone and not plan.ids and not plan.findings:
            reasons = "; ".join(dict.fromkeys(row.reason for row in plan.stays))
            raise UsageError(
                f"Nothing of it may be released to {plan.to}: {reasons or 'nothing of it is known there'}."
            )
        told = {"to": plan.to, "format": format, "ids": [*ids], "terms": terms.strip(), "purpose": purpose.strip(),
                "case": case or (self.session.case if self.session else ""), **asked,
                "from": self.audience(audience).organisation}  # fmt: skip
        rules = self.settings.four_eyes.text if self.settings.four_eyes else None
        if self.session is not None and proposal is None and four_eyes.wanted("release", rules):
            return self._put_forward(plan, told, options)
        from counterflow.casework.export import export

        records, labels = _records(plan)
        id = f"r-{secrets.token_hex(8)}"

        def committed(report: dict[str, Any]) -> None:
            from counterflow.storage.writings import write

            row = {
                **told, "release": id, "audience": plan.audience.name, "records": records, "sha256": report["sha256"],
                "file": Path(report["file"]).name, "written": report["records"], "proposal": proposal,
                "gaps": len(report["gaps"]), "losses": [x["field"] for x in report["losses"] if x["left_out"]],
            }  # fmt: skip
            entry = {key: row[key] for key in row if key != "records"} | {"withheld": [asdict(w) for w in plan.stays]}
            report |= {"release": id, "to": plan.to, "withheld": entry["withheld"], "nothing_of": plan.gone}
            known = plan.picture.scope.labels()
            own = [[known[i] for i in sorted(labels)]]
            write(self.store.casebook, [(sharing.RELEASE, id, row)], own, self.who, told=("release", entry),
                  unless=lambda _: _overtaken(plan, records, proposal))  # fmt: skip
            recipients.tell(self.directory, plan.to, id, f"Release {id} is for you.", own[0], self.who)

        exporter = registry.get("exporters", format).with_options(options or {})
        return export(exporter, plan.picture.scope, out, plan.ids, findings=plan.findings, log=committed)

    def release_check(
        self, to: str, ids: Sequence[str] = (), *, profile: str | None = None,
        fields: Mapping[str, Any] | None = None, audience: str | None = None, exercise: bool = True,
    ) -> dict[str, Any]:  # fmt: skip
        """What a goAML report would lack if it were released so; nothing is released, and no file is kept.

        :param fields: what the reporter states, see `casework.goaml.profile`
        :returns: missing (see `casework.goaml.missing`), problems: in words, records
        """
        import tempfile

        from counterflow.casework.export import Tally
        from counterflow.casework.goaml import missing
        from counterflow.casework.goaml.profile import profile as profiled
        from counterflow.casework.selection import Selection

        self.allow("read")
        plan = self._sharing_plan(to, ids, audience, exercise)
        exporter = registry.get("exporters", "goaml").with_options({"profile": profile, "report": fields or {}})
        tally = Tally()
        with tempfile.NamedTemporaryFile(suffix=exporter.extension) as file:
            exporter.write(Selection(plan.picture.scope, plan.ids, plan.findings), file, tally)
            file.flush()
            problems = exporter.check(Path(file.name)) if exporter.check else []
        return {"missing": missing.gathered(tally.gaps, profiled(profile, fields)), "problems": problems,
                "records": tally.records}  # fmt: skip

    def approve_release(self, proposal: str, out: Path, *, audience: str | None = None) -> dict[str, Any]:
        """Agree to a release that somebody else has proposed, and make it.

        :raises NotFound: none waits; UsageError: it is one's own
        """
        from counterflow.views.dissemination import proposals

        found = next((p for p in proposals(self.line(audience, True)) if p["proposal"] == proposal), None)
        if found is None:
            raise NotFound("proposal", proposal)
        if found["by"] == self.who:
            raise UsageError("A second person has to agree: this release was proposed by you.")
        keys = ("terms", "purpose", "case", "until", "feedback_by", "options")
        told: dict[str, Any] = {key: found.get(key) for key in keys}
        return self.release(found["to"], found["format"], out, found["ids"], **told, audience=audience,
                            exercise=found["with_exercise"], proposal=proposal)  # fmt: skip

    def leave(
        self, originator: str, to: str, ids: Sequence[str], *, reference: str, until: str | None = None,
        audience: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Record that an originator lets what is told of these entities and findings go on to an organisation.

        :param reference: the letter or message in which it says so
        :raises UsageError: nothing of it is controlled by that originator
        """
        from counterflow.storage.writings import write

        self._step_up("release")
        if not reference.strip():
            raise UsageError("Leave wants its reference: the letter or message in which the originator gives it.")
        theirs = self._recipient(to, exercise=True)
        to = theirs.organisation or theirs.name
        picture = self.picture(audience, True)
        known = picture.line.labels()
        held = [i for i in _counts(picture, *self._named(picture, ids)) if originator in known[i].orcon]
        if not held:
            raise UsageError(f"Nothing of it is under the control of '{originator}'.")
        made = sharing.Leave(originator, to, tuple(sorted(held)), reference.strip(), until)
        write(self.store.casebook, [(sharing.LEAVE, f"{originator} {to}", made.to_dict())],
              [[known[i] for i in made.labels]], self.who, told=("leave", made.to_dict()))  # fmt: skip
        return made.to_dict()

    def release_feedback(self, release: str, score: int, text: str, *, audience: str | None = None) -> dict[str, Any]:
        """Record how useful a recipient found a release: they themselves, or whoever heard it from them.

        :param score: 1 to 5
        """
        self.allow("case")
        return self._after(sharing.FEEDBACK, release, sharing.useful(score, text), audience)

    def acknowledge_recall(self, release: str, by: str, *, audience: str | None = None) -> dict[str, Any]:
        """Record that a recipient has deleted or put aside what was recalled: whoever works in cases there, or who
        releases and heard it from them.

        :param by: who says so there; empty: oneself; :raises UsageError: it was not called back
        """
        from counterflow.views.dissemination import by_id

        found = by_id(self.line(audience, True), release)
        self.allow("case" if found["direction"] == "in" else "release")
        if not found["recalls"]:
            raise UsageError("It was not called back.")
        name = by.strip() or (self.session.principal.name if self.session else self.who)
        return self._after(sharing.ACKNOWLEDGEMENT, release, {"who": name}, audience)

    def recall(self, what: str, reason: str, *, audience: str | None = None) -> list[dict[str, Any]]:
        """Call back a release, or every release that holds a record: a signed notice for each recipient.

        :param what: id of a release, claim, row, or the SHA-256 of a released file
        :returns: of each release: release, to, notice (signed), key (public)
        :raises NotFound: no release of it that may be read and that one's own organisation made
        """
        from counterflow.storage import notes, writings
        from counterflow.views.dissemination import by_id, concerning

        self._step_up("release")
        if not reason.strip():
            raise UsageError("A recall wants its reason: --reason TEXT.")
        line = self.line(audience, True)
        days = int(self.settings.sharing.get("acknowledge_days", 14))
        key = notes.key_in(self.path / "audit.key")
        public = notes.public("counterflow/recall", key)
        made, labels = [], []
        with writings.alone(self.store.casebook) as tx:  # no release comes between looking and calling back
            known = line.labels()
            for row in concerning(line, sharing.RELEASE):
                if sharing.direction(row["content"], line.audience) != "out" or not sharing.holds(row, what):
                    continue
                found = by_id(line, row["key"])
                note = notes.signed(sharing.notice(found, reason.strip(), days, now()), "counterflow/recall", key)
                content = {"reason": reason.strip(), "what": what, "notice": note}
                told = {"release": row["key"], "to": found["to"], "what": what, "reason": reason.strip()}
                labels.append([known[i] for i in row["labels"]])
                writings.append(self.store.casebook, tx, [(sharing.RECALL, row["key"], content)], labels[-1:],
                                self.who, told=("recall", told))  # fmt: skip
                made.append({"release": row["key"], "to": found["to"], "notice": note, "key": public})
        if not made:
            raise NotFound("release of", what)
        for one, own in zip(made, labels, strict=True):
            text = f"Release {one['release']} is called back."
            recipients.tell(self.directory, one["to"], one["release"], text, own, self.who)
        return made

    def recipients(self, *, audience: str | None = None) -> list[dict[str, Any]]:
        """To whom something can be released: to, text, kind, ceiling, compartments (those that one holds oneself).

        Where people have accounts these are the organisations that there are, without one's own; else audiences.
        """
        own = self.audience(audience)
        if self.shared:
            rows = [{"to": r["name"], "text": r["kind"], **r} for r in recipients.recipients(self.directory)]
            rows = [r for r in rows if r["name"] != own.organisation]
        else:
            rows = []
            for name in self.settings.audiences:
                one = audiences.audience(self.settings, name)
                if not one.owner:
                    rows.append({"to": one.organisation or name, "kind": "", "ceiling": one.ceiling.text,
                                 "text": str(self.settings.audiences[name].get("text", name)),
                                 "compartments": sorted(one.compartments)})  # fmt: skip
        keys = ("to", "text", "kind", "ceiling", "compartments")
        told = [{key: row[key] for key in keys} for row in sorted(rows, key=lambda row: str(row["to"]))]
        for row in told:  # the name of a compartment is for those who hold it
            row["compartments"] = [c for c in row["compartments"] if own.owner or c in own.compartments]
        return told

    # -- within --------------------------------------------------------------------------------------------------

    def _recipient(self, to: str, exercise: bool) -> Audience:
        """Whoever would read what is released to an organisation. :raises UsageError: nobody, or one's own"""
        if not self.shared:
            name = sharing.recipient(self.settings.audiences, to)
            return audiences.audience(self.settings, name, exercise=exercise)
        theirs = recipients.audience(self.directory, to)
        if self.session is not None and theirs.organisation == self.session.principal.organisation:
            raise UsageError(f"'{theirs.organisation}' is your own organisation: a release is for another.")
        return theirs if exercise else theirs.shutting_out(EXERCISE)

    def _step_up(self, verb: str) -> None:
        self.allow(verb)
        if self.session is not None and not self.session.stepped_up:  # of whoever agrees too
            raise ProofNeeded(verb)

    def _sharing_plan(self, to: str, ids: Sequence[str], audience: str | None, exercise: bool) -> _Plan:
        from counterflow.claims.ingest import Store
        from counterflow.pipeline import Line
        from counterflow.storage.duckdb import ParquetLedger
        from counterflow.views.picture import Picture

        theirs = self._recipient(to, exercise)
        organisation = theirs.organisation or theirs.name
        line = self.line(audience, exercise)
        begun = line.reader.last()
        own = self.picture(audience, exercise)
        mine, today = own.line.labels(), now()[:10]
        leaves = [row["content"] for row in own.line.writings(sharing.LEAVE)]
        agreed = {i: sharing.consents(leaves, i, organisation, today) for i in mine}
        reasons = {i: why for i, x in mine.items() if (why := sharing.why_not(x, theirs, agreed[i], today))}
        casebook = cast("Casebook", _Only(self.store.casebook, {i: x for i, x in mine.items() if i not in reasons}))
        store = Store(ParquetLedger(self.path / "ledger", casebook), casebook, self.store.blobs)
        picture = Picture(Line(store, self.settings, self.path / "derived", theirs))
        entities, findings = self._named(own, ids)
        found, gone = _there(own, picture, entities)
        known = {f["id"]: f for f in picture.findings} if findings else {}
        gone += [f["id"] for f in findings if f["id"] not in known]
        stays = sharing.withheld(_counts(own, entities, findings), mine, reasons)
        kept = [known[f["id"]] for f in findings if f["id"] in known]
        return _Plan(organisation, theirs, picture, found, kept, gone, stays, line, begun)

    def _named(self, picture: Picture, ids: Sequence[str]) -> tuple[list[str] | None, list[dict[str, Any]]]:
        from counterflow.views.exporting import wanted

        return wanted(picture, ids)

    def _put_forward(self, plan: _Plan, told: Mapping[str, Any], options: Mapping[str, Any] | None) -> dict[str, Any]:
        from counterflow.storage.writings import write

        id = f"q-{secrets.token_hex(8)}"
        exercise = EXERCISE not in plan.audience.without
        plain = {key: str(value) if isinstance(value, Path) else value for key, value in (options or {}).items()}
        known = plan.picture.scope.labels()
        labels = [known[i] for i in sorted(_records(plan)[1])]
        row = {**told, "options": plain, "with_exercise": exercise}
        write(self.store.casebook, [(sharing.PROPOSAL, id, row)], [labels], self.who, told=("propose", row))
        return {"proposal": id, **told, "withheld": [asdict(w) for w in plan.stays], "nothing_of": plan.gone}

    def _after(self, kind: str, release: str, content: dict[str, Any], audience: str | None) -> dict[str, Any]:
        from counterflow.storage.writings import write
        from counterflow.views.dissemination import by_id

        line = self.line(audience, True)
        labels = [line.labels()[i] for i in by_id(line, release)["label_ids"]]
        told = (kind.removeprefix("release_"), {"release": release, **content})
        write(self.store.casebook, [(kind, release, content)], [labels], self.who, told=told)
        return {"release": release, **content}


def _overtaken(plan: _Plan, records: Sequence[str], proposal: str | None) -> None:
    """What was done about a release while it was being made; asked while nobody else writes.

    :raises UsageError: a release of some of its records was called back, or the same proposal was agreed to twice
    :raises Purged: there was a purge, of some of its records for all that is known
    """
    if plan.line.epoch.over:
        raise Purged
    gave, own = plan.line.writings(sharing.RELEASE), frozenset(records)
    called = {row["key"] for row in plan.line.writings(sharing.RECALL, after=plan.begun)}
    if any(row["key"] in called and not own.isdisjoint(row["content"]["records"]) for row in gave):
        raise UsageError("Some of it was called back while this release was made. Look again at what would leave.")
    if proposal and any(row["content"].get("proposal") == proposal for row in gave):
        raise UsageError("Somebody else has just agreed to this proposal: it has been released.")


def _there(own: Picture, picture: Picture, entities: list[str] | None) -> tuple[list[str] | None, list[str]]:
    """The entities wanted by their ids in what is released, and those of which nothing is there."""
    if entities is None:
        return None, []
    of: dict[str, list[str]] = {}
    for subject, row in own.members.items():
        of.setdefault(row["entity"], []).append(subject)
    found, gone = [], []
    for id in entities:
        named = own.members[id]["entity"] if id in own.members else id
        here = [s for s in [named, *sorted(of.get(named, ()))] if s in picture.members
                and picture.members[s]["entity"] in picture.entities]  # fmt: skip
        if here:
            found.append(picture.members[here[0]]["entity"])
        else:
            gone.append(id)
    return [*dict.fromkeys(found)], gone


def _counts(picture: Picture, entities: list[str] | None, findings: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Label → records of what is wanted."""
    from counterflow.casework.selection import Selection

    if entities is None:  # everything: asked of the engine, however much it is
        counted: Counter[str] = Counter()
        for name in ("claims", "payments"):
            rows = picture.scope.table(name)
            grouped = rows.group_by("label_id").agg(records=rows.count())
            counted.update({r["label_id"]: r["records"] for r in picture.scope.run(grouped).to_pylist()})
        return dict(counted)
    selection = Selection(picture.scope, entities, list(findings))
    found: Counter[str] = Counter(row["label_id"] for _, claims in selection.told() for row in claims)
    found.update(row["label_id"] for row in selection.payments())
    return dict(found)


def _records(plan: _Plan) -> tuple[list[str], set[str]]:
    """Ids of the records that a release is made of, and their labels."""
    from counterflow.casework.selection import Selection

    selection = Selection(plan.picture.scope, plan.ids, plan.findings)
    told = [claim for _, claims in selection.told() for claim in claims]
    paid = list(selection.payments())
    ids = sorted({*(claim["claim_id"] for claim in told), *(row["row_id"] for row in paid)})
    return ids, {row["label_id"] for row in (*told, *paid)}
