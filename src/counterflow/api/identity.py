"""Coming in and going out, and what a person does about their own account."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import HTMLResponse, RedirectResponse, Response

from counterflow.api.access import Access, address_of
from counterflow.api.answer import Hands, answer
from counterflow.api.needs import ANYBODY, SIGNED_IN, needs
from counterflow.api.turns import dear
from counterflow.errors import NotSignedIn, TooMany, UsageError
from counterflow.workspace import Workspace

router = APIRouter(tags=["identity"])
root = APIRouter(tags=["identity"])

Password = Annotated[str, Field(min_length=1, max_length=1024)]


class Asked(BaseModel):
    """A body in which nothing else may stand."""

    model_config = ConfigDict(extra="forbid")


class ByCode(Asked):
    """A one-time code; the first administrator also says who they are."""

    code: str = Field(min_length=1, max_length=200)
    name: str = Field(default="", max_length=200)
    organisation: str = Field(default="", max_length=200)
    kind: str = Field(default="other", max_length=40, description="Of the organisation: fiu, law_enforcement, customs…")


class ByPassword(Asked):
    """A name and the password that its account began with."""

    name: str = Field(min_length=1, max_length=200)
    password: Password


class OnlyPassword(Asked):
    """A password, by somebody who is signed in."""

    password: Password


class ShownPasskey(Asked):
    """What a browser's authenticator answered, as WebAuthn's JSON has it."""

    state: str = Field(max_length=200)
    credential: dict[str, Any]
    note: str = Field(default="", max_length=200)


class Declared(Asked):
    """For what one works from now on; what is not named stays."""

    purpose: str | None = Field(default=None, max_length=200)
    case: str | None = Field(default=None, max_length=200)


class NewToken(Asked):
    """A token in one's own name, or that of a service one answers for."""

    person: str | None = None
    verbs: list[str] = ["read"]
    purpose: str = ""
    ceiling: str | None = None
    days: int = 30
    note: str = Field(default="", max_length=200)


ENTERED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Counterflow</title>
<meta http-equiv="refresh" content="0;url=/"><p><a href="/">Go on to Counterflow</a></p></html>"""
"""Leads on from our own page: a browser that came from elsewhere would not send its cookie to where it is sent on."""


REFUSED = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Counterflow</title>
<p>That does not prove who you are. <a href="/">Try again</a></p></html>"""
"""To a browser whose provider did not say that it is somebody we know."""


def _place(request: Request) -> dict[str, Any]:
    """Where a browser is."""
    caller = request.scope["caller"]
    before = None if caller is None else caller.cookie
    return {"address": address_of(request.scope), "agent": request.headers.get("user-agent", ""), "before": before}


def _with_accounts(request: Request) -> None:
    """:raises NotSignedIn: nobody has an account here"""
    if not request.app.state.access.users:
        raise NotSignedIn


def _origin(request: Request) -> tuple[str, str]:
    """Our own origin as the browser sees it, and its host."""
    access: Access = request.app.state.access
    return access.origin_of(request.scope, request.headers)


def _came_in(request: Request, cookie: str, response: Response) -> Response:
    """The answer to somebody who came in, with the cookie that no script reads and no other site sends."""
    access: Access = request.app.state.access
    response.set_cookie(
        access.cookie(request.scope), cookie, path="/", httponly=True, samesite="strict", secure=access.secure
    )
    return response


def _workspace(request: Request) -> Workspace:
    found: Workspace = request.app.state.workspace
    return found


@root.get("/enter", response_class=Response)
@needs(ANYBODY)
def enter(request: Request, code: Annotated[str, Query(max_length=200)] = "") -> Response:
    """Come in as the owner of the workspace, by the address that `counterflow serve` printed; it works once."""
    if request.app.state.access.users:
        raise NotSignedIn
    return _came_in(request, _workspace(request).enter(code, _place(request)), HTMLResponse(ENTERED))


