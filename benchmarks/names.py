"""How well names alone are compared: labelled pairs, names across scripts, and what it costs.

usage: names.py PAIRS.csv TRANSLIT_FOLDER LIST…   (the sets are described in README.md; `LIST` are sanctions lists)

Two names are taken for one where their similarity reaches `agreement.ALIKE`. Rows are split by a hash of their text:
rules and weights were written looking at the first half only ("fit"); "report" is the other half.
"""

from __future__ import annotations

import csv
import gzip
import random
import sys
import time
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from rapidfuzz import fuzz, process

from counterflow.entities.agreement import ALIKE, similarity
from counterflow.entities.names import Name, analyse, kind_of
from counterflow.entities.phonetics import bones
from counterflow.sources.reader import Statements
from counterflow.sources.recognise import recognise
from measured import tell

SETS = {
    "fullname_korean": ("english", "korean"), "fullname_hebrew": ("english", "hebrew"),
    "token_korean": ("latin", "korean"), "token_chinese": ("latin", "chinese"),
    "token_arabic": ("latin", "arabic"), "token_japanese": ("latin", "japanese"),
    "token_russian": ("latin", "russian"),
}  # fmt: skip


def rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def fold(*texts: str) -> str:
    """``fit`` or ``report``, by a hash of the texts."""
    return "fit" if zlib.crc32("|".join(texts).encode()) % 2 else "report"


def f1(said: Iterable[tuple[bool, bool]]) -> tuple[float, float, float]:
    """F1, precision, recall of (predicted, true)."""
    pairs = list(said)
    both = sum(p and t for p, t in pairs)
    predicted, true = sum(p for p, _ in pairs), sum(t for _, t in pairs)
    return 2 * both / max(1, predicted + true), both / max(1, predicted), both / max(1, true)


def pairs(path: Path) -> None:
    found = []
    for row in rows(path):
        kind = kind_of(row["schema"])
        score = similarity(analyse(row["name1"], kind), analyse(row["name2"], kind), kind)
        found.append((fold(row["name1"], row["name2"]), score >= ALIKE, row["is_match"] == "true", row, score))
    for half in ("fit", "report", "both"):
        chosen = [f for f in found if half in (f[0], "both")]
        f, precision, recall = f1((f[1], f[2]) for f in chosen)
        peer = f1((float(c[3]["logicv2_score"]) >= 0.7, c[2]) for c in chosen if c[3]["logicv2_score"])[0]
        strong = [c for c in chosen if c[3]["quality"] == "STRONG"]
        tell(
            "labelled name pairs", half=half, pairs=len(chosen), f1=round(f, 3), precision=round(precision, 3),
            recall=round(recall, 3), strong=len(strong), strong_wrong=sum(c[1] != c[2] for c in strong),
            peer_f1=round(peer, 3),
        )  # fmt: skip


def translit(folder: Path, name: str, size: int = 400) -> None:
    one, two = SETS[name]
    every = rows(folder / f"{name}.csv.gz")
    for half in ("fit", "report"):
        chosen = random.Random(1).sample([r for r in every if fold(r[one], r[two]) == half], size)
        english = [r[one] for r in chosen]
        others = english[1:] + english[:1]
        wide = random.Random(2).sample([r[one] for r in every], 4000)
        near = [next(w for w, *_ in process.extract(e, wide, limit=3) if w.casefold() != e.casefold()) for e in english]
        latin = {text: analyse(text, "person") for text in {*english, *others, *near}}
        asked = [analyse(r[two], "person") for r in chosen]
        began = time.process_time()
        hits = [similarity(latin[e], a, "person") >= ALIKE for e, a in zip(english, asked, strict=True)]
        spent = time.process_time() - began
        tell(
            name, half=half, pairs=size, recall=round(sum(hits) / size, 3), microseconds=round(spent / size * 1e6, 1),
            false_random=sum(similarity(latin[e], a, "person") >= ALIKE for e, a in zip(others, asked, strict=True)),
            false_near=sum(similarity(latin[e], a, "person") >= ALIKE for e, a in zip(near, asked, strict=True)),
        )  # fmt: skip


def listed(paths: Sequence[Path]) -> dict[str, tuple[str, list[str]]]:
    """Subject → schema and Latin names, of every party of the lists."""
    found: dict[str, tuple[str, list[str]]] = {}
    for path in paths:
        reader = recognise(path)
        for record in reader.read(path, {}):
            if isinstance(record, Statements):
                texts = [s.value for s in record.said if s.property in ("name", "alias", "weakAlias")]
                plain = [t for t in texts if all(ord(c) < 0x250 for c in t)]
                if plain:
                    key = f"{path.name}:{record.subject}"
                    found.setdefault(key, (record.schema, []))[1].extend(plain)
    return found


