"""Who is tied to whom, and where things happened."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from counterflow.api.answer import Asked, AsOf, answer, kept
from counterflow.api.needs import needs
from counterflow.api.turns import dear

router = APIRouter(tags=["network"])


@router.get("/network")
@needs("read")
def network(
    view: Asked, center: str, hops: int = 1, as_of: AsOf = None, limit: int = 300, until: str | None = None
) -> Response:
    """The links around an entity, nearest first, cut off at `limit` nodes (and saying so); with `until` those that held
    on some day from `as_of` to that date."""
    asked = (center, hops, as_of, limit, until)
    return kept(view, "network", *asked, make=lambda: view.network(*asked))


@router.get("/network/difference")
@needs("read")
@dear
def difference(
    view: Asked, first: Annotated[str, Query(alias="from")], second: Annotated[str, Query(alias="to")],
    center: str | None = None, limit: int = 300,
) -> Response:  # fmt: skip
    """Links that there are on one date and not on another, around one entity or anywhere."""
    return answer(view.difference(first, second, center, limit))


@router.get("/path")
@needs("read")
def path(
    view: Asked,
    source: str,
    target: str,
    as_of: AsOf = None,
    count: int = 1,
    in_time: bool = False,
    kind: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """A chain of links between two entities: the shortest; with `count` the likeliest few; with `in_time` one whose
    links can be gone through one after the other; with `kind` only through links of these kinds. No chain runs through
    an act of an authority."""
    return answer(view.path(source, target, as_of, count, in_time, kind or []))


@router.get("/nearest")
@needs("read")
def nearest(view: Asked, entity: str, as_of: AsOf = None) -> Response:
    """The shortest chain to a listed party, with its weakest link."""
    return answer(view.nearest(entity, as_of))


@router.get("/lineage")
@needs("read")
def lineage(view: Asked, entity: str, as_of: AsOf = None) -> Response:
    """What an entity was before and after: mergers, splits and new names, with rival accounts side by side."""
    return answer(view.lineage(entity, as_of))


@router.get("/control")
@needs("read")
def control(
    view: Asked, regime: str = "ofac", entity: str | None = None, status: str | None = None, as_of: AsOf = None,
    offset: int = 0, limit: int = 100,
) -> Response:  # fmt: skip
    """Who counts as a listed party's own under a regime: blocked, may be blocked or not, with the chain and what is
    missing; and what is wrong with the data. One entity is answered in full."""
    return answer(view.control(regime, as_of, entity, status, offset, limit))


@router.get("/taint")
@needs("read")
@dear
def taint(
    view: Asked, address: Annotated[list[str] | None, Query()] = None, method: str = "haircut", hops: int = 20,
    days: float = 365, as_of: AsOf = None, limit: int = 100,
) -> Response:  # fmt: skip
    """Where the money of blockchain addresses went, who received how much of it and by when: by haircut, fifo or
    poison; without an address, of every one that a source ties to theft, crime or sanctions."""
    return answer(view.taint(address or [], method, hops, days, as_of, limit))


@router.get("/taint/ways")
@needs("read")
@dear
def taint_ways(
    view: Asked, address: Annotated[list[str] | None, Query()] = None, method: str = "haircut", hops: int = 20,
    days: float = 365, as_of: AsOf = None,
    to: Annotated[str | None, Query(description="The one receiver whose ways are drawn.")] = None,
) -> Response:  # fmt: skip
    """The transfers by which the money of these addresses went, in time, and the bridges that it crossed, the peel
    chains that it ran through and the addresses where its branches meet."""
    return answer(view.taint_ways(address or [], method, hops, days, as_of, to))


@router.get("/map")
@needs("read")
def world(view: Asked) -> Response:
    """Events with a place, ship tracks, and findings with a place."""
    return kept(view, "map", make=view.map)


@router.get("/network/attempt")
@needs("read")
def attempt_network(view: Asked, finding: Annotated[str, Query(description="Id of the finding.")]) -> Response:
    """The accounts of a finding over payments, or their holders, and what they paid each other, as a link chart."""
    return answer(view.attempt_network(finding))


@router.get("/corridors")
@needs("read")
def corridors(
    view: Asked,
    from_: Annotated[str | None, Query(alias="from", description="Partial ISO date from which.")] = None,
    to: Annotated[str | None, Query(description="Partial ISO date up to which.")] = None,
    findings: Annotated[bool, Query(description="Only payments that some finding rests on.")] = False,
    finding: Annotated[str | None, Query(description="Only payments that this finding rests on.")] = None,
) -> Response:
    """Payments added up between countries, largest first; within one; and those with no country on a side."""
    return answer(view.corridors(from_, to, findings, finding))
