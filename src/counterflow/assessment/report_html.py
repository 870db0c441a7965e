"""The written assessment as one page of HTML that stands alone: no script, no image or font from elsewhere.

Every text of a source passes through `html.escape`; addresses become links only where they are http or https.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

__all__ = ["html"]

_STYLE = """
:root { color-scheme: light }
body { font: 16px/1.55 Georgia, 'Times New Roman', serif; color: #1a1a1a }
body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.7rem; line-height: 1.25 }
h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; border-bottom: 1px solid #bbb }
.mark { font: 700 .8rem/1 system-ui, sans-serif; letter-spacing: .04em }
.mark { text-align: center; border: 1px solid; padding: .4rem }
.portion { font: 600 .72rem/1 system-ui, sans-serif; color: #444; margin-right: .35rem; white-space: nowrap }
.facts { font: .9rem/1.5 system-ui, sans-serif; color: #333 } .facts b { font-weight: 600 }
.judgement { margin: .7rem 0 } .confidence { display: block; font-size: .88rem; color: #444 }
sup a { text-decoration: none; color: #0b4a8f }
ol { padding-left: 2.2rem; font-size: .88rem } li { overflow-wrap: anywhere }
figure { margin: 1.5rem calc(50% - min(46vw, 38rem)) }
figcaption { font-size: .85rem; color: #333; text-align: center }
svg { width: 100%; height: auto; font-family: system-ui, sans-serif }
@media print { body { margin: 0; max-width: none; font-size: 10.5pt } figure { margin: 1rem 0; break-inside: avoid }
  h2 { break-after: avoid } .mark { position: static } a { color: inherit } }
"""


def html(data: Mapping[str, Any]) -> str:
    """:param data: the shape of ``GET /api/report``"""
    mark = f'<p class="mark">{escape(data["handling"])}</p>'
    version = f" · {escape(data['version'])}" if data.get("version") else ""
    body = [
        mark,
        f"<h1>{escape(data['title'])}</h1>",
        f'<p class="facts"><b>Date of information:</b> {escape(data["date_of_information"])} · '
        f"<b>Audience:</b> {escape(data['audience'])}{version}</p>",
        f"<h2>Summary</h2><p>{_portion(data['summary_handling'])}{_sentences(data['summary_sentences'])}</p>",
        _judgements(data["key_judgements"]),
        *(_section(s, [f for f in data["figures"] if f["section"] == s["heading"]]) for s in data["sections"]),
        _endnotes(data["endnotes"]),
        mark,
    ]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{escape(data['title'])}</title><style>{_STYLE}</style></head><body>{''.join(body)}</body></html>\n"
    )


def _judgements(judgements: list[dict[str, Any]]) -> str:
    if not judgements:
        return ""
    told = [
        f'<li class="judgement">{_portion(j["handling"])}{escape(j["text"])}{_marks(j["endnotes"])}'
        f'<span class="confidence">Confidence: {escape(j["confidence"])} ({escape(j["because"])}).</span></li>'
        for j in judgements
    ]
    return f"<h2>Key judgements</h2><ul>{''.join(told)}</ul>"


def _section(section: Mapping[str, Any], figures: list[dict[str, Any]]) -> str:
    paragraphs = [f"<p>{_portion(p['handling'])}{_sentences(p['sentences'])}</p>" for p in section["paragraphs"]]
    drawn = [
        f"<figure>{f['svg']}<figcaption>{_portion(f['handling'])}{escape(f['caption'])}</figcaption></figure>"
        for f in figures
    ]
    return f"<h2>{escape(section['heading'])}</h2>{''.join(paragraphs)}{''.join(drawn)}"


def _portion(handling: str) -> str:
    return f'<span class="portion">({escape(handling)})</span> '


def _sentences(sentences: list[dict[str, Any]]) -> str:
    return " ".join(f"{escape(s['text'])}{_marks(s['endnotes'])}" for s in sentences)


def _marks(numbers: list[int]) -> str:
    links = ", ".join(f'<a href="#n{n}">{n}</a>' for n in numbers)
    return f"<sup>[{links}]</sup>" if numbers else ""


def _endnotes(notes: list[dict[str, Any]]) -> str:
    told = []
    for note in notes:
        url, text = escape(note["url"]), escape(note["text"])
        if url:
            text = text.replace(url, f'<a href="{url}" rel="noopener noreferrer">{url}</a>', 1)
        told.append(f'<li id="n{note["n"]}">{text}</li>')
    return f"<h2>Endnotes</h2><ol>{''.join(told)}</ol>" if told else ""
