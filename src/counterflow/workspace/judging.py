"""What analysts decide: who is who, what a hit of screening is, what a passage of a document says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from counterflow.errors import (
    NotFound,
    UnknownName,
    UsageError,
)
from counterflow.model.handling import combine
from counterflow.workspace.base import Base, now

if TYPE_CHECKING:
    from counterflow.model.handling import Label
    from counterflow.model.triage import Triage

__all__ = ["Judging", "triaged"]

Progress = Callable[[str, float], None]


class Judging(Base):
    """What analysts decide: who is who, what a hit of screening is, what a passage of a document says."""

    def judge(self, left: str, right: str, verdict: str, reason: str, *, audience: str | None = None) -> None:
        """Record that two subjects are the same, different or unsure; ``withdrawn`` takes an earlier judgement back.

        The judgement is handled as strictly as all that is known of both, since it speaks of both.

        :raises NotFound: a subject that this audience may not read, or that is not there
        """
        self.judge_all([(left, right, verdict, reason)], audience=audience)

    def judge_all(self, judged: Sequence[tuple[str, str, str, str]], *, audience: str | None = None) -> int:
        """Record several, all seen before the first of them changes who is who. Returns how many.

        :param judged: (left, right, verdict, reason) each; see `judge`
        """
        self.allow("judge")
        valid = ("same", "different", "unsure", "withdrawn")
        for left, right, verdict, reason in judged:
            if verdict not in valid:
                raise UnknownName("verdict", verdict, valid)
            if left == right:
                raise UsageError("A judgement is about two subjects; both ids are the same.")
            if not reason.strip():
                raise UsageError("A judgement needs a reason.")
        picture = self.picture(audience, True)
        known = picture.scope.labels()
        labels = [
            combine(known[i] for side in (left, right) for i in picture.entity(side)["label_ids"])
            for left, right, _, _ in judged
        ]
        for (left, right, verdict, reason), label in zip(judged, labels, strict=True):
            row = {"left": left, "right": right, "verdict": verdict, "by": self.who, "at": now(), "reason": reason}
            self.store.casebook.judge(row, label, self.who)
        return len(judged)

    def dispose(
        self,
        asked: Mapping[str, Any],
        entity: str,
        verdict: str,
        reason: str,
        *,
        until: str | None = None,
        label: str | None = None,
        audience: str | None = None,
    ) -> dict[str, Any]:
        """Record what an analyst decided about a screening hit; see `model.disposition`.

        The decision is handled as strictly as all that is known of the entity, or as `label` where that is stricter.

        :param asked: the question: id, schema, properties; for ``withdrawn`` its ``party`` is enough
        :param entity: id of the hit
        :raises NotFound: an entity that this audience may not read, or no decision to withdraw; UsageError: no reason
        """
        from counterflow.model import disposition
        from counterflow.storage.writings import write
        from counterflow.views.dispositions import KIND, Decided, facts_of_entity, facts_of_query

        self.allow("judge")
        until = disposition.checked(verdict, reason, until)
        picture = self.picture(audience, True)
        row = picture.entity(entity)
        facts = facts_of_query(asked)
        party = str(asked.get("party") or disposition.party_of(asked.get("id"), facts))
        before = Decided(picture.line).latest.get((party, row["entity"]))
        if verdict == disposition.WITHDRAWN:
            if before is None:
                raise NotFound("disposition", f"{party} {entity}")
            facts = before[0].party_facts
        elif len(facts) < 2:
            raise UsageError("Say of whom it was decided: a question with properties, e.g. a name.")
        names = sorted(fact.partition(": ")[2] for fact in facts if fact.startswith("name: "))
        made = disposition.Disposition(
            party, names[0] if names else party, row["entity"], verdict, reason.strip(), until, self.who, "",
            facts, facts_of_entity(picture.line, row),
        )  # fmt: skip
        known = picture.line.labels()
        labels = [known[i] for i in (*row["label_ids"], *(before[1] if before else ()))]
        labels += [self.label_of(label, audience)] if label else []
        told = {"party": party, "entity": row["entity"], "verdict": verdict, "reason": made.reason, "until": until}
        key = f"{party} {row['entity']}"
        write(
            self.store.casebook, [(KIND, key, made.to_dict())], [labels], self.who,
            told=("dispose", {**told, **self.within}),
        )  # fmt: skip
        return told

    def triage(
        self,
        finding: str,
        state: str,
        reason: str = "",
        note: str = "",
        *,
        until: str | None = None,
        label: str | None = None,
        audience: str | None = None,
    ) -> dict[str, Any]:
        """Record what an analyst decided about a finding; see `model.triage`. Returns how it stands now.

        The decision is handled as strictly as all that the finding rests on, or as `label` where that is stricter.

        :param finding: its id; :param state: one of `model.triage.STATES`, or ``withdrawn``
        :raises NotFound: a finding that this audience may not read, or no decision to withdraw; UsageError: no such
            state or reason, or a note that the reason needs
        """
        from counterflow.storage.writings import write
        from counterflow.views.findings import by_id
        from counterflow.views.triage import KIND, decided

        self.allow("judge")
        made, labels = triaged(self, finding, state, reason, note, until, label, audience)
        told = {"finding": finding, "state": state, "reason": made.reason, "note": made.note, "until": made.until}
        write(
            self.store.casebook, [(KIND, finding, made.to_dict())], [labels], self.who,
            told=("triage", {**told, **self.within}),
        )  # fmt: skip
        picture = self.picture(audience, True)
        return {"finding": finding, **decided(picture).of(by_id(picture, finding))}

    def mark(self, document: str, page: int, *, audience: str | None = None, **what: Any) -> dict[str, Any]:
        """Turn a passage of a document into a claim. :param what: see `claims.marking.mark`"""
        from counterflow.claims.marking import mark

        self.allow("judge")
        told = mark(self.store, self.line(audience, True).scope, self.who, document, page, **what)
        self.audit("mark", told)
        return told

    def unmark(self, claim: str, reason: str, *, audience: str | None = None) -> None:
        """Take back a claim that was made by marking a passage. :raises NotFound: no such mark that may be read"""
        from counterflow.claims.marking import take_back

        self.allow("judge")
        take_back(self.store, self.line(audience, True).scope, self.who, claim, reason)
        self.audit("unmark", {"claim": claim, "reason": reason})

    def rescreen(
        self, name: str, questions: Iterable[Mapping[str, Any]] | None = None, *, audience: str | None = None,
        exercise: bool = True, limit: int = 5, threshold: float | None = None, full: bool = False,
        progress: Progress | None = None,
    ) -> Iterator[dict[str, Any]]:  # fmt: skip
        """Screen a file of customers that is kept for this audience; what neither changed nor met a change is not
        compared again. See `views.rescreening.rescreen`.

        :param questions: the file as it is now; None: as it was kept
        """
        from counterflow.views.rescreening import rescreen

        self.allow("read")
        line = self.line(audience, exercise)
        if progress is not None:
            line.run("screen", progress)
        folder = self.path / "kept" / (line.audience.name + ("" if exercise else "-no-exercise"))
        return rescreen(line, folder, name, questions, limit=limit, threshold=threshold, full=full)


def triaged(
    workspace: Base, finding: str, state: str, reason: str, note: str, until: str | None, label: str | None,
    audience: str | None,
) -> tuple[Triage, list[Label]]:  # fmt: skip
    """A decision about a finding as it would be kept, and all labels that it would bear; see `Judging.triage`."""
    from counterflow.model import triage
    from counterflow.views.findings import by_id
    from counterflow.views.triage import decided

    until = triage.checked(state, reason, note, until)
    picture = workspace.picture(audience, True)
    found = by_id(picture, finding)
    before = decided(picture)
    if state == triage.WITHDRAWN and finding not in before.latest:
        raise NotFound("decision on the finding", finding)
    made = triage.Triage(
        finding, found["typology"], found["sentence"], state, reason if state != triage.WITHDRAWN else "",
        note.strip(), until, workspace.who, "", triage.records(found["evidence"]),
    )  # fmt: skip
    known = picture.line.labels()
    earlier = before.before(found)
    ids = [*found["label_ids"], *(before.latest[earlier.finding][1] if earlier else ())]
    return made, [known[i] for i in ids] + ([workspace.label_of(label, audience)] if label else [])
