"""Several people at once, with real threads on both databases: nothing is lost, nothing happens twice."""

from __future__ import annotations

from sqlalchemy import func, select

from reviewtool.gitstore import history, reading
from reviewtool.models import Merge, Proposal, Vote
from reviewtool.services import drafts, merging, people, proposals, recording, revisions, threads, votes
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.together import at_once, codes


def begin(workshop, author):
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=author)
        journey.edit(workshop, draft, INTRODUCTION, "30 días", f"{author.id} días")
        drafts.save_meta(draft, journey.META)
        session.flush()
        return draft.id, draft.token


def test_six_new_proposals_at_once_get_six_numbers(workshop, group):
    begun = [(author, begin(workshop, author)[0]) for author in group.members[:6]]
    numbers = at_once(*[lambda a=author, d=draft: revisions.submit(workshop, d, by_id=a.id) for author, draft in begun])
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
    assert len(reading.refs(workshop.store, "refs/proposals/")) == 6


def test_one_draft_submitted_from_two_windows_at_once_is_one_proposal(workshop, group):
    author = group.members[0]
    draft, token = begin(workshop, author)
    results = codes(at_once(*[lambda: revisions.submit(workshop, draft, by_id=author.id, token=token)] * 2))
    assert 1 in results
    assert set(results) <= {1, "draft-unknown"}
    assert revisions.submit(workshop, draft, by_id=author.id, token=token) == 1
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Proposal)) == 1


def test_one_vote_pressed_twice_at_once_counts_once(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    journey.open_ballot(workshop, number, group.coordinator)

    def cast(position):
        with workshop.database.write() as session:
            votes.cast(session, number, by=group.members[1], ballot_number=1, position=position)

    at_once(lambda: cast("for"), lambda: cast("abstain"), lambda: cast("for"))
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Vote).where(Vote.current)) == 1


def test_comments_of_twelve_people_at_once_are_all_there_and_all_recorded(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")

    def say(person):
        with workshop.database.write() as session:
            threads.comment(session, workshop, number, threads.Place(1), threads.Message(f"Soy {person.id}"), by=person)

    at_once(*[lambda p=person: say(p) for person in group.members])
    assert recording.catch_up(workshop) == 1
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert proposal.comment_count == 12
        assert proposal.version == proposal.recorded_version == 13


def test_two_people_merging_one_proposal_make_one_commit(workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    journey.approve(workshop, number, group)
    before = reading.head(workshop.store)
    merge = lambda: merging.merge(workshop, number, by_id=group.coordinator.id, revision=1)  # noqa: E731  # run twice
    results = at_once(merge, merge)
    with workshop.database.read() as session:
        commit = session.scalars(select(Merge.commit)).one()
    assert commit in results
    assert reading.head(workshop.store) == commit
    steps = history.log(workshop.store, commit, limit=10)
    assert [entry.commit.id for entry in steps][1] == before


def test_two_approved_proposals_merged_at_once_both_stand(workshop, group):
    first = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    second = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "60 días")
    for number in (first, second):
        journey.approve(workshop, number, group)
    at_once(*[lambda n=n: merging.merge(workshop, n, by_id=group.coordinator.id, revision=1) for n in (first, second)])
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Merge)) == 2
    tip = reading.head(workshop.store)
    text = reading.data(workshop.store, reading.find(workshop.store, tip, INTRODUCTION).blob).decode()
    assert "precio efectivamente" in text
    assert "60 días" in text


def test_who_is_set_inactive_while_their_act_waits_for_the_lock_no_longer_acts(workshop, group):
    with workshop.database.read() as session:
        member, known = people.read(session, group.members[0].id)
    with workshop.database.write() as session:
        assert people.acting(session, member, known) is not member
        assert people.roles(people.acting(session, member, known))
    with workshop.database.write() as session:
        people.get(session, member.id).active = False
    with workshop.database.write() as session:
        assert not people.roles(people.acting(session, member, known))


def test_each_of_two_new_passwords_at_once_signs_out_all_browsers(workshop, group):
    with workshop.database.read() as session:
        member, known = people.read(session, group.members[0].id)
    for password in ("una contraseña larga", "otra contraseña larga"):
        with workshop.database.write() as session:
            people.set_password(people.acting(session, member, known), password)
    with workshop.database.read() as session:
        assert people.get(session, member.id).session_version == member.session_version + 2
