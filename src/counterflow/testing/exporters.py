"""What every exporter must do, and must not let out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from counterflow.model import schema as vocabulary
from counterflow.model.handling import PUBLIC, TLP, Audience, Label
from counterflow.storage.tables import DERIVED
from counterflow.testing.tables import claims_of, scope_of

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.casework.export import Exporter, Tally
    from counterflow.storage.ibis import IbisScope
    from counterflow.storage.ports import Scope

__all__ = ["ExporterContract", "unpacked"]


class ExporterContract:
    """What every exporter must do, built-in or not. Subclass, say which, and how its files are read back::

    class TestMyFormat(ExporterContract):
        exporter = EXPORTER

        def handlings(self, content: bytes) -> list[str]: ...   # of each record in the file, which must be valid
    """

    exporter: Exporter
    """The exporter under test."""

    SECRET = Label(tlp=TLP.AMBER, originator="US")
    DRILL = PUBLIC.with_caveat("EXERCISE")
    TOLD: Sequence[tuple[str, str, str, str]] = (
        ("c:firm", "Company", "name", "Firm"),
        ("c:firm", "Company", "alias", '=HYPERLINK("http://example.org")'),
        ("c:firm", "Company", "alias", "A <b> & ]]> \u0001\uffff firm"),
        ("c:owner", "Person", "name", 'Owner, "the" first'),
        ("d:owner", "Person", "name", "The owner"),
        ("c:own", "Ownership", "owner", "d:owner"),
        ("c:own", "Ownership", "asset", "c:firm"),
        ("c:own", "Ownership", "startDate", "2016-09"),
        ("c:own", "Ownership", "conflictGroup", "C01"),
        ("c:listing", "Sanction", "entity", "c:owner"),
        ("c:apart", "Estimate", "name", "Apart"),
        ("c:apart", "Estimate", "low", "5"),
    )
    ACCOUNTS: Sequence[tuple[str, str, str, str]] = (
        ("c:konto", "BankAccount", "accountNumber", "111"),
        ("c:konto", "BankAccount", "name", "Account of the owner"),
        ("c:holds", "Ownership", "owner", "c:owner"),
        ("c:holds", "Ownership", "asset", "c:konto"),
    )
    """What `TOLD` has beside it where payments are wanted: one from account 111 to 222, one back."""
    HIDDEN: Sequence[tuple[str, str, str, str]] = (
        ("c:canary", "Company", "name", "Canary"),
        ("c:owner", "Person", "alias", "Canary's friend"),
        ("c:canaries", "Ownership", "owner", "c:owner"),
        ("c:canaries", "Ownership", "asset", "c:canary"),
    )

    def handlings(self, content: bytes) -> list[str]:
        """The marking of each record in a file of this format; an error where the file is not valid."""
        raise TypeError("say in your subclass how a file of your format is read")

    def bytes_of(self, content: bytes) -> bytes:
        """All that can be read in a file: an archive is unpacked, streams of a PDF and its text besides."""
        return unpacked(content)

    def world(
        self,
        told: Sequence[tuple[str, str, str, str]] = TOLD,
        *,
        hidden: Sequence[tuple[str, str, str, str]] = (),
        denied: Sequence[str] = (),
        label: Label = PUBLIC,
        audience: Audience | None = None,
        seed: int | None = None,
        payments: bool = False,
    ) -> IbisScope:
        """A scope with its derived tables over these claims, `hidden` ones being `SECRET`. Made once: do not change it.

        Its labels are those that the audience may read; its tables hold everything, as if a wall before had failed.

        :param denied: subjects of which everything is denied; :param seed: of the order of the rows, None: as given
        :param payments: with `ACCOUNTS` and payments, of which a third one is `SECRET` where anything is hidden
        """
        who = audience or Audience("test", owner=True)
        shut = tuple((row, self.SECRET) for row in hidden)
        own = (*told, *self.ACCOUNTS) if payments else told
        paid = (label, self.SECRET if hidden else label) if payments else ()
        return _world((*((row, label) for row in own), *shut), tuple(denied), who, seed, paid)

    def _content(self, scope: Scope, ids: Sequence[str] | None = None) -> tuple[bytes, Tally]:
        from io import BytesIO

        from counterflow.casework.export import Tally
        from counterflow.casework.selection import Selection

        out, tally = BytesIO(), Tally()
        self.exporter.write(Selection(scope, ids), out, tally)
        return out.getvalue(), tally

    def test_it_says_what_it_is_and_what_it_loses(self) -> None:
        """Name, title, media type, extension; no format carries everything, so some loss, each with its reason."""
        e = self.exporter
        assert e.name.isidentifier()
        assert e.title.strip() == e.title != ""
        assert "/" in e.media_type
        assert e.extension.startswith(".")
        assert e.losses
        assert all(loss.field.strip() and loss.reason.strip() for loss in e.losses)
        assert len({loss.field for loss in e.losses}) == len(e.losses)

    def test_a_file_is_valid_and_each_record_bears_its_handling(self) -> None:
        """Names that are markup or formulas included; EXERCISE is never lost."""
        content, tally = self._content(self.world())
        assert self.handlings(content) == [PUBLIC.text] * tally.records
        assert tally.records > 1
        content, tally = self._content(self.world(label=self.DRILL))
        assert self.handlings(content) == [self.DRILL.text] * tally.records
        assert tally.label_ids == {self.DRILL.id}

    def test_the_same_selection_gives_the_same_bytes(self) -> None:
        """Whatever the order of the rows behind it."""
        first, _ = self._content(self.world())
        assert [self._content(self.world(seed=seed))[0] for seed in (1, 2)] == [first, first]

    def test_nothing_is_a_valid_file_too(self) -> None:
        """An empty scope is no error."""
        content, tally = self._content(self.world(()))
        assert self.handlings(content) == []
        assert tally.records == 0

    def test_nothing_above_the_ceiling_is_in_any_byte(self) -> None:
        """Not even where the scope's own tables hold it; who may read it finds it."""
        public = self.world(hidden=self.HIDDEN, audience=Audience("public"))
        assert b"canary" not in self.bytes_of(self._content(public)[0]).lower()
        whole, tally = self._content(self.world(hidden=self.HIDDEN))
        assert b"canary" in self.bytes_of(whole).lower()
        assert self.SECRET.id in tally.label_ids
        assert any(text.startswith("TLP:AMBER") for text in self.handlings(whole))

    def test_what_is_left_out_is_named_among_the_losses(self) -> None:
        """Every value left out is counted under a loss that is declared."""
        declared = {loss.field for loss in self.exporter.losses}
        for world in (self.world(), self.world(denied=[row[0] for row in self.TOLD])):
            assert set(self._content(world)[1].left_out) <= declared

    def test_no_payment_above_the_ceiling_is_in_any_byte(self) -> None:
        """Payments of which some may not be read; whatever the format makes of those that may."""
        public = self.world(hidden=self.HIDDEN, audience=Audience("public"), payments=True)
        content, tally = self._content(public)
        assert b"canary" not in self.bytes_of(content).lower()
        assert self.handlings(content) == [PUBLIC.text] * tally.records

    def test_named_entities_go_alone_or_with_what_touches_them(self) -> None:
        """An id or a referent is enough; one that is not readable looks like one that is not there."""
        import pytest

        from counterflow.errors import NotFound

        own, _ = self._content(self.world(), ["d:owner"])
        assert self.handlings(own)
        assert b"apart" not in self.bytes_of(own).lower()
        public = self.world(hidden=self.HIDDEN, audience=Audience("public"))
        for id in ("c:canary", "c:absent"):
            with pytest.raises(NotFound, match=id):
                self._content(public, [id])

    def test_no_cell_is_a_formula(self) -> None:
        """In a CSV file."""
        import csv

        if self.exporter.media_type == "text/csv":
            content, _ = self._content(self.world())
            cells = [cell for row in csv.reader(content.decode().splitlines()) for cell in row]
            assert cells
            assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))] == []


