"""A real mail server on this machine that keeps what it is sent, and refuses or dawdles when a test asks."""

from __future__ import annotations

import asyncio
import email
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from tests.support.server import free_port


class Mailbox:
    """The mails that arrived, in order; `answers` are said instead of «250 OK», one a mail, before it is kept."""

    def __init__(self) -> None:
        self.mails: list[tuple[Envelope, EmailMessage]] = []
        self.answers: list[str] = []
        self.refused: dict[str, str] = {}  # address -> what the server says of it
        self.on_mail: Callable[[int], None] = lambda _count: None  # told how many have arrived, before the answer
        self.stalls = False  # whether a mail is left without an answer
        self.port = 0
        self._arrived = threading.Condition()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, address: str, _options: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        """Accept a recipient, or say what the test wants said."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802  (aiosmtpd's name)
        """Keep a mail."""
        while self.stalls:
            await asyncio.sleep(0.05)
        if self.answers:
            return self.answers.pop(0)
        message = email.message_from_bytes(envelope.content or b"", policy=default)
        assert isinstance(message, EmailMessage)
        with self._arrived:
            self.mails.append((envelope, message))
            self._arrived.notify_all()
        self.on_mail(len(self.mails))
        return "250 OK"

    def wait_for(self, count: int, seconds: float = 60) -> None:
        """Wait until so many mails have arrived; fails when they do not."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.mails) >= count, seconds), f"{len(self.mails)} arrived"


@contextmanager
def running() -> Iterator[Mailbox]:
    """Run the server until the block ends."""
    mailbox = Mailbox()
    mailbox.port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()


def parts(message: EmailMessage) -> tuple[str, str]:
    """Return the two texts of a mail: the plain one and the HTML."""
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()
