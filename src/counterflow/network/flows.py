"""Flows: payments added up between two parties and month. One expression, the same on every engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from counterflow.storage.tables import DERIVED

if TYPE_CHECKING:
    import ibis

    from counterflow.storage.ports import Scope

__all__ = ["corridors", "flows", "sided", "told_once"]


def sided(payments: ibis.Table, holders: ibis.Table) -> ibis.Table:
    """Payments with month, source, target, source_key, target_key (of the holders) and usd, each once.

    A party is the entity that holds the account, or ``account:BANK/NUMBER`` where nobody is known to. A payment of
    which the source names no account on one side is no flow between two parties, and is left out.
    """
    return _named(_moved(payments), holders)


def corridors(payments: ibis.Table, holders: ibis.Table, label: str | None = None) -> ibis.Table:
    """month, source, target, payments, amount_usd, label_ids: an expression that any Ibis backend runs.

    A pair is as secret as its payments and as what says who holds their accounts.

    :param label: of all of these, where they have but one: to gather labels pair by pair takes as long as the rest
    """
    import ibis

    moved = _moved(payments)
    # whole cents: adding floats in parallel gives another last digit each time
    cents = (moved.usd * 100).round().cast("int64")
    # first by what the rows themselves say: fewer pairs than payments need a name
    pairs = moved.group_by(["month", *_ACCOUNTS, "label_id"]).agg(payments=moved.count(), cents=cents.sum())
    named = _named(pairs, holders)
    own = ibis.array([named.label_id]).concat(named.source_labels, named.target_labels)
    gathered = {"label_ids": own.collect().flatten().unique()} if label is None else {}
    rows = named.group_by(["month", "source", "target"]).agg(
        payments=named.payments.sum(), amount_usd=named.cents.sum() / 100, **gathered
    )
    return rows if label is None else rows.mutate(label_ids=ibis.array([ibis.literal(label)]))


_ACCOUNTS = ("from_bank", "from_account", "to_bank", "to_account")


def _moved(payments: ibis.Table) -> ibis.Table:
    """Payments between two accounts, each once, with month and usd."""
    import ibis

    rows = told_once(payments.filter(payments.from_account.notnull() & payments.to_account.notnull()))
    return rows.mutate(
        month=rows.timestamp.strftime("%Y-%m"),
        usd=ibis.coalesce(rows.amount_usd, ibis.ifelse(rows.currency == "USD", rows.amount, ibis.null("float64"))),
    )


def _named(rows: ibis.Table, holders: ibis.Table) -> ibis.Table:
    """Rows between two accounts with source, target, source_key and target_key, source_labels and target_labels: those
    of the claims that say who holds the accounts."""
    import ibis

    payer, payee = holders.view(), holders.view()
    rows = rows.mutate(
        source_key="account:" + rows.from_account.upper().re_replace("[^0-9A-Z]", ""),
        target_key="account:" + rows.to_account.upper().re_replace("[^0-9A-Z]", ""),
    )
    rows = rows.left_join(payer, rows.source_key == payer.key).select(
        rows, source_entity=payer.entity, source_labels=payer.label_ids
    )
    rows = rows.left_join(payee, rows.target_key == payee.key).select(
        rows, target_entity=payee.entity, target_labels=payee.label_ids
    )
    none = ibis.literal([], type="array<string>")
    return rows.mutate(
        source_labels=ibis.coalesce(rows.source_labels, none),
        target_labels=ibis.coalesce(rows.target_labels, none),
        source=ibis.coalesce(
            rows.source_entity, "account:" + ibis.coalesce(rows.from_bank, "") + "/" + rows.from_account
        ),
        target=ibis.coalesce(rows.target_entity, "account:" + ibis.coalesce(rows.to_bank, "") + "/" + rows.to_account),
    )


def told_once(payments: ibis.Table) -> ibis.Table:
    """Payments that moved, each once.

    An order, the message between banks and the statements of both sides may all tell of one, and say so by its unique
    end-to-end reference (UETR). What was rejected moved nothing.
    """
    import ibis

    moved = payments.filter(payments.status.isnull() | (payments.status != "rejected"))
    known = moved.filter(moved.uetr.notnull())
    order = ibis.window(group_by=["uetr", "from_account", "to_account"], order_by="row_id")
    first = known.mutate(nth=ibis.row_number().over(order))
    return moved.filter(moved.uetr.isnull()).union(first.filter(first.nth == 0).drop("nth"))


def flows(tables: Scope) -> ibis.Table:
    """Rows of `storage.tables.FLOWS`, sorted by month and pair: between accounts that nobody is known to hold they are
    nearly as many as the payments, so they go to their file without passing through memory."""
    import ibis

    payments, holders = tables.table("payments"), tables.table("holders")
    accounts = holders.filter(holders.key.startswith("account:"))
    every = payments.select("label_id").union(accounts.select(label_id=accounts.label_ids.unnest()), distinct=True)
    labels = tables.run(every.order_by("label_id").limit(2)).column(0).to_pylist()
    rows = corridors(payments, holders, labels[0] if len(labels) == 1 else None)
    pair = ibis.literal("\x1f").join([rows.month, rows.source, rows.target])
    rows = rows.mutate(flow=pair.hexdigest("sha256").substr(0, 24), label_ids=rows.label_ids.sort())
    return rows.select(*DERIVED["flows"].schema.names).order_by("month", "source", "target")
