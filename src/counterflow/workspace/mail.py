"""News of cases as an e-mail: pointers only, whoever reads it on the way.

Source: RFC 5322 for the message; RFC 3207 for STARTTLS.
"""

from __future__ import annotations

from collections.abc import Mapping
from email.message import EmailMessage
from email.utils import localtime, make_msgid
from typing import Any

from counterflow.errors import UsageError

__all__ = ["letter", "sent"]


def letter(news: Mapping[str, Any], settings: Mapping[str, str]) -> EmailMessage:
    """The message. It names kinds, ids and times, no title and nobody.

    :param news: as `views.cases.whats_new` tells it; :param settings: ``[mail]``
    """
    made = EmailMessage()
    made["Subject"] = f"Counterflow: {news['total']} new in your cases"
    made["From"] = settings.get("sender") or "counterflow@localhost"
    made["To"] = settings.get("to") or "undisclosed-recipients:;"
    made["Date"] = localtime()
    made["Message-ID"] = make_msgid(domain="counterflow.invalid")
    lines = [f"{n['at'][:16]}Z  {n['kind']}  {n['case']}/{n['row']}" for n in news["news"]]
    made.set_content("\n".join([*lines, "", "Sign in to read what they say."]))
    return made


def sent(message: EmailMessage, settings: Mapping[str, str]) -> None:
    """Hand it to the server. :raises UsageError: none is named, or it does not take the message"""
    import smtplib

    host, _, port = settings.get("server", "").partition(":")
    if not host or not settings.get("to"):
        raise UsageError("Name the server and who gets it in counterflow.toml: [mail] server, sender, to.")
    try:
        with smtplib.SMTP(host, int(port or 25), timeout=20) as server:
            server.ehlo()
            if server.has_extn("starttls") or host not in ("localhost", "127.0.0.1"):
                import ssl

                server.starttls(context=ssl.create_default_context())
            server.send_message(message)
    except (OSError, ValueError, smtplib.SMTPException) as e:
        raise UsageError(f"{settings['server']} did not take the message: {e}") from e
