"""Coming in: by a code, a password, a passkey or an identity provider; and what one does about the own account."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from counterflow import config
from counterflow.casework.identity import codes, confirmations, oidc, passkeys, passwords, people, roles, sessions
from counterflow.casework.identity.limits import limited
from counterflow.casework.identity.people import By
from counterflow.errors import Forbidden, NotFound, NotSignedIn, ProofNeeded, UsageError
from counterflow.model.agency import kinds
from counterflow.model.principal import Session
from counterflow.workspace.base import Base

__all__ = ["SigningIn"]


@lru_cache(maxsize=8)
def _provider(issuer: str, client: str, secret: str, title: str) -> oidc.Provider:
    """What a provider says of itself is remembered with it."""
    return oidc.Provider(issuer, client, secret, title)


class SigningIn(Base):
    """Coming in: by a code, a password, a passkey or an identity provider; and one's own account.

    What comes back from signing in is what the browser's cookie holds. `place` is where the browser is: address, agent,
    and the id of the session that it had before, which ends.
    """

    # -- codes ---------------------------------------------------------------------------------------------------

    def first_code(self) -> str:
        """The code by which the first administrator comes in. Earlier ones are void.

        :raises UsageError: there is an administrator
        """
        self._local()
        if any("administrator" in row["roles"] for row in self.directory.rows("principals", closed_at=None)):
            raise UsageError("There is an administrator. Somebody who cannot come in: counterflow identity invite NAME")
        return codes.code(self.directory, "first", "", codes.INVITED_FOR, self.who)

    def local_code(self) -> str:
        """The code by which the owner of the folder comes in where nobody has an account."""
        self._local()
        return codes.code(self.directory, "local", "", codes.LOCAL_FOR, self.who)

    def invite(self, person: str) -> str:
        """The code by which somebody comes in to set up how they will from then on. Earlier ones are void.

        :raises ProofNeeded: the administrator has not just shown who they are
        """
        self._administering()
        row = people.found(self.directory, person, self.by)
        if row["kind"] != "person":
            raise UsageError(f"{row['name']} is a service: it comes in with a token.")
        people.tell(self.directory, row, self.by, f"An invitation was made for {row['name']}.")
        asked_by = {} if self.session is None else {"by": self.session.principal.id}
        return codes.code(self.directory, "invitation", row["id"], codes.INVITED_FOR, self.who, asked_by)

    def enter(self, code: str, place: Mapping[str, Any]) -> str:
        """Come in as the owner of the folder. :raises NotSignedIn: the code is none, or was used"""
        limited(self.directory, "address", str(place.get("address")))
        if codes.spent(self.directory, code, {"local"}) is None:
            raise NotSignedIn
        return sessions.begin(self.directory, "", how="code", **place)

    def sign_in_by_code(
        self, code: str, place: Mapping[str, Any], *, name: str = "", organisation: str = "", kind: str = "other"
    ) -> str:
        """Come in by an invitation; or by the first-run code as the first administrator, of that name.

        :raises NotSignedIn: the code is none, or was used; :raises UsageError: no name for the first administrator
        """
        limited(self.directory, "address", str(place.get("address")))
        row = codes.row_of(self.directory, code, {"first", "invitation"})
        if row is None or (row["kind"] == "invitation" and people.principal(self.directory, row["principal"]) is None):
            raise NotSignedIn
        if row["kind"] == "first" and not (name.strip() and organisation.strip()):
            raise UsageError("The first administrator needs a name and an organisation.")
        if codes.spent(self.directory, code, {"first", "invitation"}) is None:
            raise NotSignedIn
        principal = row["principal"]
        if row["kind"] == "first":
            by = By("first-run code")
            try:
                known = people.organisations(self.directory)
                if not any(o["name"].casefold() == organisation.strip().casefold() for o in known):
                    people.add_organisation(self.directory, organisation, kind, by)
                principal = people.add_person(self.directory, name, organisation, by, held=["administrator"])["id"]
            except UsageError:
                self.directory.touch("codes", row["id"], used_at=None)  # a slip of the pen does not cost the code
                raise
        if "by" in row["content"]:
            address = str(place.get("address"))
            confirmations.hold(self.directory, principal, "an invitation", row["content"]["by"], address)
        return sessions.begin(self.directory, principal, how=f"{row['kind']} code", **place)

    # -- passwords -----------------------------------------------------------------------------------------------

    def sign_in_by_password(self, name: str, password: str, place: Mapping[str, Any]) -> str:
        """Come in with a password. :raises NotSignedIn: wrong, or nobody of that name: it cannot be told which"""
        folded = " ".join(name.split()).casefold()[:200]
        limited(self.directory, "address", str(place.get("address")))
        limited(self.directory, "account", folded)
        row = self.directory.one("principals", folded=folded)
        if not passwords.check(self.directory, row, password) or row is None:
            raise NotSignedIn("" if row is None else row["id"])
        if people.principal(self.directory, row["id"]) is None:
            raise NotSignedIn(row["id"])
        return sessions.begin(self.directory, row["id"], how="password", **place)

    def prove_by_password(self, password: str) -> str:
        """Show again who one is; what the cookie holds from now on. :raises NotSignedIn: it is wrong"""
        session = self._browser()
        row = self.directory.one("principals", id=session.principal.id)
        limited(self.directory, "account", str(row and row["folded"]))
        if not passwords.check(self.directory, row, password):
            raise NotSignedIn(session.principal.id)
        return sessions.prove(self.directory, session.id, "password", session.address)

    def keep_password(self, password: str) -> None:
        """Keep a password for oneself. :raises ProofNeeded: one has not just shown who one is"""
        passwords.keep(self.directory, self._fresh().principal.id, password, self.settings.passwords)

    # -- passkeys ------------------------------------------------------------------------------------------------

    def ask_passkey(self, host: str) -> dict[str, Any]:
        """What a browser needs to show a passkey: to come in, or where somebody is signed in, to show again who."""
        return passkeys.ask(self.directory, "" if self.session is None else self._browser().principal.id, host)

    def sign_in_by_passkey(
        self, state: str, credential: dict[str, Any], origin: str, host: str, place: Mapping[str, Any]
    ) -> str:
        """Come in with a passkey. :raises NotSignedIn: it is none that is known here, or does not answer"""
        limited(self.directory, "address", str(place.get("address")))
        principal = passkeys.answered(self.directory, "", state, credential, origin, host)
        if people.principal(self.directory, principal) is None:
            raise NotSignedIn
        return sessions.begin(self.directory, principal, how="passkey", **place)

    def prove_by_passkey(self, state: str, credential: dict[str, Any], origin: str, host: str) -> str:
        """Show again who one is; what the cookie holds from now on. :raises NotSignedIn: it does not"""
        session = self._browser()
        limited(self.directory, "account", session.principal.id)
        passkeys.answered(self.directory, session.principal.id, state, credential, origin, host)
        return sessions.prove(self.directory, session.id, "passkey", session.address)

    def offer_passkey(self, host: str) -> dict[str, Any]:
        """What a browser needs to make a passkey. :raises ProofNeeded: one has not just shown who one is"""
        own = self._fresh().principal
        return passkeys.offer(self.directory, own.id, own.name, host)

    def add_passkey(
        self, state: str, credential: dict[str, Any], origin: str, host: str, note: str = ""
    ) -> dict[str, Any]:
        """Keep a passkey for oneself. :raises ProofNeeded: one has not just shown who one is"""
        return passkeys.register(self.directory, self._fresh().principal.id, state, credential, origin, host, note)

    def passkeys(self) -> list[dict[str, Any]]:
        """One's own passkeys."""
        return passkeys.listed(self.directory, self._browser().principal.id)

    def remove_passkey(self, id: str) -> None:
        """Remove one of one's own passkeys. :raises ProofNeeded: one has not just shown who one is"""
        passkeys.remove(self.directory, self._settled().principal.id, id)

    # -- an identity provider ------------------------------------------------------------------------------------

    @property
    def provider(self) -> oidc.Provider | None:
        """The identity provider that the settings name. :raises UsageError: it is not asked in a safe way"""
        told = self.settings.provider
        if not told.get("issuer"):
            return None
        return _provider(
            told["issuer"], told.get("client", ""), config.secret("COUNTERFLOW_OIDC_SECRET"), told.get("title", "")
        )

    def start_provider(self, returns: str, why: str) -> oidc.Started:
        """Where to send a browser, and the state it must bring back. :param why: ``in``, ``prove`` or ``link``

        :raises NotFound: there is no provider; :raises ProofNeeded: to link, one must just have shown who one is
        """
        if self.provider is None:
            raise NotFound("identity provider", "")
        if why == "in":
            return self.provider.start(self.directory, returns, why)
        session = self._fresh() if why == "link" else self._browser()
        return self.provider.start(self.directory, returns, why, session.principal.id, session.id)

    def finish_provider(
        self, state: str, kept: str, code: str, issuer: str | None, place: Mapping[str, Any]
    ) -> str | None:
        """Come in, show again who one is, or link an account; what the cookie holds from now on, None: as before.

        :raises NotSignedIn: what came back is not as it must be, or is nobody's account here
        """
        limited(self.directory, "address", str(place.get("address")))
        if self.provider is None:
            raise NotSignedIn
        found = self.provider.finish(self.directory, state, kept, code, issuer)
        whose = oidc.account(self.directory, self.provider.issuer, found.subject)
        if found.why == "link":
            oidc.link(self.directory, self.provider.issuer, found.subject, found.principal, found.principal)
            return None
        if whose is None or people.principal(self.directory, whose) is None:
            raise NotSignedIn
        if found.why == "prove":
            if whose != found.principal:
                raise NotSignedIn
            return sessions.prove(self.directory, found.session, "provider", str(place.get("address")))
        return sessions.begin(self.directory, whose, how="provider", **place)

    def link_account(self, person: str, subject: str) -> None:
        """Link an account of the provider's to somebody. :param subject: as the provider's ``sub`` has it"""
        self._administering()
        if self.provider is None:
            raise NotFound("identity provider", "")
        row = people.found(self.directory, person, self.by)
        if self.session is not None:
            confirmations.hold(self.directory, row["id"], "an account that was linked", self.session.principal.id)
        oidc.link(self.directory, self.provider.issuer, subject, row["id"], self.who)

    def ways_in(self, host: str) -> dict[str, Any]:
        """How one may come in. :param host: that the browser speaks with; a passkey is bound to a name"""
        named = not host.replace(".", "").isdigit() and ":" not in host
        title = self.settings.provider.get("title") or "your organisation's account"
        first = bool(self.directory.rows("codes", kind="first", used_at=None))
        provider = title if self.settings.provider.get("issuer") else None
        return {"passkey": named, "provider": provider, "first": first, "kinds": dict(kinds()) if first else {}}

    def me(self) -> dict[str, Any]:
        """Who acts here, with what rights, for what purpose and until when."""
        if self.session is None:
            return {"owner": True, "name": self.who, "verbs": sorted(roles.verbs())}
        row = self.directory.one("principals", id=self.session.principal.id)
        own = self.session.principal
        shown = people.shown(row, own.organisation) if row else {}
        kept = self.directory.one("sessions", id=self.session.id)
        return {
            **shown, "owner": False, "verbs": sorted(v for v in own.verbs if self.session.may(v)),
            "ceiling": self.session.audience.ceiling.text, "compartments": sorted(own.compartments),
            "session": self.session.id, "purpose": self.session.purpose, "case": self.session.case,
            "via": self.session.via, "fresh": self.session.stepped_up, "waiting": own.waiting,
            "one_factor": self.session.one_factor, "emergency": self.session.emergency,
            "expires_at": kept and kept["expires_at"],
        }  # fmt: skip

    # -- one's own sessions --------------------------------------------------------------------------------------

    def declare(self, *, purpose: str | None = None, case: str | None = None) -> Session:
        """Declare for what one works from now on. :raises UsageError: a purpose that one has not"""
        return sessions.declare(self.directory, self._browser(), purpose=purpose, case=case)

    def sessions(self) -> list[dict[str, Any]]:
        """Sessions under way: one's own; an administrator's are those of the organisation."""
        return sessions.sessions(self.directory, self._theirs())

    def end_session(self, id: str) -> None:
        """End a session, at once.

        :raises NotFound: none of one's own, or of the organisation one looks after
        :raises ProofNeeded: it is another than this one, and one has not just shown who one is
        """
        own = self.session is not None and self.session.id == id
        if self.session is not None and not own:
            self._settled()
        sessions.end(self.directory, id, self._theirs(), self.by, "signed out" if own else "ended")

    def end_other_sessions(self) -> int:
        """End all of one's own but this one; how many. :raises ProofNeeded: one has not just shown who one is"""
        return sessions.end_others(self.directory, self._settled())

    # -- who is behind an account --------------------------------------------------------------------------------

    def confirmations(self) -> list[dict[str, Any]]:
        """Accounts that wait for one's word; the folder's owner sees all that wait."""
        return confirmations.listed(self.directory, None if self.session is None else self.session.principal)

    def confirm(self, id: str, *, agreed: bool) -> dict[str, Any]:
        """Say that the right person is behind an account, or not. :raises NotFound: none that waits for one's word"""
        if self.session is not None:
            self._fresh()
        return confirmations.confirm(self.directory, id, agreed, self.by)

    def _theirs(self) -> set[str]:
        if self.session is None:
            return {"", *(row["id"] for row in people.people(self.directory, self.by))}
        if self.session.may("administer"):
            return {row["id"] for row in people.people(self.directory, self.by)}
        return {self.session.principal.id}

    def _local(self) -> None:
        if self.session is not None:
            raise Forbidden("administer")

    def _browser(self) -> Session:
        """The session of a browser. :raises Forbidden: a token's, which does nothing about its own account"""
        if self.session is None or self.session.via != "web":
            raise Forbidden("sign in")
        return self.session

    def _fresh(self) -> Session:
        """The same, of somebody who has just shown who they are."""
        session = self._browser()
        if not session.stepped_up:
            raise ProofNeeded("sign in")
        return session

    def _settled(self) -> Session:
        """The same, of an account that does not wait: what was there before is not for whoever may be a stranger."""
        session = self._fresh()
        if session.principal.waiting:
            raise UsageError("Your account waits until somebody has confirmed that it is you.")
        return session
