"""An organisation's own identity provider: OpenID Connect, authorization code with PKCE.

What comes back is believed only where it answers a question of ours (`state`, once, in the browser that asked), was
signed by the provider with a key of its own for us and this question (issuer, audience, `nonce`), and has not run out.
An account of the provider's is somebody here once it was linked to them; a name or an e-mail address links nothing.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import ipaddress
import json
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from counterflow import clock
from counterflow.casework.identity import codes, people
from counterflow.errors import NotSignedIn, UsageError
from counterflow.storage.identity import Directory, now

__all__ = ["Provider", "account", "link"]

ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA")
"""Signatures that are taken: none that a shared secret makes, and never none at all."""

PATIENCE = dt.timedelta(minutes=10)
"""How long somebody may take to sign in at the provider."""

LONGEST_AGO = 12 * 3600
"""Seconds since somebody showed the provider who they are: older, and it has to ask again before they come in."""

LEEWAY = 60
"""Seconds by which the provider's clock may differ from ours."""

AGAIN_AFTER = 3600
"""Seconds after which the provider's description and keys are fetched anew."""

LONGEST = 1_000_000
"""Bytes of an answer of the provider's."""

_KIND = "oidc"


@dataclass
class Provider:
    """An identity provider.

    :param issuer: its address, as it signs itself; :param client: what we are called there
    :param secret: ours there; empty: none, PKCE alone; :param title: on the button
    """

    issuer: str
    client: str
    secret: str = ""
    title: str = "your organisation's account"

    def __post_init__(self) -> None:
        self._fetched: dict[str, tuple[float, dict[str, Any]]] = {}
        self._safe(self.issuer)

    # -- asking --------------------------------------------------------------------------------------------------

    def start(self, directory: Directory, returns: str, why: str, principal: str = "", session: str = "") -> Started:
        """Where to send a browser, and the state that it must bring back.

        :param returns: our address that it comes back to
        :param why: ``in``, or for somebody who is signed in ``prove`` or ``link``
        """
        nonce, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        told = {"nonce": nonce, "verifier": verifier, "why": why, "session": session, "returns": returns}
        state = codes.challenge(directory, _KIND, principal, told, PATIENCE)
        asked = {
            "response_type": "code", "scope": "openid", "client_id": self.client, "redirect_uri": returns,
            "state": state, "nonce": nonce, "code_challenge_method": "S256",
            "code_challenge": _b64(hashlib.sha256(verifier.encode()).digest()),
        }  # fmt: skip
        asked |= {"max_age": str(LONGEST_AGO)} if why == "in" else {"prompt": "login", "max_age": "0"}
        return Started(f"{self._described()['authorization_endpoint']}?{urlencode(asked)}", state)

    # -- what came back ------------------------------------------------------------------------------------------

    def finish(self, directory: Directory, state: str, kept: str, code: str, issuer: str | None) -> Finished:
        """Who the provider says that it is.

        :param state: as it came back; :param kept: as this browser was given it; :param issuer: ``iss``, where it came
        :raises NotSignedIn: anything about it is not as it must be
        """
        same = secrets.compare_digest(state.encode("utf-8", "replace"), kept.encode("utf-8", "replace"))
        row = codes.spent(directory, state, {_KIND}) if same and state else None
        if row is None or not code or issuer not in (None, self.issuer):
            raise NotSignedIn
        asked = row["content"]
        sent = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": asked["returns"],
            "code_verifier": asked["verifier"], "client_id": self.client,
        }  # fmt: skip
        answer = self._ask(self._described()["token_endpoint"], sent)
        claims = self._claims(str(answer.get("id_token", "")), asked["nonce"])
        ago = clock.now().timestamp() - _number(claims.get("auth_time"))
        if ago > (LONGEST_AGO if asked["why"] == "in" else 300) + LEEWAY or ago < -LEEWAY:
            raise NotSignedIn
        return Finished(str(claims["sub"]), str(asked["why"]), str(row["principal"]), str(asked["session"]))

    def _claims(self, text: str, nonce: str) -> dict[str, Any]:
        """What an id_token says. :raises NotSignedIn: not signed as it must be, or not for us and this question"""
        from joserfc import jwt
        from joserfc.errors import JoseError
        from joserfc.jwk import KeySet

        try:
            for fresh in (False, True):  # a key that we do not know may be a new one
                keys = KeySet.import_key_set(self._get(self._described()["jwks_uri"], fresh=fresh))  # type: ignore[arg-type]
                try:
                    token = jwt.decode(text, keys, algorithms=ALGORITHMS)
                    break
                except (JoseError, ValueError):
                    if fresh:
                        raise
            else:
                raise NotSignedIn
        except (JoseError, ValueError, TypeError, KeyError, UnicodeError) as e:
            raise NotSignedIn from e
        claims = token.claims
        audience = claims.get("aud")
        ours = audience == self.client or (
            isinstance(audience, list) and self.client in audience and claims.get("azp") == self.client
        )
        at = clock.now().timestamp()
        true = (
            str(token.header.get("typ", "JWT")).upper() == "JWT"  # no token of access, no word of a sign-out
            and "crit" not in token.header  # we understand none of what has to be understood
            and claims.get("iss") == self.issuer
            and ours
            and _number(claims.get("nbf")) < at + LEEWAY
            and claims.get("azp", self.client) == self.client
            and isinstance(claims.get("sub"), str)
            and 0 < len(claims["sub"]) <= 255
            and isinstance(claims.get("nonce"), str)
            and secrets.compare_digest(claims["nonce"].encode(), nonce.encode())
            and _number(claims.get("exp")) > at - LEEWAY
            and at - 86_400 < _number(claims.get("iat")) < at + LEEWAY
        )
        if not true:
            raise NotSignedIn
        return dict(claims)

    # -- speaking with it ----------------------------------------------------------------------------------------

    def _described(self) -> dict[str, Any]:
        found = self._get(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise UsageError(f"What is at {self.issuer} calls itself {found.get('issuer')}.")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            self._safe(str(found.get(name)))
        return found

    def _get(self, address: str, *, fresh: bool = False) -> dict[str, Any]:
        known = self._fetched.get(address)
        if known is None or fresh or time.monotonic() - known[0] > AGAIN_AFTER:
            known = self._fetched[address] = (time.monotonic(), self._ask(address, None))
        return known[1]

    def _ask(self, address: str, sent: dict[str, str] | None) -> dict[str, Any]:
        """:raises UsageError: the provider does not answer; :raises NotSignedIn: it refuses what was sent"""
        import requests

        who = (self.client, self.secret) if sent and self.secret else None
        try:
            answer = requests.request(
                "GET" if sent is None else "POST", address, data=sent, auth=who, stream=True, timeout=10,
                allow_redirects=False, headers={"Accept": "application/json"},
            )  # fmt: skip
            body = answer.raw.read(LONGEST + 1, decode_content=True)
            if answer.status_code != 200 or len(body) > LONGEST:
                raise NotSignedIn if sent else UsageError(f"{address} answers {answer.status_code}.")
            found = json.loads(body)
        except (requests.RequestException, OSError, ValueError) as e:
            raise UsageError(f"The identity provider does not answer: {type(e).__name__}.") from e
        if not isinstance(found, dict):
            raise UsageError(f"{address} does not answer as an identity provider does.")
        return found

    def _safe(self, address: str) -> None:
        """:raises UsageError: it is not HTTPS, nor on this machine where the provider itself is"""
        parts = urlsplit(address)
        if parts.scheme != "https" and not (parts.scheme == "http" and _here(parts.hostname) and _here(self._host)):
            raise UsageError(f"'{address}' is no https address: an identity provider is asked in no other way.")

    @property
    def _host(self) -> str | None:
        return urlsplit(self.issuer).hostname


@dataclass(frozen=True)
class Started:
    """:param address: where to send the browser; :param state: what it must bring back"""

    address: str
    state: str


@dataclass(frozen=True)
class Finished:
    """:param subject: who it is, at the provider; :param why, principal, session: as it was begun"""

    subject: str
    why: str
    principal: str
    session: str


def account(directory: Directory, issuer: str, subject: str) -> str | None:
    """Id of the principal that an account of the provider's is linked to."""
    row = directory.one("credentials", kind="oidc", handle=f"{issuer} {subject}", revoked_at=None)
    if row is None:
        return None
    directory.touch("credentials", row["id"], used_at=now())
    return str(row["principal"])


def link(directory: Directory, issuer: str, subject: str, principal: str, who: str) -> None:
    """Link an account of the provider's to somebody. :raises UsageError: it is, or was, linked"""
    handle = f"{issuer} {subject}"
    if directory.one("credentials", handle=handle) is not None:
        raise UsageError("This account is linked already, or was.")
    row = {
        "id": people.made("c"), "principal": principal, "kind": "oidc", "handle": handle, "secret": "", "count": 0,
        "note": issuer, "created_at": now(),
    }  # fmt: skip
    with directory.changing(who, "account link", {"principal": principal, "issuer": issuer}) as change:
        change.put("credentials", row)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _here(host: str | None) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False
