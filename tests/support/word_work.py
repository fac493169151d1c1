"""Word files read as the worker has them read, in this process."""

from __future__ import annotations

from reviewtool.clock import now
from reviewtool.services import word_jobs
from reviewtool.services.workshop import Workshop


def read_all(workshop: Workshop) -> int:
    """Read the files that wait, one after the other; return how many there were."""
    count = 0
    while True:
        with workshop.database.write() as session:
            job = word_jobs.claim(session, now())
        if job is None:
            return count
        report = word_jobs.understand(workshop, job.upload_id)
        with workshop.database.write() as session:
            word_jobs.settle(session, job, report, now())
        count += 1
