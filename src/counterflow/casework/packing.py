"""Zip archives that are the same bytes for the same contents: no clock, no owner, members in the order given."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

__all__ = ["repacked", "zipped"]

_THEN = (1980, 1, 1, 0, 0, 0)  # the first date that the format can say


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
    """An archive that some library wrote, without the time at which it did."""
    with zipfile.ZipFile(io.BytesIO(archive)) as given:
        return zipped({name: given.read(name) for name in given.namelist()})
