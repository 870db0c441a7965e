"""A small identity provider on this machine, that can be told to misbehave."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "counterflow", "shared with the provider"


class TestProvider:
    __test__ = False

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig", "alg": "RS256"})
        self.codes: dict[str, dict[str, Any]] = {}
        self.change: Callable[[dict[str, Any]], Any] = lambda claims: None
        """Alters the claims before they are signed."""
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.refused: list[str] = []

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.key)

    def approve(self, address: str, subject: str) -> dict[str, str]:
        """As if somebody signed in at the provider: what it sends the browser back with."""
        asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe(16)
        self.codes[code] = {**asked, "subject": subject}
        return {"state": asked["state"], "code": code, "iss": self.issuer}

    def described(self) -> dict[str, Any]:
        at = self.issuer
        return {
            "issuer": at, "authorization_endpoint": f"{at}/authorize", "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
        }  # fmt: skip

    def token(self, sent: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.codes.pop(sent.get("code", ""), None)  # a code works once
        expected = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or authorization != expected or asked["code_challenge"] != challenge:
            self.refused.append(sent.get("code", ""))
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": asked["subject"], "nonce": asked["nonce"], "iat": now,
            "exp": now + 300, "auth_time": now,
        }  # fmt: skip
        self.change(claims)
        return {"id_token": self.sign(claims), "access_token": "any", "token_type": "Bearer"}


@contextmanager
def provider() -> Iterator[TestProvider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = {"/keys": {"keys": [served.key.as_dict(private=False)]},
                     "/.well-known/openid-configuration": served.described()}.get(self.path)  # fmt: skip
            self._answer(found)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            sent = {key: values[0] for key, values in parse_qs(body).items()}
            self._answer(served.token(sent, self.headers.get("authorization", "")))

        def _answer(self, found: Any) -> None:
            body = json.dumps(found or {"error": "invalid_grant"}).encode()
            self.send_response(200 if found else 400)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served = TestProvider(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()
