"""A selection: what is to go out, of what one audience may read.

Invariant: every row has only labels that the audience may read. The scope sees to that; here it is checked again, row
by row, because what has left cannot be called back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from counterflow.errors import NotFound
from counterflow.model.handling import combine, readable

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["Selection"]


class Selection:
    """Entities, their links and what is told of them, for one audience.

    :param scope: with members, entities and links adopted
    :param ids: canonical ids or referents of the entities wanted, which bring every relationship that has one of them
        as an end, and the entities at its other ends; None: everything
    :param findings: that go along, as plain data; their payments are then the only ones that do
    :raises NotFound: an id that is not readable, or not there
    """

    def __init__(
        self, scope: Scope, ids: Sequence[str] | None = None, findings: Sequence[Mapping[str, Any]] = ()
    ) -> None:
        self._scope = scope
        self._labels = {i: label for i, label in scope.labels().items() if readable(label, scope.audience)}
        self._markings: dict[frozenset[str], str] = {}
        known = {row["entity"]: row for row in self._rows("entities", "entity")}
        members = scope.run(scope.table("members").order_by(["entity", "subject"])).to_pylist()
        self._canonical = {row["subject"]: row["entity"] for row in members}
        links = [
            row
            for row in self._rows("links", "link", "source", "target")
            if row["source"] in known and row["target"] in known
        ]
        named = None if ids is None else {self._named(id, known) for id in ids}
        if named is not None:
            links = [row for row in links if row["source"] in named or row["target"] in named]
            ends = {row[end] for row in links for end in ("source", "target")}
            known = {id: row for id, row in known.items() if id in named | ends}
        self.entities: Mapping[str, dict[str, Any]] = known
        """Canonical id → row of the entities table, in alphabetical order."""
        self.links: Sequence[dict[str, Any]] = links
        """Rows of the links table, both ends among `entities`."""
        self.members: Sequence[dict[str, Any]] = [
            row for row in members if row["entity"] in (known if named is None else named) and row["entity"] in known
        ]
        """Rows of the members table, of the entities wanted and not of their neighbours."""
        self._named_only = named
        self.findings: Sequence[Mapping[str, Any]] = [f for f in findings if self._labels.keys() >= set(f["label_ids"])]
        """Findings that go along, each resting on nothing that the audience may not read."""
        self._subjects = None if named is None else self._told_of(named)

    def told(self) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """(id, claims) of each entity and of each relationship, sorted by id.

        The id is canonical; a relationship is no entity and goes by its own subject. Claims are rows of the claims
        table, of any stance, sorted by property and value.
        """
        claims, members = self._claims(), self._scope.table("members").select("subject", "entity")
        if self._subjects is not None:
            claims = claims.filter(claims.subject.isin(self._subjects))
        joined = claims.left_join(members, "subject")
        whole = joined.mutate(canonical=joined.entity.coalesce(joined.subject))
        rows = self._scope.run(
            whole.order_by(["canonical", "property", "value", "claim_id", "recorded_at", "label_id"])
        )
        each = (row for batch in rows.to_batches(max_chunksize=10_000) for row in batch.to_pylist())
        for id, group in groupby(each, key=lambda row: str(row["canonical"])):
            if id in self.entities or id not in self._canonical:
                yield id, list(group)

    def holders(self) -> dict[str, str]:
        """Key of an account (`storage.tables.HOLDERS`) → the entity of this selection that holds it."""
        rows = self._rows("holders", "key")
        return {row["key"]: row["entity"] for row in rows if row["entity"] in self.entities}

    def payments(self) -> Iterator[dict[str, Any]]:
        """Payments in time order: those of the findings; without any, those that an account of the entities wanted
        made or received; where everything is wanted, all."""
        import ibis

        payments = self._scope.table("payments")
        payments = payments.filter(payments.label_id.isin(sorted(self._labels)))
        of = sorted({e["id"] for f in self.findings for e in f["evidence"] if e["kind"] == "payments"})
        if self.findings:
            payments = payments.semi_join(ibis.memtable({"row_id": of}, schema={"row_id": "string"}), "row_id")
        elif self._named_only is not None:
            keys = [key for key, entity in self.holders().items() if entity in self._named_only]
            own = ibis.memtable({"key": keys}, schema={"key": "string"})
            sides = [
                "account:" + side.upper().re_replace("[^0-9A-Z]", "")
                for side in (payments.from_account, payments.to_account)
            ]
            payments = payments.filter(sides[0].isin(own.key) | sides[1].isin(own.key))
        rows = self._scope.run(payments.order_by(["timestamp", "row_id"]))
        for batch in rows.to_batches(max_chunksize=10_000):
            yield from batch.to_pylist()

    def sources(self) -> dict[str, dict[str, Any]]:
        """Sources that the audience may read, the latest row of each, by id."""
        table = self._scope.table("sources")
        table = table.filter(table.label_id.isin(sorted(self._labels)))
        rows = self._scope.run(table.order_by(["recorded_at", "source_id", "label_id"])).to_pylist()
        return {row["source_id"]: row for row in rows}

    @property
    def audience(self) -> str:
        """Whom it is for."""
        return self._scope.audience.name

    def last_recorded(self) -> str:
        """Day on which the last claim that the audience may read was recorded; empty: there is none."""
        claims = self._claims()
        last = self._scope.run(claims.aggregate(last=claims.recorded_at.max())).column("last").to_pylist()[0]
        return f"{last:%Y-%m-%d}" if last else ""

    def canonical(self, subject: str) -> str:
        """Canonical id of a subject; the subject itself where it is a relationship."""
        return str(self._canonical.get(subject, subject))

    def handling(self, label_ids: Iterable[str]) -> str:
        """The marking in print of something that rests on these labels. KeyError: one the audience may not read."""
        ids = frozenset(label_ids)
        if ids not in self._markings:
            self._markings[ids] = combine(self._labels[i] for i in sorted(ids)).text
        return self._markings[ids]

    def _rows(self, table: str, *order: str) -> list[dict[str, Any]]:
        rows = self._scope.run(self._scope.table(table).order_by(list(order))).to_pylist()
        # a row without any label is of unknown handling, and stays
        return [row for row in rows if row["label_ids"] and self._labels.keys() >= set(row["label_ids"])]

    def _claims(self) -> ibis.Table:
        claims = self._scope.table("claims")
        return claims.filter(claims.label_id.isin(sorted(self._labels)))

    def _named(self, id: str, known: Mapping[str, Any]) -> str:
        found = self.canonical(id)
        if found not in known:
            raise NotFound("entity", id)
        return found

    def _told_of(self, named: set[str]) -> list[str]:
        """Subjects of the chosen entities, and of every relationship that names one of those wanted."""
        claims = self._claims()
        of_named = [subject for subject, entity in self._canonical.items() if entity in named]
        refers = claims.filter((claims.prop_type == "entity") & claims.value.isin(sorted(of_named)))
        relations = set(self._scope.run(refers.select("subject").distinct()).column("subject").to_pylist())
        things = {subject for subject, entity in self._canonical.items() if entity in self.entities}
        return sorted(things | (relations - self._canonical.keys()))
