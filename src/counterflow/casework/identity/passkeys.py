"""Passkeys (WebAuthn): registered by somebody who is signed in, and shown to come in or to prove again who one is.

Which account a passkey is of the authenticator tells, so that nobody types a name that others could try. The person
must have been verified by it (PIN, finger, face), and each challenge is answered once.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from typing import Any

from counterflow.casework.identity import codes, people
from counterflow.errors import NotFound, NotSignedIn, UsageError
from counterflow.storage.identity import Directory, now

__all__ = ["MOST", "answered", "ask", "listed", "offer", "register", "remove"]

PATIENCE = dt.timedelta(minutes=5)
"""How long a challenge waits for its answer."""

MOST = 10
"""Passkeys of one person."""

_ASSERT, _REGISTER = "passkey", "passkey registration"


def offer(directory: Directory, principal: str, name: str, host: str) -> dict[str, Any]:
    """What a browser needs to make a passkey: `state` comes back with it, `options` are WebAuthn's."""
    import webauthn
    from webauthn.helpers import base64url_to_bytes, structs

    challenge = secrets.token_bytes(32)
    own = directory.rows("credentials", principal=principal, kind="passkey", revoked_at=None)
    if len(own) >= MOST:
        raise UsageError(f"You have {MOST} passkeys. Remove one first.")
    made = webauthn.generate_registration_options(
        rp_id=host,
        rp_name="Counterflow",
        user_id=principal.encode(),
        user_name=name,
        challenge=challenge,
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(id=base64url_to_bytes(row["handle"])) for row in own
        ],
    )
    state = codes.challenge(directory, _REGISTER, principal, {"challenge": challenge.hex()}, PATIENCE)
    return {"state": state, "options": json.loads(webauthn.options_to_json(made))}


def register(
    directory: Directory, principal: str, state: str, credential: dict[str, Any], origin: str, host: str, note: str
) -> dict[str, Any]:
    """Keep a passkey that a browser made; a password is no longer taken from then on.

    :raises NotSignedIn: the challenge is none, or is not answered by this
    """
    import webauthn
    from webauthn.helpers import bytes_to_base64url
    from webauthn.helpers.exceptions import WebAuthnException

    row = codes.spent(directory, state, {_REGISTER})
    if row is None or row["principal"] != principal:
        raise NotSignedIn
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=bytes.fromhex(row["content"]["challenge"]),
            expected_rp_id=host,
            expected_origin=origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as e:
        raise NotSignedIn from e
    handle, at = bytes_to_base64url(made.credential_id), now()
    if directory.one("credentials", handle=handle) is not None:
        raise UsageError("This passkey is registered already, or was removed: make another.")
    kept = {
        "id": people.made("c"), "principal": principal, "kind": "passkey", "handle": handle,
        "secret": bytes_to_base64url(made.credential_public_key), "count": made.sign_count,
        "note": note.strip()[:80] or "passkey", "created_at": at,
    }  # fmt: skip
    with directory.changing(principal, "passkey add", {"id": kept["id"], "note": kept["note"]}) as change:
        change.put("credentials", kept)
        change.change("credentials", {"revoked_at": at}, principal=principal, kind="password", revoked_at=None)
    return shown(kept)


def ask(directory: Directory, principal: str, host: str) -> dict[str, Any]:
    """What a browser needs to show a passkey. :param principal: id of who must show it; empty: whoever it may be"""
    import webauthn
    from webauthn.helpers import structs

    challenge = secrets.token_bytes(32)
    asked = webauthn.generate_authentication_options(
        rp_id=host, challenge=challenge, user_verification=structs.UserVerificationRequirement.REQUIRED
    )
    state = codes.challenge(directory, _ASSERT, principal, {"challenge": challenge.hex()}, PATIENCE)
    return {"state": state, "options": json.loads(webauthn.options_to_json(asked))}


def answered(
    directory: Directory, principal: str, state: str, credential: dict[str, Any], origin: str, host: str
) -> str:
    """Id of the principal whose passkey answers a challenge.

    :param principal: of whom it must be; empty: whoever it may be
    :raises NotSignedIn: it does not answer, is not known, or was removed: it cannot be told which
    """
    import webauthn
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.exceptions import WebAuthnException

    row = codes.spent(directory, state, {_ASSERT})
    known = directory.one("credentials", handle=str(credential.get("id")), kind="passkey", revoked_at=None)
    if row is None or known is None or row["principal"] != principal or principal not in ("", known["principal"]):
        raise NotSignedIn("" if known is None else known["principal"])
    try:
        shown = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=bytes.fromhex(row["content"]["challenge"]),
            expected_rp_id=host,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(known["secret"]),
            credential_current_sign_count=known["count"],  # one that counts back is a copy
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as e:
        raise NotSignedIn(known["principal"]) from e
    directory.touch("credentials", known["id"], used_at=now(), count=shown.new_sign_count)
    return str(known["principal"])


def shown(row: dict[str, Any]) -> dict[str, Any]:
    """A passkey as it is printed."""
    return {"id": row["id"], "note": row["note"], "created_at": row["created_at"], "used_at": row.get("used_at")}


def listed(directory: Directory, principal: str) -> list[dict[str, Any]]:
    """Somebody's passkeys."""
    return [shown(row) for row in directory.rows("credentials", principal=principal, kind="passkey", revoked_at=None)]


def remove(directory: Directory, principal: str, id: str) -> None:
    """Remove a passkey. :raises NotFound: none of theirs; :raises UsageError: it is the last way in"""
    rows = directory.rows("credentials", principal=principal, revoked_at=None)
    if id not in {row["id"] for row in rows if row["kind"] == "passkey"}:
        raise NotFound("passkey", id)
    if len(rows) == 1:
        raise UsageError("This is your only way in: add another passkey first.")
    with directory.changing(principal, "passkey remove", {"id": id}) as change:
        change.change("credentials", {"revoked_at": now()}, id=id)
