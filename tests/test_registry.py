"""Plug-ins by entry point; a broken one is a problem to show, not an end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

import pytest

from counterflow import registry
from counterflow.errors import UnknownName

PLUGIN = """
class Named:
    def __init__(self, name): self.name = name
GOOD, LIAR, TAKEN = Named("good"), Named("somebody"), Named("good")
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two installed packages that announce readers: good, lying, absent, broken, and one with a name already taken."""
    (tmp_path / "cf_plugin.py").write_text(PLUGIN)
    (tmp_path / "cf_broken.py").write_text("raise RuntimeError('no network')")
    for package, points in {
        "aaa_plugin": [
            "good = cf_plugin:GOOD",
            "liar = cf_plugin:LIAR",
            "absent = cf_plugin:NO",
            "broken = cf_broken:X",
        ],
        "bbb_plugin": ["good = cf_plugin:TAKEN"],
    }.items():
        info = tmp_path / f"{package}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text("\n".join(["[counterflow.readers]", *points]))
    monkeypatch.syspath_prepend(str(tmp_path))
    registry._loaded.cache_clear()
    yield
    for module in ("cf_plugin", "cf_broken"):
        sys.modules.pop(module, None)
    registry._loaded.cache_clear()


@pytest.mark.usefixtures("plugins")
def test_plugins_come_in_by_entry_point_and_broken_ones_are_reported() -> None:
    assert "good" in registry.names("readers")
    assert registry.get("readers", "good").name == "good"
    reasons = {(p.package, p.name): p.reason for p in registry.problems()}
    assert reasons["aaa_plugin", "broken"] == "RuntimeError: no network"
    assert "calls itself 'somebody'" in reasons["aaa_plugin", "liar"]
    assert reasons["aaa_plugin", "absent"].startswith("AttributeError")
    assert reasons["bbb_plugin", "good"] == "the name is taken by another package"
    assert "readers plug-in 'broken' of aaa_plugin" in "; ".join(str(p) for p in registry.problems())
    with pytest.raises(UnknownName, match="No reader 'broken'"):
        registry.get("readers", "broken")


def test_unknown_names_and_kinds() -> None:
    with pytest.raises(UnknownName, match="No typology 'nothing'"):
        registry.get("typologies", "nothing")
    with pytest.raises(UnknownName, match="kind of plug-in 'writers'"):
        registry.names("writers")


def test_built_ins_come_in_by_the_same_door() -> None:
    for kind in registry.KINDS:
        own = {p.name for p in metadata.entry_points(group=f"counterflow.{kind}") if p.value.startswith("counterflow.")}
        assert own <= set(registry.names(kind)), kind
    assert [p for p in registry.problems() if p.package == "counterflow"] == []
