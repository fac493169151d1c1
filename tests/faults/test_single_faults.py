"""One fault at a time, with the real thing: what the person reads, what the log says, and that it goes on after."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from reviewtool import clock
from reviewtool.gitstore import locks, maintenance, reading, writing
from reviewtool.models import Comment, Event, Merge
from reviewtool.services import documents, proposals, record_files, recording, refmoves
from reviewtool.services.recording import Recorder
from tests.faults.dying import ROOT
from tests.support import journey
from tests.support.materials import INTRODUCTION

TYPED = "Convendría citar también la nota interpretativa del artículo 8."


@pytest.fixture
def workshop(app):
    return app.extensions["workshop"]


@pytest.fixture
def approved(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    recording.catch_up(workshop)
    return number


@pytest.fixture
def proposed(workshop, group):
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


def press_merge(client, number):
    return client.post(f"/propuestas/{number}/incorporar", data={"version": "1", "note": ""})


def press_comment(client, number, token="uno"):
    return client.post(f"/propuestas/{number}/comentarios", data={"version": "1", "body": TYPED, "form_token": token})


def merged(workshop, number):
    """Say whether a proposal stands merged, once, in the database and in `main`."""
    trailers = workshop.store.run("log", "--format=%(trailers:key=Proposal,valueonly)", "refs/heads/main").split()
    with workshop.database.read() as session:
        rows = session.scalars(select(Merge.commit).where(Merge.proposal_number == number)).all()
        return proposals.get(session, number).state == "merged" and len(rows) == trailers.count(b"%d" % number) == 1


def lock(workshop, name, age=0.0):
    path = workshop.store.path / f"{name}.lock"
    path.touch()
    then = time.time() - age
    os.utime(path, (then, then))
    return path


# -- locks -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["refs/heads/main", "HEAD"])
def test_a_lock_beside_main_that_may_be_alive_makes_the_merge_wait_with_a_sentence(
    workshop, sign_in, group, approved, name, caplog
):
    before = reading.head(workshop.store)
    left = lock(workshop, name)
    answer = press_merge(sign_in(group.coordinator), approved)
    assert answer.status_code == 503
    assert f"P-{approved} quedó lista para incorporarse y se terminará sola" in answer.text
    assert f"{name}.lock" in caplog.text
    assert reading.head(workshop.store) == before
    left.unlink()
    assert refmoves.reconcile(workshop) == 1
    assert merged(workshop, approved)


@pytest.mark.parametrize("name", ["refs/heads/main", "HEAD"])
def test_a_lock_that_a_killed_git_left_a_minute_ago_is_removed_and_the_merge_goes_on(
    workshop, sign_in, group, approved, name, caplog
):
    left = lock(workshop, name, age=locks.STALE_SECONDS + 5)
    assert press_merge(sign_in(group.coordinator), approved).status_code == 303
    assert merged(workshop, approved)
    assert not left.exists()
    assert f"{name}.lock, which a git process left" in caplog.text


def test_a_lock_beside_a_record_keeps_no_other_record_back(workshop, sign_in, group, proposed):
    other = journey.propose(workshop, group.members[1], INTRODUCTION, "precio realmente", "precio verdaderamente")
    recording.catch_up(workshop)
    left = lock(workshop, record_files.ref_of(proposed))
    for number in (proposed, other):
        assert press_comment(sign_in(group.members[2]), number).status_code == 303
    Recorder(workshop, workshop.store.path / "recorder.lock").follow()
    with workshop.database.read() as session:
        assert recording.dirty(session) == [proposed]
    left.unlink()
    assert recording.catch_up(workshop) == 1


def test_a_lock_of_the_packed_refs_stops_no_act_and_packing_goes_on_once_it_is_old(
    workshop, sign_in, group, approved, caplog
):
    left = lock(workshop, "packed-refs")
    assert press_merge(sign_in(group.coordinator), approved).status_code == 303
    with pytest.raises(Exception, match="store-busy"):
        maintenance.pack(workshop.store)
    os.utime(left, (0, 0))
    maintenance.pack(workshop.store)
    assert "packed-refs.lock, which a git process left" in caplog.text
    assert merged(workshop, approved)


# -- the repository ----------------------------------------------------------------------------------------------------


def test_a_repository_that_is_away_is_said_and_everything_goes_on_when_it_is_back(
    workshop, sign_in, group, approved, caplog
):
    client, coordinator = sign_in(group.members[1]), sign_in(group.coordinator)
    assert client.get(f"/materiales/{INTRODUCTION}").status_code == 200
    away = workshop.store.path.with_name("away.git")
    workshop.store.path.rename(away)
    try:
        for answer in (client.get(f"/materiales/{INTRODUCTION}"), press_merge(coordinator, approved)):
            assert answer.status_code == 503
            assert "No se encuentra el archivo de materiales. Avise a quien administra el sistema." in answer.text
        assert "store-missing" in caplog.text
        Recorder(workshop, workshop.store.path.parent / "recorder.lock").follow()
    finally:
        away.rename(workshop.store.path)
    assert client.get(f"/materiales/{INTRODUCTION}").status_code == 200
    assert press_merge(coordinator, approved).status_code == 303
    assert merged(workshop, approved)
    assert maintenance.check(workshop.store) == []


def test_a_damaged_object_is_said_on_the_page_named_in_the_log_and_found_by_the_check(workshop, sign_in, group, caplog):
    client = sign_in(group.members[1])
    blob = reading.find(workshop.store, documents.tip(workshop), INTRODUCTION).blob
    path = workshop.store.path / "objects" / blob[:2] / blob[2:]
    if not path.exists():  # it lies in a pack: make it a loose one
        for pack in (workshop.store.path / "objects" / "pack").glob("*.pack"):
            kept = pack.read_bytes()
            for part in pack.parent.glob(f"{pack.stem}.*"):
                part.unlink()
            workshop.store.run("unpack-objects", "-q", stdin=kept)
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(whole[: len(whole) // 2] + b"\0" * 8)
    workshop.store.close()
    workshop.store.forget()
    workshop.cache.clear()

    answer = client.get(f"/materiales/{INTRODUCTION}")
    assert answer.status_code == 503
    assert "El archivo de materiales está dañado. Avise a quien administra el sistema." in answer.text
    assert blob in caplog.text
    assert any(blob in line for line in maintenance.check(workshop.store))

    path.write_bytes(whole)
    workshop.store.close()
    assert client.get(f"/materiales/{INTRODUCTION}").status_code == 200
    assert maintenance.check(workshop.store) == []


def test_a_move_of_a_ref_repeated_after_its_success_is_a_success(workshop):
    old = reading.head(workshop.store)
    commit = reading.commit(workshop.store, old)
    new = writing.commit_tree(workshop.store, commit.tree, [old], "Otra vez", commit.author, commit.committer)
    assert writing.update_ref(workshop.store, reading.MAIN, new, old) is True
    assert writing.update_ref(workshop.store, reading.MAIN, new, old) is True
    assert reading.head(workshop.store) == new


# -- the database ------------------------------------------------------------------------------------------------------


@contextmanager
def held(database_url, seconds):
    """Let another process hold the database for so many seconds at most."""
    command = [sys.executable, "-m", "tests.faults.holding", database_url, str(seconds)]
    holder = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    try:
        yield
    finally:
        holder.communicate()
        assert holder.returncode == 0


def test_an_act_waits_ten_seconds_for_another_process_that_holds_the_database(
    database_url, workshop, sign_in, group, proposed
):
    client = sign_in(group.members[1])
    began = time.monotonic()
    with held(database_url, 10):
        assert press_comment(client, proposed).status_code == 303
        assert time.monotonic() - began > 8
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 1


def test_an_act_that_waited_too_long_for_the_database_is_refused_and_what_was_typed_is_kept(
    database_url, workshop, sign_in, group, proposed, caplog
):
    client = sign_in(group.members[1])
    sqlite = database_url.startswith("sqlite")
    impatient = "PRAGMA busy_timeout=300" if sqlite else "SET lock_timeout=300"
    event.listen(workshop.database.engine, "connect", lambda raw, _record: raw.execute(impatient))
    workshop.database.dispose()
    with held(database_url, 60):
        answer = press_comment(client, proposed)
        assert answer.status_code == 503
        assert "Otra persona estaba guardando al mismo tiempo. No se hizo nada; vuelva a intentarlo." in answer.text
        assert TYPED in answer.text
    assert "database busy" in caplog.text
    assert press_comment(client, proposed).status_code == 303
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 1


# -- the clock ---------------------------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_between_two_acts_changes_no_order_and_refuses_nothing(
    workshop, sign_in, group, approved
):
    client, coordinator = sign_in(group.members[1]), sign_in(group.coordinator)
    assert press_comment(client, approved, "uno").status_code == 303
    with clock.at(clock.now() - timedelta(hours=3)):
        assert press_comment(client, approved, "dos").status_code == 303
        assert press_merge(coordinator, approved).status_code == 303
        recording.catch_up(workshop)
        assert client.get(f"/propuestas/{approved}").status_code == 200
    assert merged(workshop, approved)
    with workshop.database.read() as session:
        acts = session.scalars(select(Event).where(Event.proposal_number == approved).order_by(Event.seq)).all()
        assert [each.seq for each in acts] == list(range(1, len(acts) + 1))
        assert [each.kind for each in acts][-3:] == ["commented", "commented", "merged"]
        assert acts[-1].at < acts[-3].at
        assert recording.dirty(session) == []
    assert maintenance.check(workshop.store) == []
