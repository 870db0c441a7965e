"""National profiles of goAML, as data: what a country's unit wants in a report, which codes it takes, what stands for
a thing that the data do not say.

A profile extends another (``extends: base``); lists and required fields take the place of those of the same name, all
else is added key by key. Where one is not shipped, or yours says who reports, give a file of your own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UnknownName, UsageError

__all__ = ["Profile", "named", "profile", "structure"]

_PLACE = resources.files("counterflow.casework.goaml")
_MERGED = ("report", "lists", "defaults", "methods", "indicators", "gender", "required", "either", "fixed", "rates")
_KEYS = frozenset({*_MERGED, "extends", "title", "source", "my_client", "names", "printable", "both"})


@dataclass(frozen=True)
class Profile:
    """:param report: what is the same in every report: who reports, in which currency, as what kind
    :param lists: list → codes that may be given; :param defaults: list → code where the data do not say
    :param methods: list → word of the payments table → code; :param indicators: typology → codes
    :param required: node → its children that must be there; :param either: node → sets of which one must be there
    :param my_client: codes of the banks that report; :param names: pattern that a name must match, or None
    :param fixed: node → child → what always stands there; :param printable: whether texts may hold printable ASCII only
    :param rates: currency → units of the reporting country's currency that one of it is worth, as the reporter says
    :param stated: (record, child) → what the reporter says where the data say nothing; record ``*``: of every one
    :param both: whether a report may tell of parties beside its transactions
    """

    title: str
    source: str
    report: Mapping[str, Any] = field(default_factory=dict)
    lists: Mapping[str, Sequence[str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    methods: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    indicators: Mapping[str, Sequence[str]] = field(default_factory=dict)
    gender: Mapping[str, str] = field(default_factory=dict)
    required: Mapping[str, Sequence[str]] = field(default_factory=dict)
    either: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    fixed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rates: Mapping[str, float] = field(default_factory=dict)
    stated: Mapping[tuple[str, str], str] = field(default_factory=dict)
    my_client: frozenset[str] = frozenset()
    names: str | None = None
    printable: bool = False
    both: bool = True

    def code(self, name: str, word: str | None = None) -> str | None:
        """The code of a list for a word of ours; the default where there is none; None: the data do not say."""
        known = self.methods.get(name, {})
        return known.get((word or "").casefold()) or self.defaults.get(name)


def named() -> dict[str, str]:
    """Name → title of the profiles that are shipped."""
    return {name: _shipped(name)["title"] for name in _names()}


def profile(given: str | Path | None = None, report: Mapping[str, Any] | None = None) -> Profile:
    """A profile by name, or from a file of one's own.

    :param given: name of one that is shipped, or a path; None: ``base``
    :param report: takes the place of what the profile says of every report. Beside fields of the report: a code for
        where the data say nothing (``default.funds``), a rate of exchange (``rate.USD``), a field of one record or of
        all (``first_name@c:owner``, ``institution_name@*``)
    :raises UnknownName: none of that name; InputError: the file is no profile; UsageError: a rate that is none
    """
    found = _read(str(given or "base"), ())
    stated: dict[tuple[str, str], str] = {}
    for key, value in (report or {}).items():
        before, point, after = key.partition(".")
        child, at, record = key.partition("@")
        if at:
            stated[record, child] = str(value)
        elif point and before == "default":
            found["defaults"] = {**found.get("defaults", {}), after: str(value)}
        elif point and before == "rate":
            found["rates"] = {**found.get("rates", {}), after: _rate(after, value)}
        else:
            found["report"] = {**found.get("report", {}), key: value}
    found["rates"] = {currency: _rate(currency, rate) for currency, rate in found.get("rates", {}).items()}
    found["stated"] = stated
    found.pop("extends", None)
    found["my_client"] = frozenset(str(c) for c in found.get("my_client", ()))
    return Profile(**found)


def _rate(currency: str, value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = 0.0
    if not 0 < found < 1e12:
        raise UsageError(f"'{value}' is no rate of exchange of {currency}: a number above 0.")
    return found


@cache
def structure() -> Mapping[str, Mapping[str, str]]:
    """Node → child (with ``*`` where it may repeat) → what it holds, in order."""
    found: dict[str, dict[str, str]] = _yaml(_PLACE.joinpath("structure.yaml").read_text("utf-8"))
    return found


def _names() -> list[str]:
    files = _PLACE.joinpath("profiles").iterdir()
    return sorted(f.name.removesuffix(".yaml") for f in files if f.name.endswith(".yaml"))


@cache
def _shipped(name: str) -> dict[str, Any]:
    found: dict[str, Any] = _yaml(_PLACE.joinpath("profiles", f"{name}.yaml").read_text("utf-8"))
    return found


def _read(given: str, through: tuple[str, ...]) -> dict[str, Any]:
    if given in _names():
        own = dict(_shipped(given))
    else:
        path = Path(given)
        if not path.is_file():
            raise UnknownName("goAML profile", given, _names())
        own = _own(path)
    if given in through:
        raise InputError("a profile extends itself", file=given)
    below = own.get("extends", None if given == "base" else "base")
    return own if below is None else _merged(_read(str(below), (*through, given)), own)


def _own(path: Path) -> dict[str, Any]:
    import yaml

    try:
        found = _yaml(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as e:
        raise InputError(f"is no YAML ({e})", file=str(path)) from e
    if not isinstance(found, dict):
        raise InputError("is no profile: it wants keys and values", file=str(path))
    for key, value in found.items():
        if key not in _KEYS:
            raise UnknownName(f"key of the goAML profile {path.name}", str(key), _KEYS)
        if key in _MERGED and not isinstance(value, dict):
            raise InputError("must be keys and values", file=str(path), field=key)
    for key in ("lists", "required"):
        for name, codes in found.get(key, {}).items():
            if not isinstance(codes, list):
                raise InputError("must be a list", file=str(path), field=f"{key}.{name}")
            found[key][name] = [str(c) for c in codes]
    found.setdefault("title", path.stem)
    found.setdefault("source", path.name)
    return found


def _merged(below: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    found = {**below, **own}
    for key in _MERGED:
        found[key] = {**below.get(key, {}), **own.get(key, {})}
    return found


def _yaml(text: str) -> Any:
    import yaml

    return yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, a safe one
