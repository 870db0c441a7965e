"""The typology port: what a pattern of wrongdoing looks like in data, what it may be instead, and how to look for it.

One file in ``findings/typologies`` each, with a module constant `TYPOLOGY`, registered under the entry point group
``counterflow.typologies``. A typology reads tables through `Data`, says its set-based steps as Ibis expressions (only
what every engine has: the same expression runs on DuckDB and on Spark), and yields `Finding`s whose evidence names
every record that it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from counterflow.model.finding import Finding

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

    from counterflow.findings.crypto.book import Book
    from counterflow.findings.declarations.scoring import Declared
    from counterflow.findings.parties import Parties
    from counterflow.findings.patterns.hits import Hits
    from counterflow.findings.patterns.log import Log
    from counterflow.findings.ranking.scoring import Scored
    from counterflow.findings.tracks.traffic import Traffic
    from counterflow.findings.turns import Turns
    from counterflow.findings.vessels import Vessel

__all__ = ["KINDS", "Data", "Parameter", "Typology", "nothing", "weigh"]

KINDS = ("crypto", "ownership", "payment", "seizure", "ship", "succession", "trade", "travel")


@dataclass(frozen=True)
class Parameter:
    """A dial of a typology. :param default: in `unit`; :param doc: what turning it up does"""

    default: float
    unit: str
    doc: str


class Data(Protocol):
    """What a typology may see: one audience's tables, as they stood on a day."""

    as_of: str | None
    """Partial ISO date: nothing that happened later is in any table. None: all there is."""

    @property
    def grades(self) -> Mapping[str, float]:
        """Admiralty grade → probability, where a workspace sets its own (for `model.likelihood.probability`)."""
        ...

    @property
    def log(self) -> Log:
        """All payments in time order, as columns: read once, for every kernel."""
        ...

    def search(self, find: Callable[..., Hits], *, window: int, **dials: Any) -> Hits:
        """``find(log, window=window, **dials)``, but only where payments are new since the last run.

        :param find: a search of `patterns` over the log; :param window: seconds from a hit's first payment to its last,
            at most; :param dials: plain numbers and words
        """
        ...

    @property
    def turns(self) -> Turns:
        """Who of several typologies at work has the turn."""
        ...

    @property
    def parties(self) -> Parties:
        """Who stands behind accounts, each looked up once."""
        ...

    @property
    def vessels(self) -> Sequence[Vessel]:
        """What registers and ships tell of each IMO number."""
        ...

    @property
    def traffic(self) -> Traffic:
        """All positions of ships as tracks: read once, for every kernel."""
        ...

    @property
    def seizures(self) -> ibis.Table:
        """Seizures that are a basis for anything: each once, none that its source or its grade holds doubtful."""
        ...

    @property
    def ranking(self) -> Scored | None:
        """What a model that was trained on answers says of these payments; None: there is none in force."""
        ...

    @property
    def declared(self) -> Declared | None:
        """What a model that was trained on inspections says of these declarations; None: there is none in force."""
        ...

    @property
    def book(self) -> Book:
        """All transfers on blockchains in order, swaps and bridges joined up, with what is said of addresses."""
        ...

    def table(self, name: str) -> ibis.Table:
        """An expression over a table of `storage.tables`."""
        ...

    def run(self, expr: ibis.Table) -> pa.Table:
        """Execute an expression."""
        ...

    def caption(self, entity: str) -> str:
        """The name to print of an entity; an id that is none is printed as it is."""
        ...

    def listed(self, entity: str) -> bool:
        """Whether a sanctions list names it."""
        ...


@dataclass(frozen=True)
class Typology:
    """One pattern.

    :param name: its key in the registry and in settings
    :param kind: one of `KINDS`
    :param what: what is looked for, one sentence; :param why: why it matters
    :param standard: where the pattern is published: FATF, UN panel, FinCEN…
    :param needs: tables without a row of which there is nothing to find; it may read others, which may be empty
    :param benign: innocent explanations; :param refutes: what further record would refute a finding
    :param detect: the findings in `Data`, given a value for every parameter
    :param part_of: name of the typology that gathers this one's findings: a sign that says little alone
    :param alone: whether a part's finding is also reported by itself
    :param long: whether its search takes longer than others': begun first, so that it is not waited for at the end
    :param gather: of a typology with parts: from their findings to its own
    :param gathers: kinds of typology whose findings are parts of this one too; they are told by themselves as well. Of
        two that gather, the one that gathers more kinds sees the findings of the other
    """

    name: str
    title: str
    kind: str
    what: str
    why: str
    standard: str
    needs: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    benign: tuple[str, ...]
    refutes: str
    detect: Callable[[Data, Mapping[str, float]], Iterator[Finding]]
    part_of: str = ""
    alone: bool = True
    long: bool = False
    gather: Callable[[Data, Sequence[Finding], Mapping[str, float]], Iterator[Finding]] | None = None
    gathers: tuple[str, ...] = ()

    def takes(self, other: Typology) -> bool:
        """Whether it gathers the findings of another."""
        return self.gather is not None and (
            other.part_of == self.name
            or (other.kind in self.gathers and (other.gather is None or len(other.gathers) < len(self.gathers)))
        )

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"typology {self.name}: kind '{self.kind}' is none of {', '.join(KINDS)}")


def nothing(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """What a typology finds by itself that only gathers."""
    del data, dial
    yield from ()


def weigh(prior: float, factors: Mapping[str, float]) -> float:
    """A transparent rule score: prior odds, times how much likelier each observed sign is under the pattern.

    Not calibrated: the factors are stated with the finding for a reader to disagree with. Kept within 2 and 97 per
    cent, for no rule is certain.

    :param prior: probability before any sign
    :param factors: sign in words → likelihood ratio, above 1 for the pattern and below 1 against it
    """
    odds = prior / (1 - prior)
    for factor in factors.values():
        odds *= factor
    return round(min(0.97, max(0.02, odds / (1 + odds))), 3)
