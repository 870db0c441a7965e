"""Bags: files with manifests of their hashes and what proves where they came from, checked without us or a network.

Format: RFC 8493, The BagIt File Packaging Format 1.0. Beside it, in ``custody/``: the chain in words, a proof of
each of its entries in the audit log (`storage.audit_checks`), the signed head that they lead to.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from counterflow.errors import InputError, UsageError
from counterflow.storage import audit_checks
from counterflow.storage.blobs import sha256_of

__all__ = ["check", "write"]

_DECLARED = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


def write(
    out: Path, files: Mapping[str, Path], chain: Mapping[str, Any], proofs: Sequence[Mapping[str, Any]],
    about: Mapping[str, str],
) -> dict[str, Any]:  # fmt: skip
    """Write a bag: a folder that was not there before.

    :param files: name → original; :param about: lines of bag-info.txt
    :raises UsageError: there is something already
    """
    if out.exists():
        raise UsageError(f"{out} is there already. Name a folder that is not.")
    partial = out.with_name(f".{out.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        (partial / "data").mkdir(parents=True)
        (partial / "custody").mkdir()
        for name, path in files.items():
            shutil.copyfile(path, partial / "data" / name)
        manifest = _hashes(partial, sorted((partial / "data").iterdir()))
        size = sum(path.stat().st_size for path in (partial / "data").iterdir())
        lines = {**about, "Payload-Oxum": f"{size}.{len(files)}"}
        tags = {
            "bagit.txt": _DECLARED, "manifest-sha256.txt": manifest,
            "bag-info.txt": "".join(f"{key}: {' '.join(value.split())}\n" for key, value in lines.items()),
            "custody/chain.json": json.dumps(chain, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
            **{f"custody/proof-{p['index']}.json": json.dumps(p) + "\n" for p in proofs},
        }  # fmt: skip
        for name, text in tags.items():
            (partial / name).write_text(text, encoding="utf-8")
        told = _hashes(partial, [partial / name for name in sorted(tags)])
        (partial / "tagmanifest-sha256.txt").write_text(told, encoding="utf-8")
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return {"bag": str(out), "files": len(files), "bytes": size, "proofs": len(proofs)}


def check(bag: Path, key: str) -> dict[str, Any]:
    """Check a bag by its manifests, and its proofs against the audit log's public key. No workspace is needed.

    :returns: files, proofs, entries (of the log under the signed head), signed (when)
    :raises InputError: it is no bag, or something in it is not as it was packed
    """
    try:
        declared = (bag / "bagit.txt").read_text(encoding="utf-8")
        if declared != _DECLARED:
            raise InputError("is no bag of version 1.0", file=str(bag / "bagit.txt"))
        tags = _manifest(bag, "tagmanifest-sha256.txt")
        payload = _manifest(bag, "manifest-sha256.txt")
    except OSError as e:
        raise InputError(f"is no bag ({e.strerror})", file=str(bag)) from e
    there = {str(p.relative_to(bag)) for p in bag.rglob("*") if p.is_file()} - {"tagmanifest-sha256.txt"}
    for name in sorted((payload.keys() | tags.keys()) ^ there):
        raise InputError("is not in the bag" if name not in there else "is in the bag, and in no manifest",
                         file=str(bag / name))  # fmt: skip
    for name, digest in {**tags, **payload}.items():
        if sha256_of(bag / name) != digest:
            raise InputError("is not as it was packed", file=str(bag / name))
    chain = json.loads((bag / "custody" / "chain.json").read_text(encoding="utf-8"))
    head, shown = None, {}
    for path in sorted((bag / "custody").glob("proof-*.json")):
        proof = json.loads(path.read_text(encoding="utf-8"))
        try:
            head = audit_checks.check(proof, key)
        except UsageError as e:
            raise InputError(str(e), file=str(path)) from e
        entry = json.loads(proof["entry"])
        shown[entry["n"]] = (entry["at"], entry["who"], entry["action"])
    for step in chain["steps"]:
        if step.get("n") is not None and shown.get(step["n"]) != (step["at"], step["who"], step["action"]):
            raise InputError(f"step {step['n']} is not proved as it is told", file=str(bag / "custody" / "chain.json"))
    return {"files": len(payload), "proofs": len(shown), "entries": head.size if head else 0,
            "signed": head.at if head else None}  # fmt: skip


def _hashes(bag: Path, paths: Sequence[Path]) -> str:
    return "".join(f"{sha256_of(path)}  {path.relative_to(bag).as_posix()}\n" for path in paths)


def _manifest(bag: Path, name: str) -> dict[str, str]:
    found = {}
    for n, line in enumerate((bag / name).read_text(encoding="utf-8").splitlines(), 1):
        digest, _, path = line.partition("  ")
        inside = (bag / path).resolve()
        if len(digest) != hashlib.sha256().digest_size * 2 or not inside.is_relative_to(bag.resolve()):
            raise InputError("is no line of a manifest", file=str(bag / name), line=n)
        found[path] = digest
    return found
