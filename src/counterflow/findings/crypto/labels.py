"""What the claims of an audience say of addresses: which hold stolen or listed funds, and which are services.

A *seed* is an address that a source, or a listing of its holder, ties to theft, crime or sanctions: by FollowTheMoney
topic, never by a name. A *service* (exchange, bridge, mixer…) is told by the category words of attributions
(``services.yaml``). An address may be both: a listed exchange. Dates of a label are kept; a listed party's address was
its own before the listing too, so funds count from the first transfer until the label ends.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence
from counterflow.findings.crypto.transfers import key

if TYPE_CHECKING:
    import pyarrow as pa

    from counterflow.findings.typology import Data

__all__ = ["KINDS", "Label", "labels", "nameless", "service"]

KINDS = ("mixer", "bridge", "dex", "exchange", "service")
_SEEDED = ("sanction", "crime")
_KEYS = ("publicKey", "cryptoAddress")


@dataclass(frozen=True)
class Label:
    """What is said of one address.

    :param entity: canonical id of its holder, of the wallet where no holder is named, ``wallet:ADDRESS`` where nothing
        is known; :param caption: the name to print
    :param kind: one of `KINDS`, or empty
    :param topics: those that make it a seed; :param listed: a sanctions list names it or its holder
    :param since: partial ISO date from which it is a seed, where a source dates it; `until` likewise
    :param claim_ids: the claims that say so; :param credibility: Admiralty digit of the best of them
    """

    address: str
    entity: str
    caption: str
    kind: str = ""
    topics: tuple[str, ...] = ()
    listed: bool = False
    since: str | None = None
    until: str | None = None
    claim_ids: tuple[str, ...] = ()
    credibility: int = 6

    @property
    def seed(self) -> bool:
        """Whether funds that leave it are followed."""
        return bool(self.topics)


def nameless(address: str) -> Label:
    """An address of which nobody says anything."""
    return Label(address, f"wallet:{address}", f"the address {address}")


def labels(data: Data, names: pa.Array) -> dict[int, Label]:
    """number of an address in `names` → what is said of it, for those of which anything is."""
    claims, members = data.table("claims"), data.table("members")
    wallets = claims.filter((claims["schema"] == "CryptoWallet") & (claims.stance == "asserts"))
    keys = wallets.filter(wallets.property.isin(_KEYS)).select("subject", "value", "claim_id")
    numbers = _numbers(data.run(keys.distinct().order_by("subject", "claim_id")).to_pylist(), names)
    subjects = {subject for told in numbers.values() for subject, _ in told}
    if not subjects:
        return {}
    told = wallets.filter(wallets.property.isin(["topics", "keywords", "holder", "name"]))
    said = evidence.among(told, "subject", sorted(subjects))
    held = members.view()
    rows = said.left_join(members, said.subject == members.subject).select(
        said.claim_id, said.subject, said.property, said.value, said.valid_from, said.valid_to, said.credibility,
        wallet=members.entity,
    )  # fmt: skip
    rows = rows.left_join(held, rows.value == held.subject).select(rows, holder=held.entity)
    about: dict[str, list[dict[str, Any]]] = {}
    for row in data.run(rows.order_by("subject", "claim_id")).to_pylist():
        about.setdefault(row["subject"], []).append(row)
    return {n: _label(data, names[n].as_py(), told, about) for n, told in sorted(numbers.items())}


def _numbers(rows: Iterable[Mapping[str, str]], names: pa.Array) -> dict[int, list[tuple[str, str]]]:
    """number → subjects of wallets with that address, and the claims that say so."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = list(rows)
    found = pc.index_in(pa.array([r["value"] for r in told], pa.string()), value_set=names).to_pylist()
    again = [i for i, n in enumerate(found) if n is None]  # written with capitals that carry nothing
    second = pc.index_in(pa.array([key(told[i]["value"]) for i in again], pa.string()), value_set=names).to_pylist()
    for i, n in zip(again, second, strict=True):
        found[i] = n
    numbers: dict[int, list[tuple[str, str]]] = {}
    for row, n in zip(told, found, strict=True):
        if n is not None:
            numbers.setdefault(n, []).append((row["subject"], row["claim_id"]))
    return numbers


def _label(data: Data, address: str, told: list[tuple[str, str]], about: Mapping[str, list[dict[str, Any]]]) -> Label:
    rows = [row for subject, _ in told for row in about.get(subject, ())]
    topics = [row for row in rows if row["property"] == "topics" and row["value"].split(".")[0] in _SEEDED]
    holders = [row for row in rows if row["property"] == "holder" and row["holder"]]
    words = [row for row in rows if row["property"] == "keywords" and service(row["value"])]
    holder = min((r["holder"] for r in holders), key=lambda e: (not data.listed(e), e), default=None)
    listed = any(r["value"].startswith("sanction") for r in topics)
    reasons = {str(r["value"]) for r in topics}
    if holder is not None and data.listed(holder):
        listed = True
        reasons.add("sanction")
    wallet = min((row["wallet"] for row in rows if row["wallet"]), default=f"wallet:{address}")
    entity = holder or wallet
    called = min((row["value"] for row in rows if row["property"] == "name"), default="")
    kinds = [service(row["value"]) for row in words]
    weighty = [*topics, *words, *(row for row in holders if row["holder"] == holder)]
    # as long as one of its labels has no end, it has none
    ended = bool(topics) and all(row["valid_to"] for row in topics) and not (holder and data.listed(holder))
    return Label(
        address,
        entity,
        data.caption(entity) if holder else f"{called} ({address})" if called else f"the address {address}",
        min(kinds, key=KINDS.index, default=""),
        tuple(sorted(reasons)),
        listed,
        min((r["valid_from"] for r in topics if r["valid_from"]), default=None),
        max(r["valid_to"] for r in topics) if ended else None,
        tuple(sorted({r["claim_id"] for r in weighty} | ({claim for _, claim in told} if weighty else set()))),
        min((int(r["credibility"]) for r in topics or weighty if r["credibility"]), default=6),
    )  # fmt: skip


@cache
def service(word: str) -> str:
    """Kind of service that a word of an attribution means, or nothing."""
    plain = word.casefold().strip().replace(" ", "_").replace("-", "_").replace(".", "_")
    for kind in KINDS:
        for w in _words()[kind]:
            if plain == w or (w.endswith("*") and plain.startswith(w[:-1])):
                return kind
    return ""


@cache
def _words() -> Mapping[str, list[str]]:
    import yaml

    table: dict[str, list[str]] = yaml.safe_load(
        (resources.files("counterflow.findings.crypto") / "services.yaml").read_text("utf-8")
    )
    return table
