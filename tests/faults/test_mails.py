"""The real worker killed after the mail server took a mail and before it could write that down, again and again.

`MAIL_KILLS` says how often; each kill comes with ten notices to five people.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reviewtool import clock
from reviewtool.models import Notice, NoticeChoice
from reviewtool.rules.mailing import Pace
from reviewtool.services import events, proposals
from tests import factories
from tests.faults.dying import ROOT
from tests.support import journey, mailbox
from tests.support.materials import INTRODUCTION

KILLS = int(os.environ.get("MAIL_KILLS", "4"))


@pytest.fixture
def owed(workshop, group):
    """Five people a kill, each owed two notices since ten minutes ago; return their ids."""
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    with workshop.database.write() as session:
        factories.make_installation(session, workshop.group)
        session.execute(update(Notice).values(settled_at=clock.now()))
        told = [factories.make_person(session, f"Persona {each}", "observer").id for each in range(5 * KILLS)]
        session.add_all(NoticeChoice(person_id=each, asked=Pace.at_once, rest=Pace.weekly) for each in told)
    with clock.at(clock.now() - timedelta(minutes=10)), workshop.database.write() as session:
        for kind in ("your_turn", "mention"):
            event = events.add(session, proposals.lock(session, number), "ballot_opened", by=None, ballot=1)
            events.tell(session, event, told, kind)
    return told


@pytest.fixture
def start(settings):
    """Return a function that starts a worker; whatever still runs is ended afterwards."""
    started = []

    def begin(port: int) -> subprocess.Popen[bytes]:
        said = {
            "VAR": str(settings.var),
            "REVIEWTOOL_DATABASE_URL": settings.database_url,
            "REVIEWTOOL_SECRET_KEY": settings.secret_key,
            "REVIEWTOOL_MAIL_SERVER": "127.0.0.1",
            "REVIEWTOOL_MAIL_PORT": str(port),
            "REVIEWTOOL_MAIL_SECURITY": "none",
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


@pytest.mark.timeout(120 + 20 * KILLS)
def test_every_mail_arrives_and_none_under_two_names_however_often_the_worker_is_killed(
    workshop, settings, owed, start, say
):
    running = []
    with mailbox.running() as inbox:
        until = [0]

        def kill_now(count: int) -> None:
            if len(running) <= KILLS and count >= until[0]:
                running[-1].send_signal(signal.SIGKILL)

        inbox.on_mail = kill_now
        for each in range(KILLS + 1):
            until[0] = len(inbox.mails) + 1 + each % 4
            running.append(start(inbox.port))
            if each < KILLS:
                assert running[-1].wait(60) == -signal.SIGKILL, (settings.var / "worker.log").read_text()
                with workshop.database.write() as session:  # as if five minutes had passed
                    session.execute(update(Notice).values(claimed_until=clock.now() - timedelta(minutes=1)))
        inbox.wait_for(len(owed) + KILLS)
        running[-1].send_signal(signal.SIGTERM)
        assert running[-1].wait(60) == 0

    names: dict[str, set[str]] = {}
    for envelope, message in inbox.mails:
        names.setdefault(envelope.rcpt_tos[0], set()).add(message["Message-ID"])
    assert len(names) == len(owed)
    assert {len(each) for each in names.values()} == {1}
    assert len(inbox.mails) == len(owed) + KILLS, "each kill has one mail come twice, under the same name"
    with workshop.database.read() as session:
        rows = session.execute(select(Notice.batch, Notice.settled_at).where(Notice.person_id.in_(owed))).all()
    assert len(rows) == 2 * len(owed)
    assert all(row.batch and row.settled_at for row in rows)
    say(f"mails: {KILLS} kills, {len(rows)} notices, {len(names)} mails, {KILLS} came twice under the same Message-ID")
