"""Mission income: trade, rent and cash on the accounts of a mission or of the persons accredited at it.

What a mission lives on comes from its own state, in transfers; visa fees aside, companies owe it nothing. The accounts
are those that somebody in such a post is known to hold, the payments into them few, whatever all payments are.
"""

from __future__ import annotations

import datetime as dt
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from counterflow.findings import evidence
from counterflow.findings.observations import DAY
from counterflow.findings.roles import diplomats, missions, state
from counterflow.findings.typology import Data, Parameter, Typology, weigh
from counterflow.model.finding import Finding
from counterflow.model.rates import dollars
from counterflow.network.flows import told_once
from counterflow.network.ties import COMPANIES, address_key, name_key

if TYPE_CHECKING:
    import ibis

__all__ = ["TYPOLOGY"]

_RENT = (
    r"(^|[^a-z])(rent|rental|lease|leasing|premises|miete|loyer|alquiler|affitto|aluguel)([^a-z]|$)|"
    r"аренд|租金|租赁|임대|월세"
)
_FEES = r"visa|consular|konsular|passport|legali[sz]|notar|apostille|виз[аыу]|签证|비자|tax refund|vat refund|insurance"
_SALARY = r"salar|wage|payroll|gehalt|lohn|traitement|sueldo|n[oó]mina|stipend|зарплат|оклад|工资|급여"
_CASH = r"(^|[^a-z])cash|bargeld|esp[eè]ces|efectivo|contanti|налич|现金|現金|현금"


def received(data: Data) -> ibis.Table:
    """Payments into accounts of missions and accredited persons: row_id, payment_id, at, who, claim_ids (of the
    account), to_account, payer, amount, currency, usd, and whether it is `cash`, `rent`, `fee`, `salary`, of a
    `company`, of the state's own (`own`)."""
    import ibis

    held = data.table("holders").filter(lambda t: t.key.startswith("account:"))
    bodies, people = missions(data), diplomats(data)
    # a key column may not be null where the other may: made alike
    whose = ibis.union(
        bodies.select(who=bodies.entity.nullif("")), people.select(who=people.person.nullif("")), distinct=True
    )
    theirs = held.semi_join(whose, held.entity == whose.who).select("key", "claim_ids", who="entity")
    paid = told_once(data.table("payments"))
    paid = paid.mutate(
        to_key="account:" + paid.to_account.upper().re_replace("[^0-9A-Z]", ""),
        from_key="account:" + paid.from_account.upper().re_replace("[^0-9A-Z]", ""),
        said=(ibis.coalesce(paid.purpose, "") + " " + ibis.coalesce(paid.purpose_code, "")).lower(),
        usd=ibis.coalesce(paid.amount_usd, ibis.ifelse(paid.currency == "USD", paid.amount, ibis.null("float64"))),
    )
    rows = paid.join(theirs, paid.to_key == theirs.key).select(paid, theirs.who, theirs.claim_ids)
    known = held.select(payer_key="key", payer="entity")
    rows = rows.left_join(known, rows.from_key == known.payer_key).drop("payer_key")
    entities = data.table("entities")
    firms = entities.filter(entities["schema"].isin(COMPANIES)).select(firm="entity")
    offices = state(data)
    official = ibis.union(
        offices.select(office=offices.entity.nullif("")), bodies.select(office=bodies.entity.nullif("")), distinct=True
    )
    rows = rows.left_join(firms, rows.payer == firms.firm)
    rows = rows.left_join(official, rows.payer == official.office)
    # a printed name with a legal form is a company's
    formed = name_key(rows.from_name) != address_key(rows.from_name)
    cash = rows.method.lower().re_search(_CASH).fill_null(False) | rows.said.re_search(_CASH)
    return rows.select(
        "row_id", "payment_id", "who", "claim_ids", "to_account", "from_name", "payer", "amount", "currency", "usd",
        at=rows.timestamp.epoch_seconds().cast("int64"), cash=cash, rent=rows.said.re_search(_RENT),
        fee=rows.said.re_search(_FEES), salary=rows.said.re_search(_SALARY),
        company=rows.firm.notnull() | formed.fill_null(False), own=rows.office.notnull() | (rows.payer == rows.who),
    ).order_by("who", "at", "row_id")  # fmt: skip


