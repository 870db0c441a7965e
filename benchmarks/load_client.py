"""One analyst at a browser, for `load.py`: connections kept open, a stream of events, screens with time to think.

HTTP/1.1 by hand over asyncio's streams: what sends the load shares two cores with what is measured.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

__all__ = ["Browser", "Told", "work"]

TOGETHER = 5.0
"""Seconds within which a browser looks at several events together."""

AT_ONCE = 3
"""Connections of a browser beside that of its stream of events."""


@dataclass
class Told:
    """What was measured. :param times: route → seconds; :param kept: text of each acknowledged write"""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)
    events: int = 0
    measuring: bool = False


class Browser:
    """A browser of one person. :param address: that it comes from: tries to sign in are limited by it"""

    def __init__(self, port: int, address: str, told: Told) -> None:
        self.port, self.address, self.told = port, address, told
        self.cookie = ""
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []
        self._turn = asyncio.Semaphore(AT_ONCE)
        self.listening: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        self.last = ""

    async def ask(self, route: str, method: str, path: str, body: Any = None, *, want: bool = False) -> Any:
        """One request; the answer as data where it is wanted, else whether it was 2xx."""
        begun = time.perf_counter()
        try:
            async with self._turn:
                status, headers, sent = await self._sent(method, path, body)
        except (OSError, asyncio.IncompleteReadError) as e:
            self._count(route, f"{type(e).__name__}")
            return None
        if self.told.measuring:
            self.told.times[route].append(time.perf_counter() - begun)
        if status >= 300:
            self._count(route, f"{status} {sent[:100]!r}")
            return None
        for line in headers:
            if line.lower().startswith(b"set-cookie:"):
                self.cookie = line.split(b":", 1)[1].split(b";")[0].strip().decode()
        if not want:
            return True
        packed = any(line.lower() == b"content-encoding: gzip" for line in headers)
        return json.loads(gzip.decompress(sent) if packed else sent)

    def _count(self, route: str, what: str) -> None:
        if self.told.measuring:
            self.told.errors[f"{route} {what}"] += 1

    async def _sent(self, method: str, path: str, body: Any) -> tuple[int, list[bytes], bytes]:
        kept = bool(self._idle)
        reader, writer = self._idle.pop() if kept else await self._connected()
        data = b"" if body is None else json.dumps(body).encode()
        try:
            writer.write(self._head(method, path, len(data), body is not None) + data)
            head = await reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError) as e:
            writer.close()
            if kept and not (isinstance(e, asyncio.IncompleteReadError) and e.partial):
                return await self._sent(method, path, body)  # closed while it lay idle, as browsers find too
            raise
        lines = head.split(b"\r\n")
        length = next((int(x.split(b":")[1]) for x in lines if x.lower().startswith(b"content-length:")), 0)
        sent = await reader.readexactly(length) if length else b""
        self._idle.append((reader, writer))
        return int(lines[0].split()[1]), lines[1:], sent

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=(self.address, 0), limit=2**22)

    def _head(self, method: str, path: str, length: int, posts: bool, more: str = "") -> bytes:
        own = f"cookie: {self.cookie}\r\n" if self.cookie else ""
        posted = f"content-type: application/json\r\ncontent-length: {length}\r\nx-counterflow: 1\r\n" if posts else ""
        return (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\naccept-encoding: gzip\r\n"
            f"user-agent: load\r\n{own}{posted}{more}\r\n"
        ).encode()

    async def listen(self, heard: Callable[[dict[str, str]], None]) -> None:
        """Hold the stream of events open, and come back after a break as a browser does. :param heard: at each event"""
        while True:
            self.ready.clear()
            try:
                reader, writer = await self._connected()
                more = "accept: text/event-stream\r\n" + (f"last-event-id: {self.last}\r\n" if self.last else "")
                writer.write(self._head("GET", "/api/events?exercise=1", 0, False, more))
                if b" 200 " not in (await reader.readline()):
                    self._count("events", "refused")
                    raise ConnectionError
                news = False
                while line := await reader.readline():
                    if line.startswith(b"data: ") and news:
                        heard(json.loads(line[6:]))
                    if line.startswith(b"id: "):
                        self.last = line[4:].strip().decode()
                    elif line.startswith(b"event: "):
                        news = line.startswith(b"event: news")
                        self.told.events += self.told.measuring and news
                        if not news:
                            self.ready.set()
                writer.close()
            except OSError:
                pass
            await asyncio.sleep(2)

    def close(self) -> None:
        """Leave."""
        if self.listening is not None:
            self.listening.cancel()
        for _, writer in self._idle:
            writer.close()


@dataclass
class Person:
    """What somebody has before them. :param think: mean seconds between screens; :param writes: share of screens"""

    browser: Browser
    cases: tuple[str, ...]
    r: random.Random
    think: float
    writes: float
    number: str
    findings: list[str] = field(default_factory=list)
    entities: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    at_case: str = ""
    n: int = 0

    async def get(self, route: str, path: str, *, want: bool = False, **query: Any) -> Any:
        """Ask as the workbench does."""
        text = urlencode({**query, "exercise": 1}, doseq=True)
        return await self.browser.ask(f"GET {route}", "GET", f"/api{path}?{text}", want=want)

    async def send(self, route: str, method: str, path: str, body: Any, token: str = "") -> Any:
        """Write; what was acknowledged is to be found afterwards."""
        done = await self.browser.ask(f"{method} {route}", method, f"/api{path}?exercise=1", body, want=True)
        if done is not None and token:
            self.browser.told.kept.append(token)
        return done

    def token(self) -> str:
        """A text that no other write has."""
        self.n += 1
        return f"load-{self.number}-{self.n}"


async def queue(p: Person) -> None:
    facet = p.r.choice(({}, {}, {"state": "undecided"}, {"listed": 1}, {"sort": "newest"}))
    found, _ = await asyncio.gather(
        p.get("/findings", "/findings", want=True, limit=100, **facet), p.get("/triage", "/triage", limit=0)
    )
    if found:
        p.findings = [f["id"] for f in found["findings"]] or p.findings
        p.entities = [
            e for f in found["findings"] if (e := f["subject"]) and not e.startswith("account:")
        ] or p.entities


async def finding(p: Person) -> None:
    id = p.r.choice(p.findings)
    await asyncio.gather(
        p.get("/findings/…", f"/findings/{quote(id)}"), p.get("/patterns?finding", "/patterns", finding=id)
    )


async def entity(p: Person) -> None:
    id = quote(p.r.choice(p.entities))
    await p.get("/entities/…", f"/entities/{id}")
    if p.r.random() < 0.3:
        await p.get("/entities/…/claims", f"/entities/{id}/claims")


async def search(p: Person) -> None:
    word = p.r.choice(("office", "trading", "korea", "bank", "shipping", "kim", "macau", "dandong", "group", "pan sy"))
    await p.get("/search", "/search", q=word[:3], limit=12)
    found = await p.get("/search", "/search", want=True, q=word, limit=100)
    if found:
        p.entities = [hit["id"] for hit in found.get("hits", found.get("entities", []))] or p.entities


async def chart(p: Person) -> None:
    await p.get("/network", "/network", center=p.r.choice(p.entities), hops=p.r.choice((1, 1, 2)), limit=300)


async def case(p: Person) -> None:
    await asyncio.gather(p.get("/cases", "/cases"), p.get("/proposals", "/proposals"))
    if p.cases:
        p.at_case = p.r.choice(p.cases)
        await p.get("/cases/…", f"/cases/{p.at_case}")


async def document(p: Person) -> None:
    found = await p.get("/documents", "/documents", want=True)
    if found and found["documents"]:
        id = quote(p.r.choice(found["documents"])["id"])
        await asyncio.gather(
            p.get("/documents/…", f"/documents/{id}"), p.get("/documents/…/pages", f"/documents/{id}/pages/1"),
            p.get("/documents/…/mentions", f"/documents/{id}/mentions", page=1),
        )  # fmt: skip


async def news(p: Person) -> None:
    await p.get("/news", "/news", everything="true")


def _just(route: str) -> Callable[[Person], Awaitable[None]]:
    async def screen(p: Person) -> None:
        await p.get(route, route)

    return screen


async def decide(p: Person) -> None:
    token = p.token()
    body = {"finding": p.r.choice(p.findings), "state": "watch", "reason": "awaiting-records", "note": token}
    await p.send("/triage", "POST", "/triage", body, token)
    await asyncio.gather(p.get("/findings", "/findings", limit=100), p.get("/triage", "/triage", limit=0))


async def note(p: Person) -> None:
    token = p.token()
    text = f"{token}: the signature on the second filing is like that of 2016."
    row = {"kind": "note", "fields": {"text": text, "grade": "B3"}}
    p.at_case = p.r.choice(p.cases)
    await p.send("/cases/…/rows", "POST", f"/cases/{p.at_case}/rows", row, token)
    await p.get("/cases/…", f"/cases/{p.at_case}")


async def task(p: Person) -> None:
    token = p.token()
    p.at_case = p.r.choice(p.cases)
    row = {"kind": "task", "fields": {"title": f"{token}: ask the registry", "due": "2027-01-15"}}
    made = await p.send("/cases/…/rows", "POST", f"/cases/{p.at_case}/rows", row, token)
    if made and p.r.random() < 0.5:
        token = p.token()
        change = {"base": made["version"], "changes": {"state": "doing", "detail": token}}
        await p.send("/cases/…/rows/…", "PATCH", f"/cases/{p.at_case}/rows/{made['row']}", change, token)
    await p.get("/cases/…", f"/cases/{p.at_case}")


async def seen(p: Person) -> None:
    await p.send("/news/seen", "POST", "/news/seen", {})


READS: tuple[tuple[int, Callable[[Person], Awaitable[None]]], ...] = (
    (20, queue), (17, finding), (14, entity), (10, search), (9, chart), (11, case), (4, document), (3, news),
    (3, _just("/map")), (2, _just("/sources")), (2, _just("/conflicts")), (2, _just("/summary")),
    (1, _just("/patterns")), (1, _just("/flow")), (1, _just("/hypotheses")),
)  # fmt: skip
WRITES: tuple[tuple[int, Callable[[Person], Awaitable[None]]], ...] = ((4, decide), (3, note), (2, task), (1, seen))


async def work(p: Person, ends: float) -> None:
    """A day's work until a time: a screen, time to think, the next; what is told of one's cases is looked at."""
    told: asyncio.Queue[dict[str, str]] = asyncio.Queue()
    p.browser.listening = asyncio.create_task(p.browser.listen(told.put_nowait))
    await p.browser.ready.wait()
    bell = asyncio.create_task(_bell(p, told))
    try:
        await asyncio.sleep(p.r.uniform(0, p.think))
        await queue(p)
        while time.monotonic() < ends:
            await asyncio.sleep(min(p.r.expovariate(1 / p.think), 5 * p.think))
            some = WRITES if p.cases and p.r.random() < p.writes else READS
            [screen] = p.r.choices([s for _, s in some], [w for w, _ in some])
            p.at_case = ""
            await screen(p)
    finally:
        bell.cancel()


async def _bell(p: Person, told: asyncio.Queue[dict[str, str]]) -> None:
    """As `web/src/cases/live.ts` does: after events, what is shown of cases and may be another is asked for anew."""
    while True:
        heard = [await told.get()]
        while not told.empty():
            heard.append(told.get_nowait())
        wanted = []
        if any(one["kind"] == "proposal" for one in heard):
            wanted.append(p.get("/proposals", "/proposals"))
        if any(one["case"] == p.at_case for one in heard):
            wanted.append(p.get("/cases/…", f"/cases/{p.at_case}"))
        await asyncio.gather(*wanted)
        await asyncio.sleep(TOGETHER)