@router.get("/session")
@needs(ANYBODY)
def session(request: Request) -> Response:
    """Who is signed in, and how one may come in."""
    workspace, caller = _workspace(request), request.scope["caller"]
    users = request.app.state.access.users
    told: dict[str, Any] = {"users": users, "me": None, "ways": None}
    if users:
        told["ways"] = workspace.ways_in(_origin(request)[1])
    if caller is None:
        return answer(told)
    acting = workspace if caller.session is None else workspace.acting(caller.session)
    return answer({**told, "me": acting.me()})


@router.post("/session/code")
@needs(ANYBODY)
def by_code(request: Request, sent: ByCode) -> Response:
    """Come in by an invitation or the first-run code, each of which works once."""
    _with_accounts(request)
    told = sent.model_dump()
    cookie = _workspace(request).sign_in_by_code(told.pop("code"), _place(request), **told)
    return _came_in(request, cookie, answer({"signed_in": True}))


@router.post("/session/password")
@needs(ANYBODY)
def by_password(request: Request, sent: ByPassword) -> Response:
    """Come in by the password that an account began with."""
    _with_accounts(request)
    cookie = _workspace(request).sign_in_by_password(sent.name, sent.password, _place(request))
    return _came_in(request, cookie, answer({"signed_in": True}))


@router.put("/session/password")
@needs(SIGNED_IN)
def keep_password(hands: Hands, sent: OnlyPassword) -> Response:
    """Keep a password to come in by, until there is a passkey."""
    hands.keep_password(sent.password)
    return answer({"kept": True})


@router.post("/session/proof/password")
@needs(SIGNED_IN)
def prove(request: Request, hands: Hands, sent: OnlyPassword) -> Response:
    """Show again who one is, as export and release ask."""
    return _came_in(request, hands.prove_by_password(sent.password), answer({"proved": True}))


@router.post("/session/passkey/challenge")
@needs(ANYBODY)
def ask_passkey(request: Request) -> Response:
    """A challenge for a passkey, to come in by."""
    return answer(_workspace(request).ask_passkey(_origin(request)[1]))


@router.post("/session/passkey")
@needs(ANYBODY)
def by_passkey(request: Request, sent: ShownPasskey) -> Response:
    """Come in by a passkey."""
    _with_accounts(request)
    cookie = _workspace(request).sign_in_by_passkey(sent.state, sent.credential, *_origin(request), _place(request))
    return _came_in(request, cookie, answer({"signed_in": True}))


@router.post("/session/proof/passkey/challenge")
@needs(SIGNED_IN)
def ask_proof(request: Request, hands: Hands) -> Response:
    """A challenge for a passkey of whoever is signed in."""
    return answer(hands.ask_passkey(_origin(request)[1]))


@router.post("/session/proof/passkey")
@needs(SIGNED_IN)
def prove_by_passkey(request: Request, hands: Hands, sent: ShownPasskey) -> Response:
    """Show again who one is, as export and release ask."""
    cookie = hands.prove_by_passkey(sent.state, sent.credential, *_origin(request))
    return _came_in(request, cookie, answer({"proved": True}))


def _state(access: Access) -> str:
    """Cookie that binds what a provider sends back to the browser that asked: it comes from elsewhere, so it is lax."""
    return "__Host-counterflow-provider" if access.secure else "counterflow-provider"


@router.get("/session/provider", response_class=Response)
@needs(ANYBODY)
@dear
def to_provider(request: Request) -> Response:
    """On to the identity provider, to come in: from our own page, so that no other opens a session for anybody."""
    if request.headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        raise NotSignedIn
    return _sent_on(request, _workspace(request), "in")


@router.get("/session/provider/{why}", response_class=Response)
@needs(SIGNED_IN)
@dear
def again(request: Request, hands: Hands, why: Literal["prove", "link"]) -> Response:
    """On to the identity provider, to show again who one is or to link the account there."""
    return _sent_on(request, hands, why)


def _sent_on(request: Request, hands: Workspace, why: str) -> Response:
    access: Access = request.app.state.access
    origin, _ = _origin(request)
    begun = hands.start_provider(f"{origin}/api/session/returned", why)
    told = RedirectResponse(begun.address, 303)
    told.set_cookie(
        _state(access), begun.state, max_age=600, path="/", httponly=True, samesite="lax", secure=access.secure
    )
    return told


