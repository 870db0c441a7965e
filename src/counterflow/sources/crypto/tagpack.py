"""GraphSense packs in YAML: who is said to hold a blockchain address (TagPacks), and who these are (ActorPacks).

What stands in the header of a pack holds for each tag that does not say otherwise itself. A tag becomes claims about
the wallet and its holder, graded by the confidence that the pack states; the source that a tag cites is the origin of
its claims, so that a tag that repeats a sanctions list does not corroborate it. Tags of transactions are set aside.

No pack in YAML was at hand, only the tags of 22 packs as a table: the format is GraphSense's published one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from counterflow.errors import UnreadableFile, UsageError
from counterflow.model import crypto_address
from counterflow.model.dates import clean
from counterflow.model.values import clean as clean_value
from counterflow.sources import descriptors
from counterflow.sources.crypto.attribution import FIELDS, Attribution, actor_id
from counterflow.sources.crypto.pack_yaml import Item, header, items
from counterflow.sources.reader import Head, Record, Rejected, Statements

__all__ = ["READER"]

_KNOWN = {"address", "currency", "network", "asset", "label", "actor", "category", "concepts", "abuse", "confidence",
          "source", "lastmod", "context", "tags", "actors", "title", "creator", "description", "is_cluster_definer",
          "tag_type", "tag_subject", "is_public"}  # fmt: skip


class TagpackReader:
    """Reads GraphSense packs; no options."""

    name = "tagpack"
    descriptor = descriptors.load("graphsense")
    fields: Mapping[str, str] = {
        **{key: value for key, value in FIELDS.items() if not key.startswith("listed")},
        "network, asset": "CryptoWallet.blockchain, CryptoWallet.currency",
        "concepts, tag_type": "CryptoWallet.keywords, CryptoWallet.topics",
        "is_cluster_definer": "CryptoWallet.notes",
        "title, creator, description, is_public, tag_subject": "left out: of the pack as a whole; the original is kept",
        "actors: id, label": "LegalEntity.name",
        "actors: uri, context.uris": "LegalEntity.website",
        "actors: categories": "LegalEntity.keywords",
        "actors: jurisdictions": "LegalEntity.country",
        "actors: context.legal_name, context.aliases": "LegalEntity.alias",
        "actors: context.refs": "LegalEntity.sourceUrl",
        "actors: lastmod of the pack": "LegalEntity.modifiedAt",
        "actors: the rest of context": "LegalEntity.notes",
    }

    def recognises(self, head: Head) -> float:
        """By the list of tags or actors below a header with title or creator."""
        text = head.text
        listed = re.search(r"^(tags|actors):\s*(#.*)?$", text, re.MULTILINE)
        return 0.9 if listed and re.search(r"^(title|creator):", text, re.MULTILINE) else 0.0

    def read(self, path: Path, options: dict[str, Any]) -> Iterator[Record]:
        """Statements about wallets and their holders."""
        if options:
            raise UsageError(f"This reader has no option '{min(options)}'; it takes none.")
        common = header(path)
        cited: set[str] = set()
        found = False
        for item in items(path):
            found = True
            if item.last and not _whole(item):
                yield Rejected(item.line, item.kind, "the file ends in the middle of it", json.dumps(item.value))
            elif item.value is None:
                yield Rejected(item.line, item.kind, item.wrong)
            elif item.kind == "actors":
                yield from _actor(item.value, item.line, common)
            else:
                yield from _tag(item, item.value, common, cited)
        if not found:
            raise UnreadableFile("no tag and no actor in it: a list `tags:` or `actors:` is expected", file=str(path))


def _whole(item: Item) -> bool:
    """Whether an item that the file ends with, without a line end, can be believed: its address proves itself, and
    nothing stands behind it."""
    value = item.value or {}
    return list(value)[-1:] == ["address"] and crypto_address.parse(str(value["address"])).valid is True


def _texts(value: Any) -> list[str]:
    """The texts in a value, one by one."""
    if value is None:
        return []
    return [str(v) for v in value if v is not None] if isinstance(value, list) else [str(value)]


def _tag(item: Item, own: Mapping[str, Any], common: Mapping[str, Any], cited: set[str]) -> Iterator[Record]:
    tag = {**{k: v for k, v in common.items() if k in _KNOWN}, **own}
    raw = json.dumps(own, ensure_ascii=False)
    address = "".join(_texts(tag.get("address"))[:1]).strip()
    if not address:
        what = "is of a transaction, not of an address" if tag.get("tx_hash") else "is missing"
        yield Rejected(item.line, "address", what, raw)
        return
    strange = sorted(set(own) - _KNOWN)
    notes = [*(f"{key}: {json.dumps(own[key], ensure_ascii=False)}" for key in strange), *_texts(_context(tag))]
    if str(tag.get("is_cluster_definer", "")).lower() == "true":
        notes.append("the pack takes it for the whole cluster of the address")
    yield from Attribution(
        address,
        currency=_first(tag, "currency", "asset", "network"),
        label=_first(tag, "label"),
        actor=_first(tag, "actor"),
        words=[w for key in ("category", "concepts", "abuse") for w in _texts(tag.get(key))],
        confidence=_first(tag, "confidence"),
        source=_first(tag, "source"),
        modified=_first(tag, "lastmod"),
        notes=notes,
        locator=f"tag {address}",
        line=item.line,
    ).records(cited)


def _context(tag: Mapping[str, Any]) -> str | None:
    found = tag.get("context")
    return found if found is None or isinstance(found, str) else json.dumps(found, ensure_ascii=False, sort_keys=True)


def _first(table: Mapping[str, Any], *keys: str) -> str | None:
    return next((text for key in keys for text in _texts(table.get(key)) if text.strip()), None)


def _actor(actor: Mapping[str, Any], line: int, common: Mapping[str, Any]) -> Iterator[Record]:
    id, label = _first(actor, "id"), _first(actor, "label")
    if not id or not label:
        yield Rejected(line, "id" if not id else "label", "is missing", json.dumps(actor, ensure_ascii=False))
        return
    told = Statements(actor_id(id), "LegalEntity", locator=f"actor {id}", line=line)
    told.say("name", label)
    context = actor.get("context")
    more = dict(context) if isinstance(context, dict) else {"context": context} if context else {}
    for property, values in (
        ("website", [*_texts(actor.get("uri")), *_texts(more.pop("uris", None))]),
        ("keywords", _texts(actor.get("categories"))),
        ("country", _texts(actor.get("jurisdictions"))),
        ("alias", [*_texts(more.pop("legal_name", None)), *_texts(more.pop("aliases", None))]),
        ("sourceUrl", _texts(more.pop("refs", None))),
    ):
        kind = {"website": "url", "sourceUrl": "url", "country": "country"}.get(property)
        for value in values:
            good = kind is None or clean_value(kind, value) is not None
            told.say(property if good else "notes", value if good else f"{property}: {value}")
    told.say("modifiedAt", clean((_first(common, "lastmod") or "")[:10]))
    for key in sorted(more):
        told.say("notes", f"{key}: {', '.join(_texts(more[key]))}" if more[key] is not None else None)
    yield told


READER = TagpackReader()
