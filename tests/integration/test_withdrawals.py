"""Withdrawal for confidentiality: the words are found nowhere afterwards, their place stays, and `verify` is clean."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from reviewtool import installing
from reviewtool.errors import AlreadyDecided, InstallationError, InvalidInput, NotAllowed, NotFound
from reviewtool.gitstore import reading
from reviewtool.models import Comment, CommentEdit, Opinion, Vote
from reviewtool.models.withdrawal import INSTEAD
from reviewtool.services import (
    objections,
    people,
    rebuilding,
    record_files,
    recording,
    threads,
    verifying,
    votes,
    withdrawals,
)
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.objects import inflated, on_disk, reached

SECRET = "Importadora Quetzal declaró 48.312,75 USD"
GROUND = "Datos de un importador, artículo 10"


@pytest.fixture
def number(workshop, group):
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    recording.record_group(workshop)
    return made


def comment(workshop, number, by, body):
    with workshop.database.write() as session:
        author = people.get(session, by.id)
        begun = threads.comment(session, workshop, number, threads.Place(1), threads.Message(body), by=author)
        found = session.scalars(select(Comment.id).where(Comment.thread_id == begun.id)).one()
    recording.record(workshop, number)
    return found


def withdraw(workshop, group, kind, target):
    return withdrawals.withdraw(workshop, kind, target, ground=GROUND, by_id=group.coordinator.id)


def test_a_comment_with_its_edits_is_gone_and_its_place_stays(workshop, group, number):
    said = comment(workshop, number, group.members[1], "Antes de editar: " + SECRET)
    with workshop.database.write() as session:
        author = people.get(session, group.members[1].id)
        threads.edit(session, said, SECRET, by=author, seen="Antes de editar: " + SECRET)
    quoting = comment(workshop, number, group.members[2], f"Usted escribió: «{SECRET}». ¿Es público?")
    other = comment(workshop, number, group.members[3], "De acuerdo con el cambio")
    assert SECRET.encode() in reached(workshop.store)
    made = withdraw(workshop, group, "comment", said)
    assert made.renamed
    with workshop.database.read() as session:
        found = session.get_one(Comment, said)
        assert (found.body, found.author_id) == (INSTEAD, group.members[1].id)
        assert session.scalars(select(CommentEdit.body)).all() == [INSTEAD]
        assert session.get_one(Comment, quoting).body == f"Usted escribió: «{INSTEAD}». ¿Es público?"
        assert session.get_one(Comment, other).body == "De acuerdo con el cambio"
    assert SECRET.encode() not in reached(workshop.store)
    report = verifying.verify(workshop, wait=lambda _seconds: None)
    assert report.findings == ()
    assert [note.code for note in report.notes] == ["withdrawn"]


def test_entries_keep_their_people_instants_and_messages(workshop, group, number):
    comment(workshop, number, group.members[2], "Sin nada que ocultar")
    ref = record_files.ref_of(number)
    before = reading.head(workshop.store, ref)
    said = comment(workshop, number, group.members[1], SECRET)
    old = reading.commit(workshop.store, reading.head(workshop.store, ref))
    made = withdraw(workshop, group, "comment", said)
    new = reading.commit(workshop.store, made.renamed[old.id])
    assert (new.author, new.committer, new.subject, new.parents) == (old.author, old.committer, old.subject, (before,))
    assert before not in made.renamed  # entries from before the words keep their ids


@pytest.mark.parametrize("reason", [SECRET, "Sí"])
def test_the_reason_of_a_vote_goes_without_touching_the_same_word_of_others(workshop, group, number, reason):
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], "for_with_remarks", reason)
    journey.vote(workshop, number, group.members[2], "for_with_remarks", "Sí")
    journey.close(workshop, number)
    recording.record(workshop, number)
    with workshop.database.read() as session:
        vote = session.scalars(select(Vote).where(Vote.person_id == group.members[1].id)).one()
    withdraw(workshop, group, "vote", vote.id)
    with workshop.database.read() as session:
        reasons = dict(session.execute(select(Vote.person_id, Vote.reason)).all())
    assert reasons == {group.members[1].id: INSTEAD, group.members[2].id: "Sí"}
    assert SECRET.encode() not in reached(workshop.store)
    assert journey.findings(workshop) == ()


def test_opinions_and_objections_go_too_with_the_thread_of_the_objection(workshop, group, number):
    with workshop.database.write() as session:
        observer = people.get(session, group.observers[0].id)
        given = votes.give_opinion(session, number, by=observer, revision=1, stance="unfavourable", reason=SECRET)
        given_id = given.id
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.write() as session:
        raised = objections.raise_one(session, number, by=people.get(session, group.members[3].id), reason=SECRET + "!")
        raised_id, thread_id = raised.id, raised.thread_id
    recording.record(workshop, number)
    withdraw(workshop, group, "opinion", given_id)
    withdraw(workshop, group, "objection", raised_id)
    with workshop.database.read() as session:
        assert session.scalars(select(Opinion.reason)).all() == [INSTEAD]
        assert session.scalars(select(Comment.body).where(Comment.thread_id == thread_id)).all() == [INSTEAD]
    assert SECRET.encode() not in reached(workshop.store)
    assert journey.findings(workshop) == ()


def test_after_a_merge_the_record_that_its_commit_names_still_resolves_twice_over(workshop, group, number):
    first = comment(workshop, number, group.members[1], SECRET)
    second = comment(workshop, number, group.members[2], "Otro dato de la misma empresa, 77.001")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    withdraw(workshop, group, "comment", first)
    withdraw(workshop, group, "comment", second)
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()


def test_it_comes_back_as_withdrawn_when_the_database_is_rebuilt(workshop, group, number, sqlite_template, tmp_path):
    from reviewtool.db import Database

    said = comment(workshop, number, group.members[1], SECRET)
    withdraw(workshop, group, "comment", said)
    path = tmp_path / "empty.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    with again.database.read() as session:
        assert session.get_one(Comment, said).body == INSTEAD
        assert withdrawals.find(session, "comment", said).ground == GROUND
    assert journey.findings(again) == ()
    again.database.dispose()


def test_after_the_maintenance_that_drops_it_the_words_are_in_no_file(workshop, group, number, settings):
    said = comment(workshop, number, group.members[1], SECRET)
    withdraw(workshop, group, "comment", said)
    assert SECRET.encode() in on_disk(workshop.store)
    installing.drop_withdrawn(settings, workshop)
    assert SECRET.encode() not in on_disk(workshop.store)
    for file in workshop.store.path.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert SECRET.encode() not in data
            if file.parent.name in {path.name for path in (workshop.store.path / "objects").iterdir()}:
                assert SECRET.encode() not in inflated(data)
    if settings.sqlite_path is not None:
        for file in settings.sqlite_path.parent.glob(f"{settings.sqlite_path.name}*"):
            assert SECRET.encode() not in file.read_bytes(), file.name
    else:
        with workshop.database.read() as session:
            assert not session.scalars(select(Comment.id).where(Comment.body.contains("Quetzal"))).all()
            assert session.scalar(text("SELECT count(*) FROM comment")) == 1
    assert journey.findings(workshop) == ()


@pytest.mark.parametrize("step", ["before-objects", "before-row", "before-ref", "after-ref", "after-blank"])
def test_one_that_is_killed_at_any_step_is_finished_by_asking_again(workshop, group, number, monkeypatch, step):
    said = comment(workshop, number, group.members[1], SECRET)
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)  # whose commit names an entry that will be written anew

    class Killed(BaseException):
        pass

    def die(*_args, **_kwargs):
        raise Killed

    module, name = {
        "before-objects": (withdrawals.store_record, "plan_rewrite"),
        "before-row": (withdrawals, "_intend"),
        "before-ref": (withdrawals.writing, "update_ref"),
        "after-ref": (withdrawals, "_blank"),
        "after-blank": (withdrawals, "_forget_written_ahead"),
    }[step]
    with monkeypatch.context() as patched:
        patched.setattr(module, name, die)
        with pytest.raises(Killed):
            withdraw(workshop, group, "comment", said)
    if step != "after-blank":
        withdraw(workshop, group, "comment", said)
    assert SECRET.encode() not in reached(workshop.store)
    with workshop.database.read() as session:
        assert session.get_one(Comment, said).body == INSTEAD
        assert withdrawals.find(session, "comment", said).renamed
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_what_waits_for_its_ref_or_a_running_program_keeps_the_maintenance_away(workshop, group, number, settings):
    import fcntl

    with (settings.var / "recorder.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(InstallationError, match="The program is running"):
            installing.drop_withdrawn(settings, workshop)


def test_only_the_coordination_withdraws_with_a_ground_and_once(workshop, group, number):
    said = comment(workshop, number, group.members[1], SECRET)
    with pytest.raises(NotAllowed):
        withdrawals.withdraw(workshop, "comment", said, ground=GROUND, by_id=group.members[1].id)
    with pytest.raises(InvalidInput, match="ground-missing"):
        withdrawals.withdraw(workshop, "comment", said, ground="  ", by_id=group.coordinator.id)
    with pytest.raises(NotFound):
        withdraw(workshop, group, "comment", 999)
    withdraw(workshop, group, "comment", said)
    with pytest.raises(AlreadyDecided, match="withdrawn-already"):
        withdraw(workshop, group, "comment", said)
    with workshop.database.write() as session, pytest.raises(NotAllowed, match="comment-withdrawn"):
        threads.edit(session, said, "Otra vez", by=people.get(session, group.members[1].id), seen=INSTEAD)
