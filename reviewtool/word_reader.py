"""The worker's thread that has Word files read, one after the other, each in a process of its own.

That process is bounded in memory and time and goes with its worker, so a file made to cost too much costs nobody else;
it prints what came of the file, which is written down here. The queue is `services.word_jobs`.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from typing import Any, Final

from sqlalchemy.exc import SQLAlchemyError

from reviewtool.clock import now
from reviewtool.errors import ReviewError
from reviewtool.services import word_jobs
from reviewtool.services.word_jobs import Job
from reviewtool.services.workshop import Workshop

log = logging.getLogger(__name__)
EVERY_SECONDS: Final = 1.0
RENEW_SECONDS: Final = 3.0
MOST_SECONDS: Final = 120.0
COMMAND: Final = (sys.executable, "-m", "reviewtool.cli", "read-word")


class WordReader:
    """Takes the files one after the other until it is told to stop; what it was reading then is read by the next."""

    def __init__(self, workshop: Workshop) -> None:
        self._workshop = workshop
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="word-reader", daemon=True)

    def start(self) -> None:
        """Begin in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for that."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                if self.turn():
                    continue
            except ReviewError as error:
                log.warning("no Word file can be taken now: %s", error.code)
            except SQLAlchemyError:
                log.exception("the database does not answer the reader of Word files; it tries again")
            self._stop.wait(EVERY_SECONDS)

    def turn(self) -> bool:
        """Have the oldest file read that nobody reads; say whether there was one."""
        with self._workshop.database.read() as session:
            if not word_jobs.something_waits(session, now()):
                return False
        with self._workshop.database.write() as session:
            job = word_jobs.claim(session, now())
        if job is None:
            return False
        report = self._read(job)
        with self._workshop.database.write() as session:
            if report is None:
                word_jobs.give_back(session, job, counts=not self._stop.is_set())
            else:
                word_jobs.settle(session, job, report, now())
        log.info("Word file %s: %s", job.upload_id, "not read" if report is None else report.get("failure") or "read")
        return True

    def _read(self, job: Job) -> dict[str, Any] | None:
        """Return what a process says of a file; None when it said nothing, or nobody wants to know any more."""
        command = [*COMMAND, str(job.upload_id)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as process:
            try:
                return self._heard(job, process)
            finally:
                process.kill()

    def _heard(self, job: Job, process: subprocess.Popen[str]) -> dict[str, Any] | None:
        until = time.monotonic() + MOST_SECONDS
        while True:
            try:
                said, _ = process.communicate(timeout=RENEW_SECONDS)
                break
            except subprocess.TimeoutExpired:
                if time.monotonic() > until:
                    return word_jobs.failed("word-slow")
                if self._stop.is_set() or not self._renewed(job):
                    return None
        if process.returncode != 0:
            log.error("reading Word file %s ended with status %s", job.upload_id, process.returncode)
            return None
        report: dict[str, Any] = json.loads(said)
        return report

    def _renewed(self, job: Job) -> bool:
        with self._workshop.database.write() as session:
            return word_jobs.renew(session, job, now())
