"""One file from its publisher's address to the disk: whole, or not at all.

Conditional (an unchanged file is not sent again), resumed where it broke off, retried with growing pauses and with the
publisher's own wish for one, never trusted: redirects only to https or within one host, a body that ends early, never
ends or hardly moves is given up. Proxies are those of the environment (``HTTPS_PROXY``, ``NO_PROXY``).

Standards: RFC 9110 (conditional requests, ranges, Retry-After, redirects).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import email.utils
import json
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from counterflow import __version__
from counterflow.errors import FetchFailed

if TYPE_CHECKING:
    import requests

__all__ = ["PATIENCE", "Limits", "Mark", "download", "session"]

Progress = Callable[[int, int | None], None]
"""Called with bytes so far and bytes expected, where the server says."""

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Status codes that may be over the next time."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True)
class Limits:
    """How much patience there is.

    :param tries: requests at most; :param pause: seconds before the second, doubled each time, give or take a half;
    :param longest_wait: seconds that a publisher may ask us to wait; :param timeout: seconds to connect, and between
    two pieces; :param largest: bytes; :param slowest: bytes a second, over each `window` seconds; :param redirects: in
    a row
    """

    tries: int = 5
    pause: float = 1.0
    longest_wait: float = 120.0
    timeout: tuple[float, float] = (15.0, 60.0)
    largest: int = 16 * 2**30
    slowest: float = 1024.0
    window: float = 60.0
    redirects: int = 5
    sleep: Callable[[float], None] = time.sleep


PATIENCE = Limits()


@dataclass(frozen=True)
class Mark:
    """What a publisher says of a version of a file, to ask later whether it is still the same."""

    url: str
    etag: str = ""
    modified: str = ""

    @property
    def condition(self) -> dict[str, str]:
        """Headers of a request that wants only something newer."""
        found = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {key: value for key, value in found.items() if value}


@contextlib.contextmanager
def session() -> Iterator[requests.Session]:
    """Connections of one fetch: the environment's proxies and certificates, nobody's passwords."""
    import requests

    with requests.Session() as found:
        found.auth = lambda request: request  # otherwise ~/.netrc would be asked
        found.headers["User-Agent"] = f"counterflow/{__version__}"
        found.headers["Accept-Encoding"] = "identity"  # then a length is the file's, and what broke off can go on
        yield found


def download(
    http: requests.Session, url: str, target: Path, *, known: Mark | None = None, limits: Limits = PATIENCE,
    progress: Progress | None = None,
) -> Mark | None:  # fmt: skip
    """Bring `url` to `target`; None where it is still what `known` says.

    What has arrived when it breaks off stays in ``<target>.part``, and the next try or call goes on from there.

    :raises FetchFailed: not to be had; `retryable` where later may be better
    """
    failed = FetchFailed(url, "not tried")
    for attempt in range(limits.tries):
        try:
            return _once(http, url, target, known, limits, progress)
        except _Wait as e:
            failed = e.failure
            if attempt + 1 < limits.tries:
                pause = limits.pause * 2**attempt * (0.5 + random.random())
                limits.sleep(max(pause, e.seconds))
    raise FetchFailed(url, f"{failed.reason} ({limits.tries} tries)", retryable=True)


class _Wait(Exception):
    """A failure that may pass. :param seconds: pause that the publisher asks for"""

    def __init__(self, url: str, reason: str, seconds: float = 0.0) -> None:
        super().__init__(reason)
        self.failure, self.seconds = FetchFailed(url, reason, retryable=True), seconds


def _once(
    http: requests.Session, url: str, target: Path, known: Mark | None, limits: Limits, progress: Progress | None
) -> Mark | None:
    import requests
    import urllib3

    part = target.with_name(target.name + ".part")
    begun = _begun(part, url)
    headers = dict(known.condition) if known and known.url == url else {}
    if begun and part.stat().st_size:
        headers |= {"Range": f"bytes={part.stat().st_size}-", "If-Range": begun.etag or begun.modified}
    try:
        with _asked(http, url, headers, limits) as response:
            if response.status_code == 304:
                return None
            if response.status_code == 416:  # it has become shorter than what we have
                _forget(part)
                raise _Wait(url, "the file changed while it was being fetched")
            mark = Mark(url, response.headers.get("ETag", ""), response.headers.get("Last-Modified", ""))
            _receive(response, part, mark, limits, progress)
    except (requests.exceptions.SSLError, requests.exceptions.InvalidURL) as e:
        raise FetchFailed(url, f"no secure connection ({_words(e)})") from e
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as e:
        if isinstance(e, OSError) and e.errno is not None and e.filename is not None:  # our disk, not the network
            raise
        raise _Wait(url, _words(e)) from e
    part.replace(target)
    _forget(part)
    return mark


def _asked(http: requests.Session, url: str, headers: Mapping[str, str], limits: Limits) -> Any:
    """The answer behind all redirects, its body not yet read."""
    seen, at = {url}, url
    while True:
        response = http.get(at, headers=dict(headers), stream=True, timeout=limits.timeout, allow_redirects=False)
        if response.status_code not in _REDIRECTS:
            break
        response.close()
        to = urljoin(at, response.headers.get("Location", ""))
        old, new = urlsplit(at), urlsplit(to)
        if new.scheme != "https" and (new.scheme, new.hostname) != (old.scheme, old.hostname):
            raise FetchFailed(url, f"it redirects to {to[:200]}, which is neither https nor the same host; refused")
        if to in seen or len(seen) > limits.redirects:
            raise FetchFailed(url, "it redirects in a circle or too often")
        seen.add(to)
        at = to
    status = response.status_code
    if status in (200, 206, 304, 416):
        return response
    response.close()
    what = f"the server answers {status} {response.reason or ''}".strip()
    if status not in _PASSING:
        raise FetchFailed(url, what)
    seconds = _retry_after(response.headers.get("Retry-After", ""))
    if seconds > limits.longest_wait:
        raise FetchFailed(url, f"{what} and wants us to come back in {seconds:,.0f} seconds", retryable=True)
    raise _Wait(url, what, seconds)


def _receive(response: Any, part: Path, mark: Mark, limits: Limits, progress: Progress | None) -> None:
    """Write the body behind what is there already, or from the start where the server sends all of it."""
    resumed = response.status_code == 206 and _range_start(response) == (part.stat().st_size if part.exists() else 0)
    if response.status_code == 206 and not resumed:
        _forget(part)
        raise _Wait(mark.url, "the server went on from somewhere else")
    length = response.headers.get("Content-Length", "")
    have = part.stat().st_size if resumed else 0
    total = have + int(length) if length.isdecimal() else None
    if total is not None and total > limits.largest:
        raise FetchFailed(mark.url, f"it has {total:,} bytes, more than {limits.largest:,}; refused")
    if not resumed:
        _remember(part, mark)
    began, at_begin = time.monotonic(), have
    with part.open("ab" if resumed else "wb") as out:
        while block := response.raw.read1(1 << 16, decode_content=True):
            out.write(block)
            have += len(block)
            if have > limits.largest:
                out.close()
                _forget(part)
                raise FetchFailed(mark.url, f"it sends more than {limits.largest:,} bytes; given up")
            now = time.monotonic()
            if now - began > limits.window:
                if have - at_begin < limits.slowest * (now - began):
                    raise _Wait(mark.url, f"it sends less than {limits.slowest:,.0f} bytes a second")
                began, at_begin = now, have
            if progress is not None:
                progress(have, total)
    if total is not None and have < total and not response.headers.get("Content-Encoding"):
        raise _Wait(mark.url, f"it broke off after {have:,} of {total:,} bytes")


def _range_start(response: Any) -> int:
    """First byte of a part as the server states it; -1 where it does not."""
    start = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(start) if start.isdecimal() else -1


def _retry_after(value: str) -> float:
    """Seconds, from a number or a date; 0 where it is neither."""
    if value.strip().isdecimal():
        return float(value)
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return 0.0
    return max(0.0, (at - dt.datetime.now(dt.UTC)).total_seconds()) if at.tzinfo is not None else 0.0


# -- what broke off --------------------------------------------------------------------------------------------------


def _note(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _begun(part: Path, url: str) -> Mark | None:
    """What the beginning that lies there is of, if it can be gone on with: a strong mark of the same address."""
    try:
        mark = Mark(**json.loads(_note(part).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    strong = mark.etag if not mark.etag.startswith("W/") else ""
    return replace(mark, etag=strong) if mark.url == url and (strong or mark.modified) and part.exists() else None


def _remember(part: Path, mark: Mark) -> None:
    part.unlink(missing_ok=True)
    _note(part).write_text(json.dumps(asdict(mark)), encoding="utf-8")


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note(part).unlink(missing_ok=True)


def _words(error: BaseException) -> str:
    """What a library's error says, in a few words."""
    text = " ".join(str(error).split())
    if "Name or service not known" in text or "name resolution" in text or "nodename" in text:
        return "the host name cannot be resolved: there is no network, or a proxy is needed (HTTPS_PROXY)"
    return text[:300] or type(error).__name__
