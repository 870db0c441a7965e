"""Our vocabulary written as FollowTheMoney: ids, properties, and what has no place there.

What an extension becomes is said in its schema's YAML (``ftm:``); this module only carries it out.
Format: https://followthemoney.tech/docs/entity/
"""

from __future__ import annotations

import hashlib
import re
from functools import cache

from counterflow.casework.export import Loss
from counterflow.model import schema as vocabulary

__all__ = ["COMMON_LOSSES", "id_of", "seen", "written"]

_ID = re.compile(r"[0-9a-zA-Z]([0-9a-zA-Z.\-]*[0-9a-zA-Z])?")
_IMO = re.compile(r"\d{7}")
_DATASET = re.compile(r"[0-9a-zA-Z]+(-[0-9a-zA-Z]+)*")


def id_of(subject: str) -> str:
    """``dataset:id`` as FollowTheMoney admits it: ``dataset--id``.

    A FollowTheMoney id has letters, digits, dots and hyphens only; a publisher's id with anything else in it becomes a
    hash. Two subjects never become one id: no data set's name has two hyphens together.
    """
    dataset, _, own = subject.partition(":")
    if _DATASET.fullmatch(dataset) and _ID.fullmatch(own):
        return f"{dataset}--{own}"
    return f"x--{hashlib.blake2b(subject.encode(), digest_size=16).hexdigest()}"


@cache
def _place(schema: str, property: str) -> tuple[str, str] | None:
    """FollowTheMoney property for one of ours, and what to write before its values (ships' numbers bear their IMO)."""
    ours = vocabulary.get(schema)
    prop = ours.property(property)
    if prop.ftm is None:
        return None
    if prop.format == "imo" and prop.ftm == property:
        return prop.ftm, "IMO"
    labelled = prop.ftm != property and vocabulary.get(ours.ftm).property(prop.ftm).type == "text"
    return prop.ftm, f"{prop.label}: " if labelled else ""


def written(schema: str, property: str, value: str) -> tuple[str, str] | None:
    """FollowTheMoney property and value for one of ours; None where there is no place for it.

    :param schema: ours; its counterpart is ``vocabulary.get(schema).ftm``
    """
    place = _place(schema, property)
    if place is None:
        return None
    name, before = place
    if before == "IMO" and not _IMO.fullmatch(value):  # not a number of the scheme: as the source has it
        return name, value
    return name, before + value


def seen(recorded_at: object) -> str:
    """A recording time as FollowTheMoney writes it: UTC, to the second."""
    return f"{recorded_at:%Y-%m-%dT%H:%M:%S}"


def _homeless() -> tuple[Loss, ...]:
    """One row for each of our properties that some schema's counterpart has no place for."""
    found: dict[str, list[str]] = {}
    for s in vocabulary.all().values():
        for p in s.properties.values():
            if p.ftm is None and not s.abstract:
                found.setdefault(p.name, []).append(s.name if s.extension else "")
    rows = []
    for name, schemata in sorted(found.items()):
        where = "" if "" in schemata else f" for {', '.join(schemata)}"
        rows.append(Loss(name, f"FollowTheMoney has no place for this property{where}; left out"))
    return tuple(rows)


COMMON_LOSSES = (
    Loss("id", "no colon is admitted: `dataset:id` becomes `dataset--id`, or a hash where the id holds other signs"),
    Loss("stance", "FollowTheMoney can only assert: what a source denies or doubts is left out"),
    Loss("valid_from, valid_to", "a value has no dates of its own; a relationship keeps its start and end date"),
    Loss("values", "all as the source has them: a tool that cleans drops what it takes for no website or date"),
    Loss("locator", "where in the source"),
    Loss("note", "a recorder's remark"),
    Loss("basis, score, reasons", "why subjects are one entity: see the format `clusters`"),
    Loss("schema", "an extension becomes the nearest FollowTheMoney schema, its figures a text such as `Unit: kg`; a "
                   "property that the entity's schema does not have is left out"),
    Loss("handling", "beside the properties, where FollowTheMoney has no field: a tool may not show it"),
    Loss("payments, positions, shipments", "bulk observations are not statements"),
    Loss("findings", "conclusions are not statements"),
    *_homeless(),
)  # fmt: skip
"""What neither form of FollowTheMoney carries."""
