"""Settings say what they hold and nothing else; secrets stand beside them, as vaults hand them out."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterflow import config
from counterflow.errors import InputError


def test_a_secret_is_read_from_a_file_of_a_vault_or_of_systemd_before_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = "COUNTERFLOW_OIDC_SECRET"
    for unset in (name, f"{name}_FILE", "CREDENTIALS_DIRECTORY"):
        monkeypatch.delenv(unset, raising=False)
    assert config.secret(name) == ""
    monkeypatch.setenv(name, "of the environment")
    assert config.secret(name) == "of the environment"
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
    assert config.secret(name) == "of the environment"
    (tmp_path / name).write_text("of systemd\n")
    assert config.secret(name) == "of systemd"
    (tmp_path / "vault").write_text("  of a vault\n")
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "vault"))
    assert config.secret(name) == "of a vault"
    monkeypatch.setenv(f"{name}_FILE", str(tmp_path / "gone"))
    with pytest.raises(InputError, match=name):
        config.secret(name)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("[limits]\nquestion = 0\n", "limits.question"),
        ("[limits]\nguess = 5\n", "limits.guess"),
        ('[limits]\nexport = "many"\n', "limits.export"),
        ("[passwords]\nwords = [7]\n", "passwords"),
        ('[passwords]\nwords = ["abc"]\n', "passwords"),
        ('[passwords]\nlist = "x"\n', "passwords"),
        ('[passwords]\nbreached = "gone.txt"\n', "passwords.breached"),
        ('[provider]\nsecret = "x"\n', "provider.secret"),
    ],
)
def test_what_a_table_has_not_is_said_with_its_field(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / "counterflow.toml"
    path.write_text(text)
    with pytest.raises(InputError) as told:
        config.load(path)
    assert told.value.field == field


def test_limits_and_passwords_are_read(tmp_path: Path) -> None:
    path = tmp_path / "counterflow.toml"
    (tmp_path / "pwned.txt").write_text("")
    path.write_text('[limits]\nquestion = 7\n[passwords]\nwords = ["harbour"]\nbreached = "pwned.txt"\n')
    found = config.load(path)
    assert found.limits == {"question": 7}
    assert found.passwords == {"words": ["harbour"], "breached": tmp_path / "pwned.txt"}