def detect(data: Data, dial: Mapping[str, float]) -> Iterator[Finding]:
    """One finding for each mission and each accredited person."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in data.run(received(data)).to_pylist():
        found[row["who"]].append(row | {"worth": _worth(row), "own": bool(row["own"])})
    if not found:
        return
    posts: dict[str, set[str]] = defaultdict(set)
    staff: dict[str, set[str]] = defaultdict(set)
    for row in data.run(diplomats(data).order_by("person", "mission")).to_pylist():
        posts[row["person"]].update(row["claim_ids"])
        if row["mission"]:
            staff[row["mission"]].add(row["person"])
    for who, rows in found.items():
        people = 1 if who in posts else max(1, len(staff[who]))
        finding = _finding(data, who, rows, people, posts.get(who, set()), dial)
        if finding is not None:
            yield finding


def _worth(row: Mapping[str, Any]) -> float:
    """US dollars, 0 where nobody knows."""
    if row["usd"] is not None:
        return float(row["usd"])
    year = dt.datetime.fromtimestamp(row["at"], dt.UTC).year
    worth = float(dollars([row["currency"] or ""], year, year)[0, 0]) * (row["amount"] or 0.0)
    return 0.0 if np.isnan(worth) else worth


def _densest(rows: Sequence[dict[str, Any]], days: float) -> list[dict[str, Any]]:
    """The payments of the span of so many days that are worth most together."""
    best, first, total, most = (0, 0), 0, 0.0, 0.0
    for last, row in enumerate(rows):
        total += row["worth"]
        while row["at"] - rows[first]["at"] > days * DAY:
            total -= rows[first]["worth"]
            first += 1
        if total > most:
            best, most = (first, last + 1), total
    return list(rows[slice(*best)])


def _finding(
    data: Data, who: str, rows: list[dict[str, Any]], people: int, posts: set[str], dial: Mapping[str, float]
) -> Finding | None:
    foreign = [row for row in rows if not row["own"]]
    rent = [row for row in foreign if row["rent"]]
    trade = [
        row for row in foreign if row["company"] and not (row["rent"] or row["fee"] or row["salary"] or row["cash"])
    ]
    wages = [row["worth"] for row in rows if row["salary"] and row["worth"]]
    salary = statistics.median(wages) if wages else dial["salary"]
    allowed = dial["multiple"] * salary * people
    cash = _densest([row for row in rows if row["cash"]], dial["month"])
    factors: dict[str, float] = {}
    said: list[str] = []
    used: list[dict[str, Any]] = []
    if len(trade) >= dial["payments"] and sum(row["worth"] for row in trade) >= dial["worth"]:
        payers = {row["payer"] or row["from_name"] for row in trade}
        factors[f"{len(trade)} payments of {len(payers)} companies"] = 4.0 if len(payers) > 1 else 3.0
        said.append(f"{evidence.money(trade)} from companies in {len(trade)} payments")
        used += trade
    if len(rent) >= dial["rents"]:
        factors[f"{len(rent)} payments of rent"] = 5.0
        said.append(f"{evidence.money(rent)} as rent")
        used += rent
    if sum(row["worth"] for row in cash) > allowed:
        factors[f"cash of more than {dial['multiple']:.0f} monthly salaries in {dial['month']:.0f} days"] = 4.0
        said.append(f"{evidence.money(cash)} in cash within {dial['month']:.0f} days, beside a salary of about "
                    f"{salary:,.0f} USD a month")  # fmt: skip
        used += cash
    if not used:
        return None
    order = sorted({row["row_id"]: row for row in used}.values(), key=lambda row: (row["at"], row["row_id"]))
    owner = (
        "an accredited person" if posts else f"a mission of {people if people > 1 else 'no known'} accredited persons"
    )
    claims = {id for row in order for id in row["claim_ids"] or ()}
    return Finding(
        typology=TYPOLOGY.name,
        sentence=f"{data.caption(who)}, {owner}, received {' and '.join(said)}.",
        subjects=tuple(dict.fromkeys([who, *(row["payer"] for row in order if row["payer"])])),
        probability=weigh(0.25, factors),
        evidence=(
            *evidence.of_rows("payments", (row["row_id"] for row in order), "money received"),
            *evidence.claims(claims, "whose account it is"),
            *evidence.claims(posts - claims, "the accreditation"),
        ),
        refutes=TYPOLOGY.refutes,
        benign=TYPOLOGY.benign,
        start=evidence.iso(order[0]["at"]),
        end=evidence.iso(order[-1]["at"]),
        payments=tuple(row["payment_id"] for row in order),
        accounts=tuple(sorted({row["to_account"] for row in order})),
        detail={
            "usd": round(sum(row["worth"] for row in order), 2), "from_companies": len(trade), "rents": len(rent),
            "cash_deposits": len(cash), "salary_usd": round(salary, 2), "factors": factors,
        },
    )  # fmt: skip


TYPOLOGY = Typology(
    name="mission_income",
    title="Mission or diplomat with the income of a trader",
    kind="payment",
    what="An account of a diplomatic mission or of an accredited person receives payments from companies, rent, or "
    "cash far beyond a salary.",
    why="Missions earn for the state that posts them: they broker, let their premises, and bank what couriers bring.",
    standard="UNSCR 2321 (2016), paragraphs 16 to 18 (accounts, and premises for diplomatic purposes only); UNSCR 2270 "
    "(2016), paragraph 13; Vienna Convention on Diplomatic Relations (1961), articles 31 (1) (c) and 42; FATF "
    "recommendation 7 on proliferation financing",
    needs=("payments", "holders", "entities"),
    parameters={
        "payments": Parameter(3, "payments", "of companies, fewest that are commerce"),
        "worth": Parameter(10_000, "US dollars", "that these must come to"),
        "rents": Parameter(2, "payments", "of rent, fewest"),
        "multiple": Parameter(3, "salaries", "a month, for each accredited person: more in cash is unexplained"),
        "salary": Parameter(3_000, "US dollars a month", "where no payment tells what is paid"),
        "month": Parameter(30, "days", "in which cash is added up"),
    },
    benign=(
        "refunds of taxes, deposits or insurance",
        "visa fees that an agency collects and pays on without saying so",
        "sale of a diplomat's car or household when the posting ends",
    ),
    refutes="The contract or invoice behind each payment; the mission's accounts of its consular fees.",
    detect=detect,
)
