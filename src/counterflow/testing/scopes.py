"""What every reading side must do, whatever the engine behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING

from counterflow.errors import UnknownName
from counterflow.model.handling import PUBLIC, TLP, Audience, Label
from counterflow.testing.tables import claims_of

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.storage.ports import Scope

__all__ = ["ScopeContract"]


class ScopeContract:
    """What every reading side must do, whatever the engine behind it. Subclass and implement `scope`."""

    def scope(self, tables: Mapping[str, pa.Table], audience: Audience, labels: Mapping[str, Label]) -> Scope:
        """A scope for `audience` over a ledger that holds these rows, readable or not."""
        raise TypeError("say in your subclass how your backend makes a scope")

    GREEN = Label(tlp=TLP.GREEN)
    PARTNER = Audience("partner", organisation="P", ceiling=TLP.GREEN)
    ANYBODY = Audience("anybody")

    def _ledger(self) -> dict[str, pa.Table]:
        day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
        return {
            "claims": claims_of(
                [
                    ("d:1", "Person", "name", "open"),
                    ("d:1", "Person", "alias", "withdrawn"),
                    ("d:1", "Person", "alias", "said again", {"recorded_at": day + dt.timedelta(days=2)}),
                    ("d:2", "Person", "name", "closed", {"label_id": self.GREEN.id}),
                ]
            ),
            "retractions": _retracted(
                claims_of(
                    [("d:1", "Person", "alias", "withdrawn"), ("d:1", "Person", "alias", "said again")],
                ),
                day + dt.timedelta(days=1),
            ),
        }

    def _names(self, audience: Audience) -> list[str]:
        scope = self.scope(self._ledger(), audience, {x.id: x for x in (PUBLIC, self.GREEN)})
        found: list[str] = scope.run(scope.table("claims").order_by("value")).column("value").to_pylist()
        return found

    def test_retracted_claims_are_gone_and_those_said_again_are_back(self) -> None:
        """In force is what was recorded last."""
        assert self._names(self.PARTNER) == ["closed", "open", "said again"]

    def test_an_audience_reaches_only_what_it_may_read(self) -> None:
        """No row whose label is not readable, in any answer."""
        assert self._names(self.ANYBODY) == ["open", "said again"]

    def test_labels_that_are_not_readable_are_not_even_named(self) -> None:
        """A reader cannot learn that a label exists."""
        scope = self.scope(self._ledger(), self.ANYBODY, {x.id: x for x in (PUBLIC, self.GREEN)})
        assert set(scope.labels()) == {PUBLIC.id}

    def test_an_aggregation_counts_only_what_is_readable(self) -> None:
        """Counts are answers too."""
        scope = self.scope(self._ledger(), self.ANYBODY, {x.id: x for x in (PUBLIC, self.GREEN)})
        claims = scope.table("claims")
        rows = scope.run(claims.group_by("subject").agg(n=claims.count()).order_by("subject")).to_pylist()
        assert rows == [{"subject": "d:1", "n": 2}]

    def test_a_table_nobody_knows_is_an_error_with_the_valid_names(self) -> None:
        """Not an empty answer."""
        import pytest

        scope = self.scope({}, self.ANYBODY, {PUBLIC.id: PUBLIC})
        with pytest.raises(UnknownName, match="claims"):
            scope.table("claimz")


def _retracted(claims: pa.Table, at: dt.datetime) -> pa.Table:
    import pyarrow as pa

    from counterflow.storage.tables import RETRACTIONS

    rows = [
        {**row, "reason": "test", "recorded_at": at}
        for row in claims.select(["claim_id", "dataset", "label_id"]).to_pylist()
    ]
    return pa.Table.from_pylist(rows, RETRACTIONS.schema)
