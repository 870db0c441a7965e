"""Web pages: the words that a reader sees. Scripts, styles, forms and whatever would be fetched are passed over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from counterflow.errors import UnreadableFile
from counterflow.sources import encoding
from counterflow.sources.documents.written import Written, pages_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

__all__ = ["is_html", "read"]

_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_UNSEEN = frozenset(
    {
        "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "head",
        "select", "textarea", "button", "nav",
    }
)  # fmt: skip
_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt", "fieldset",
        "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
        "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead",
        "tr", "ul", "br",
    }
)  # fmt: skip
_CHARSETS = {
    "gb2312": "gb18030", "gbk": "gb18030", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "shift_jis": "cp932",
    "iso-8859-1": "cp1252",
}  # fmt: skip
"""What a page calls its encoding → the one that browsers take it for (WHATWG Encoding)."""

_METAS = {
    "author": "author", "article:author": "author", "dc.creator": "author", "date": "date", "dc.date": "date",
    "article:published_time": "date", "og:site_name": "publisher", "dc.publisher": "publisher", "og:title": "title",
    "og:url": "url",
}  # fmt: skip


def is_html(start: str) -> bool:
    """Whether a text begins as a web page does."""
    return _START.match(start.removeprefix("\ufeff")) is not None


def read(content: bytes, file: str) -> Written:
    """:raises UnreadableFile: not a word in it"""
    from lxml import etree, html

    text, wrong = _decoded(content, file)
    try:
        parser = html.HTMLParser(
            encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
        )
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as e:
        raise UnreadableFile(f"no web page in it ({e})", file=file) from e
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        key = _METAS.get((meta.get("property") or meta.get("name") or "").lower())
        if key and meta.get("content"):
            found.setdefault(key, meta.get("content") or "")
    title = found.pop("title", "") or " ".join(t.text or "" for t in root.iter("title"))
    written = Written("html", pages_of(_paragraphs(root)), title=title).describe(found)
    if wrong:
        written.faults.append(("", f"{wrong} characters are no text in its encoding and are shown as \ufffd"))
    return written


def _decoded(content: bytes, file: str) -> tuple[str, int]:
    """The page as text, by its bytes where they are UTF-8, else by what it says of itself; and how much was no text."""
    try:
        return content.decode("utf-8-sig"), 0
    except UnicodeDecodeError:
        pass
    said = _CHARSET.search(content[:4096])
    try:
        name = said[1].decode("ascii") if said else ""
        name = _CHARSETS.get(name.lower(), name)
        "".encode(name)
        if name.lower() in ("utf-8", "utf8"):
            raise LookupError
    except (LookupError, ValueError):
        name = encoding.of(content[: encoding.SAMPLE], whole=len(content) <= encoding.SAMPLE, file=file).name
    text = content.decode(name, "replace")
    return text, text.count("\ufffd")


def _paragraphs(root: Element) -> Iterator[str]:
    """Text between the edges of blocks, in order; without recursion, however deep it is nested."""
    from lxml import etree

    held: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        name = element.tag if isinstance(element.tag, str) else ""
        if name in _UNSEEN:
            unseen += 1 if event == "start" else -1
        if name in _BLOCKS and held:
            yield "".join(held)
            held = []
        said = element.text if event == "start" else element.tail
        if said and not unseen:
            held.append(said.replace("\n", " "))
    if held:
        yield "".join(held)
