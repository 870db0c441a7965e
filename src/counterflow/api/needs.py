"""What each address needs: every handler declares a verb of `casework/roles.yaml`; no application is made with one that
does not.

A session whose roles do not allow the verb is told so (403) before anything is looked at, so the answer cannot depend
on what is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from fastapi import APIRouter, HTTPException, Request
from fastapi.routing import APIRoute

from counterflow.casework.identity.roles import verbs

__all__ = ["ANYBODY", "SIGNED_IN", "allowed", "declared", "needed", "needs"]

ANYBODY = "anybody"
"""Not a verb: answered without a session."""

SIGNED_IN = "signed in"
"""Not a verb: answered to whoever is signed in, about themselves; or the method of the workspace decides."""

Handler = TypeVar("Handler", bound=Callable[..., Any])


def needs(verb: str) -> Callable[[Handler], Handler]:
    """Declare what a handler needs; goes under its route. :param verb: of `roles.yaml`, or one of the two above"""
    if verb not in (ANYBODY, SIGNED_IN, *verbs()):
        raise ValueError(f"'{verb}' is no verb of roles.yaml")

    def declare(handler: Handler) -> Handler:
        handler.needs = verb  # type: ignore[attr-defined]
        return handler

    return declare


def needed(handler: Any) -> str | None:
    """The verb that a handler declares."""
    return getattr(handler, "needs", None)


def declared(routers: Iterable[APIRouter]) -> dict[tuple[str, str], str]:
    """(method, path) → what it needs, of all routes. :raises TypeError: one declares nothing"""
    found = {}
    for router in routers:
        for route in router.routes:
            if not isinstance(route, APIRoute) or needed(route.endpoint) is None:
                path = getattr(route, "path", route)
                raise TypeError(f"{path} declares no verb: put @needs(…) under its route, see api/needs.py")
            for method in sorted(route.methods or ()):
                found[method, route.path] = str(needed(route.endpoint))
    return found


def allowed(request: Request) -> None:
    """Refuse whoever may not do what the address is for.

    :raises HTTPException: 401, nobody is signed in; :raises Forbidden: the roles do not allow it;
    :raises ProofNeeded: not without a fresh proof of who is there
    """
    verb = needed(request.scope.get("endpoint"))
    if verb == ANYBODY:
        return
    caller = request.scope.get("caller")
    if caller is None:  # the guard lets nobody come so far: a second wall
        raise HTTPException(401, "Nobody is signed in.", headers={"WWW-Authenticate": "Bearer"})
    if caller.session is not None and verb != SIGNED_IN:
        caller.session.require(str(verb))
