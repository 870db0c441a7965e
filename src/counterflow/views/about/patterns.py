"""Patterns of activity: what findings tell together."""

from __future__ import annotations

import json
from typing import Any

from counterflow.views.about.base import Base

__all__ = ["AboutPatterns"]


class AboutPatterns(Base):
    """Patterns of activity: what findings tell together."""

    def patterns(
        self, activity: str | None = None, across: bool = False, entity: str | None = None,
        finding: str | None = None, offset: int = 0, limit: int = 100,
    ) -> dict[str, Any]:  # fmt: skip
        """Patterns in portions, likeliest first, with counts of activities."""
        from counterflow.views.patterns import patterns

        return patterns(self.picture, activity=activity, across=across, entity=entity, finding=finding, offset=offset,
                        limit=limit)  # fmt: skip

    def pattern(self, id: str) -> dict[str, Any]:
        """One pattern with its findings, timeline, innocent explanation and the record to ask for."""
        from counterflow.views.patterns import pattern

        return pattern(self.picture, id)

    def all_patterns(self, as_of: str | None = None) -> list[dict[str, Any]]:
        """Every pattern whole. :param as_of: partial ISO date: of the findings that were there to find then"""
        from counterflow.findings.activity.run import patterns
        from counterflow.findings.run import ScopeData, detect_all
        from counterflow.views.network import checked_date
        from counterflow.views.patterns import in_print

        if as_of is None:
            found = self.picture.patterns
        else:
            day, scope = checked_date(as_of), self.picture.scope
            line = self.picture.line
            made = detect_all(
                scope, self.workspace.settings.typologies, as_of=day, model=line.model(day),
                inspections=line.inspections(day),
            )  # fmt: skip
            found = [json.loads(json.dumps(p.to_dict())) for p in patterns(made.findings, ScopeData(scope, day))]
        return [in_print(self.picture, p) for p in found]
