"""A process killed at any step of a merge, a version or an edition: the next start finishes it, once."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest
from sqlalchemy import func, select

from reviewtool.gitstore import maintenance, reading
from reviewtool.gitstore import record as store_record
from reviewtool.models import Comment, Draft, Edition, Merge, Proposal, RefMove, Revision
from reviewtool.services import drafts, proposals, record_files, recording, refmoves
from tests.faults.dying import COMMENT, COMMENT_STEPS, RECORD_STEPS, ROOT, STEPS
from tests.support import journey
from tests.support.materials import INTRODUCTION


def run_and_die(settings, act, step, number, person):
    command = [sys.executable, "-m", "tests.faults.dying", str(settings.var), settings.database_url, act, step]
    ended = subprocess.run([*command, str(number), str(person)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def count(session, model, **columns):
    return session.scalar(select(func.count()).select_from(model).filter_by(**columns))


@pytest.mark.parametrize("step", STEPS)
def test_a_merge_killed_at_any_step_is_finished_once_or_can_be_done_again(workshop, settings, group, step):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    before = reading.head(workshop.store)
    run_and_die(settings, "merge", step, number, group.coordinator.id)

    refmoves.reconcile(workshop)
    if step == "before-plan":
        assert reading.head(workshop.store) == before
        journey.merge(workshop, number, group.coordinator)
    recording.catch_up(workshop)

    with workshop.database.read() as session:
        assert proposals.get(session, number).state == "merged"
        assert count(session, Merge) == 1
        assert count(session, RefMove, state="pending") == 0
        merged = session.get_one(Merge, number)
    assert reading.head(workshop.store) == merged.commit
    assert reading.commit(workshop.store, merged.commit).parents == (before,)
    assert refmoves.reconcile(workshop) == 0
    assert maintenance.check(workshop.store) == []


@pytest.mark.parametrize("step", STEPS)
def test_a_version_killed_at_any_step_is_there_once_or_its_draft_still_is(workshop, settings, group, step):
    author = group.members[0]
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=author)
        journey.edit(workshop, draft, INTRODUCTION, "precio realmente", "precio efectivamente")
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    run_and_die(settings, "submit", step, draft_id, author.id)

    refmoves.reconcile(workshop)
    with workshop.database.read() as session:
        submitted = step != "before-plan"
        assert count(session, Proposal) == count(session, Revision) == int(submitted)
        assert count(session, Draft) == int(not submitted)
        if submitted:
            revision = proposals.revision(session, 1, 1)
            assert reading.head(workshop.store, "refs/proposals/1/1") == revision.commit


@pytest.mark.parametrize("step", STEPS)
def test_an_edition_killed_at_any_step_is_published_once_or_not_at_all(workshop, settings, group, step):
    run_and_die(settings, "edition", step, 0, group.coordinator.id)
    refmoves.reconcile(workshop)
    with workshop.database.read() as session:
        published = count(session, Edition)
    assert published == int(step != "before-plan")
    assert len(reading.refs(workshop.store, "refs/tags/edicion/")) == published


@pytest.mark.parametrize("act", ["record", "records"])
@pytest.mark.parametrize("step", RECORD_STEPS)
def test_a_record_killed_at_any_step_of_its_writing_is_written_whole_at_the_next_start(
    workshop, settings, group, act, step
):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    recording.catch_up(workshop)
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], reason="Se ajusta al artículo 8")
    before = store_record.tip(workshop.store, record_files.ref_of(number))
    run_and_die(settings, act, step, number, 0)
    moved = store_record.tip(workshop.store, record_files.ref_of(number)) != before
    assert moved == (step == "after-record-ref")

    recording.catch_up(workshop)
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert proposal.recorded_version == proposal.version
    entry = store_record.tip(workshop.store, record_files.ref_of(number))
    assert reading.commit(workshop.store, entry).parents == (before,)
    for name in ("proposal.json", "ballots/1.json", f"events/0/{proposal.version}.json"):
        assert store_record.read(workshop.store, record_files.ref_of(number), name)
    assert "Se ajusta al artículo 8" in store_record.read(
        workshop.store, record_files.ref_of(number), "ballots/1.json"
    ).decode("utf-8")
    assert maintenance.check(workshop.store) == []


@pytest.mark.parametrize("step", COMMENT_STEPS)
def test_a_comment_whose_answer_was_killed_is_there_once_when_it_is_sent_again(
    app, sign_in, workshop, settings, group, step
):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    person = group.members[1]
    run_and_die(settings, "comment", step, number, person.id)
    with workshop.database.read() as session:
        assert count(session, Comment) == int(step == "before-answer")

    answer = sign_in(person).post(f"/propuestas/{number}/comentarios", data=COMMENT)
    assert answer.status_code == 303
    recording.catch_up(workshop)
    with workshop.database.read() as session:
        (said,) = session.scalars(select(Comment))
    written = store_record.read(workshop.store, record_files.ref_of(number), f"comments/0/{said.id}.json")
    assert COMMENT["body"] in written.decode("utf-8")