def unpacked(content: bytes) -> bytes:
    """All that can be read in a file: members of archives, however deep; streams and text of a PDF."""
    import io
    import re
    import zipfile
    import zlib

    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"\n".join(unpacked(archive.read(name)) for name in archive.namelist())
    if not content.startswith(b"%PDF"):
        return content
    import pypdfium2

    found = [content]
    for start in re.finditer(rb"stream\r?\n", content):
        try:
            found.append(zlib.decompressobj().decompress(content[start.end() :]))
        except zlib.error:  # not deflated: it stands in the file as it is
            continue
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            found.append(page.get_textpage().get_text_range().encode())
    return b"\n".join(found)


@cache
def _world(
    told: tuple[tuple[tuple[str, str, str, str], Label], ...], denied: tuple[str, ...], who: Audience,
    seed: int | None, paid: tuple[Label, ...] = (),
) -> IbisScope:  # fmt: skip
    """Members by hand (``d:owner`` is ``c:owner``), entities and links by their stages."""
    import random

    import pyarrow as pa

    from counterflow.entities.entity import entities
    from counterflow.model.handling import readable
    from counterflow.network.holders import holders
    from counterflow.network.links import links

    rows = [
        (*row, {"label_id": label.id, "stance": "denies" if row[0] in denied else "asserts"}) for row, label in told
    ]
    if seed is not None:
        random.Random(seed).shuffle(rows)
    merged = {"entity": "c:owner", "score": 0.9, "basis": "match", "reasons": ["+ same name"]}
    things = sorted({row[0] for row, _ in told if vocabulary.get(row[1]).is_a("Thing")})
    members = pa.Table.from_pylist(
        [
            {"subject": s, "entity": s, "score": 1.0, "basis": "first", "reasons": []}
            | (merged if s == "d:owner" else {})
            for s in things
        ],
        DERIVED["members"].schema,
    )
    labels = {label.id: label for label in (*(label for _, label in told), *paid) if readable(label, who)}
    tables = {"claims": claims_of(rows), "members": members, "payments": _payments(paid)}
    scope = scope_of(tables, audience=who, labels=labels)
    scope.adopt("entities", entities(scope, members))
    scope.adopt("links", links(scope))
    scope.adopt("holders", holders(scope))
    return scope


def _payments(paid: tuple[Label, ...]) -> pa.Table:
    """From account 111 to 222, and from 222 back; of the second label one more, which names the canary."""
    import datetime as dt

    import pyarrow as pa

    from counterflow.storage.tables import LEDGER

    shape = LEDGER["payments"]
    if not paid:
        return shape.schema.empty_table()
    day = dt.datetime(2016, 9, 29, 12, tzinfo=dt.UTC)
    common = {"currency": "EUR", "dataset": "c", "source_id": "c", "recorded_at": day, "method": "transfer"}
    sides = [("111", "222", "Firm", paid[0]), ("222", "111", "=cmd()", paid[0]), ("111", "333", "Canary", paid[1])]
    rows = [
        {**common, "row_id": f"p{n}", "payment_id": f"T{n}", "timestamp": day + dt.timedelta(n), "amount": 10.5 * n,
         "from_account": a, "to_account": b, "to_name": name, "locator": f"row {n}", "label_id": label.id}
        for n, (a, b, name, label) in enumerate(sides, 1)
    ]  # fmt: skip
    return shape.conform(pa.Table.from_pylist(rows))
