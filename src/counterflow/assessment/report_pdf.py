"""The written assessment as PDF, set by Typst: tagged (PDF/UA-1), fonts embedded, drawings as vectors, same bytes for
the same paper.

The paper goes in as data, never as source. Typst refuses a letter that no installed font can show; such letters are
given in Latin script between ‹ and ›, and the paper says so, rather than leaving an empty box in their place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from counterflow.errors import CounterflowError

__all__ = ["pdf", "png"]

_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ROUNDS = 40


def pdf(data: Mapping[str, Any]) -> bytes:
    """:param data: the shape of ``GET /api/report``"""
    import typst

    source = (resources.files("counterflow.assessment") / "report.typ").read_bytes()
    paper = json.dumps(dict(data), ensure_ascii=False)
    missing: set[str] = set()
    for _ in range(_ROUNDS):
        told = _romanised(paper, missing) if missing else paper
        inputs = {"paper": told, "romanised": "yes" if missing else ""}
        try:
            return bytes(typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards="ua-1"))
        except typst.TypstError as e:
            unknown = _MISSING.search(str(e))
            if unknown is None:
                raise CounterflowError(f"The report cannot be set as PDF: {e}") from e
            missing |= {block for c in unknown[1] if (block := _block(c))}
    raise CounterflowError("The report cannot be set as PDF: its letters need fonts that are not installed.")


def png(svg: str, width: int) -> bytes:
    """A drawing as pixels, for programs that show no vectors. :param width: in pixels"""
    import typst

    source = (
        "#set page(width: 480pt, height: auto, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)\n'
    )
    made = typst.compile(source.encode(), format="png", sys_inputs={"svg": svg}, ppi=width * 72 / 480)
    return bytes(made)


def _block(c: str) -> str:
    """The script of a letter by the first word of its Unicode name: what one font covers, or none."""
    import unicodedata

    name = unicodedata.name(c, "")
    return name.split()[0].split("-")[0] if name and ord(c) > 0x24F else f"={c}"


def _romanised(text: str, missing: set[str]) -> str:
    """Runs of letters of these scripts in Latin letters."""
    from anyascii import anyascii

    parts: list[tuple[bool, str]] = []
    for c in text:
        gone = _block(c) in missing
        if parts and parts[-1][0] == gone:
            parts[-1] = (gone, parts[-1][1] + c)
        else:
            parts.append((gone, c))
    return "".join(f"‹{json.dumps(anyascii(part) or '?')[1:-1]}›" if gone else part for gone, part in parts)
