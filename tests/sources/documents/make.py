"""Documents made by hand, as small as their formats allow."""

from __future__ import annotations

import io
import itertools
import struct
import zipfile
from collections.abc import Mapping, Sequence


def pdf(pages: Sequence[str], *, title: str = "", trailer: str = "") -> bytes:
    """A PDF with one line of Helvetica a page. :param trailer: added to the trailer, ``/Encrypt …`` for one"""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    objects.append(f"<</Title({title})/Author(A. Clerk)/CreationDate(D:20171030)>>")
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET" if text else ""
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents {len(objects)} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for n, body in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{n} 0 obj\n{body}\nendobj\n".encode("latin-1"))
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010} 00000 n \n".encode() for place in places)
    out.write(
        f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info 4 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode()
    )
    return out.getvalue()


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def docx(body: str, parts: Mapping[str, str] | None = None) -> bytes:
    """A Word document of this XML in its body, and of these other parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("[Content_Types].xml", "<Types/>")
        zipped.writestr("word/document.xml", f"<w:document {W}><w:body>{body}</w:body></w:document>")
        for name, content in (parts or {}).items():
            zipped.writestr(name, content)
    return out.getvalue()


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def msg(streams: Mapping[str, bytes]) -> bytes:
    """An OLE compound file (MS-CFB, version 3) with these streams; ``folder/name`` puts one in a storage.

    Every stream is filled up with zero bytes to 4,096, so that none belongs in the mini stream.
    """
    folders = sorted({name.partition("/")[0] for name in streams if "/" in name})
    entries: list[tuple[str, int, list[int], bytes]] = [("Root Entry", 5, [], b"")]
    at: dict[str, int] = {}
    for folder in folders:
        at[folder] = len(entries)
        entries.append((folder, 1, [], b""))
        entries[0][2].append(at[folder])
    for name, content in streams.items():
        folder, _, own = name.rpartition("/")
        entries[at.get(folder, 0)][2].append(len(entries))
        entries.append((own, 2, [], content.ljust(4096, b"\0")))
    directory_sectors = -(-len(entries) // 4)
    fat: list[int] = []
    data = b""
    starts = {}
    for n, (_, kind, _, content) in enumerate(entries):
        if kind == 2:
            sectors = -(-len(content) // 512)
            starts[n] = len(fat)
            fat += [len(fat) + i + 1 for i in range(sectors - 1)] + [0xFFFFFFFE]
            data += content.ljust(sectors * 512, b"\0")
    directory_start = len(fat)
    fat += [directory_start + i + 1 for i in range(directory_sectors - 1)] + [0xFFFFFFFE]
    siblings: dict[int, int] = {}
    for _, _, children, _ in entries:
        siblings |= dict(itertools.pairwise(children))
    directory = b""
    for n, (name, kind, children, content) in enumerate(entries):
        raw = (name + "\0").encode("utf-16-le")
        child = children[0] if children else 0xFFFFFFFF
        directory += raw.ljust(64, b"\0") + struct.pack(
            "<HBBIII16sIQQIQ", len(raw), kind, 1, 0xFFFFFFFF, siblings.get(n, 0xFFFFFFFF), child, b"", 0, 0, 0,
            starts.get(n, 0xFFFFFFFE), len(content),
        )  # fmt: skip
    directory = directory.ljust(directory_sectors * 512, b"\0")
    fat_sectors = -(-(len(fat) + 1) // 127)
    fat_start = len(fat)
    fat += [0xFFFFFFFD] * fat_sectors
    table = b"".join(struct.pack("<I", n) for n in fat).ljust(fat_sectors * 512, b"\xff")
    difat = [fat_start + i for i in range(fat_sectors)]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16sHHHHH6xIIIIIIIII", b"", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, directory_start, 0, 4096, 0xFFFFFFFE, 0,
        0xFFFFFFFE, 0,
    )  # fmt: skip
    header += b"".join(struct.pack("<I", n) for n in difat).ljust(436, b"\xff")
    return header + data + directory + table
