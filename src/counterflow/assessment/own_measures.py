"""A workspace's own catalogue of measures, laid over the shipped one by id.

A YAML table: the name of a kind, or the id of one measure (``kind:entity``), and under it the fields that differ; what
it does not name stays as shipped. A name that is no kind yet makes a new one and needs all fields of `kinds.Kind` that
have no default. One measure may have its own price and chances, not its own reach: that is the kind's.

A measure that this audience's flow does not show is passed over without a word: whether it exists may be what the
audience must not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from counterflow.assessment.kinds import Kind
from counterflow.errors import InputError, UnknownName, UnreadableFile

if TYPE_CHECKING:
    from yaml import MappingNode, Node

    from counterflow.assessment.measures import Measure
    from counterflow.config import Named

__all__ = ["Own", "read"]

_TEXTS = ("title", "what", "authority", "agency", "legal_basis", "note")
_LISTS = ("layers", "topics", "activities", "words")
_SWITCHES = ("abroad", "collective")
_LAID_ON = ("node", "activity", "use", "ship", "country")
_NUMBERS = {"cost": (0.0, 1e9), "delay_days": (0, 36_500), "success": (0.0, 1.0), "effect": (0.0, 1.0),
            "collateral": (0.0, 10.0)}  # fmt: skip
_OF_ONE = ("cost", "delay_days", "success", "collateral", "authority", "agency", "legal_basis", "note")
"""Fields that one measure may have of its own."""


@dataclass(frozen=True)
class Own:
    """:param kinds: changes by name of the kind, whole for a new one; :param measures: by id of the measure"""

    kinds: Mapping[str, Mapping[str, Any]]
    measures: Mapping[str, Mapping[str, Any]]

    def over(self, shipped: Sequence[Kind]) -> list[Kind]:
        """The kinds as they are in force, by name."""
        known = {kind.name: kind for kind in shipped}
        for name, own in self.kinds.items():
            known[name] = replace(known[name], **own) if name in known else Kind(name=name, **own)
        return [known[name] for name in sorted(known)]

    def priced(self, measure: Measure) -> Measure:
        """A measure with what the catalogue says of it alone."""
        own = dict(self.measures.get(measure.id, {}))
        if not own:
            return measure
        on_top = {key: own[key] for key in ("authority", "agency", "note") if key in own}
        return replace(measure, kind=replace(measure.kind, **own), **on_top)


def read(file: Named | None, shipped: Sequence[Kind]) -> Own:
    """A catalogue, checked.

    :raises InputError: with the line and the field of what is wrong; :raises UnreadableFile: it is no YAML table
    """
    if file is None:
        return Own({}, {})
    import yaml

    at = str(file.path)
    try:
        root = yaml.compose(file.text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
        line = mark.line + 1 if mark is not None else None
        raise UnreadableFile(f"is no YAML: {problem or 'unreadable character'}", file=at, line=line) from error
    if root is None:
        return Own({}, {})
    known, every = [kind.name for kind in shipped], [f.name for f in fields(Kind) if f.name != "name"]
    changed: dict[str, dict[str, Any]] = {}
    single: dict[str, dict[str, Any]] = {}
    for id, place, body in _pairs(root, at, "the catalogue"):
        kind, _, rest = id.partition(":")
        if rest and kind not in {*known, *changed}:
            raise InputError(str(UnknownName("kind of measure", kind, known)), file=at, line=place, field=id)
        allowed = _OF_ONE if rest else every
        own: dict[str, Any] = {}
        for field, line, node in _pairs(body, at, f"'{id}'"):
            if field not in allowed:
                why = "; one measure has no reach of its own, change its kind" if rest and field in every else ""
                reason = str(UnknownName("field of a measure", field, allowed)) + why
                raise InputError(reason, file=at, line=line, field=f"{id}.{field}")
            own[field] = _value(field, node, at, f"{id}.{field}")
        if not rest and id not in known:
            needed = [f.name for f in fields(Kind) if f.default is MISSING and f.name not in ("name", *own)]
            if needed:
                hint = UnknownName("kind of measure", id, known)
                raise InputError(f"{hint} A new one also needs {', '.join(needed)}.", file=at, line=place, field=id)
        (single if rest else changed)[id] = own
    return Own(changed, single)


def _pairs(node: Node, at: str, what: str) -> Iterator[tuple[str, int, Node]]:
    """(key, line, value) of a table. :raises InputError: it is none, or has a key twice"""
    import yaml

    if not isinstance(node, yaml.MappingNode):
        raise InputError(f"{what} must be a table of names and values", file=at, line=node.start_mark.line + 1)
    table: MappingNode = node
    seen: set[str] = set()
    for key, value in table.value:
        line, name = key.start_mark.line + 1, str(key.value)
        if name in seen:
            raise InputError(f"'{name}' is there twice", file=at, line=line, field=name)
        seen.add(name)
        yield name, line, value


def _value(field: str, node: Node, at: str, where: str) -> Any:
    """A field's value. :raises InputError: it is not of the field's kind, or out of its range"""
    import yaml

    found = yaml.safe_load(yaml.serialize(node))
    number = isinstance(found, int | float) and not isinstance(found, bool)
    if field in _NUMBERS:
        low, high = _NUMBERS[field]
        whole = field == "delay_days"
        fits = number and low <= found <= high and (not whole or isinstance(found, int))
        wanted = f"a {'whole ' if whole else ''}number from {low:g} to {high:g}"
    elif field in _LISTS:
        fits = isinstance(found, list) and all(isinstance(one, str) for one in found)
        wanted, found = "a list of words", tuple(found) if isinstance(found, list) else found
    elif field in _SWITCHES:
        fits, wanted = isinstance(found, bool), "true or false"
    elif field == "laid_on":
        fits, wanted = found in _LAID_ON, f"one of {', '.join(_LAID_ON)}"
    else:
        fits, wanted = isinstance(found, str), "text"
    if not fits:
        shown = found if isinstance(found, str | int | float | bool) else type(found).__name__
        raise InputError(f"must be {wanted}, not {shown!r}", file=at, line=node.start_mark.line + 1, field=where)
    return found
