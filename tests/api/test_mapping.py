"""Mappings over HTTP: what is sent is read, nothing of this machine is."""

import base64
from collections.abc import Callable
from pathlib import Path

from starlette.testclient import TestClient

Make = Callable[..., TestClient]
TABLE = "Buchungstag;Konto Auftraggeber;Konto Empfänger;Betrag;Währung\n" + "".join(
    f"{d}.01.2024;100-{d}000;200-{d}000;{d},50;EUR\n" for d in range(10, 30)
)


def sent(text: str | bytes) -> str:
    return base64.b64encode(text if isinstance(text, bytes) else text.encode()).decode()


def test_a_mapping_is_suggested_and_tried(client: Make) -> None:
    app = client()
    found = app.post("/api/mapping/suggest", json={"content": sent(TABLE)}).json()
    assert found["table"] == "payments"
    assert found["mapping"]["columns"]["from_account"] == "Konto Auftraggeber"
    assert found["yaml"].startswith("# payments")
    assert {c["theirs"]: c["ours"] for c in found["columns"]}["Betrag"] == "amount"
    trial = {"content": sent(TABLE), "table": found["table"], "mapping": found["mapping"], "rows": 2}
    told = app.post("/api/mapping/preview", json=trial).json()
    assert (told["counts"], told["rejected"], len(told["rows"]), told["cut"]) == ({"payments": 20}, 0, 2, False)


def test_asking_is_on_the_audit_log(client: Make) -> None:
    app = client()
    app.post("/api/mapping/suggest", json={"content": sent(TABLE)})
    log = app.app.state.workspace.log  # type: ignore[attr-defined]
    [(action, detail)] = log
    assert (action, detail["path"], detail["audience"]) == ("read", "/api/mapping/suggest", "owner")
    assert app.post("/api/mapping/suggest?audience=nobody", json={"content": sent(TABLE)}).status_code == 400


def test_errors_name_the_sample_and_not_where_it_lay(client: Make) -> None:
    app = client()
    for content in ("timestamp\n", b"\x00\x01", b"PAR1" + bytes(100), ""):
        answered = app.post("/api/mapping/suggest", json={"content": sent(content)})
        assert answered.status_code == 422, content
        assert answered.json()["detail"].startswith("sample")
    answered = app.post("/api/mapping/suggest", json={"content": "not base64!"})
    assert (answered.status_code, "base64" in answered.json()["detail"]) == (400, True)
    wrong = {"content": sent(TABLE), "mapping": {"columns": {"amount": "Nowhere"}}}
    answered = app.post("/api/mapping/preview", json=wrong)
    assert (answered.status_code, "'Nowhere'" in answered.json()["detail"]) == (422, True)


def test_no_file_of_this_machine_is_opened(client: Make, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("columns: {amount: Betrag}\n")
    app = client()
    for mapping in (str(secret), {"columns": str(secret)}, {"mapping": str(secret)}, [str(secret)]):
        answered = app.post("/api/mapping/preview", json={"content": sent(TABLE), "mapping": mapping})
        assert answered.status_code in (400, 422)
    assert app.post("/api/mapping/preview", json={"path": str(secret), "mapping": {}}).status_code == 422
