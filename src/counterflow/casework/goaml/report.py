"""Nodes of a goAML report from what a selection holds: persons, entities, accounts, and the payments between them.

Nothing is guessed: a date of which only the year is known, a name that nobody has cut into first and last, an amount in
another currency is not made into what goAML wants. It stands in the comments, and what is missing is told (`gaps`).
A node is a dict of child → value; ``#`` is the record that it was made of.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from counterflow.casework.chart import plain
from counterflow.casework.goaml.profile import Profile, structure
from counterflow.casework.selection import Selection
from counterflow.model import check_digits
from counterflow.model import schema as vocabulary
from counterflow.model.account_country import bic_country, iban_country

__all__ = ["Node", "Parties", "amount", "handled", "tidy", "transaction"]

Node = dict[str, Any]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")
_NAMES = {"first_name": 100, "middle_name": 100, "last_name": 100, "name": 255, "account_name": 255}
_MOST = Decimal("7900000000000000")
_PERSON = {
    "title": "title", "birth_place": "birthPlace", "alias": "alias", "ssn": "socialSecurityNumber",
    "passport_number": "passportNumber", "id_number": "idNumber", "email": "email", "occupation": "position",
    "tax_number": "taxNumber",
}  # fmt: skip
_ENTITY = {
    "incorporation_number": "registrationNumber", "business": "sector", "email": "email", "url": "website",
    "tax_number": "taxNumber", "tax_reg_number": "vatCode",
}  # fmt: skip


class Parties:
    """What is told of each party and account of a selection, as nodes.

    :param left_out: counts what has no place, by `Loss.field`
    """

    def __init__(self, selection: Selection, profile: Profile, left_out: Counter[str]) -> None:
        self.selection, self.profile, self.left_out = selection, profile, left_out
        self.facts: dict[str, dict[str, list[str]]] = {}
        self.labels: dict[str, set[str]] = {}
        self.papers: dict[str, list[str]] = {}
        for id, claims in selection.told():
            own: dict[str, list[str]] = {}
            for claim in claims:
                if claim["stance"] != "asserts":
                    left_out["stance"] += 1
                    continue
                own.setdefault(claim["property"], []).append(claim["value"])
            self.facts[id] = own
            self.labels[id] = {claim["label_id"] for claim in claims}
            if claims and vocabulary.get(claims[0]["schema"]).is_a("Identification"):
                for holder in own.get("holder", ()):
                    self.papers.setdefault(selection.canonical(holder), []).append(id)

    def kind(self, id: str) -> str | None:
        """``person``, ``entity`` or ``account``; None: it is none of them."""
        row = self.selection.entities.get(id)
        schema = vocabulary.get(row["schema"]) if row else None
        if schema is None:
            return None
        if schema.is_a("Person"):
            return "person"
        if schema.is_a("BankAccount"):
            return "account"
        return "entity" if schema.is_a("LegalEntity") else None

    def node(self, id: str, suffix: str = "") -> Node:
        """The node of a party. :param suffix: ``_my_client`` where it is one"""
        kind = self.kind(id)
        assert kind is not None
        made = {"person": self._person, "entity": self._entity, "account": self._account}[kind](id)
        return tidy(f"t_{kind}{suffix}", made, self.profile, self.left_out)

    def handling(self, ids: Iterable[str], *labels: str) -> set[str]:
        """Labels of all that is told of these entities, and of these."""
        found = set(labels)
        for id in ids:
            row = self.selection.entities.get(id)
            found |= set(row["label_ids"]) if row else set()
            found |= self.labels.get(id, set())
            for paper in self.papers.get(id, ()):
                found |= self.labels[paper]
        return found

    def _first(self, id: str, property: str) -> str | None:
        found = self.facts.get(id, {}).get(property)
        return found[0] if found else None

    def _times(self, id: str, node: Node, said: list[str], places: Mapping[str, str]) -> None:
        """Days as goAML wants them; a partial date goes into the comments."""
        for child, property in places.items():
            value = self._first(id, property)
            if value and _DAY.fullmatch(value) and value >= "1760":
                node[child] = f"{value}T00:00:00"
            elif value:
                said.append(f"{property}: {value}")
                self.left_out["partial dates"] += 1

    def _countries(self, id: str, node: Node, places: Mapping[str, str]) -> None:
        for child, property in places.items():
            value = self._first(id, property)
            if value and len(value) == 2 and value.isascii() and value.isalpha():
                node[child] = value.upper()

    def _person(self, id: str) -> Node:
        row = self.selection.entities[id]
        node: Node = {"#": id}
        said: list[str] = [f"Name as recorded: {row['caption']}"]
        first, last = self._first(id, "firstName"), self._first(id, "lastName")
        middle = self._first(id, "middleName") or self._first(id, "secondName")
        names = {"first_name": first, "middle_name": middle, "last_name": last or row["caption"]}
        for child, value in names.items():
            written = _name(self.profile, value)
            if written:
                node[child] = written
            if value and written != value:
                node["full_name_frn"] = row["caption"]
        gender = self.profile.gender.get((self._first(id, "gender") or "").casefold())
        node["gender"] = gender or self.profile.defaults.get("gender")
        node |= {child: self._first(id, property) for child, property in _PERSON.items()}
        self._times(id, node, said, {"birthdate": "birthDate", "date_deceased": "deathDate"})
        if "date_deceased" in node:
            node["deceased"] = "true"
        self._countries(id, node, {"nationality1": "nationality", "residence": "country"})
        for child, value in zip(("nationality2", "nationality3"), self.facts.get(id, {}).get("nationality", [])[1:],
                                strict=False):  # fmt: skip
            node[child] = value.upper() if len(value) == 2 else None
        if node.get("passport_number"):
            self._countries(id, node, {"passport_country": "nationality"})
        node["identification"] = [p for paper in self.papers.get(id, ()) if (p := self._paper(paper, said))]
        self._reach(id, node, said)
        return self._commented(id, node, said)

    def _entity(self, id: str) -> Node:
        row = self.selection.entities[id]
        said: list[str] = []
        written = _name(self.profile, row["caption"])
        node: Node = {"#": id, "name": written}
        if written != row["caption"]:
            said.append(f"Name as recorded: {row['caption']}")
        node |= {child: self._first(id, property) for child, property in _ENTITY.items()}
        form = self._first(id, "legalForm")
        node["incorporation_legal_form"] = self.profile.code("legal_form", form)
        if form:
            said.append(f"Legal form: {form}")
        self._times(
            id, node, said, {"incorporation_date": "incorporationDate", "date_business_closed": "dissolutionDate"}
        )
        if "date_business_closed" in node:
            node["business_closed"] = "true"
        place = "jurisdiction" if self._first(id, "jurisdiction") else "country"
        self._countries(id, node, {"incorporation_country_code": place})
        self._reach(id, node, said)
        return self._commented(id, node, said)

    def _account(self, id: str) -> Node:
        number = self._first(id, "accountNumber") or self._first(id, "iban")
        bank = self._first(id, "bic") or ""
        node = _numbered(self.profile, bank, self._first(id, "bankName"), number, self._first(id, "name"), id)
        currency = self._first(id, "currency")
        node["currency_code"] = currency if currency and re.fullmatch("[A-Z0-9]{3,5}", currency) else None
        said: list[str] = []
        self._times(id, node, said, {"opened": "openingDate", "closed": "closingDate"})
        return self._commented(id, node, said)

    def _paper(self, id: str, said: list[str]) -> Node | None:
        """A passport or identity card; None: something that goAML wants of one is missing, and it is told in words."""
        kind = self._first(id, "type") or "document"
        node: Node = {"#": id, "type": self.profile.code("identifier", kind), "number": self._first(id, "number"),
                      "issued_by": self._first(id, "authority")}  # fmt: skip
        self._times(id, node, said, {"issue_date": "startDate", "expiry_date": "endDate"})
        self._countries(id, node, {"issue_country": "country"})
        return self._whole("identification", node, said, f"{kind} {node['number'] or ''}")

    def _reach(self, id: str, node: Node, said: list[str]) -> None:
        """Telephones and addresses: as nodes where they are whole, in words where they are not."""
        contact = self.profile.code("contact")
        phones: list[Node | None] = []
        for number in self.facts.get(id, {}).get("phone", ()):
            phone: Node = {"tph_contact_type": contact, "tph_number": number,
                           "tph_communication_type": self.profile.code("communication")}  # fmt: skip
            phones.append(self._whole("phone", phone, said, f"Telephone: {number}"))
        places: list[Node | None] = []
        for other in self.facts.get(id, {}).get("addressEntity", ()):
            at = self.selection.canonical(other)
            if at not in self.facts:
                continue
            told = self._first(at, "street") or self._first(at, "full") or self._first(at, "name")
            place: Node = {"address_type": contact, "address": told, "city": self._first(at, "city"),
                           "zip": self._first(at, "postalCode"), "state": self._first(at, "state")}  # fmt: skip
            self._countries(at, place, {"country_code": "country"})
            places.append(self._whole("t_address", place, said, f"Address: {told}"))
        said += [f"Address: {text}" for text in self.facts.get(id, {}).get("address", ())]
        self.left_out["addresses as one text"] += len(self.facts.get(id, {}).get("address", ()))
        if any(phones):
            node["phones"] = {"phone": [p for p in phones if p]}
        if any(places):
            node["addresses"] = {"address": [p for p in places if p]}

    def _whole(self, kind: str, node: Node, said: list[str], words: str) -> Node | None:
        node = tidy(kind, node, self.profile, self.left_out)
        if all(node.get(child) for child in self.profile.required.get(kind, ())):
            return node
        said.append(words)
        return None

    def _commented(self, id: str, node: Node, said: list[str]) -> Node:
        node["comments"] = handled(self.selection.handling(self.handling([id])), [*said, f"Record: {id}"])
        return node


def handled(handling: str, said: Sequence[str] = ()) -> str:
    """Comments of a node: its handling first."""
    return "; ".join([f"Handling: {handling}", *said])


def tidy(kind: str, node: Node, profile: Profile, left_out: Counter[str], record: str = "") -> Node:
    """A node whose values can be written: signs that XML does not admit left out, empty ones gone, long ones cut; what
    the reporter states in the place of those that are missing."""
    record = str(node.get("#", record))
    found: Node = {"#": node["#"]} if "#" in node else {}
    node = {**node, **profile.fixed.get(kind, {})}
    for key, what in structure()[kind].items():
        name = key.rstrip("*")
        value = node.get(name)
        word, _, of = what.partition(" ")
        if word == "node":
            each = value if isinstance(value, list) else [] if value is None else [value]
            kept = [tidied for one in each if (tidied := tidy(of, one, profile, left_out, record)).keys() - {"#"}]
            if kept:
                found[name] = kept if key.endswith("*") else kept[0]
            continue
        if isinstance(value, list):  # indicators
            if value:
                found[name] = value
            continue
        if value in (None, "") and record:
            value = profile.stated.get((record, name)) or profile.stated.get(("*", name))
        text = "" if value is None else " ".join(plain(value, escaped=False).split())
        if profile.printable and name in ("reason", "action"):
            text = _ascii(text)
        if word == "text" and len(text) > int(of):
            left_out["long texts"] += 1
            text = text[: int(of)].rstrip()
        if text:
            found[name] = text
    return found


def amount(value: float | None) -> str | None:
    """A number as goAML takes it: plain digits, 13 after the point at most; None: none, or too large."""
    if value is None or value != value:
        return None
    exact = Decimal(repr(float(value)))
    if not exact.is_finite() or abs(exact) > _MOST:
        return None
    text = f"{exact:.13f}".rstrip("0")
    whole, _, rest = text.partition(".")
    return f"{whole}.{rest.ljust(2, '0')}"


def transaction(parties: Parties, row: Mapping[str, Any], holders: Mapping[str, str], number: str) -> Node:
    """A payment.

    :param holders: key of an account (`holders` table) → its holder; :param number: unique in the report
    """
    profile = parties.profile
    local = str(profile.report.get("currency_code_local", ""))
    known = {side: holders.get(_key(row[f"{side}_account"])) for side in ("from", "to")}
    who = [id for id in known.values() if id and parties.kind(id)]
    node: Node = {
        "#": row["row_id"], "transactionnumber": number,
        "internal_ref_number": row["payment_id"] if row["payment_id"] != number else None,
        "transaction_location": row["from_bank_name"] or row["from_bank"],
        "transaction_description": row["purpose"] or row["reference"] or row["purpose_code"],
        "date_transaction": _moment(row["timestamp"]),
        "transmode_code": profile.code("transmode", row["method"]), "transmode_comment": row["method"],
        "amount_local": amount(_local(row, local, profile.rates)),
    }  # fmt: skip
    value_date = row["value_date"]
    if value_date and _DAY.fullmatch(value_date) and value_date >= "1760":
        node["value_date"] = f"{value_date}T00:00:00"
    foreign: Node | None = None
    if row["currency"] and row["currency"] != local:
        rate = row["exchange_rate"] or profile.rates.get(row["currency"])
        foreign = {"foreign_currency_code": row["currency"], "foreign_amount": amount(row["amount"]),
                   "foreign_exchange_rate": amount(rate)}  # fmt: skip
    last = [(side, row[f"ultimate_{side}"]) for side in ("from", "to") if row[f"ultimate_{side}"]]
    if last:
        each = [_party(parties, row, side, known[side], foreign) for side in ("from", "to")]
        node["involved_parties"] = {"party": [*each, *(_behind(profile, side, text, row) for side, text in last)]}
    else:
        for side in ("from", "to"):
            suffix = _suffix(profile, row, side)
            node[f"t_{side}{suffix}"] = _side(parties, row, side, known[side], foreign, suffix)
    labels = parties.handling(who, row["label_id"])
    said = [f"Source: {row['source_id']}, {row['locator']}", f"Record: {row['row_id']}"]
    if _local(row, local) is None and row["currency"] in profile.rates:
        said.append(f"amount_local at a rate of {profile.rates[row['currency']]:g} that was stated for this report")
    if row["intermediaries"]:
        said.append(f"Through: {row['intermediaries']}")
    node["comments"] = handled(parties.selection.handling(labels), said)
    return tidy("transaction", node, profile, parties.left_out)


def _side(
    parties: Parties, row: Mapping[str, Any], side: str, holder: str | None, foreign: Node | None, suffix: str
) -> Node:
    profile = parties.profile
    node: Node = {
        f"{side}_funds_code": profile.code("funds", row["method"]), f"{side}_foreign_currency": foreign,
        f"{side}_country": _country(profile, row, side),
    }  # fmt: skip
    kind, made = _subject(parties, row, side, holder, suffix)
    if kind:
        node[f"{side}_{kind}"] = made
    return node


def _party(parties: Parties, row: Mapping[str, Any], side: str, holder: str | None, foreign: Node | None) -> Node:
    profile = parties.profile
    suffix = _suffix(profile, row, side)
    kind, made = _subject(parties, row, side, holder, suffix)
    role = "payer" if side == "from" else "payee"
    node: Node = {"role": profile.code("party_role", role), "funds_code": profile.code("funds", row["method"]),
                  "foreign_currency": foreign, "country": _country(profile, row, side),
                  "comments": role.capitalize()}  # fmt: skip
    return node | ({f"{kind}{suffix}": made} if kind else {})


def _behind(profile: Profile, side: str, text: str, row: Mapping[str, Any]) -> Node:
    """A party on whose behalf another pays or receives."""
    role = "ultimate payer" if side == "from" else "ultimate payee"
    country = text.rpartition("; ")[2]
    found = country.upper() if len(country) == 2 and country.isascii() and country.isalpha() else None
    name = _name(profile, text.partition("; ")[0])
    return {"role": profile.code("party_role", role), "comments": f"{role.capitalize()}: {text}",
            "funds_code": profile.code("funds", row["method"]), "country": found or profile.defaults.get("country"),
            "entity": {"name": name, "comments": "Whether this is a person or a body is not stated"}}  # fmt: skip


def _subject(
    parties: Parties, row: Mapping[str, Any], side: str, holder: str | None, suffix: str
) -> tuple[str | None, Node]:
    """``account``, ``person`` or ``entity`` of one side of a payment, and its node."""
    number, printed = row[f"{side}_account"], row[f"{side}_name"]
    known = holder if holder and parties.kind(holder) in ("person", "entity") else None
    if number:
        caption = printed or (parties.selection.entities[known]["caption"] if known else None)
        bank = row[f"{side}_bank"] or ""
        node = _numbered(parties.profile, bank, row[f"{side}_bank_name"], number, caption, row["row_id"])
        node["comments"] = handled(parties.selection.handling([row["label_id"]]), ["As stated in the payment"])
        if known and parties.kind(known) == "person":
            role = parties.profile.code("account_role", "holder")
            node["signatory"] = [{"t_person": parties.node(known, suffix), "role": role}]
        elif known:
            node["t_entity"] = parties.node(known, suffix)
        return "account", node
    if known:
        return parties.kind(known), parties.node(known, suffix)
    if printed:
        name = _name(parties.profile, printed)
        said = f"Name as printed: {printed}; whether this is a person or a body is not stated"
        return "entity", {"#": row["row_id"], "name": name, "comments": said}
    return None, {}


def _numbered(
    profile: Profile, bank: str, bank_name: str | None, number: str | None, name: str | None, record: str
) -> Node:
    """An account by its number and bank."""
    bare = re.sub("[^0-9A-Z]", "", (number or "").upper())
    return {
        "#": record, "institution_name": bank_name, "account": number, "account_name": _name(profile, name),
        "iban": bare if len(bare) > 14 and bare[:2].isalpha() and check_digits.iban(bare) else None,
        **({"swift": bank} if _BIC.fullmatch(bank) else {"institution_code": bank or None}),
    }  # fmt: skip


def _suffix(profile: Profile, row: Mapping[str, Any], side: str) -> str:
    return "_my_client" if row[f"{side}_bank"] in profile.my_client else ""


def _local(row: Mapping[str, Any], local: str, rates: Mapping[str, float] | None = None) -> float | None:
    """What was paid, in the reporting country's currency, where a record states it or the reporter states a rate."""
    stated = [(row[f"{kind}currency"], row[f"{kind}amount"]) for kind in ("", "instructed_", "received_")]
    stated.append(("USD", row["amount_usd"]))
    found = next((sum for currency, sum in stated if currency == local and sum is not None), None)
    rate = (rates or {}).get(str(row["currency"]))
    if found is not None or rate is None or row["amount"] is None:
        return found
    exact = Decimal(repr(row["amount"])) * Decimal(repr(rate))
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))  # as a bank does, not as binary fractions fall


def _country(profile: Profile, row: Mapping[str, Any], side: str) -> str | None:
    found = (
        row[f"{side}_country"]
        or row[f"{side}_bank_country"]
        or iban_country(row[f"{side}_account"] or "")
        or bic_country(row[f"{side}_bank"] or "")
    )
    return found.upper() if found and len(found) == 2 else profile.defaults.get("country")


def _moment(time: Any) -> str | None:
    return f"{time:%Y-%m-%dT%H:%M:%S}" if time is not None and time.year >= 1760 else None


def _key(number: str | None) -> str:
    return "account:" + re.sub("[^0-9A-Z]", "", (number or "").upper())


def _name(profile: Profile, value: str | None) -> str | None:
    """A name as the profile lets it be written: as it is, or in Latin letters."""
    if value is None or profile.names is None or re.fullmatch(profile.names, value):
        return value
    kept = "".join(c for c in _ascii(value) if re.fullmatch(profile.names, c))
    return " ".join(kept.split()) or None


def _ascii(text: str) -> str:
    from anyascii import anyascii

    return " ".join("".join(c if " " <= c <= "~" else " " for c in anyascii(text)).split())
