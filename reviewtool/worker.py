"""The worker: a process beside the web server that mails what people are owed word of, and lets time pass.

Several may run. One that is killed leaves its batch to the next, which sends it under the same Message-ID.
"""

from __future__ import annotations

import logging
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from reviewtool.clock import now
from reviewtool.errors import ReviewError
from reviewtool.mail import account_letters, answering, composing
from reviewtool.mail.listening import Maildir, Port
from reviewtool.mail.replies import Replies
from reviewtool.mail.sending import NotSent, Postman
from reviewtool.services import letters, mail_replies, outbox, passing, posting
from reviewtool.services.outbox import Batch
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

log = logging.getLogger(__name__)
EVERY_SECONDS: Final = 2.0


class Worker:
    """Takes turns until it is told to stop; it then ends after the mail it is sending."""

    def __init__(self, workshop: Workshop, settings: Settings) -> None:
        self._workshop, self._settings = workshop, settings
        self._postman = Postman(settings)
        self._door = _door(workshop, settings)
        self._stop = threading.Event()

    def run(self) -> None:
        """Work until stopped; what fails is logged and tried again."""
        while not self._stop.is_set():
            try:
                self.turn()
            except ReviewError as error:
                log.warning("the worker cannot go on now: %s", error.code)
            except SQLAlchemyError:
                log.exception("the database does not answer the worker; it tries again")
            self._stop.wait(EVERY_SECONDS)
        if self._door is not None:
            self._door.close()

    def stop(self) -> None:
        """Let `run` end."""
        self._stop.set()

    def turn(self) -> int:
        """Close what is due, take answers, gather what is owed and send it; return how many mails were taken."""
        database, at = self._workshop.database, now()
        with database.read() as session:
            due = passing.something_due(session, at)
        if due:
            with database.write() as session:
                passing.close_due(session, at)
        if self._door is not None:
            self._door.turn()
            self._tell_reasons()
        with database.read() as session:
            waits = outbox.something_waits(session)
        if not waits:
            return 0
        with database.write() as session:
            outbox.gather(session, at)
        sent = 0
        try:
            while not self._stop.is_set() and (batch := self._claim()) is not None:
                sent += self._deliver(batch)
        finally:
            self._postman.close()
        return sent

    def _tell_reasons(self) -> None:
        """Tell each sender once what became of their mail; what no server takes now is tried again for a day."""
        database = self._workshop.database
        with database.read() as session:
            owed = mail_replies.something_owed(session, now())
        try:
            while owed and not self._stop.is_set():
                with database.write() as session:
                    reason = mail_replies.next_reason(session, now())
                if reason is None:
                    return
                try:
                    self._postman.send(answering.compose(reason, self._workshop, self._settings), reason.key[:32])
                except NotSent as error:
                    log.warning("an answer by mail was not answered (%s)", error.code)
                    if not error.for_good:
                        with database.write() as session:
                            mail_replies.put_off(session, reason, now())
        finally:
            self._postman.close()

    def _claim(self) -> Batch | None:
        with self._workshop.database.read() as session:
            if not outbox.something_to_send(session, now()):
                return None
        with self._workshop.database.write() as session:
            return outbox.claim(session, now())

    def _deliver(self, batch: Batch) -> bool:
        """Send one mail and write down what became of it; say whether it was taken."""
        try:
            sent = self._send(batch)
        except NotSent as error:
            return self._put_off(batch, error.code, for_good=error.for_good)
        except (ReviewError, SQLAlchemyError):
            raise  # no fault of this mail: its lease runs out, and it is tried again
        except Exception:
            log.exception("mail %s could not be made", batch.key)
            return self._put_off(batch, "broken")
        with self._workshop.database.write() as session:
            outbox.settle(session, batch, now())
        log.info("mail %s %s notices=%s", batch.key, "taken" if sent else "has no reader", len(batch.notices))
        return sent

    def _send(self, batch: Batch) -> bool:
        message = self._made(batch)
        if message is not None:
            self._postman.send(message, batch.key)
        return message is not None

    def _made(self, batch: Batch) -> EmailMessage | None:
        """Return the mail of a batch; None when there is nobody or nothing to tell any more."""
        workshop, settings = self._workshop, self._settings
        with workshop.database.read() as session:
            if batch.about_account:
                letter = letters.of_batch(session, workshop.group, batch, settings.default_language)
                return account_letters.compose(letter, batch, workshop, settings) if letter else None
            post = posting.of_batch(session, workshop, batch)
        return composing.compose(post, batch, workshop, settings) if post else None

    def _put_off(self, batch: Batch, code: str, *, for_good: bool = False) -> bool:
        with self._workshop.database.write() as session:
            given_up = outbox.postpone(session, batch, code, now(), for_good=for_good)
        log.warning(
            "mail %s was not sent (%s), attempt %s%s", batch.key, code, batch.attempts, "; given up" if given_up else ""
        )
        return False


def _door(workshop: Workshop, settings: Settings) -> Port | Maildir | None:
    """Return where answers come in; None where mails say nothing of answering."""
    if not settings.mail_replies:
        return None
    replies, listens = Replies(workshop, settings), settings.replies_listen_at
    return Port(replies, *listens) if listens else Maildir(replies, Path(settings.mail_replies_source))
