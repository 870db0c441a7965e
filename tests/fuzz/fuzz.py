"""Coverage-guided fuzzing of a reader: ``fuzz.py READER [libFuzzer options]``. See README.md beside this file."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

FIXTURES = Path(__file__).parents[1] / "fixtures"


def reading(name: str, folder: Path) -> Callable[[bytes], None]:
    """A target that writes its input to a file and lets a reader recognise and read it."""
    from counterflow import registry
    from counterflow.errors import InputError
    from counterflow.sources.reader import read_head

    reader = registry.get("readers", name)
    path = folder / "given"

    def target(content: bytes) -> None:
        path.write_bytes(content)
        assert 0 <= reader.recognises(read_head(path)) <= 1
        try:
            for _ in reader.read(path, {}):
                pass
        except InputError:
            pass

    return target


def unpacking(folder: Path) -> Callable[[bytes], None]:
    """A target that opens its input as an archive and as text."""
    from counterflow.errors import InputError
    from counterflow.sources.archive import unpacked
    from counterflow.sources.stream import open_utf8

    path = folder / "given"

    def target(content: bytes) -> None:
        path.write_bytes(content)
        try:
            with unpacked(path) as place:
                assert place == path or folder not in place.parents
            with open_utf8(path) as stream:
                while stream.read(1 << 16):
                    pass
        except (InputError, OSError, EOFError):
            pass

    return target


def spotting() -> Callable[[bytes], None]:
    """A target that looks for dates, amounts and numbers in its input."""
    from counterflow.entities.spotting import spots

    return lambda content: [None for _ in spots(content.decode("utf-8", "replace"))] and None


def naming() -> Callable[[bytes], None]:
    """A target that looks for a few names in its input."""
    from counterflow.entities.naming import Names

    names = Names([("a", "Person", ["Kim Jong Un", "김정은"]), ("b", "Company", ["Office 39", "KOMID"])])
    return lambda content: [None for _ in names.find(content.decode("utf-8", "replace"))] and None


def main() -> None:
    """Instrument the package, then fuzz."""
    import atheris

    with atheris.instrument_imports(include=["counterflow"]):
        from counterflow import registry

        readers = registry.names("readers")
        folder = Path(tempfile.mkdtemp(prefix="counterflow-fuzz-"))
        names = [*readers, "archive", "spotting", "naming"]
        if len(sys.argv) < 2 or sys.argv[1] not in names:
            print("\n".join(names))
            return
        name = sys.argv.pop(1)
        special = {"archive": lambda: unpacking(folder), "spotting": spotting, "naming": naming}
        target = special[name]() if name in special else reading(name, folder)
    seeds = folder / "seeds"
    seeds.mkdir()
    for n, path in enumerate(sorted(FIXTURES.glob(f"{name}/*"))):
        if path.is_file() and path.stat().st_size < 100_000:
            shutil.copy(path, seeds / str(n))
    atheris.Setup([*sys.argv, str(seeds)], target)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
