"""The sections of the written assessment, each from the records of the audience. No fact stands here: a sentence is a
pattern filled from claims, and where the claims are gone the sentence is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from counterflow.assessment.analysis import Analyst, rivals
from counterflow.assessment.evidence import Evidence, Link, Record
from counterflow.assessment.flow import MoneyFlow
from counterflow.assessment.matrix import Matrix
from counterflow.assessment.measures import Measure
from counterflow.assessment.writing import Section, Sentence, ended, join
from counterflow.model.dates import earliest, latest

__all__ = ["Narrator"]

_EXAMPLES = 4


class Narrator:
    """Writes sections about one cash-box. :param own: claims about the cash-box itself, from every member record"""

    def __init__(self, evidence: Evidence, flow: MoneyFlow, measures: list[Measure]) -> None:
        self.evidence = evidence
        self.flow = flow
        self.measures = measures
        self.box = flow.box or ""
        self.name = evidence.caption(self.box)
        self.codes = {r.code: r for r in evidence.of("Activity")}

    def sections(self, analyst: Analyst, weighed: Sequence[Matrix] = ()) -> list[Section]:
        """Every section that has something to say, in the order of the founding document.

        :param weighed: questions with rival hypotheses
        """
        parts: list[tuple[str, Iterable[Iterable[Sentence]]]] = [
            ("The bureau", [self._who(), self._heads(), *self._rivals(succession=False)]),
            ("Its history and the merger", self._rivals(succession=True)),
            ("What it earns from", self._activities()),
            ("Operatives, fronts and partners", [self._operatives(), self._fronts(), self._partners()]),
            ("Banks and channels", [self._channels(), self._bank_cases()]),
            ("The cash-box, the court economy and weapons", [self._uses(), self._spent()]),
            ("What states have done", [self._by_year(), self._recent(), self._cooperation()]),
            ("How much flows", [analyst.amounts(), analyst.figures()]),
            ("Where pressure cuts most", [analyst.planned(), analyst.bound()]),
            ("Rival hypotheses", map(rivals, weighed)),
            ("Outlook", [analyst.outlook()]),
            ("What insiders say", [self._insiders(), self._denials()]),
            ("What is not known", [analyst.gaps()]),
        ]
        found = []
        for heading, paragraphs in parts:
            full = tuple(p for p in (tuple(x) for x in paragraphs) if p)
            if full:
                found.append(Section(heading, full))
        return found

    # -- records -------------------------------------------------------------------------------------------------

    def _name(self, id: str) -> str:
        return self.evidence.caption(id).removesuffix(" (collective)")

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
        if text.endswith("."):
            text = ended(text) if checked else text.rstrip(".") + " (not verified)."
        return Sentence(text, tuple(claims))

    def _people(self, ids: Iterable[str], limit: int = 8) -> str:
        names = list(dict.fromkeys(self._name(i) for i in ids))
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
            role = f" ({link.role})" if link.role else ""
            yield self._say(f"It belongs to {self._name(link.target)}{role}.", [link])
        held = [x for x in self._links("Control", "Ownership", source=self.box) if self.evidence.holds(x)]
        if held:
            yield self._say(f"It controls or owns {self._people(x.target for x in held)}.", held)
        over = [x for x in self._links("Control", target=self.box) if self.evidence.holds(x) and not x.conflict]
        if over:
            yield self._say(f"It answers to {self._people(x.source for x in over)}.", over)

    def _heads(self) -> Iterator[Sentence]:
        for link in self._links("Directorship", target=self.box):
            who = self._name(link.source)
            yield self._say(f"{who} is named as its {link.role or 'head'}{_span(link)} ({link.grade}).", [link])

    def _rivals(self, *, succession: bool) -> Iterator[list[Sentence]]:
        """Accounts that contradict each other, side by side, each with its grade.

        :param succession: those of who took over from whom; False: the others that are about the cash-box
        """
        ours = {self.box, *(x.source for x in self._links("Succession", target=self.box))}
        groups: dict[str, list[Link]] = {}
        for link in self.evidence.links:
            if link.conflict and self._begun(link):
                groups.setdefault(link.conflict, []).append(link)
        for group, links in sorted(groups.items()):
            about = [x for x in links if x.target in ours or (x.schema == "Membership" and x.source in ours)]
            if len(links) < 2 or not about or any(x.schema == "Succession" for x in about) != succession:
                continue
            if all(x.schema == "Directorship" for x in about):
                continue  # who was head is told with the dates of each
            told = sorted(links, key=lambda x: (x.start or "9", x.id))
            yield [
                self._say(f"Accounts differ ({group}):", links),
                *(self._say(_capital(f"{self._account(link)} ({link.grade})."), [link]) for link in told),
            ]

    def _account(self, link: Link) -> str:
        source, target = self._name(link.source), self._name(link.target)
        stance = {"asserts": "", "denies": "denied: ", "doubts": "doubted: "}[link.stance]
        return f"{stance}{source} – {target}: {link.role or link.schema}{_span(link)}"

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
            yield self._say(f"{name}. {self.name}: {best.role or 'takes part'} ({best.grade}).", own)
        else:
            yield self._say(f"{name}. {record.text('summary').rstrip('.') or 'A source of income'}.", [record])
        others = [x for x in said if x.source != self.box]
        if others:
            yield self._say(f"Named in it: {self._people(x.source for x in others)}.", others)
        happened = [e for e in self._events() if record.code in e.texts("activity")]
        if happened:
            shown = happened[-_EXAMPLES:]
            words = join(f"{e.text('name') or e.id} ({e.start})" for e in shown)
            count = f"{len(happened)} events are on record, the latest" if len(happened) > len(shown) else "On record"
            yield self._say(f"{count}: {words}.", happened)
        for link in part:
            if not link.asserted:
                yield self._say(f"Against it, {self._account(link)} ({link.grade}).", [link])

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
                yield self._say(f"{self._name(node.id)}: named in {self._people(x.target for x in runs)}.", runs)
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
                use = "use" if len({x.source for x in paid}) > 1 else "uses"
                said = best.role or "payments"
                yield self._say(f"{who} {use} {self._name(node.id)}: {said} ({best.grade}).", paid)
            members = self._links("Membership", target=node.id)
            if members:
                yield self._say(f"Among them: {self._people(x.source for x in members)}.", members)

    def _partners(self) -> Iterator[Sentence]:
        """Criminal partners and embassies tied to the cash-box."""
        for link in self._links("UnknownLink", source=self.box):
            topics = self.evidence.topics(link.target)
            if any(t.startswith("crime") for t in topics) or "Embassy" in self._name(link.target):
                yield self._say(_capital(f"{self._account(link)} ({link.grade})."), [link])
        about = {x.conflict for x in self._links("UnknownLink", source=self.box) if x.conflict}
        for link in self.evidence.links:
            if link.conflict in about and not link.asserted and self._begun(link) and link.source == self.box:
                yield self._say(f"Against it, {self._account(link)} ({link.grade}).", [link])

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
                    yield self._say(f"{self._name(node.id)}: {words} ({grade}).", links)
            members = self._links("Membership", target=node.id)
            if members:
                yield self._say(f"Counted among them: {self._people(x.source for x in members)}.", members)

    def _bank_cases(self) -> Iterator[Sentence]:
        """Banks and firms that claims tie to handling the money."""
        handling = {r.id for r in self.codes.values() if "handling" in r.texts("keywords")}
        links = [x for x in self._links("ProjectParticipant") if x.target in handling and x.source != self.box]
        for link in sorted(links, key=lambda x: (x.credibility, x.reliability, x.id))[:10]:
            yield self._say(f"{self._name(link.source)}: {link.role}{_span(link)} ({link.grade}).", [link])

    # -- uses ----------------------------------------------------------------------------------------------------

    def _uses(self) -> Iterator[Sentence]:
        boxes = [n.id for n in self.flow.nodes if n.layer == "cashbox"]
        for id in boxes:
            links = self._links("Payment", source=id)
            for link in sorted(links, key=lambda x: (x.credibility, x.id)):
                who, whom = self._name(id), self._name(link.target)
                yield self._say(f"{who} pays {whom}: {link.role or 'payment'}{_span(link)} ({link.grade}).", [link])

    def _spent(self) -> Iterator[Sentence]:
        """Insights on what it is spent on: seizures of luxury goods, tests."""
        spent = {r.code for r in self.codes.values() if "outlay" in r.texts("keywords")}
        happened = [e for e in self._events() if set(e.texts("activity")) & spent]
        for e in happened[-_EXAMPLES:]:
            yield self._say(f"{e.start}: {e.text('name') or e.id}.", [e])

    # -- measures ------------------------------------------------------------------------------------------------

    def _by_year(self) -> Iterator[Sentence]:
        """Every dated measure, a sentence a year."""
        years: dict[str, list[Measure]] = {}
        for m in self.measures:
            if m.historic and m.date:
                years.setdefault(m.date[:4], []).append(m)
        for year, found in sorted(years.items()):
            ordered = sorted(found, key=lambda m: (m.date or "", m.title))
            said = join([f"{m.title} ({m.authority}, {m.date})" for m in ordered])
            yield Sentence(f"In {year}: {said}.", tuple(sorted({c for m in ordered for c in m.claim_ids})))

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

    # -- insiders - ---------------------------------------------------------------------------------------

    def _insiders(self) -> Iterator[Sentence]:
        for e in self._events("defection"):
            who = [self.evidence.canonical.get(i, i) for i in e.texts("involved")]
            tied = f" ({self._people(who, 4)})" if who else ""
            yield self._say(f"{e.start}: {e.text('name') or 'a defection'}{tied}.", [e])

    def _denials(self) -> Iterator[Sentence]:
        for link in self.evidence.links:
            if not link.asserted and self.box in (link.source, link.target) and self._begun(link):
                yield self._say(f"On the other side, {self._account(link)} ({link.grade}).", [link])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _span(link: Link) -> str:
    """ ", from 2009 to 2010", as far as the dates are known."""
    if link.start and link.end:
        return f", {link.start}" if link.start == link.end else f", from {link.start} to {link.end}"
    return f", from {link.start}" if link.start else f", until {link.end}" if link.end else ""
