"""Answers to mails: from the bytes that a mail server hands over to what becomes of them."""

from __future__ import annotations

import logging
import re
from typing import Final

from reviewtool.clock import now
from reviewtool.mail import quoting, reading
from reviewtool.mail.reading import Letter, Unreadable
from reviewtool.services import mail_replies, reply_addresses
from reviewtool.services.mail_replies import Answer
from reviewtool.services.reply_addresses import Target
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

log = logging.getLogger(__name__)
AUTOMATIC: Final = "automatic"
UNREADABLE: Final = "unreadable"
_NOTE: Final = re.compile(r"\([^()]*\)")


class Replies:
    """Takes answers one at a time, from wherever they come; several threads and workers may."""

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self._workshop, self._settings = workshop, settings
        self._secret = settings.ensure_secret_key()

    def knows(self, address: str) -> bool:
        """Say whether an address was given out by this installation, be it over or not."""
        return self._target(address) is not None

    def take(self, raw: bytes, envelope_sender: str | None = None, recipient: str | None = None) -> str:
        """Make a comment of a mail, or find out why not; return the code of what became of it.

        Sender and recipient of the envelope are looked for in the headers where they are not given. Raises Unavailable
        when the database does not answer now: then nothing was done.
        """
        try:
            letter = reading.read(raw, envelope_sender)
        except Unreadable as error:
            log.warning("an answer by mail cannot be read (%s)", error)
            return UNREADABLE
        if letter.is_automatic or not letter.senders or any(map(self._is_ours, letter.senders)):
            log.info("an answer by mail is a program's and is left alone")
            return AUTOMATIC
        answer = self._answer(letter, raw, (recipient,) if recipient else letter.recipients)
        with self._workshop.database.write() as session:
            outcome = mail_replies.take(session, self._workshop, answer, now())
        log.info("an answer by mail: %s proposal=%s", outcome, answer.target.proposal if answer.target else None)
        return outcome

    def _answer(self, letter: Letter, raw: bytes, recipients: tuple[str, ...]) -> Answer:
        found = next(filter(None, map(self._target, recipients)), None)
        target, is_over = found or (None, False)
        refused = ""
        if len(letter.senders) > 1 or not self._is_vouched_for(letter):
            refused = "not-your-address"
        elif is_over:
            refused = "address-over"
        elif len(raw) > reading.LARGEST:
            refused = "mail-too-large"
        return Answer(
            key=letter.key,
            message_id=letter.message_id,
            sender=letter.senders[0],
            envelope_sender=letter.envelope_sender,
            target=target,
            words="" if refused else quoting.own_words(letter.words),
            has_files=letter.has_files,
            refused=refused,
        )

    def _target(self, address: str) -> tuple[Target, bool] | None:
        said = reply_addresses.token_in(self._settings.mail_replies, address)
        found = reply_addresses.target_of(self._secret, said) if said else None
        return (found[0], now().date() > found[1]) if found else None

    def _is_ours(self, address: str) -> bool:
        ours = {self._settings.mail_from.lower(), self._settings.mail_replies.lower()}
        return address in ours or bool(reply_addresses.token_in(self._settings.mail_replies, address))

    def _is_vouched_for(self, letter: Letter) -> bool:
        """Say whether our mail server says that the sender's domain sent it; what others wrote there counts nothing."""
        name = self._settings.mail_replies_checked_by.lower()
        if not name:
            return True
        for verdict in letter.verdicts:
            server, _, results = _NOTE.sub(" ", verdict).lower().partition(";")
            if server.split()[:1] == [name]:  # the last one that server wrote stands first
                return re.search(r"(?:^|[;\s])dmarc\s*=\s*pass\b", results) is not None
        return False
