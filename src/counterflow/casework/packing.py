"""Zip archives that are the same bytes for the same contents: no clock, no owner, members in the order given."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping

__all__ = ["repacked", "zipped"]

_THEN = (1980, 1, 1, 0, 0, 0)  # the first date that the format can say


_WRITTEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def zipped(members: Mapping[str, bytes]) -> bytes:
    """An archive of these files. :param members: name → content"""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, _THEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
    return out.getvalue()


def repacked(archive: bytes) -> bytes:
    """An Office document that some library wrote, without the time at which it did."""
    with zipfile.ZipFile(io.BytesIO(archive)) as given:
        members = {name: given.read(name) for name in given.namelist()}
    members["docProps/core.xml"] = _WRITTEN.sub(rb"\g<1>1980-01-01T00:00:00Z", members["docProps/core.xml"])
    return zipped(members)