class Names:
    """Names of the lists, found by the consonants of their words: whatever could be alike, and much that is not."""

    def __init__(self, parties: dict[str, tuple[str, list[str]]]) -> None:
        self.owner: list[str] = []
        self.kind: list[str] = []
        self.name: list[Name] = []
        self.at: dict[str, set[int]] = {}
        for subject, (schema, texts) in parties.items():
            kind = kind_of(schema)
            for text in dict.fromkeys(texts):
                name = analyse(text, kind)
                for token in {t for f in name.forms for t in f.tokens}:
                    self.at.setdefault(bones(token), set()).add(len(self.owner))
                self.owner.append(subject)
                self.kind.append(kind)
                self.name.append(name)
        self.bones = list(self.at)

    def near(self, asked: Name) -> set[int]:
        """Names that nearly share the consonants of two words with one that is asked for."""
        found: Counter[int] = Counter()
        least = 9
        for form in asked.forms:
            words = [bones(w, form.script) for w in form.written or form.tokens]
            words = [w for w in words if w]
            least = min(least, max(1, min(2, len(words) - (len(words) > 3))))
            for word in words:
                cutoff = 50 if len(word) < 4 else 66
                hits = process.extract(word, self.bones, scorer=fuzz.ratio, score_cutoff=cutoff, limit=None)
                found.update(set().union(*(self.at[h[0]] for h in hits)))
        return {n for n, count in found.items() if count >= least}


def original_script(folder: Path, lists: Sequence[Path], wanted: str = "", step: int = 1) -> None:
    parties = listed(lists)
    names = Names(parties)
    queries = [r for r in rows(folder / "un_original_script_2026-02-27.csv.gz") if r["name_original_script"].strip()]
    for half in ("fit", "report"):
        chosen = [q for q in queries if fold(q["un_id"], q["name_original_script"]) == half][::step]
        right = extra = close = 0
        for row in chosen:
            kind = "person" if row["kind"] == "Person" else "body"
            asked = analyse(row["name_original_script"], kind)
            best: dict[str, tuple[float, str]] = {}
            for n in names.near(asked):
                if names.kind[n] == kind or "any" in (kind, names.kind[n]):
                    score = similarity(asked, names.name[n], kind)
                    owner = names.owner[n]
                    best[owner] = max(best.get(owner, (0.0, "")), (score, names.name[n].text))
            own = {o for o, (s, _) in best.items() if s >= ALIKE and o.endswith(f":{row['un_id']}")}
            # The same person on the other list is no wrong answer: told apart by the names of the two parties.
            mine = {t.casefold() for o in parties if o.endswith(f":{row['un_id']}") for t in parties[o][1]}
            hits = {o for o, (s, _) in best.items() if s >= ALIKE and o not in own}
            twins = {o for o in hits if mine & {t.casefold() for t in parties[o][1]}}
            right += bool(own)
            extra += len(hits)
            close += len(hits - twins)
            if half == wanted and not own:
                truth = [v for o, v in best.items() if o.endswith(f":{row['un_id']}")]
                print("MISS", row["name_original_script"], row["name_latin"], truth, [f.tokens for f in asked.forms])
            if half == wanted and hits - twins:
                print("EXTRA", row["name_original_script"], row["name_latin"], [best[o] for o in hits - twins])
        tell(
            "UN original script", half=half, queries=len(chosen), parties=len(parties), names=len(names.name),
            recall=round(right / len(chosen), 3), other_hits=round(extra / len(chosen), 3),
            other_hits_without_the_same_on_the_other_list=round(close / len(chosen), 3),
        )  # fmt: skip


def speed(texts: Sequence[str]) -> None:
    analyse.cache_clear()
    began = time.process_time()
    names: list[Name] = [analyse(t, "person") for t in texts]
    spent = time.process_time() - began
    near = [process.extractOne(t, texts[n + 1 : n + 500], scorer=fuzz.ratio) for n, t in enumerate(texts[:1500])]
    couples = [(names[n], names[n + 1 + m[2]]) for n, m in enumerate(near) if m]
    began = time.process_time()
    for one, two in couples:
        similarity(one, two, "person")
    tell(
        "speed", names=len(texts), analyse_microseconds=round(spent / len(texts) * 1e6, 1),
        align_microseconds=round((time.process_time() - began) / len(couples) * 1e6, 1),
    )  # fmt: skip


if __name__ == "__main__":
    first, folder, *rest = map(Path, sys.argv[1:])
    pairs(first)
    for key in SETS:
        translit(folder, key)
    original_script(folder, rest)
    speed([r["english"] for r in rows(folder / "fullname_korean.csv.gz")[:20000]])
