"""The real server killed at random moments while four people work: what was acknowledged is there, and once.

FAULTS_SEED repeats the choices of a run; `make bench-faults` kills two hundred times on each database.
"""

from __future__ import annotations

import os
import random

import pytest

from benchmarks.faults import rounds

KILLS = 15


@pytest.mark.timeout(900)
def test_no_kill_at_any_moment_loses_what_was_acknowledged_or_writes_it_twice(tmp_path, empty_database_url, say):
    seed = int(os.environ.get("FAULTS_SEED") or random.SystemRandom().randrange(1_000_000))
    on_postgres = empty_database_url.startswith("postgres")
    say(f"FAULTS_SEED={seed} on {'PostgreSQL' if on_postgres else 'SQLite'}")
    settings, workshop = rounds.make(tmp_path, empty_database_url if on_postgres else "")
    kills = rounds.Kills(settings, workshop, seed)
    try:
        kills.run(KILLS)
    finally:
        workshop.store.close()
        workshop.database.dispose()
    say("\n".join(kills.outcome.lines(kills.ledger)))
    assert sum(kills.outcome.kills.values()) == KILLS
    assert kills.outcome.found.database == kills.outcome.found.record == kills.ledger.counts()
