"""How a mail leaves: to the mail server of the settings, or without one as a file in the installation's folder."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Final

from reviewtool.settings import Settings

TIMEOUT_SECONDS: Final = 30  # for each answer of the server
MAILS_A_CONNECTION: Final = 50  # servers like neither endless connections nor one for each mail


class NotSent(Exception):
    """A mail was not taken: a code without any address, and whether trying again is of no use."""

    def __init__(self, code: str, *, for_good: bool = False) -> None:
        super().__init__(code)
        self.code, self.for_good = code, for_good


class Postman:
    """Sends one mail after another over one connection; `close` ends it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def send(self, message: EmailMessage, name: str) -> None:
        """Hand over a mail; raises NotSent. `name` is that of its file where there is no server."""
        if not self._settings.mail_server:
            _write(self._settings.mail_path / f"{name}.eml", message)
            return
        try:
            server = self._server or self._connect()
            server.send_message(message, from_addr=parseaddr(self._settings.mail_from)[1])
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            self.close()
            raise _told(error) from error
        self._sent += 1
        if self._sent >= MAILS_A_CONNECTION:
            self.close()

    def close(self) -> None:
        """End the connection, if there is one."""
        server, self._server, self._sent = self._server, None, 0
        if server is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
            server.close()

    def _connect(self) -> smtplib.SMTP:
        settings, safe = self._settings, ssl.create_default_context()
        where = (settings.mail_server, settings.mail_port)
        server: smtplib.SMTP
        if settings.mail_security == "tls":
            server = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=safe)
        else:
            server = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
        self._server = server
        if settings.mail_security == "starttls":
            server.starttls(context=safe)
        if settings.mail_user:
            server.login(settings.mail_user, settings.mail_password)
        return server


def _told(error: Exception) -> NotSent:
    """Say in a code why a mail was not taken; a recipient whom the server refuses for good is not tried again."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max(answer[0] for answer in error.recipients.values())
        return NotSent(f"recipient:{code}", for_good=code >= 500)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return NotSent(f"sign-in:{error.smtp_code}")
    if isinstance(error, smtplib.SMTPResponseException):
        return NotSent(f"refused:{error.smtp_code}")
    if isinstance(error, TimeoutError) or isinstance(
        error.__context__, TimeoutError
    ):  # as smtplib says it of an answer
        return NotSent("slow")
    if isinstance(error, UnicodeError | smtplib.SMTPNotSupportedError):
        return NotSent("address", for_good=True)
    return NotSent("unreachable")


def _write(path: Path, message: EmailMessage) -> None:
    """Write a mail as a file, whole or not at all; the same mail again replaces it."""
    making = path.with_suffix(".making")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        making.write_bytes(message.as_bytes())
        making.replace(path)
    except OSError as error:
        raise NotSent("folder") from error
