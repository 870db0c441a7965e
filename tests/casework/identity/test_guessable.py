"""What is common, breached or a word of the place is no password; a long text of no pattern is, whatever it is of."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from casework.identity.conftest import OWNER
from counterflow.casework.identity import guessable, passwords, people
from counterflow.errors import UsageError
from counterflow.storage.identity import Directory

GOOD = "correct horse battery staple"


def test_common_passwords_and_what_is_made_of_them_are_refused() -> None:
    from zxcvbn.matching import RANKED_DICTIONARIES

    ranked = RANKED_DICTIONARIES["passwords"]
    assert len(ranked) > 3_000  # those of a length that is taken here are few: the rules make the others as long
    longest = [word for word in ranked if len(word) >= 12]
    most = sorted(ranked, key=ranked.__getitem__)[:40]
    made = [*longest, *(word * 4 for word in most), *(word + word[::-1] + word for word in most if len(word) > 4)]
    assert [word for word in made if guessable.guessable(word, []) is None] == []
    for text in ("qwertyuiopasdfghjk", "1234567890123456", "aaaaaaaaaaaaaaaaaaaaaaa", "january 2024 january"):
        assert guessable.guessable(text, []) is not None, text


def test_words_of_the_place_stand_in_no_password(directory: Directory) -> None:
    ann = people.found(directory, "Ann", OWNER)
    known = guessable.words(directory, ann, ["Harbour Lights"])
    assert {"ann", "fiu-a", "harbour lights", "counterflow"} <= set(known)
    for word in known:
        told = guessable.guessable(f"{GOOD} {word.upper()} {GOOD}", known)
        assert told is not None and word in told, word
    assert guessable.guessable(GOOD, known) is None
    page = (Path(__file__).parents[3] / "docs" / "identity.md").read_text(encoding="utf-8")
    assert [word for word in guessable.OWN_WORDS if f"`{word}`" not in page] == []


def test_breached_passwords_are_found_in_a_file_of_any_size(tmp_path: Path) -> None:
    hashes = {n: hashlib.sha1(f"password number {n}".encode()).hexdigest().upper() for n in range(500)}
    file = tmp_path / "pwned.txt"
    for end in ("\n", "\r\n"):
        file.write_bytes("".join(f"{h}:{n}{end}" for n, h in sorted(hashes.items(), key=lambda one: one[1])).encode())
        assert all(guessable.breached(f"password number {n}", file) for n in hashes)
        assert not any(guessable.breached(f"password number {n}", file) for n in range(500, 700))
    file.write_bytes(b"")
    assert not guessable.breached("anything", file)


def test_what_is_kept_is_checked_against_all_of_it(directory: Directory, tmp_path: Path) -> None:
    ann = people.found(directory, "Ann", OWNER)["id"]
    file = tmp_path / "pwned.txt"
    file.write_text(hashlib.sha1(GOOD.encode()).hexdigest() + "\n")
    for text, rules in ((GOOD, {"breached": file}), (f"{GOOD} harbour", {"words": ["harbour"]}), ("short 1 $", {})):
        with pytest.raises(UsageError):
            passwords.keep(directory, ann, text, rules)
    passwords.keep(directory, ann, GOOD, {"words": ["harbour"], "breached": None})


def test_a_password_is_of_any_characters_and_taken_exactly_as_it_was_sent(directory: Directory) -> None:
    ann = people.found(directory, "Ann", OWNER)
    assert passwords.SHORTEST == 15
    assert passwords.LONGEST >= 128
    small = "only small letters and nothing else"
    odd = "  密码很长 пароль длинный 'x' <at>\t\N{ROCKET} " + "x\u0301 zwölf Boxkämpfer " * 5
    for text in (small, odd):
        passwords.keep(directory, ann["id"], text)
        assert passwords.check(directory, ann, text)
    assert len(odd) > 64
    for other in (odd[:-1], odd.swapcase(), odd[:64], odd.replace("ö", "o\u0308")):
        assert not passwords.check(directory, ann, other)
