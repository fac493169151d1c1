"""Word files and the real worker: killed while it reads, files that cost too much, processes that end badly."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reviewtool import word_reader
from reviewtool.clock import now
from reviewtool.models import WordUpload
from reviewtool.services import documents, people, word_files, word_jobs, word_uploads
from reviewtool.word_reader import WordReader
from tests import factories
from tests.faults.dying import ROOT
from tests.support.materials import INTRODUCTION
from tests.unit.word.samples import edited, replace

SITE = "http://localhost/materiales/"


@pytest.fixture
def upload_id(workshop, group) -> int:
    data = word_files.document(workshop, documents.tip(workshop), INTRODUCTION, SITE)
    data = edited(data, replace("30 días", "45 días"))
    with workshop.database.write() as session:
        factories.make_installation(session, workshop.group)
        by = people.get(session, group.members[0].id)
        base = word_uploads.receive(session, workshop, data, word_uploads.Place(INTRODUCTION), by=by)
        return word_uploads.keep(session, ("corregido.docx", data), base, SITE, by=by).id


@pytest.fixture
def start(settings):
    """Return a function that starts a worker; whatever still runs is ended afterwards."""
    started = []

    def begin() -> subprocess.Popen[bytes]:
        with (settings.var / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "reviewtool.cli", "worker"],
                cwd=ROOT,
                env=os.environ | environment(settings),
                stdout=log,
                stderr=log,
            )
        started.append(process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def environment(settings) -> dict[str, str]:
    return {
        "VAR": str(settings.var),
        "REVIEWTOOL_DATABASE_URL": settings.database_url,
        "REVIEWTOOL_SECRET_KEY": settings.secret_key,
    }


def status(workshop) -> tuple[str, int, str]:
    with workshop.database.read() as session:
        found = session.scalars(select(WordUpload)).one()
        return found.status, found.attempts, found.failure


def wait_for(workshop, wanted: str) -> None:
    end = time.monotonic() + 120
    while status(workshop)[0] != wanted:
        assert time.monotonic() < end, status(workshop)
        time.sleep(0.02)  # looking at what another process does, with the bound above


@pytest.mark.timeout(240)
def test_the_file_of_a_killed_worker_is_read_by_the_next_one(workshop, settings, upload_id, start) -> None:
    killed = start()
    wait_for(workshop, "reading")
    killed.send_signal(signal.SIGKILL)
    killed.wait(60)
    with workshop.database.write() as session:  # as if the lease had ended
        session.execute(update(WordUpload).values(claimed_until=now() - timedelta(seconds=1)))
    following = start()
    wait_for(workshop, "ready")
    assert status(workshop) == ("ready", 2, "")
    with workshop.database.read() as session:
        upload = session.scalars(select(WordUpload)).one()
    found = word_uploads.understood(workshop, upload)
    assert [(edit.before, edit.after) for edit in found.edits] == [("30", "45")]
    following.send_signal(signal.SIGTERM)
    assert following.wait(60) == 0, (settings.var / "worker.log").read_text()


def test_a_process_that_ends_badly_is_tried_again_and_given_up(workshop, upload_id, monkeypatch) -> None:
    monkeypatch.setattr(word_reader, "COMMAND", (sys.executable, "-c", "raise SystemExit(3)"))
    reader = WordReader(workshop)
    for attempt in range(1, word_jobs.ATTEMPTS + 1):
        assert reader.turn()
        assert status(workshop) == ("reading", attempt, "")
    assert not reader.turn()
    assert status(workshop) == ("failed", word_jobs.ATTEMPTS, "word-lost-job")


def test_a_process_that_takes_too_long_is_ended_and_its_file_fails(workshop, upload_id, monkeypatch) -> None:
    monkeypatch.setattr(word_reader, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(word_reader, "RENEW_SECONDS", 0.05)
    monkeypatch.setattr(word_reader, "MOST_SECONDS", 0.2)
    assert WordReader(workshop).turn()
    assert status(workshop) == ("failed", 1, "word-slow")


def test_a_reader_that_is_stopped_gives_its_file_back_at_once(workshop, upload_id, monkeypatch) -> None:
    monkeypatch.setattr(word_reader, "COMMAND", (sys.executable, "-c", "import time; time.sleep(60)"))
    monkeypatch.setattr(word_reader, "RENEW_SECONDS", 0.05)
    reader = WordReader(workshop)
    reader.start()
    wait_for(workshop, "reading")
    reader.stop()
    assert status(workshop) == ("reading", 0, "")
    with workshop.database.write() as session:
        assert word_jobs.claim(session, now()) == word_jobs.Job(upload_id, 1)


def test_a_file_that_was_thrown_away_meanwhile_is_read_no_further(workshop, upload_id, monkeypatch) -> None:
    forget = f"from sqlalchemy import create_engine, text; import time; e = create_engine({url(workshop)!r})\n"
    forget += "with e.begin() as c: c.execute(text('DELETE FROM word_upload'))\ntime.sleep(60)"
    monkeypatch.setattr(word_reader, "COMMAND", (sys.executable, "-c", forget))
    monkeypatch.setattr(word_reader, "RENEW_SECONDS", 0.05)
    assert WordReader(workshop).turn()


def url(workshop) -> str:
    return workshop.database.engine.url.render_as_string(hide_password=False)


def test_the_process_of_a_file_has_bounded_memory(workshop, settings, upload_id) -> None:
    """The bound is of addresses: what it takes beyond is refused inside the process, which says so."""
    bounded = "from reviewtool.services import word_jobs\n"
    bounded += "word_jobs.understand = lambda *_: bytearray(3_000_000_000)\n"
    bounded += "from reviewtool import cli; cli.main(['read-word', '1'])"
    done = subprocess.run(
        [sys.executable, "-c", bounded],
        cwd=ROOT,
        env=os.environ | environment(settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert '"failure": "word-heavy"' in done.stdout
