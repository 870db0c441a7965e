"""The documentation is current, complete, and its commands exist."""

from __future__ import annotations

import importlib.util
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [
    *sorted(DOCS.rglob("*.md")),
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "CHANGELOG.md",
]


@pytest.fixture(scope="module")
def build() -> Any:
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_pages_are_current(build: Any) -> None:
    assert [p.name for p in build.stale()] == [], "run: python docs/build.py"


def test_every_generator_has_its_page(build: Any) -> None:
    used = {
        name
        for page in DOCS.rglob("*.md")
        for name in re.findall(r"<!-- generated: (\w+) -->", page.read_text("utf-8"))
    }
    assert used == set(build.GENERATORS)


def _headings(page: str) -> set[str]:
    return set(re.findall(r"^#+ (.+)$", (DOCS / page).read_text(encoding="utf-8"), re.MULTILINE))


def test_every_command_is_documented() -> None:
    from counterflow.cli import main

    assert {f"counterflow {name}" for name in main.commands} <= _headings("reference/cli.md")
    for name, command in main.commands.items():
        assert command.help, name
        for option in command.params:
            if isinstance(option, click.Option) and not option.is_flag and option.default is None:
                assert option.help, f"{name} {option.opts[0]}"


@pytest.mark.parametrize(("kind", "page"), [("exporters", "formats"), ("typologies", "typologies")])
def test_every_plug_in_is_documented(kind: str, page: str) -> None:
    from counterflow import registry

    own = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"][
        f"counterflow.{kind}"
    ]
    assert set(own) <= _headings(f"reference/{page}.md")
    assert set(own) <= set(registry.names(kind))


def test_every_reader_has_a_page() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readers = set(project["entry-points"]["counterflow.readers"])
    assert readers == {path.stem for path in (DOCS / "reference" / "readers").glob("*.md")}


def test_every_setting_is_documented_and_in_the_file_that_init_writes() -> None:
    from counterflow.config import DEFAULT, Settings

    text = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"| `{field.name}` |" in text
    written = tomllib.loads(DEFAULT.format(title='"t"', case='"c"'))
    assert set(written) <= {f.name for f in fields(Settings)}


def test_every_error_and_exit_code_is_documented() -> None:
    from counterflow import errors

    text = (DOCS / "reference" / "exit-codes.md").read_text(encoding="utf-8")
    for name in errors.__all__:
        assert re.search(rf"^\| {getattr(errors, name).exit_code} \| `{name}` \| .+ \|$", text, re.MULTILINE), name


def test_every_table_and_column_is_documented() -> None:
    from counterflow.storage.tables import DERIVED, LEDGER

    text = (DOCS / "reference" / "tables.md").read_text(encoding="utf-8")
    for table in (LEDGER | DERIVED).values():
        assert f"### {table.name}\n" in text
        for column in table.columns:
            assert re.search(rf"^\| (\*\*)?{column.name}(\*\*)? \| {column.type} \| .+ \|$", text, re.MULTILINE), (
                column.name
            )


def test_every_package_says_what_it_is_for() -> None:
    text = (DOCS / "architecture.md").read_text(encoding="utf-8")
    for path in (ROOT / "src" / "counterflow").glob("*/__init__.py"):
        assert f"### {path.parent.name}\n" in text
    stages = ("sources", "claims", "entities", "network", "findings", "assessment", "casework", "storage", "model")
    for stage in stages:
        part = text.split(f"### {stage}\n")[1].split("\n### ")[0]
        assert "In: " in part, stage
        assert "Out: " in part, stage
        assert "Invariant: " in part, stage


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if not re.match(r"https?:", target):
            path = (page.parent / target.partition("#")[0]).resolve()
            assert path.exists(), f"{page.name}: {target}"


def commands(page: Path) -> Iterator[tuple[str, list[str], bool]]:
    """Each `counterflow` line of a page's shell blocks, its words, and whether it can be run as it stands."""
    for kind, block in re.findall(r"```sh( norun)?\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            if line.startswith("counterflow "):
                yield line, shlex.split(line, comments=True)[1:], not kind


ALL_COMMANDS = [(line, words) for page in PAGES for line, words, _ in commands(page)]


@pytest.mark.parametrize(("line", "words"), ALL_COMMANDS, ids=[line for line, _ in ALL_COMMANDS])
def test_commands_on_the_pages_exist_with_their_options(line: str, words: list[str]) -> None:
    from counterflow.cli import main

    if words == ["--help"]:
        return
    with main.make_context("counterflow", list(words)) as context:
        name, command, rest = main.resolve_command(context, [*context._protected_args, *context.args])
        assert command is not None, line
        assert name is not None
        command.make_context(name, rest, parent=context)


def test_the_front_page_is_short() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 75, "under two screens"
    assert {"make demo", "make test"} <= {line.partition("#")[0].strip() for line in lines}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_pages_say_nothing_of_the_machine_they_were_written_on(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"/root/|/tmp/|/home/\w", text)
    assert str(ROOT) not in text
    assert str(ROOT.parent) + "/" not in text
