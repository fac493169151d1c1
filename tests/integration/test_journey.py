"""The main job through the services: what a group proposes, discusses, votes on and merges stands in Git."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from reviewtool import clock
from reviewtool.errors import AlreadyDecided, Conflict, InvalidInput, NotAllowed, OutOfDate
from reviewtool.gitstore import reading, record
from reviewtool.services import (
    ballots,
    drafts,
    editions,
    lifecycle,
    merging,
    proposals,
    record_files,
    refmoves,
    revisions,
    telling,
    undoing,
    votes,
)
from tests import factories
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, GLOSSARY, INTRODUCTION, WINDOWS_LINES


@pytest.fixture
def workshop(settings, database, store):
    from reviewtool.app import make_workshop

    return replace(make_workshop(settings), database=database, store=store)


@pytest.fixture
def group(database):
    with database.write() as session:
        made = factories.make_group(session)
    from reviewtool.services import people

    with database.read() as session:
        load = lambda person: people.get(session, person.id)  # noqa: E731
        return factories.Group(
            tuple(map(load, made.members)),
            made.seats,
            tuple(map(load, made.observers)),
            load(made.coordinator),
            load(made.deputy),
            load(made.reader),
        )


def state(workshop, number):
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert lifecycle.facts_of(session, proposal, clock.now())
        return proposal.state


def text(workshop, path, commit=None):
    commit = commit or reading.head(workshop.store)
    return reading.data(workshop.store, reading.find(workshop.store, commit, path).blob).decode()


def test_what_the_group_approved_becomes_one_commit_with_its_authors_and_votes(workshop, group):
    author = group.members[0]
    number = journey.propose(workshop, author, INTRODUCTION, "precio realmente", "precio efectivamente")
    assert state(workshop, number) == "consultation"
    journey.approve(workshop, number, group)
    assert state(workshop, number) == "approved"

    commit = journey.merge(workshop, number, group.coordinator)

    assert state(workshop, number) == "merged"
    assert reading.head(workshop.store) == commit
    assert "precio efectivamente" in text(workshop, INTRODUCTION)
    made = reading.commit(workshop.store, commit)
    assert made.author.name == author.name
    assert made.author.email == f"p{author.id}@{workshop.group.record_domain}"
    assert made.committer.name == group.coordinator.name
    assert made.subject == "Aclarar el canon"
    trailers = dict(made.trailers)
    assert trailers["Proposal"] == str(number)
    assert trailers["Decision"] == "approved; 8 for, 0 against, 0 abstaining; quorum 6 of 11"
    assert trailers["Merge-kind"] == "exact"
    assert len([value for name, value in made.trailers if name == "Approved-by"]) == 8
    assert trailers["Review-record"]


def test_the_record_follows_every_act(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    ref = record_files.ref_of(number)
    stored = json.loads(record.read(workshop.store, ref, "proposal.json"))
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert stored["version"] == proposal.version == proposal.recorded_version
    ballot = json.loads(record.read(workshop.store, ref, "ballots/1.json"))
    assert len(ballot["votes"]) == 8
    assert record.read(workshop.store, ref, "merge.json")
    minutes = record.read(workshop.store, ref, "record.md").decode()
    assert "# Constancia de decisión P-1" in minutes
    assert "**aprobada** (8 a favor, 0 en contra" in minutes
    changes = minutes.partition("## Qué cambia\n\n")[2].partition("\n\n")[0].splitlines()
    assert changes[0] == "- Se modifica 1 párrafo y se modifica el punto 2 en «Condiciones»"
    assert changes[1].startswith("- 2 palabras insertadas y 2 suprimidas; los otros ")


def test_a_change_that_cannot_be_told_keeps_no_decision_from_the_record(workshop, group, monkeypatch, caplog):
    def fail(*_):
        raise ValueError

    monkeypatch.setattr(telling, "lines", fail)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    minutes = record.read(workshop.store, record_files.ref_of(number), "record.md").decode()
    assert "**aprobada**" in minutes
    assert "Qué cambia" not in minutes
    assert f"the changes of P-{number} could not be told" in caplog.text


def test_a_second_press_of_submit_finds_the_first_proposal(workshop, group):
    author = group.members[0]
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=author)
        journey.edit(workshop, draft, INTRODUCTION, "precio realmente", "precio")
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id, token = draft.id, draft.token
    first = revisions.submit(workshop, draft_id, by_id=author.id, token=token)
    assert revisions.submit(workshop, draft_id, by_id=author.id, token=token) == first


def test_only_the_words_change_in_a_document_with_windows_lines(workshop, group):
    author = group.members[0]
    before = text(workshop, WINDOWS_LINES)
    word = next(word for word in before.split() if len(word) > 6 and before.count(word) == 1)
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=author)
        entry = drafts.add_document(workshop, draft, WINDOWS_LINES)
        typed = drafts.text_of(workshop, entry).replace(word, "OTRA").replace("\r\n", "\n").replace("\n", "\r\n")
        drafts.save_text(workshop, draft, entry, typed, saves=0)
        assert drafts.content(workshop, entry) == before.replace(word, "OTRA").encode()


def test_a_draft_that_changes_nothing_is_not_submitted(workshop, group):
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=group.members[0])
        drafts.add_document(workshop, draft, INTRODUCTION)
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    with pytest.raises(InvalidInput, match="nothing-changed"):
        revisions.submit(workshop, draft_id, by_id=group.members[0].id)


def test_the_text_is_frozen_while_a_ballot_is_open(workshop, group):
    author = group.members[0]
    number = journey.propose(workshop, author, INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    with pytest.raises(AlreadyDecided, match="text-frozen"):
        journey.revise(workshop, author, number, INTRODUCTION, "efectivamente", "verdaderamente")


def test_a_suspended_ballot_lets_the_author_revise_and_every_vote_is_asked_again(workshop, group):
    author = group.members[0]
    number = journey.propose(workshop, author, INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    with workshop.database.write() as session:
        ballots.suspend(session, number, by=group.coordinator, reason="El autor pide enmendar")
    assert journey.revise(workshop, author, number, INTRODUCTION, "efectivamente", "verdaderamente") == 2
    assert state(workshop, number) == "consultation"
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.read() as session:
        ballot = proposals.open_ballot(session, number)
        assert ballot.revision == 2
        assert votes.of_ballot(session, ballot.id) == []


def test_two_proposals_on_different_passages_merge_one_after_the_other(workshop, group):
    first = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    second = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "60 días")
    for number in (first, second):
        journey.approve(workshop, number, group)
    journey.merge(workshop, first, group.coordinator)
    commit = journey.merge(workshop, second, group.coordinator)
    assert dict(reading.commit(workshop.store, commit).trailers)["Merge-kind"] == "apart"
    merged = text(workshop, INTRODUCTION)
    assert "precio efectivamente" in merged
    assert "60 días" in merged


def test_two_proposals_on_the_same_words_do_not_both_merge(workshop, group):
    first = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    second = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "60 días")
    for number in (first, second):
        journey.approve(workshop, number, group)
    journey.merge(workshop, first, group.coordinator)
    with pytest.raises(Conflict, match="merge-conflict"):
        journey.merge(workshop, second, group.coordinator)
    # Its author gives a new version on the text of today, and the group is asked again.
    assert journey.revise(workshop, group.members[1], second, INTRODUCTION, "60 días", "90 días") == 2
    assert state(workshop, second) == "consultation"
    journey.approve(workshop, second, group)
    journey.merge(workshop, second, group.coordinator)
    assert "90 días" in text(workshop, INTRODUCTION)


def test_an_open_formal_objection_holds_the_merge_until_lifted(workshop, group):
    from reviewtool.services import objections

    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    with workshop.database.write() as session:
        raised = objections.raise_one(session, number, by=group.members[3], reason="Debilita el vínculo")
    with pytest.raises(AlreadyDecided, match="objection-holds"):
        journey.merge(workshop, number, group.coordinator)
    with workshop.database.write() as session:
        objections.lift(session, number, raised.id, by=group.members[3])
    journey.merge(workshop, number, group.coordinator)
    assert state(workshop, number) == "merged"


def test_without_a_quorum_there_is_no_decision_and_one_second_call(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    journey.close(workshop, number)
    assert state(workshop, number) == "no_decision"
    with workshop.database.write() as session:
        ballots.call_again(session, workshop.group, number, by=group.coordinator, reason="Faltó quórum")
    with workshop.database.read() as session:
        ballot = proposals.open_ballot(session, number)
        assert [vote.position for vote in votes.of_ballot(session, ballot.id)] == ["for"]
    journey.close(workshop, number)
    with workshop.database.write() as session, pytest.raises(AlreadyDecided, match="second-call-once"):
        ballots.call_again(session, workshop.group, number, by=group.coordinator, reason="Otra vez")


def test_silence_approves_when_nobody_breaks_it_and_stops_when_somebody_does(workshop, group):
    quiet = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, quiet, group.coordinator, preset="silencio")
    journey.close(workshop, quiet)
    assert state(workshop, quiet) == "approved"
    commit = journey.merge(workshop, quiet, group.coordinator)
    names = {name for name, _ in reading.commit(workshop.store, commit).trailers}
    assert "Approved-by" not in names

    loud = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    journey.open_ballot(workshop, loud, group.coordinator, preset="silencio")
    with workshop.database.write() as session:
        ballot = proposals.open_ballot(session, loud)
        votes.interrupt_silence(session, loud, by=group.members[2], ballot_number=ballot.number, reason="No procede")
    assert state(workshop, loud) == "awaiting_decision" or state(workshop, loud) == "consultation"
    with workshop.database.read() as session:
        assert len(ballots.open_objections(session, loud)) == 1


def test_only_seats_of_the_roll_vote_and_the_author_does_not(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    with pytest.raises(NotAllowed, match="author-does-not-vote"):
        journey.vote(workshop, number, group.members[0])
    with pytest.raises(NotAllowed):
        journey.vote(workshop, number, group.observers[0])
    with pytest.raises(InvalidInput, match="vote-reason-missing"):
        journey.vote(workshop, number, group.members[1], "against")


def test_a_vote_after_the_close_is_refused_even_when_no_job_ran(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.read() as session:
        closes = proposals.open_ballot(session, number).closes_at
    with clock.at(closes + timedelta(seconds=1)), pytest.raises(AlreadyDecided, match="ballot-closed"):
        journey.vote(workshop, number, group.members[1])


def test_a_vote_on_another_ballot_than_the_page_showed_is_refused(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.write() as session, pytest.raises(OutOfDate, match="ballot-other"):
        votes.cast(session, number, by=group.members[1], ballot_number=7, position="for")


def test_a_merge_that_was_killed_before_the_ref_moved_is_finished_later(workshop, group, monkeypatch):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)

    class KilledError(BaseException):
        pass

    def die(*_args):
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(refmoves, "publish", die)
        with pytest.raises(KilledError):
            journey.merge(workshop, number, group.coordinator)
    assert state(workshop, number) == "approved"
    with pytest.raises(AlreadyDecided, match="merging-now"), workshop.database.write() as session:
        proposals.lock(session, number)

    assert refmoves.reconcile(workshop) == 1
    assert state(workshop, number) == "merged"
    assert refmoves.reconcile(workshop) == 0


def test_new_renamed_and_deleted_documents_are_merged(workshop, group):
    author = group.members[0]
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=author)
        drafts.add_new(workshop, draft, "casos/caso-9.md", b"# Caso 9\n\nTexto.\n")
        moved = drafts.add_document(workshop, draft, GLOSSARY)
        drafts.rename(workshop, draft, moved, "glosario/terminos.md")
        gone = drafts.add_document(workshop, draft, ADJUSTMENTS)
        drafts.mark_deleted(gone)
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    number = revisions.submit(workshop, draft_id, by_id=author.id)
    with workshop.database.read() as session:
        touches = proposals.revision(session, number, 1).touches
        assert {(touch.path, touch.status) for touch in touches} == {
            ("casos/caso-9.md", "A"),
            ("glosario/terminos.md", "R"),
            (ADJUSTMENTS, "D"),
        }
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    files = reading.files(workshop.store, reading.head(workshop.store))
    assert "casos/caso-9.md" in files
    assert "glosario/terminos.md" in files
    assert GLOSSARY not in files
    assert ADJUSTMENTS not in files


def test_undoing_a_merged_change_is_a_new_proposal_with_the_inverse(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    with workshop.database.write() as session:
        draft = undoing.start(session, workshop, number, by=group.members[4])
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    back = revisions.submit(workshop, draft_id, by_id=group.members[4].id)
    journey.approve(workshop, back, group)
    journey.merge(workshop, back, group.coordinator)
    assert "precio realmente" in text(workshop, INTRODUCTION)
    with workshop.database.read() as session:
        assert proposals.get(session, back).undoes == number


def test_an_edition_is_a_tag_that_names_the_present_text(workshop, group):
    tip = reading.head(workshop.store)
    made = editions.publish(workshop, "Edición 2026-1", by_id=group.coordinator.id, note="Primera")
    assert made.commit == tip
    assert reading.refs(workshop.store, "refs/tags/")
    with pytest.raises(Conflict, match="edition-taken"):
        editions.publish(workshop, "edición  2026-1", by_id=group.coordinator.id)
    with pytest.raises(NotAllowed):
        editions.publish(workshop, "Otra", by_id=group.members[0].id)


def test_who_proposed_a_text_does_not_merge_it_where_a_deputy_can(workshop, group):
    from reviewtool.services import people
    from tests.factories import make_holding, make_seat, make_term

    with workshop.database.write() as session:
        both = people.get(session, group.coordinator.id)
        make_term(session, both, "member")
        make_holding(session, make_seat(session, "PE"), both)
    with workshop.database.read() as session:
        both = people.get(session, group.coordinator.id)
    number = journey.propose(workshop, both, INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, replace(group, coordinator=group.deputy))
    with pytest.raises(NotAllowed, match="merge-own"):
        journey.merge(workshop, number, both)
    assert merging.merge(workshop, number, by_id=group.deputy.id, revision=1)