@router.get("/session/returned", response_class=Response)
@needs(ANYBODY)
@dear
def returned(
    request: Request,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
    iss: Annotated[str | None, Query(max_length=2000)] = None,
) -> Response:
    """Back from the identity provider."""
    cookie_name = _state(request.app.state.access)
    kept = request.cookies.get(cookie_name, "")
    try:
        cookie = _workspace(request).finish_provider(state, kept, code, iss, _place(request))
    except UsageError as e:
        told = HTMLResponse(REFUSED, 429 if isinstance(e, TooMany) else 401)
        told.delete_cookie(cookie_name, path="/")
        return told
    told = HTMLResponse(ENTERED)
    told.delete_cookie(cookie_name, path="/")
    return told if cookie is None else _came_in(request, cookie, told)


@router.get("/passkeys")
@needs(SIGNED_IN)
def passkeys(hands: Hands) -> Response:
    """One's own passkeys."""
    return answer({"passkeys": hands.passkeys()})


@router.post("/passkeys/challenge")
@needs(SIGNED_IN)
def offer_passkey(request: Request, hands: Hands) -> Response:
    """What a browser needs to make a passkey."""
    return answer(hands.offer_passkey(_origin(request)[1]))


@router.post("/passkeys")
@needs(SIGNED_IN)
def add_passkey(request: Request, hands: Hands, sent: ShownPasskey) -> Response:
    """Keep a passkey that the browser made; a password is no longer taken from then on."""
    return answer(hands.add_passkey(sent.state, sent.credential, *_origin(request), sent.note))


@router.delete("/passkeys/{id}")
@needs(SIGNED_IN)
def remove_passkey(hands: Hands, id: str) -> Response:
    """Remove a passkey of one's own."""
    hands.remove_passkey(id)
    return answer({"removed": id})


@router.patch("/session")
@needs(SIGNED_IN)
def declare(hands: Hands, sent: Declared) -> Response:
    """Declare the purpose and the case that one works for."""
    found = hands.declare(purpose=sent.purpose, case=sent.case)
    return answer({"purpose": found.purpose, "case": found.case})


@router.delete("/session")
@needs(SIGNED_IN)
def sign_out(request: Request, hands: Hands) -> Response:
    """End this session."""
    cookie = request.scope["caller"].cookie
    if cookie is not None:
        hands.end_session(cookie)
    told = answer({"signed_in": False})
    access: Access = request.app.state.access
    told.delete_cookie(access.cookie(request.scope), path="/", httponly=True, samesite="strict", secure=access.secure)
    told.headers["Clear-Site-Data"] = '"cache", "storage"'
    return told


@router.get("/sessions")
@needs(SIGNED_IN)
def sessions(hands: Hands) -> Response:
    """Sessions under way: one's own, or those of the organisation that one looks after."""
    return answer({"sessions": hands.sessions()})


@router.delete("/sessions")
@needs(SIGNED_IN)
def end_others(hands: Hands) -> Response:
    """End all of one's own sessions but this one, as after a change of how one comes in."""
    return answer({"ended": hands.end_other_sessions()})


@router.delete("/sessions/{id}")
@needs(SIGNED_IN)
def end_session(hands: Hands, id: str) -> Response:
    """End a session, at once."""
    hands.end_session(id)
    return answer({"ended": id})


@router.get("/tokens")
@needs(SIGNED_IN)
def tokens(hands: Hands) -> Response:
    """Tokens of one's own, or of the organisation that one looks after; those that are void too."""
    return answer({"tokens": hands.tokens()})


@router.post("/tokens")
@needs(SIGNED_IN)
def issue_token(hands: Hands, sent: NewToken) -> Response:
    """Make a token; its text is in this answer and in no other."""
    return answer(hands.issue_token(**sent.model_dump()))


@router.delete("/tokens/{id}")
@needs(SIGNED_IN)
def revoke_token(hands: Hands, id: str) -> Response:
    """Make a token void, at once."""
    hands.revoke_token(id)
    return answer({"revoked": id})
