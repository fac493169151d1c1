"""Where answers by mail come in: at a port to which the mail server hands them, or as files of a Maildir."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from pathlib import Path
from typing import Any, Final

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from reviewtool.errors import ReviewError
from reviewtool.mail import reading
from reviewtool.mail.replies import UNREADABLE, Replies
from reviewtool.services.mail_replies import NOBODY

log = logging.getLogger(__name__)
LARGEST: Final = 5 * reading.LARGEST  # bytes that are listened to; what is too large is thus told in the person's words
AT_ONCE: Final = 50  # files of a Maildir in one turn
LATER: Final = "451 4.3.0 Try again later"
_SAID: Final = {
    NOBODY: "550 5.1.1 No such address for answers",
    UNREADABLE: "554 5.6.0 This mail cannot be read",
}


class _Door:
    """What is said to a mail server, one mail and one recipient at a time."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Accept an address that this installation gave out; the others are refused before anything is sent."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time"
        if not self._replies.knows(address):
            return _SAID[NOBODY]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Take a mail; the answer is given once it is written down, so that a server that hears none tries again."""
        raw = envelope.content if isinstance(envelope.content, bytes) else b""
        try:
            outcome = await asyncio.to_thread(self._replies.take, raw, envelope.mail_from or "", envelope.rcpt_tos[0])
        except ReviewError as error:
            log.warning("an answer by mail has to wait: %s", error.code)
            return LATER
        except Exception:
            log.exception("an answer by mail could not be taken")
            return LATER
        return _SAID.get(outcome, "250 OK")


class _Controller(Controller):
    """A server in a thread of its own."""

    def __init__(self, door: _Door, protocol: str, address: str, port: int) -> None:
        self._server_class = LMTP if protocol == "lmtp" else SMTP
        super().__init__(door, hostname=address, port=port)

    def factory(self) -> SMTP:
        """Return what speaks with one mail server."""
        return self._server_class(self.handler, data_size_limit=LARGEST, ident="reviewtool", enable_SMTPUTF8=True)


class Port:
    """Listens for the mail server; a second worker waits until the first one has gone."""

    def __init__(self, replies: Replies, protocol: str, address: str, port: int) -> None:
        self._make = partial(_Controller, _Door(replies), protocol, address, port)
        self._where = f"{protocol}://{address}:{port}"
        self._listening: _Controller | None = None
        self._was_told = False

    def turn(self) -> None:
        """Listen, if nobody else does."""
        if self._listening is not None:
            return
        controller = self._make()
        try:
            controller.start()
        except OSError as error:
            controller.loop.close()
            if not self._was_told:
                log.warning("answers by mail cannot come in at %s (%s); tried again", self._where, error.strerror)
            self._was_told = True
            return
        self._listening, self._was_told = controller, False
        log.info("answers by mail come in at %s", self._where)

    def close(self) -> None:
        """Stop listening, after what is being taken."""
        if self._listening is not None:
            self._listening.stop()
            self._listening = None


class Maildir:
    """Takes the new files of a folder, and leaves each among those that are read."""

    def __init__(self, replies: Replies, folder: Path) -> None:
        self._replies, self._folder = replies, folder
        self._was_told = False

    def turn(self) -> None:
        """Take what is new, the oldest first; what cannot be taken now stays."""
        try:
            new = sorted((self._folder / "new").iterdir(), key=lambda each: (each.stat().st_mtime, each.name))
        except OSError as error:
            if not self._was_told:
                log.warning("the Maildir of the answers cannot be read (%s)", error.strerror)
            self._was_told = True
            return
        for file in new[:AT_ONCE]:
            try:
                self._take(file)
            except FileNotFoundError:  # another worker took it
                continue
            except ReviewError as error:
                log.warning("an answer by mail has to wait: %s", error.code)

    def _take(self, file: Path) -> None:
        with file.open("rb") as opened:
            raw = opened.read(reading.LARGEST + 1)
        self._replies.take(raw)
        file.rename(self._folder / "cur" / f"{file.name.partition(':')[0]}:2,S")

    def close(self) -> None:
        """Leave the folder as it is."""
