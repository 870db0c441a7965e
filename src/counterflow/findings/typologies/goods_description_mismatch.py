"""Goods described as what their code is not: words that elsewhere stand for goods of another chapter.

What words stand for is learnt from the data at hand: a word counts when nearly all consignments that use it, of enough
senders, are of one chapter of the Harmonized System. Value for weight, where it is known, must not speak for the code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from counterflow.findings import evidence, goods
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.network.ties import address_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_LETTERS = 4
"""Of a word, at least: shorter ones are abbreviations of anything."""


def described(data: Data) -> ibis.Table:
    """Declared consignments with a description and a code."""
    rows = goods.consignments(data, "description", "hs_code", "net_mass", "usd")
    rows = rows.filter(rows.description.notnull() & rows.hs_code.notnull() & (rows.what == goods.DECLARED))
    unit = (rows.usd / rows.net_mass.nullif(0)).nullif(0)
    return rows.mutate(chapter=rows.hs_code[0:2], unit_value=unit.ln())


def uses(rows: ibis.Table) -> ibis.Table:
    """description, chapter, seller, word, n: each word of each description, once, and how many consignments use it."""
    each = rows.group_by(["description", "chapter", "seller"]).agg(n=rows.count())
    words = each.mutate(word=address_key(each.description).re_split("[^a-zà-öø-ÿа-я一-鿿가-힣]+").unnest())
    return words.filter(words.word.length() >= _LETTERS).distinct()


def meanings(words: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """word, means (chapter), share (of the consignments that use it), uses: words that stand for one chapter."""
    by = words.group_by(["word", "chapter"]).agg(n=words.n.sum(), senders=words.seller.nunique())
    whole = by.group_by("word").agg(uses=by.n.sum())
    both = by.join(whole, "word").mutate(share=lambda t: t.n / t.uses)
    own = (both.n >= int(dial["uses"])) & (both.senders >= int(dial["senders"])) & (both.share >= dial["share"])
    return both.filter(own).select("word", "share", "uses", means="chapter")


def wrong(data: Data, rows: ibis.Table, dial: Mapping[str, float]) -> ibis.Table:
    """Descriptions all of whose telling words stand for one chapter, and the code is of another: description, chapter,
    seller, means, words, share (the least sure)."""
    words = uses(rows)
    known = words.join(meanings(words, dial), "word")
    by = ["description", "chapter", "seller"]
    told = known.group_by(by).agg(
        chapters=known.means.nunique(), means=known.means.min(), share=known.share.min(), uses=known.uses.min(),
        words=known.word.collect(distinct=True),
    )  # fmt: skip
    return told.filter((told.chapters == 1) & (told.means != told.chapter)).drop("chapters")


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each sender and description under a wrong chapter."""
    rows = described(data)
    found = data.run(wrong(data, rows, dial).order_by("seller", "description", "chapter")).to_pylist()
    if not found:
        return
    usual = _usual(data, rows, {c for row in found for c in (row["chapter"], row["means"])})
    told = evidence.among(rows, "seller", sorted({row["seller"] for row in found}))
    told = evidence.among(told, "description", sorted({row["description"] for row in found}))
    columns = ("row_id", "day", "seller", "buyer", "shipper_name", "consignee_name", "description", "chapter",
               "hs_code", "unit_value", "seller_claims", "buyer_claims")  # fmt: skip
    of: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for row in data.run(told.select(*columns).order_by("day", "row_id")).to_pylist():
        of.setdefault((row["seller"], row["description"], row["chapter"]), []).append(row)
    for row in found:
        members = of[row["seller"], row["description"], row["chapter"]]
        nearer = _nearer(row, members, usual)
        if nearer is not False:
            yield _finding(data, row, members, nearer)


def _usual(data: Data, rows: ibis.Table, chapters: set[str]) -> dict[str, float]:
    """Chapter → the median value of a kilogram, natural logarithm."""
    priced = evidence.among(rows.filter(rows.unit_value.notnull()), "chapter", sorted(chapters))
    told = priced.group_by("chapter").agg(middle=priced.unit_value.quantile(0.5))
    return {row["chapter"]: row["middle"] for row in data.run(told).to_pylist()}


def _nearer(row: Mapping[str, Any], members: list[dict[str, Any]], usual: Mapping[str, float]) -> bool | None:
    """Whether the value for weight is nearer to that of the chapter which the words mean; None: not known."""
    own = sorted(m["unit_value"] for m in members if m["unit_value"] is not None)
    if not own or row["chapter"] not in usual or row["means"] not in usual:
        return None
    middle = own[len(own) // 2]
    return bool(abs(middle - usual[row["means"]]) <= abs(middle - usual[row["chapter"]]))


def _finding(data: Data, told: Mapping[str, Any], rows: list[dict[str, Any]], nearer: bool | None) -> Finding:
    first = rows[0]
    words = sorted(told["words"])
    quoted = " and ".join(f"'{word}'" for word in words[:3])
    seller = goods.caption(data, told["seller"], first["shipper_name"])
    factors = {
        f"{told['share']:.0%} of {told['uses']:,} or more that say {quoted} are of chapter {told['means']}": 3.0,
        **({f"{len(words)} words say so": 1.5} if len(words) > 1 else {}),
        **({"value for weight is nearer to that chapter too": 2.0} if nearer else {}),
        **({f"{len(rows)} consignments": 1.3} if len(rows) > 1 else {}),
    }
    buyers = list(dict.fromkeys(row["buyer"] for row in rows))
    claims = {id for row in rows for k in ("seller", "buyer") for id in row[f"{k}_claims"] or ()}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{seller} sent '{told['description']}' under code {first['hs_code']}, but {told['share']:.0%} of the "
        f"consignments whose papers say {quoted} are of chapter {told['means']}"
        f"{', and so is the value for its weight' if nearer else ''}.",
        subjects=tuple(dict.fromkeys([told["seller"], *buyers])),
        probability=weigh(0.1, factors),
        evidence=(
            *evidence.of_rows("shipments", (row["row_id"] for row in rows), "described as what its code is not"),
            *evidence.claims(claims, "who the names are"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=goods.iso_day(first["day"]),
        end=goods.iso_day(rows[-1]["day"]),
        detail={"declared_chapter": told["chapter"], "meant_chapter": told["means"], "words": words,
                "share": round(told["share"], 4), "consignments": len(rows), "factors": factors},
    )  # fmt: skip


TYPOLOGY = Typology(
    name="goods_description_mismatch",
    title="Goods described as what their code is not",
    kind="trade",
    what="The words of a declaration stand, in nearly all others that use them, for goods of another chapter of the "
    "Harmonized System than its code.",
    why="A wrong code carries goods past a ban, a licence or a duty, while the words are left for those who handle "
    "them.",
    standard="FATF and Egmont Group, Trade-Based Money Laundering: Risk Indicators (2021), trade documents and "
    "commodities: misclassification; WCO, General Rules for the Interpretation of the Harmonized System",
    needs=("shipments",),
    parameters={
        "uses": Parameter(20, "consignments", "of one chapter that use a word, for it to stand for that chapter"),
        "senders": Parameter(3, "senders", "of these"),
        "share": Parameter(0.95, "share", "of all consignments that use it"),
    },
    benign=(
        "parts, models, toys or packaging of the goods that the word names",
        "a set that is classified by its main piece",
        "a code that moved between editions of the nomenclature",
    ),
    refutes="A binding tariff information, or a picture or sample of the goods that agrees with the code.",
    detect=detect,
)
