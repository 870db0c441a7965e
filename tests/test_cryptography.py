"""Cryptography is where the inventory says, of the kinds it says, and nowhere else."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "counterflow"
INVENTORY: dict[str, Any] = yaml.safe_load((ROOT / "docs" / "cryptography.yaml").read_text(encoding="utf-8"))

LIBRARIES = {"hashlib", "hmac", "secrets", "ssl", "cryptography", "argon2", "webauthn", "joserfc", "zxcvbn", "crypt"}
"""Who imports one of these uses cryptography."""

PLAYED = ("sources/synthetic/", "testing/", "sources/download.py")
"""Where chance is only played: made-up data, and pauses between downloads."""


OF_INTEREST = re.compile(rf"\b(?:{'|'.join(sorted(LIBRARIES))}|random|uuid|compare_digest|CERT_NONE|unverified)\b")


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        own = path.relative_to(PACKAGE).as_posix()
        if OF_INTEREST.search(text) or own.startswith(("casework/identity/", "api/", "storage/")):
            yield own, ast.parse(text)


TREES = dict(modules())


def imported(tree: ast.Module) -> set[str]:
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module.split(".")[0])
    return found


@functools.cache
def calls(tree: ast.Module) -> list[tuple[str, ast.Call]]:
    return [(dotted(node.func), node) for node in ast.walk(tree) if isinstance(node, ast.Call)]


def dotted(node: ast.AST) -> str:
    """A name with its dots; of what is called on the result of something else, a dot and the name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_every_use_is_in_the_inventory_and_the_inventory_names_nothing_that_is_not_there() -> None:
    used = {name for name, tree in TREES.items() if imported(tree) & LIBRARIES and not name.startswith("testing/")}
    told = {module for one in INVENTORY["secures"] for module in one["modules"]} | set(INVENTORY["names"])
    through = {"storage/succession.py", "storage/audit_checks.py", "api/access.py"}  # by way of `notes` and `tokens`
    assert used - told == set()
    assert told - used - through == set()


def test_only_these_algorithms_are_used() -> None:
    """No MD5, DES, RC4, ECB, CBC or RSA of ours; SHA-1 only where it names what others have named so."""
    hashes = {"hashlib.sha256", "sha256", "hashlib.blake2b", "hashlib.file_digest", "hashlib.sha1"}
    ciphers = {"AESGCM", "AESGCM.generate_key"}
    for name, tree in TREES.items():
        for called, node in calls(tree):
            if re.fullmatch(r"hashlib\.\w+", called):
                assert called in hashes, (name, called)
            if called == "hashlib.sha1":
                assert name == "casework/identity/guessable.py"
                assert any(k.arg == "usedforsecurity" and ast.unparse(k.value) == "False" for k in node.keywords)
        if "cryptography" in imported(tree):
            taken = {
                alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography")
                for alias in node.names
            }
            known = {"AESGCM", "Ed25519PrivateKey", "Ed25519PublicKey", "InvalidSignature", "InvalidTag",
                     "serialization"}  # fmt: skip
            assert taken <= known, (name, taken)
            assert not {c for c, _ in calls(tree) if "AES" in c} - ciphers, name


def test_what_must_not_be_guessed_is_of_the_systems_chance() -> None:
    """`random` plays with made-up data and with pauses, and with nothing else; UUIDs are names, never random."""
    for name, tree in TREES.items():
        if "random" in imported(tree):
            assert name.startswith(PLAYED), name
        assert not {c for c, _ in calls(tree) if c in ("uuid.uuid1", "uuid.uuid4", "uuid4", "uuid1")}, name


def test_what_opens_something_has_bits_enough() -> None:
    """256 bits for what a program keeps, 100 for a code that a person types and that is tried a few times at most."""
    drawn = [(name, called, node) for name, tree in TREES.items() for called, node in calls(tree)
             if called in ("secrets.token_urlsafe", "secrets.token_bytes")]  # fmt: skip
    assert len(drawn) >= 9
    assert [(name, ast.unparse(node)) for name, _, node in drawn if int(ast.unparse(node.args[0])) < 32] == []
    codes = TREES["casework/identity/codes.py"]
    asked = [int(ast.unparse(node.args[0])) for called, node in calls(codes) if called == "_random"]
    letters = next(n.value.value for n in ast.walk(codes) if isinstance(n, ast.Assign)
                   and ast.unparse(n.targets[0]) == "_LETTERS" and isinstance(n.value, ast.Constant))  # fmt: skip
    assert len(set(str(letters))) == 32
    assert max(asked) * 5 >= 100


def test_each_nonce_is_drawn_for_its_one_message() -> None:
    """AES-GCM fails where a nonce comes twice: every `encrypt` takes 96 bits drawn in the same function, used once."""
    seen = 0
    for name, tree in TREES.items():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            drawn = {
                ast.unparse(n.targets[0])
                for n in ast.walk(function)
                if isinstance(n, ast.Assign) and ast.unparse(n.value) in ("os.urandom(12)", "os.urandom(_NONCE)")
            }
            for called, node in calls(ast.Module([function], [])):
                if called.endswith(".encrypt"):
                    assert ast.unparse(node.args[0]) in drawn, (name, function.name)
                    seen += 1
    assert seen == 2


SECRET = {"secret", "hash", "nonce", "token", "verifier", "password", "digest", "state", "kept", "code"}
"""Names of what is a secret, or the hash of one."""


def short(tree: ast.AST) -> list[str]:
    """Comparisons of something secret that stop at the first difference."""

    def named(node: ast.AST) -> str:
        if isinstance(node, ast.Call):
            return named(node.func)
        if isinstance(node, ast.Subscript):
            return str(getattr(node.slice, "value", ""))
        return str(getattr(node, "attr", getattr(node, "id", "")))

    return [
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        and any(named(one) in SECRET for one in (node.left, *node.comparators))
    ]


def test_secrets_are_compared_in_constant_time() -> None:
    """Nothing that is a secret, or a hash of one, stands beside ``==``: `compare_digest` decides, or a database finds a
    row by an id that is no secret."""
    assert short(ast.parse("row['hash'] == digest(sent)")) and short(ast.parse("self.token != sent"))
    own = ("casework/identity/", "api/access", "api/identity", "api/safety", "storage/identity")
    assert {name: found for name, tree in TREES.items() if name.startswith(own) and (found := short(tree))} == {}
    compared = {name for name, tree in TREES.items() if any("compare_digest" in called for called, _ in calls(tree))}
    assert compared == {"api/access.py", "casework/identity/oidc.py", "casework/identity/tokens.py"}
