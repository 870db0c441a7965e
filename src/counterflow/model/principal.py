"""Who acts: a person or a service of an organisation, and the session in which it acts for a purpose.

Invariant: a session never has more rights than its principal, and none of them makes anybody the owner of all that a
workspace holds: that is for the one who runs it on a machine of one's own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from counterflow.errors import Forbidden, ProofNeeded
from counterflow.model.handling import TLP, Audience

__all__ = ["FRESH", "Principal", "Session"]

FRESH = frozenset({"export", "release"})
"""Verbs that ask for a proof of identity of the last minutes: what they let out cannot be taken back."""


@dataclass(frozen=True)
class Principal:
    """Somebody who may act.

    :param id: random, never used again; what records and the audit log name
    :param name: as shown to colleagues, and as `Label.readers` names them
    :param organisation: as `Label.originator` and `Label.releasable_to` name it; :param unit: within it
    :param verbs: what the roles allow, see `casework/roles.yaml`
    :param ceiling: the narrowest TLP circle that the clearance opens
    :param compartments: compartments held; :param purposes: purposes that may be declared
    :param waiting: another person has yet to confirm who is behind the account: until then it has no verb
    """

    id: str
    name: str
    organisation: str
    unit: str = ""
    verbs: frozenset[str] = field(default_factory=frozenset)
    ceiling: TLP = TLP.CLEAR
    compartments: frozenset[str] = field(default_factory=frozenset)
    purposes: frozenset[str] = field(default_factory=frozenset)
    waiting: bool = False


@dataclass(frozen=True)
class Session:
    """A principal at work.

    :param id: of the session or token, random; on the audit log, never the secret itself
    :param purpose: the one declared, empty: none; :param case: the case worked on, empty: none
    :param via: ``web``, ``token`` or ``cli``
    :param verbs: those of the principal that this session may use; None: all
    :param ceiling: a lower one than the principal's; None: the same
    :param stepped_up: whether the person has just shown again who they are, as release and export ask
    :param address: from which it was asked just now, of a browser
    :param one_factor: the account has neither passkey nor provider yet: where that is not enough it has no verb
    :param emergency: id of the break-glass decision that widens the principal's clearance for now; empty: none
    """

    principal: Principal
    id: str
    purpose: str = ""
    case: str = ""
    via: str = "web"
    verbs: frozenset[str] | None = None
    ceiling: TLP | None = None
    stepped_up: bool = False
    emergency: str = ""
    address: str = ""
    one_factor: bool = False

    @property
    def audience(self) -> Audience:
        """The rights of this session as handling decides on them. Without the verb ``read``: nobody's."""
        who = self.principal
        name = f"{who.organisation}/{who.name}"
        if not self.may("read"):
            return Audience(name, nobody=True)
        return Audience(
            name=name,
            organisation=who.organisation,
            readers=frozenset({who.name}),
            ceiling=who.ceiling if self.ceiling is None else min(who.ceiling, self.ceiling),
            compartments=who.compartments,
            purposes=who.purposes & {self.purpose},
        )

    def may(self, verb: str) -> bool:
        """Whether this session may use a verb."""
        return verb in self.principal.verbs and (self.verbs is None or verb in self.verbs)

    def require(self, verb: str) -> None:
        """:raises Forbidden: it may not; :raises ProofNeeded: it may, once the person has shown again who they are"""
        if not self.may(verb):
            raise Forbidden(verb)
        if verb in FRESH and not self.stepped_up:
            raise ProofNeeded(verb)
