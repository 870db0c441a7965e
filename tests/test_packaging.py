"""What the project's own files say of it is what is there."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from counterflow.sources.sanctions import layout as layouts

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "counterflow"
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = sorted((ROOT / "requirements").glob("*.lock"))

CONSTANTS = {"readers": "READER", "typologies": "TYPOLOGY", "exporters": "EXPORTER"}
KINDS = [*CONSTANTS, "measures"]


def _registered(kind: str) -> dict[str, str]:
    found: dict[str, str] = PROJECT["project"]["entry-points"][f"counterflow.{kind}"]
    return found


def _defined(constant: str) -> set[str]:
    """Modules of the package that assign a constant at the top, as entry point values."""
    found = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            targets = (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            for target in targets:
                if isinstance(target, ast.Name) and re.fullmatch(rf"{constant}(_\w+)?|\w+_{constant}", target.id):
                    module = ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__")
                    found.add(f"{module}:{target.id}")
    return found


@pytest.mark.parametrize("kind", CONSTANTS)
def test_every_built_in_plug_in_is_registered(kind: str) -> None:
    laid_out = {f"counterflow.sources.sanctions.plain_lists:{name}" for name in layouts.names()}  # one reader for many
    assert set(_registered(kind).values()) == _defined(CONSTANTS[kind]) | (laid_out if kind == "readers" else set())


def test_every_kind_of_measure_is_registered() -> None:
    files = (PACKAGE / "assessment" / "kinds").glob("*.yaml")
    assert set(_registered("measures").values()) == {f"counterflow.assessment.kinds:{f.stem}" for f in files}


@pytest.mark.parametrize("kind", KINDS)
def test_the_installed_package_knows_the_same_plug_ins(kind: str) -> None:
    installed = {
        p.name: p.value
        for p in metadata.entry_points(group=f"counterflow.{kind}")
        if p.dist and p.dist.name == "counterflow"
    }
    assert installed == _registered(kind), "installed before the last change of pyproject.toml: run make install"


def test_readers_are_kept_apart_by_the_import_contract() -> None:
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    kept = next(c["modules"] for c in contracts if c["name"] == "Readers do not know each other")
    assert set(kept) == {value.partition(":")[0] for value in _registered("readers").values()}


def _pinned(lock: Path) -> dict[str, str]:
    lines = lock.read_text(encoding="utf-8").splitlines()
    return {m[1]: m[2] for m in (re.match(r"([a-z0-9-]+)==([^\s;]+)", line) for line in lines) if m}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda p: p.name)
def test_a_lock_has_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    assert not re.search(r"https?:|://|--index|--extra|--find-links|-i ", text)
    blocks = re.split(r"\n(?=[a-z])", text.strip())
    assert blocks
    assert all("--hash=sha256:" in block and "==" in block.splitlines()[0] for block in blocks)


def test_the_web_lock_has_hashes_and_no_address() -> None:
    import json

    lock = json.loads((ROOT / "web" / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: p for name, p in lock["packages"].items() if name}
    assert packages
    assert not [name for name, p in packages.items() if "resolved" in p]
    assert not [name for name, p in packages.items() if not p.get("integrity") and not p.get("inBundle")]
    wanted = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))
    for group in ("dependencies", "devDependencies"):
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", v) for v in wanted[group].values()), "exact versions only"


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("run", PROJECT["project"]["dependencies"]),
        ("dev", [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]),
        ("build", [*PROJECT["build-system"]["requires"], *PROJECT["dependency-groups"]["build"]]),
        ("spark", PROJECT["dependency-groups"]["spark"]),
    ],
)
def test_a_lock_pins_what_is_required(lock: str, requirements: list[str]) -> None:
    pinned = _pinned(ROOT / "requirements" / f"{lock}.lock")
    for text in requirements:
        wanted = Requirement(text)
        assert wanted.specifier.contains(pinned[canonicalize_name(wanted.name)]), text


def test_tests_run_on_what_is_locked_for_running() -> None:
    run, dev = (_pinned(ROOT / "requirements" / f"{name}.lock") for name in ("run", "dev"))
    assert run.items() <= dev.items()


def test_what_is_imported_is_required() -> None:
    """No module of the package leans on a library that another one happened to bring."""
    extras = [r for group in PROJECT["project"]["optional-dependencies"].values() for r in group]
    required = {canonicalize_name(Requirement(r).name) for r in [*PROJECT["project"]["dependencies"], *extras]}
    names = {"yaml": "pyyaml", "ibis": "ibis-framework", "starlette": "fastapi", "pydantic": "fastapi",
             "docx": "python-docx", "argon2": "argon2-cffi"}  # fmt: skip
    foreign = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules = [node.module]
            foreign |= {m.partition(".")[0] for m in modules}
    foreign -= {"counterflow", "__future__"} | set(sys.stdlib_module_names)
    assert foreign
    assert {canonicalize_name(names.get(m, m)) for m in foreign} <= required


def test_nothing_that_everybody_installs_binds_those_who_pass_it_on() -> None:
    """No strong copyleft among what running needs; GCC's run-time libraries are excepted, as their licence says."""
    bound = {}
    for name in _pinned(ROOT / "requirements" / "run.lock"):
        try:
            found = metadata.metadata(name)
        except metadata.PackageNotFoundError:  # for another platform or Python
            continue
        said = found.get("License-Expression") or " ".join(
            [(found.get("License") or "").split("\n")[0], *(found.get_all("Classifier") or ())]
        )
        said = re.sub(r"GPL-3\.0-or-later WITH GCC-exception-3\.1", "", said)
        if re.search(r"(?<!L)(?<!Lesser )(GPL|GNU General Public|Affero)", said):
            bound[name] = said[:200]
    assert not bound


def test_the_build_asks_for_the_node_that_is_locked() -> None:
    hook = (ROOT / "hatch_build.py").read_text(encoding="utf-8")
    node = re.search(r'^NODE = "(.+)"$', hook, re.MULTILINE)
    assert node
    assert node[1] in PROJECT["dependency-groups"]["build"]


def test_modules_are_small() -> None:
    lines = {
        p.relative_to(ROOT).as_posix(): len(p.read_text(encoding="utf-8").splitlines()) for p in PACKAGE.rglob("*.py")
    }
    long = {name: n for name, n in lines.items() if n > 440}
    assert not long, "one idea a module: split it"


def test_nothing_is_named_utils() -> None:
    refused = {"utils", "util", "misc", "helpers", "helper", "common", "shed"}
    assert not [p for p in PACKAGE.rglob("*") if p.stem in refused and (p.suffix == ".py" or p.is_dir())]
