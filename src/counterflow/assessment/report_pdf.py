"""The written assessment as PDF, set by Typst: tagged (PDF/UA-1), fonts embedded, drawings as vectors, same bytes for
the same paper.

The paper goes in as data, never as source. Typst refuses a letter that no installed font can show; such letters are
given in Latin script between ‹ and ›, and the paper says so, rather than leaving an empty box in their place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib import resources
from itertools import groupby
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
            return bytes(typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards="ua-1",
                                       font_paths=_fonts()))  # fmt: skip
        except typst.TypstError as e:
            unknown = _MISSING.search(str(e))
            if unknown is None:
                raise CounterflowError(f"The report cannot be set as PDF: {e}") from e
            missing |= {block for c in unknown[1] if (block := _block(c))}
    raise CounterflowError("The report cannot be set as PDF: its letters need fonts that are not installed.")


@cache
def _fonts() -> Any:
    """The fonts of this machine, looked for once: that takes longer than to set a page."""
    import typst

    return typst.Fonts()


def png(svg: str, width: int) -> bytes:
    """A drawing as pixels, for programs that show no vectors. :param width: in pixels"""
    import typst

    source = (
        "#set page(width: 480pt, height: auto, margin: 0pt)\n"
        '#image(bytes(sys.inputs.svg), format: "svg", width: 100%)\n'
    )
    made = typst.compile(source.encode(), format="png", sys_inputs={"svg": svg}, ppi=width * 72 / 480,
                         font_paths=_fonts())  # fmt: skip
    return bytes(made)


@lru_cache(maxsize=20_000)
def _block(c: str) -> str:
    """The script of a letter by the first word of its Unicode name: what one font covers, or none."""
    import unicodedata

    name = unicodedata.name(c, "")
    return name.split()[0].split("-")[0] if name and ord(c) > 0x24F else f"={c}"


def _romanised(text: str, missing: set[str]) -> str:
    """Runs of letters of these scripts in Latin letters."""
    from anyascii import anyascii

    runs = ((gone, "".join(run)) for gone, run in groupby(text, key=lambda c: _block(c) in missing))
    return "".join(f"‹{json.dumps(anyascii(run) or '?')[1:-1]}›" if gone else run for gone, run in runs)
