"""The sections of the written assessment, each from the records of the audience. No fact stands here: a sentence is a
pattern filled from claims, and where the claims are gone the sentence is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from counterflow.assessment.chain import UNACCOUNTED, UNATTRIBUTED
from counterflow.assessment.evidence import Evidence, Link, Record
from counterflow.assessment.measures import Measure
from counterflow.assessment.money_flow import MoneyFlow
from counterflow.assessment.writing import Section, Sentence, join
from counterflow.model.dates import earliest, latest

__all__ = ["Narrator", "money"]

_EXAMPLES = 4


class Narrator:
    """Writes sections about one cash-box. :param own: claims about the cash-box itself, from every member record"""

    def __init__(self, evidence: Evidence, flow: MoneyFlow, measures: list[Measure], plan: dict[str, Any]) -> None:
        self.evidence = evidence
        self.flow = flow
        self.measures = measures
        self.plan = plan
        self.box = flow.box or ""
        self.name = evidence.caption(self.box)
        self.codes = {r.code: r for r in evidence.of("Activity")}

    def sections(self) -> list[Section]:
        """Every section that has something to say, in the order of the founding document."""
        parts = [
            ("The bureau", [self._who(), self._rivals("UnknownLink"), self._heads()]),
            ("Its history and the merger", [self._rivals("Succession"), self._rivals("Control", "Membership")]),
            ("What it earns from", self._activities()),
            ("Operatives, fronts and partners", [self._operatives(), self._fronts(), self._partners()]),
            ("Banks and channels", [self._channels(), self._bank_cases()]),
            ("The cash-box, the court economy and weapons", [self._uses(), self._spent()]),
            ("What states have done", [self._recent(), self._cooperation()]),
            ("How much flows", [self._amounts(), self._figures()]),
            ("Where pressure cuts most", [self._plan(), self._bound()]),
            ("What insiders say", [self._insiders(), self._denials()]),
            ("What is not known", [self._gaps()]),
        ]
        found = []
        for heading, paragraphs in parts:
            full = tuple(tuple(p) for p in (list(x) for x in paragraphs) if p)
            if full:
                found.append(Section(heading, full))
        return found

    # -- records -------------------------------------------------------------------------------------------------

    def _begun(self, link: Link) -> bool:
        asked = self.evidence.as_of
        return asked is None or link.start is None or earliest(link.start) <= latest(asked)

    def _links(self, *schemata: str, source: str = "", target: str = "", stance: str = "asserts") -> list[Link]:
        return [
            link
            for link in self.evidence.links
            if link.schema in schemata
            and link.stance == stance
            and self._begun(link)
            and (not source or link.source == source)
            and (not target or link.target == target)
        ]

    def _say(self, text: str, links: Iterable[Link | Record]) -> Sentence:
        """A sentence resting on records; marked where nobody has checked any of them."""
        rests = list(links)
        claims = sorted({c for r in rests for c in r.claim_ids})
        checked = any(r.verified if isinstance(r, Link) else r.first.verified for r in rests)
        return Sentence(text if checked else text.removesuffix(".") + " (not verified).", tuple(claims))

    def _people(self, ids: Iterable[str], limit: int = 8) -> str:
        names = list(dict.fromkeys(self.evidence.caption(i) for i in ids))
        more = [f"{len(names) - limit} more"] if len(names) > limit else []
        return join([*names[:limit], *more])

    # -- the bureau ----------------------------------------------------------------------------------------------

    def _who(self) -> Iterator[Sentence]:
        row = self.evidence.entities.get(self.box)
        if row is None:
            return
        said = self.evidence.about(self.box, ("summary", "alias", "topics"))
        for claim in said["summary"][:1]:
            yield Sentence(f"{self.name}: {claim['value'].rstrip('.')}.", (claim["claim_id"],))
        aliases = list(dict.fromkeys(c["value"] for c in said["alias"]))
        if aliases:
            ids = tuple(c["claim_id"] for c in said["alias"] if c["value"] in aliases[:6])
            yield Sentence(f"It is also known as {join(aliases[:6])}.", ids)
        for link in self._links("Membership", source=self.box):
            yield self._say(f"It is a {link.role or 'part'} of {self.evidence.caption(link.target)}.", [link])
        held = [x for x in self._links("Control", "Ownership", source=self.box) if self.evidence.holds(x)]
        if held:
            yield self._say(f"It controls or owns {self._people(x.target for x in held)}.", held)
        over = [x for x in self._links("Control", target=self.box) if self.evidence.holds(x) and not x.conflict]
        if over:
            yield self._say(f"It answers to {self._people(x.source for x in over)}.", over)

    def _heads(self) -> Iterator[Sentence]:
        for link in self._links("Directorship", target=self.box):
            who = self.evidence.caption(link.source)
            yield self._say(f"{who} is named as its {link.role or 'head'}{_span(link)} ({link.grade}).", [link])

    def _rivals(self, *schemata: str) -> Iterator[Sentence]:
        """Accounts that contradict each other, side by side, each with its grade."""
        ours = {self.box, *(x.source for x in self._links("Succession", target=self.box))}
        groups: dict[str, list[Link]] = {}
        for link in self.evidence.links:
            if link.conflict and self._begun(link) and link.schema in schemata:
                groups.setdefault(link.conflict, []).append(link)
        for group, links in sorted(groups.items()):
            if len(links) < 2 or not any({x.source, x.target} & ours for x in links):
                continue
            subject = {"Succession": "of who succeeded whom", "UnknownLink": "of the same matter"}.get(
                links[0].schema, "of whose it is"
            )
            yield self._say(f"Accounts {subject} differ ({group}):", links)
            for link in sorted(links, key=lambda x: (x.start or "9", x.id)):
                yield self._say(f"{self._account(link)} ({link.grade}).", [link])

    def _account(self, link: Link) -> str:
        source, target = self.evidence.caption(link.source), self.evidence.caption(link.target)
        verb = {"asserts": "", "denies": "it is denied that ", "doubts": "it is doubted that "}[link.stance]
        return f"{verb}{source}, {link.role or link.schema}, {target}{_span(link)}"

    # -- activities ----------------------------------------------------------------------------------------------

    def _activities(self) -> Iterator[list[Sentence]]:
        for node in self.flow.nodes:
            record = next((r for r in self.codes.values() if r.id == node.id), None)
            if node.layer == "activity" and record is not None:
                yield list(self._activity(record))

    def _activity(self, record: Record) -> Iterator[Sentence]:
        part = [x for x in self.evidence.links if x.target == record.id and self._begun(x)]
        said = [x for x in part if x.asserted]
        own = [x for x in said if x.source == self.box]
        name = record.text("name") or record.code
        if own:
            best = min(own, key=lambda x: (x.credibility, x.reliability, x.id))
            yield self._say(f"{name}: {self.name} {best.role or 'takes part'} ({best.grade}).", own)
        else:
            yield self._say(f"{name}: {record.text('summary').rstrip('.') or 'a source of income'}.", [record])
        others = [x for x in said if x.source != self.box]
        if others:
            yield self._say(f"Named in it are {self._people(x.source for x in others)}.", others)
        happened = [e for e in self._events() if record.code in e.texts("activity")]
        if happened:
            shown = happened[-_EXAMPLES:]
            words = join(f"{e.text('name') or e.id} ({e.start})" for e in shown)
            yield self._say(f"{len(happened)} events are on record, the latest: {words}.", happened)
        for link in part:
            if not link.asserted:
                yield self._say(f"It is {_denied(link)} ({self._account(link)}; {link.grade}).", [link])

    def _events(self, *kinds: str) -> list[Record]:
        found = [
            e
            for e in self.evidence.of("Event", "Seizure")
            if self.evidence.had_begun(e) and e.start and (not kinds or e.text("eventType") in kinds)
        ]
        return sorted(found, key=lambda e: (e.start or "", e.id))

    # -- people and firms ----------------------------------------------------------------------------------------

    def _operatives(self) -> Iterator[Sentence]:
        for node in self.flow.nodes:
            if node.layer != "operator" or not {"mil", "role.diplo"} & self.evidence.topics(node.id):
                continue
            runs = [x for x in self._links("ProjectParticipant", "UnknownLink", source=node.id) if x.target in
                    {n.id for n in self.flow.nodes if n.layer == "activity"}]  # fmt: skip
            if runs:
                yield self._say(f"{node.caption} take part in {self._people(x.target for x in runs)}.", runs)
            named = self._links("Membership", target=node.id)
            if named:
                yield self._say(f"Persons named in cases: {self._people(x.source for x in named)}.", named)

    def _fronts(self) -> Iterator[Sentence]:
        for node in self.flow.nodes:
            if "corp.shell" not in self.evidence.topics(node.id):
                continue
            paid = self._links("Payment", target=node.id)
            if paid:
                best = min(paid, key=lambda x: (x.credibility, x.reliability, x.id))
                who = self._people(x.source for x in paid)
                yield self._say(f"{who} use {node.caption}: {best.role or 'payments'} ({best.grade}).", paid)
            members = self._links("Membership", target=node.id)
            if members:
                yield self._say(f"Among them are {self._people(x.source for x in members)}.", members)

    def _partners(self) -> Iterator[Sentence]:
        """Criminal partners and embassies tied to the cash-box."""
        for link in self._links("UnknownLink", source=self.box):
            topics = self.evidence.topics(link.target)
            if any(t.startswith("crime") for t in topics) or "Embassy" in self.evidence.caption(link.target):
                yield self._say(f"{self._account(link)} ({link.grade}).", [link])
        about = {x.conflict for x in self._links("UnknownLink", source=self.box) if x.conflict}
        for link in self.evidence.links:
            if link.conflict in about and not link.asserted and self._begun(link) and link.source == self.box:
                yield self._say(f"Against it: {self._account(link)} ({link.grade}).", [link])

    def _channels(self) -> Iterator[Sentence]:
        for node in self.flow.nodes:
            if node.layer != "channel" or "fin.bank" not in self.evidence.topics(node.id):
                continue
            paid = [x for x in self._links("Payment") if node.id in (x.source, x.target)]
            serves = self._links("Representation", source=node.id)
            for links in (paid, serves):
                if links:
                    words = join(dict.fromkeys(x.role or x.schema for x in links))
                    grade = min(links, key=lambda x: (x.credibility, x.reliability)).grade
                    yield self._say(f"{node.caption}: {words} ({grade}).", links)
            members = self._links("Membership", target=node.id)
            if members:
                yield self._say(f"Counted among them: {self._people(x.source for x in members)}.", members)

    def _bank_cases(self) -> Iterator[Sentence]:
        """Banks and firms that claims tie to handling the money."""
        handling = {r.id for r in self.codes.values() if "handling" in r.texts("keywords")}
        links = [x for x in self._links("ProjectParticipant") if x.target in handling and x.source != self.box]
        for link in sorted(links, key=lambda x: (x.credibility, x.reliability, x.id))[:10]:
            yield self._say(f"{self.evidence.caption(link.source)}: {link.role}{_span(link)} ({link.grade}).", [link])

    # -- uses ----------------------------------------------------------------------------------------------------

    def _uses(self) -> Iterator[Sentence]:
        boxes = [n.id for n in self.flow.nodes if n.layer == "cashbox"]
        for id in boxes:
            links = self._links("Payment", source=id)
            for link in sorted(links, key=lambda x: (x.credibility, x.id)):
                who, whom = self.evidence.caption(id), self.evidence.caption(link.target)
                yield self._say(f"{who} pays {whom}: {link.role or 'payment'}{_span(link)} ({link.grade}).", [link])

    def _spent(self) -> Iterator[Sentence]:
        """Insights on what it is spent on: seizures of luxury goods, tests."""
        spent = {r.code for r in self.codes.values() if "outlay" in r.texts("keywords")}
        happened = [e for e in self._events() if set(e.texts("activity")) & spent]
        for e in happened[-_EXAMPLES:]:
            yield self._say(f"{e.start}: {e.text('name') or e.id}.", [e])

    # -- measures ------------------------------------------------------------------------------------------------

    def _recent(self) -> Iterator[Sentence]:
        """Measures of the last two years before the date of information."""
        past = [m for m in self.measures if m.historic and m.date]
        if not past:
            return
        last = max(m.date or "" for m in past)
        since = f"{int((self.evidence.as_of or last)[:4]) - 1}"
        for m in past:
            if (m.date or "") >= since:
                until = f", until {m.end_date}" if m.end_date else ""
                yield Sentence(f"{m.date}{until}: {m.title} ({m.authority}): {m.note.rstrip('.')}.", m.claim_ids)

    def _cooperation(self) -> Iterator[Sentence]:
        """Joint boardings and joint police action, whenever they were."""
        for m in self.measures:
            if m.historic and m.kind.name in ("joint_boarding", "law_enforcement", "jurisdiction") and m.note:
                until = f" to {m.end_date}" if m.end_date else ""
                yield Sentence(f"{m.title} ({m.date or 'no date'}{until}): {m.note.rstrip('.')}.", m.claim_ids)

    # -- figures -------------------------------------------------------------------------------------------------

    def _amounts(self) -> Iterator[Sentence]:
        if not self.flow.arcs:
            return
        into = self.flow.into(self.box)
        claims = sorted({c for i in into for c in self.flow.arcs[i].claim_ids} | set(self._figure_claims()))
        total = self.flow.balance()
        yield Sentence(f"{self.name} takes in {money(total['inflow'])} million USD a year.", tuple(claims))
        for node in self.flow.nodes:
            out = [i for i, a in enumerate(self.flow.arcs) if a.source == node.id]
            figured = [c for i in out for c in self.flow.arcs[i].claim_ids]
            if node.layer == "activity" and node.id != UNATTRIBUTED and figured:
                amount = self.flow.amount(out)
                yield Sentence(f"{node.caption}: {money(amount)}.", tuple(sorted(set(figured))))
        for node in self.flow.nodes:
            arcs = list(self.flow.into(node.id))
            paid = sorted({c for i in arcs for c in self.flow.arcs[i].claim_ids})
            if node.layer == "use" and node.id != UNACCOUNTED and paid:
                yield Sentence(f"{node.caption} receive {money(self.flow.amount(arcs))}.", tuple(paid))

    def _figure_claims(self) -> list[str]:
        return [c for a in self.flow.arcs for c in a.claim_ids if a.source in {r.id for r in self.codes.values()}]

    def _figures(self) -> Iterator[Sentence]:
        if not self.flow.arcs:
            return
        guessed = sum(a.assumption for a in self.flow.arcs)
        yield Sentence(
            f"Of {len(self.flow.arcs)} arcs, {guessed} rest on a declared assumption for route or split."
            f" {len(self.flow.excluded)} published figures were left out, each with its reason.",
            method=True,
        )
        for note in self.flow.notes:
            if note.startswith("Conflict"):
                yield Sentence(note, method=True)

    # -- plan ----------------------------------------------------------------------------------------------------

    def _plan(self) -> Iterator[Sentence]:
        plan = self.plan
        if not plan["plan"]:
            return
        titles = join(p["title"] for p in plan["plan"])
        yield Sentence(
            f"Within {plan['budget']:g} points, the plan that leaves least is, at a cost of {plan['cost']:g}: {titles}.",
            method=True,
        )
        cash = plan["cashbox"]
        yield Sentence(
            f"It would bring what reaches {self.name} from {money(cash['before'])} to {money(cash['after'])} million USD"
            f" a year, and to {money(cash['after_rerouting'])} once money goes round it.",
            method=True,
        )

    def _bound(self) -> Iterator[Sentence]:
        plan = self.plan
        if not plan["plan"]:
            return
        yield Sentence(
            f"No other plan of that price can leave less than {plan['bound']:,.0f} million; this one leaves"
            f" {plan['objective']:,.0f} (gap {plan['gap']:.1%}; {plan['certificate']}).",
            method=True,
        )
        yield Sentence(
            "Costs, delays and chances of success of measures are assumptions; measures already in force are not"
            " offered again. What agencies report one by one adds up to more than the joint effect.",
            method=True,
        )

    # -- insiders and gaps ---------------------------------------------------------------------------------------

    def _insiders(self) -> Iterator[Sentence]:
        for e in self._events("defection"):
            who = [self.evidence.canonical.get(i, i) for i in e.texts("involved")]
            tied = f" ({self._people(who, 4)})" if who else ""
            yield self._say(f"{e.start}: {e.text('name') or 'a defection'}{tied}.", [e])

    def _denials(self) -> Iterator[Sentence]:
        for link in self.evidence.links:
            if not link.asserted and self.box in (link.source, link.target) and self._begun(link):
                yield self._say(f"{self._account(link)} ({link.grade}).", [link])

    def _gaps(self) -> Iterator[Sentence]:
        unchecked = sum(not link.verified for link in self.evidence.links)
        groups = len({link.conflict for link in self.evidence.links if link.conflict})
        yield Sentence(
            f"{groups} matters have rival accounts; {unchecked} of {len(self.evidence.links)} links are recorded from"
            " general knowledge and not yet checked.",
            method=True,
        )
        assumed = [a for a in self.flow.arcs if not a.claim_ids]
        if assumed:
            names = join(dict.fromkeys(self._caption(a.source) for a in assumed if a.source != UNATTRIBUTED))
            yield Sentence(f"No claim follows the money onward from {names}.", method=True)
        for note in self.flow.notes:
            if "no usable figure" in note:
                yield Sentence(note, method=True)

    def _caption(self, node: str) -> str:
        return self.flow.nodes[self.flow.index[node]].caption


def money(amount: dict[str, float]) -> str:
    """ "420 (300 to 960)", two significant figures: more would be invented."""
    low, middle, high = (_round(amount[k]) for k in ("low", "central", "high"))
    return f"{middle} ({low} to {high})"


def _round(value: float) -> str:
    return f"{float(f'{value:.2g}'):,g}"


def _span(link: Link) -> str:
    """ ", from 2009 to 2010", as far as the dates are known."""
    if link.start and link.end:
        return f", {link.start}" if link.start == link.end else f", from {link.start} to {link.end}"
    return f", from {link.start}" if link.start else f", until {link.end}" if link.end else ""


def _denied(link: Link) -> str:
    return "denied" if link.stance == "denies" else "doubted"
