"""What asks for a second person: break-glass, and who is behind an account; and notices."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from counterflow.api.answer import Hands, answer
from counterflow.api.identity import Asked
from counterflow.api.needs import SIGNED_IN, needs

router = APIRouter(tags=["identity"])


class BreakGlass(Asked):
    """A wider clearance, for minutes, for the case that the session works on."""

    reason: str = Field(max_length=2_000)
    ceiling: str = "TLP:CLEAR"
    compartments: list[str] = Field(default=[], max_length=50)
    minutes: int = 60


class Agreement(Asked):
    """Whether somebody else agrees."""

    agreed: bool


@router.get("/emergencies")
@needs(SIGNED_IN)
def emergencies(hands: Hands) -> Response:
    """Break-glass requests that one may know of."""
    return answer({"emergencies": hands.emergencies()})


@router.post("/emergencies")
@needs("read")
def ask(hands: Hands, sent: BreakGlass) -> Response:
    """Ask for a wider clearance; it opens nothing until another person agrees, and everybody concerned is told."""
    return answer(hands.break_glass(**sent.model_dump()))


@router.post("/emergencies/{id}/decision")
@needs("approve")
def decide(hands: Hands, id: str, sent: Agreement) -> Response:
    """Agree to somebody else's request, or not."""
    return answer(hands.decide_break_glass(id, agreed=sent.agreed))


@router.delete("/emergencies/{id}")
@needs(SIGNED_IN)
def end(hands: Hands, id: str) -> Response:
    """End it before its time."""
    hands.end_break_glass(id)
    return answer({"ended": id})


@router.get("/confirmations")
@needs(SIGNED_IN)
def confirmations(hands: Hands) -> Response:
    """Accounts that wait until somebody else confirms who is behind them, as far as that is for whoever asks."""
    return answer({"confirmations": hands.confirmations()})


@router.post("/confirmations/{id}/decision")
@needs(SIGNED_IN)
def confirm(hands: Hands, id: str, sent: Agreement) -> Response:
    """Confirm that the right person is behind an account; or not, and what was set up since is void."""
    return answer(hands.confirm(id, agreed=sent.agreed))


@router.get("/notices")
@needs(SIGNED_IN)
def notices(hands: Hands) -> Response:
    """What one was told: pointers, no content."""
    return answer({"notices": hands.notices()})


@router.post("/notices/{id}/seen")
@needs(SIGNED_IN)
def seen(hands: Hands, id: str) -> Response:
    """Note that one has seen a notice."""
    hands.notice_seen(id)
    return answer({"seen": id})
