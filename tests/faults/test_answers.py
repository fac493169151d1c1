"""The real worker as the mail server sees it: answers handed over by LMTP while it is killed, again and again."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.models import Comment, MailReply
from reviewtool.services import reply_addresses
from reviewtool.services.reply_addresses import Target
from tests import factories
from tests.faults.dying import ROOT
from tests.support import answers, journey
from tests.support.materials import INTRODUCTION
from tests.support.server import free_port

KILLS = int(os.environ.get("ANSWER_KILLS", "3"))


@pytest.fixture
def start(settings):
    """Return a function that starts a worker which listens at a port; whatever still runs is ended afterwards."""
    started = []

    def begin(port: int) -> subprocess.Popen[bytes]:
        said = {
            "VAR": str(settings.var),
            "REVIEWTOOL_DATABASE_URL": settings.database_url,
            "REVIEWTOOL_SECRET_KEY": settings.secret_key,
            "REVIEWTOOL_MAIL_REPLIES": answers.BASE,
            "REVIEWTOOL_MAIL_REPLIES_SOURCE": f"lmtp://127.0.0.1:{port}",
        }
        command = [sys.executable, "-m", "reviewtool.cli", "worker"]
        with (settings.var / "worker.log").open("ab") as log:
            process = subprocess.Popen(command, cwd=ROOT, env=os.environ | said, stdout=log, stderr=log)
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def hand_over(port: int, raw: bytes, sender: str, recipient: str) -> tuple[int, bytes]:
    """Try until the worker has an answer, as a mail server does."""
    until = time.monotonic() + 90
    while True:
        try:
            return answers.deliver(port, raw, sender, recipient)
        except (OSError, smtplib.SMTPException):
            assert time.monotonic() < until, "the worker does not listen"
            threading.Event().wait(0.05)  # a mail server waits too, only longer


@pytest.mark.timeout(120 + 60 * KILLS)
def test_each_answer_becomes_one_comment_however_often_the_worker_is_killed(workshop, settings, group, start, say):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    with workshop.database.write() as session:
        factories.make_installation(session, workshop.group)
    rosa, port = group.members[2], free_port()
    to = reply_addresses.address(settings.secret_key, answers.BASE, Target(rosa.id, number), clock.now())
    words = [f"Comentario {each}" for each in range(4 * KILLS)]
    running, handed = [start(port)], 0

    def kill() -> None:
        running[-1].send_signal(signal.SIGKILL)

    first = answers.stored("gmail-es", rosa.email, to)
    assert hand_over(port, first, rosa.email, to)[0] == 250
    for at, each in enumerate(words):
        raw = answers.plain(rosa.email, to, each, f"m{at}")
        if at % 4 == 3:  # killed about when it takes the mail, a little later each time
            assert hand_over(port, answers.plain(rosa.email, to, " ", f"e{at}"), rosa.email, to)[0] == 250
            timer = threading.Timer(0.004 * (at + 1), kill)
            timer.start()
            try:
                answers.deliver(port, raw, rosa.email, to)
            except (OSError, smtplib.SMTPException):
                handed += 1
            timer.join()
            assert running[-1].wait(60) == -signal.SIGKILL, (settings.var / "worker.log").read_text()
            running.append(start(port))
        assert hand_over(port, raw, rosa.email, to)[0] == 250, "also of one that is known already"
    running[-1].send_signal(signal.SIGTERM)
    assert running[-1].wait(60) == 0
    with workshop.database.read() as session:
        written = session.scalars(select(Comment.body).order_by(Comment.id)).all()
        outcomes = session.scalars(select(MailReply.outcome)).all()
    assert written[0].startswith("Estoy de acuerdo con el plazo de 45 días.")
    assert written[1:] == words
    assert outcomes.count("taken") == len(written)
    say(f"answers by mail: {KILLS} kills, {1 + len(words)} mails, {len(written)} comments, {handed} handed over again")
