"""Invented persons of many cultures with corrupted duplicates, for measuring resolution; no row is anybody.

``people.table(n)`` gives about `n` rows: id, party (the truth), given, family, born, town, country, number. Each party
has one to four records. Names are drawn, the k-th as often as 1 / (k + 8), from syllables and stems of twelve
naming cultures.
A later record differs by slips, another romanisation, names in the other order, initials, another spelling of the town,
a day and month changed, a digit misread; a quarter of all records have no date, three in five no number. Seeded.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pyarrow as pa

CULTURES = {
    "en": ("Jam Wil Rob Mar El Geo Har Cath Vic Ed", "es iam ert gret eanor rge old rine toria mund",
           "Smi Jon Tay Bro Wal Hug Car Wood Hol Mor", "th es lor wn ker hes ter ward land ton"),
    "es": ("Jos Mari Ant Luc Car Fer Ros Mig Ele Al", "e a onio ia los nando a uel na berto",
           "Gar Rod Fern Lop Mart San Per Gom Ruiz Alv", "cia riguez andez ez inez chez ez ez  arez"),
    "ru": ("Vlad Serg Dmitr Nat Ol Iv Alex Yek Mikh Tat", "imir ei i alia ga an ei aterina ail iana",
           "Ivan Petr Smirn Kuzn Pop Vas Sok Mikh Nov Fyod", "ov ov ov etsov ov iliev olov ailov ikov orov"),
    "ar": ("Muham Ahm Khal Fat Yous Abd Hus Mar Ibr Zay", "mad ed id ima ef ullah sein yam ahim nab",
           "Al Mansour Has Khour Naj Rahm Sal Haddad Qas Far", "i  san i jar an eh  im ouk"),
    "fa": ("Rez Ali Mehd Par Shir Beh Far Moj Sor Dar", "a reza i isa in rouz had taba aya ius",
           "Ahmad Hosse Moham Kar Rez Jaf Mous Sad Nour Ran", "i ini madi imi aei ari avi eghi i jbar"),
    "zh": ("Wei Jian Xiu Min Li Zhi Hong Xiao Yu Guo", "ming guo ying hua na qiang mei long lan hui",
           "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu", "         "),
    "ko": ("Chol Yong Song Kyong Hyon Jong Myong Un Kwang Su", "su il hui chol ok nam ho gil min jin",
           "Kim Ri Pak Choe Jong Kang Jo Yun Jang Rim", "         "),
    "vi": ("Van Thi Minh Duc Quang Thu Hoang Ngoc Anh Bao", " Hung  Lan  Tuan  Ha  Dung  Mai  Long  Hoa  Nam  Chau",
           "Nguyen Tran Le Pham Huynh Hoang Phan Vu Vo Dang", "         "),
    "tr": ("Meh Mus Ays Fat Em Hus Zey Ibr Osm El", "met tafa e ma ine eyin nep ahim an if",
           "Yil Kay De Sa Ce Yil Ay Oz Ars Do", "maz a mir hin lik diz din turk lan gan"),
    "hi": ("Raj Sun Am Pri An Vij Dee Sur Kav San", "esh il it ya il ay pak esh ita jay",
           "Shar Ver Gup Pat Kum Sin Red Nai Meh Cho", "ma ma ta el ar gh dy r ta pra"),
    "sw": ("Jum Ash Has Amin Bar Sal Nee Omar Zub Rash", "a a san a aka im ma i eri id",
           "Mwan Kam Odhi Nje Oti Mut Wan Kip Ki Ache", "gi au ambo ri eno ua jiku tum bet ng"),
    "de": ("Han Wolf Ur Hein Karl Hel Ger Bri Jur Ing", "s gang sula rich heinz ga hard gitte gen rid",
           "Mull Schm Schn Fisch Web Wagn Beck Hoff Sch Koch", "er idt eider er er er er mann ulz "),
}  # fmt: skip
COLUMNS = ("id", "party", "given", "family", "born", "town", "country", "number")
VARIANTS = (("kh", "h"), ("ou", "u"), ("ei", "ey"), ("ee", "i"), ("mm", "m"), ("ss", "s"), ("ph", "f"), ("ch", "tch"),
            ("y", "i"), ("w", "v"), ("c", "k"), ("oo", "u"), ("ai", "ei"), ("j", "dj"),
            ("z", "s"), ("ll", "l"),)  # fmt: skip
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def table(rows: int, seed: int = 39) -> pa.Table:
    """About `rows` records, shuffled."""
    draw = np.random.default_rng(seed)
    sizes = draw.choice([1, 2, 3, 4], size=int(rows / 1.75) + 4, p=[0.5, 0.3, 0.15, 0.05])
    sizes = sizes[: int(np.searchsorted(np.cumsum(sizes), rows)) + 1]
    people = len(sizes)
    names = _pools(draw)
    culture = draw.choice(len(names), people)
    place = draw.random((people, 2))
    year = 2005 - (draw.beta(2, 2, people) * 75).astype(int)
    day = draw.integers(0, 365, people)
    towns = [
        f"{a}{b}" for a in ["New", "Port", "Saint", "North", "Lake", "Bel", "San", "Kar", "Nov", "Al"] for b in _TOWNS
    ]
    home = draw.integers(0, 40, people)
    number = (np.arange(people) * 48_271 + 12_345_678) % 999_999_937  # a prime: each its own
    dates = (np.array("1970-01-01", "datetime64[D]") + day).astype(str)
    out: dict[str, list[str | None]] = {
        k: [] for k in ("id", "party", "given", "family", "born", "town", "country", "number")
    }
    dice = draw.random((int(sizes.sum()), 12))
    pick = draw.integers(0, 1 << 30, (int(sizes.sum()), 12))
    at = 0
    codes = list(CULTURES)
    for p in range(people):
        given_pool, family_pool = names[culture[p]]
        given = given_pool[int(np.searchsorted(_skew(len(given_pool)), place[p, 0]))]
        family = family_pool[int(np.searchsorted(_skew(len(family_pool)), place[p, 1]))]
        town = towns[(culture[p] * 8 + home[p]) % len(towns)]
        born = f"{year[p]}{dates[p][4:]}"
        for copy in range(sizes[p]):
            d, k = dice[at], pick[at]
            g, f, b, t, n = given, family, born, town, f"P{number[p]:09d}"
            if copy:
                g = _other(g, d[0], k[0])
                f = _other(f, d[1], k[1])
                if d[2] < 0.04:
                    g, f = f, g
                elif d[2] < 0.08:
                    g = g[:1]
                b = _misdated(b, d[3], k[3])
                t = t if d[4] > 0.2 else towns[k[4] % len(towns)] if d[4] < 0.1 else _slip(t, k[4])
                n = _slip(n, k[5]) if d[5] < 0.04 else n
            at += 1
            out["id"].append(f"r{k[11]}-{at}")
            out["party"].append(str(p))
            out["given"].append(g if d[6] > 0.02 else None)
            out["family"].append(f)
            out["born"].append(b if d[7] > 0.25 else None)
            out["town"].append(t if d[8] > 0.15 else None)
            out["country"].append(codes[culture[p]] if d[9] > 0.1 else None)
            out["number"].append(n if d[10] > 0.6 else None)
    found = pa.table({k: pa.array(v, pa.string()) for k, v in out.items()})
    return found.take(pa.array(draw.permutation(len(found)))).slice(0, rows)


_TOWNS = [
    "ton",
    "ville",
    "ford",
    "haven",
    "mouth",
    "burg",
    "grad",
    "abad",
    "pur",
    "stan",
    "holm",
    "dorf",
    "field",
    "wick",
    "minster",
    "bridge",
    "gate",
    "dale",
    "ridge",
    "port",
]


def _pools(draw: np.random.Generator) -> list[tuple[list[str], list[str]]]:
    """(given names, family names) of each culture, in an order of its own: stems joined once or twice."""
    pools = []
    for a, b, c, d in CULTURES.values():
        both = []
        for stems, ends in ((a.split(), b.split(" ")), (c.split(), d.split(" "))):
            once = [s + e for s in stems for e in ends]
            twice = [s + t.lower() + e for s in stems for t in stems for e in ends if s != t]
            pool = list(
                dict.fromkeys(
                    [*(once[k] for k in draw.permutation(len(once))), *(twice[k] for k in draw.permutation(len(twice)))]
                )
            )
            both.append([*pool, *[x + y for x in pool[:40] for y in ("a", "i", "o", "e", "u", "an", "in", "ova")]])
        pools.append((both[0], both[1]))
    return pools


@cache
def _skew(names: int) -> np.ndarray:
    """Cumulative shares of names by rank, after Zipf and Mandelbrot: 1 / (rank + 8)."""
    share = 1 / (np.arange(names) + 9.0)
    return np.cumsum(share / share.sum())[:-1]


def _other(name: str, dice: float, pick: int) -> str:
    """The name as somebody else writes it: mostly the same, else a slip, a variant, or both."""
    if dice > 0.5:
        return name
    if dice < 0.25:
        name = _slip(name, pick)
    if dice > 0.2:
        for k in range(len(VARIANTS)):
            one, two = VARIANTS[(pick + k) % len(VARIANTS)]
            if one in name:
                return name.replace(one, two, 1)
            if two in name:
                return name.replace(two, one, 1)
    return name


def _slip(text: str, pick: int) -> str:
    at, letter = pick % max(1, len(text)), LETTERS[pick // 97 % 26]
    if text[:1] == "P" and text[1:].isdigit():
        at, letter = 1 + pick % (len(text) - 1), str(pick // 97 % 10)
    kind = pick // 7919 % 4
    if kind == 0:
        return text[:at] + letter + text[at:]
    if kind == 1 and len(text) > 2:
        return text[:at] + text[at + 1 :]
    if kind == 2 and at + 1 < len(text):
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[:at] + letter + text[at + 1 :]


def _misdated(born: str, dice: float, pick: int) -> str:
    y, m, d = born.split("-")
    if dice < 0.04 and int(d) <= 12:
        return f"{y}-{d}-{m}"
    if dice < 0.08:
        return f"{int(y) + pick % 3 - 1}-{m}-{d}"
    if dice < 0.12:
        return f"{y}-{m}-{1 + pick % 28:02}"
    if dice < 0.15:
        return f"{y}-01-01"
    return born
