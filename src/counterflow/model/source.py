"""Sources: where claims come from. A *source* is a publication, list, register or witness; a *dataset* is what one
reader brings in one go (a case file cites many sources; a sanctions list is a dataset and its own single source).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Assertion", "Descriptor", "Doubt", "Download", "Source"]


@dataclass(frozen=True)
class Source:
    """Who said it, where it can be found, and how reliable that source has been.

    :param id: stable key, cited by claims
    :param kind: article, report, court, resolution, regulation, interview, designation, book, register, data, …
    :param reliability: Admiralty letter A-F
    :param url: address or print reference
    :param origin: id of the source this one merely repeats, where known
    :param note: what an analyst must know before leaning on it (e.g. not opened, anonymous witness)
    :param label: handling of what it says, as data (`Label.from_dict`); None: the dataset's
    """

    id: str
    title: str
    publisher: str = ""
    author: str = ""
    date_published: str = ""
    kind: str = ""
    reliability: str = "F"
    url: str = ""
    licence: str = ""
    origin: str = ""
    note: str = ""
    label: dict[str, Any] | None = None


@dataclass(frozen=True)
class Assertion:
    """A number that must hold for an edition to be believed, e.g. at least 800 parties, and why that number.

    :param what: ``parties``, ``entities``, ``claims`` or ``observations``: how many there are;
        a type of property (``country``, ``identifier``) or one property of a schema (``Person.birthDate``): the share,
        0 to 1, of the parties (of that schema) that have one; ``lost``: the share of the earlier edition's parties that
        are not in this one
    :param minimum, maximum: what holds, both included
    """

    what: str
    minimum: float
    reason: str
    maximum: float = math.inf


@dataclass(frozen=True)
class Doubt:
    """Rows of a publisher that are believed less than the others, and why: they come in, but not at face value.

    :param columns: columns of the table; a row is doubted where any of them `equals` this
    :param also: further columns that must have these values
    :param credibility: Admiralty digit instead of the data set's; :param reason: goes with each such row, as its note
    """

    columns: tuple[str, ...]
    equals: str
    credibility: int
    reason: str
    also: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Download:
    """One file of an edition, as its publisher offers it.

    :param name: what the file is kept as
    :param url: the publisher's own address
    :param kind: what its content must be: xml, json, csv, xlsx, zip, html, pdf or text
    :param minimum: bytes below which it cannot be whole
    :param optional: the edition is one without it too
    """

    name: str
    url: str
    kind: str
    minimum: int = 1
    optional: bool = False


@dataclass(frozen=True)
class Descriptor:
    """What a reader reads: one YAML per dataset in `counterflow/sources/descriptors`.

    :param dataset: key of the dataset, e.g. ``un_sc_sanctions``
    :param schedule: how often the publisher renews it, in words; :param every: days after which an edition is overdue,
        0 where nothing is expected
    :param grade: default Admiralty grade of its claims
    :param label: default handling, as data (`counterflow.model.handling.Label.from_dict`); empty: whoever brings a file
        of it keeps it to themselves
    :param doubts: in this order; the first that a row meets counts
    :param downloads: the files that `counterflow fetch` brings, together one edition; empty: it is not to be fetched
    :param complete: each file is a whole edition: what is no longer in it has been withdrawn by the publisher
    :param dated_by: regular expressions, each with groups ``year``, ``month`` and ``day``: where a file says of which
        day it is, with the month as a number or a word. They are tried in turn on the first 64 KiB
    """

    dataset: str
    title: str
    publisher: str
    licence: str
    url: str
    schedule: str
    grade: str
    kind: str = "data"
    every: int = 0
    complete: bool = False
    label: dict[str, Any] = field(default_factory=dict)
    assertions: tuple[Assertion, ...] = ()
    downloads: tuple[Download, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    dated_by: tuple[str, ...] = ()
