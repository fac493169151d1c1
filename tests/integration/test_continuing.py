"""A new version while its ballot is open: the ballot goes on, what was voted waits, and nothing of it counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from reviewtool import clock
from reviewtool.errors import AlreadyDecided, NotAllowed, OutOfDate
from reviewtool.gitstore import reading
from reviewtool.models import Ballot, Event, Notice, Person, Seat, Vote
from reviewtool.rules import calendar
from reviewtool.rules.voting import Majority
from reviewtool.services import (
    ballots,
    consultations,
    drafts,
    earlier,
    lifecycle,
    logbook,
    meetings,
    minutes,
    objections,
    passing,
    people,
    proposals,
    rebuilding,
    recording,
    revisions,
    rulesets,
    standings,
    votes,
    worklist,
)
from reviewtool.services.receiving import Received
from tests import factories
from tests.support import agenda, journey
from tests.support.materials import INTRODUCTION
from tests.support.together import refusals

FIRST, SECOND, THIRD = "precio realmente", "precio efectivamente", "precio de veras"


@pytest.fixture
def number(workshop, group) -> int:
    agenda.set_rules(workshop, revisions_during_vote=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator)
    return number


def revise(workshop, group, number: int, old: str = SECOND, new: str = THIRD) -> int:
    return journey.revise(workshop, group.members[0], number, INTRODUCTION, old, new)


def newest(workshop, number: int) -> Ballot:
    with workshop.database.read() as session:
        return proposals.newest_ballot(session, number)


def standing(workshop, number: int):
    """Return where the newest ballot stands, counted alone and among many."""
    with workshop.database.read() as session:
        alone = ballots.standing_of(session, proposals.newest_ballot(session, number))
        assert standings.of_newest(session, workshop, [number])[number].standing == alone
        return alone


def state(workshop, number: int) -> str:
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert proposal.state == lifecycle.state_of(lifecycle.facts_of(session, proposal, clock.now()))
        return proposal.state


def act(workshop, verb, *arguments, **more):
    with workshop.database.write() as session:
        return verb(session, *arguments, **more)


def confirm(workshop, number: int, by: Person, ballot: int) -> None:
    act(workshop, votes.confirm, number, by=by, ballot_number=ballot)


def notices_of(workshop, person: Person) -> list[str]:
    with workshop.database.read() as session:
        query = select(Notice.kind).where(Notice.person_id == person.id, Notice.kind.in_(("reconfirm", "text_changed")))
        return list(session.scalars(query))


def work(workshop, person: Person) -> worklist.Work:
    with workshop.database.read() as session:
        return worklist.of_person(session, workshop, people.get(session, person.id))


def test_the_ballot_goes_on_about_the_new_version_with_its_rules_and_roll_and_keeps_the_votes_sealed(
    workshop, group, number
):
    journey.vote(workshop, number, group.members[1])
    before = newest(workshop, number)
    agenda.set_rules(workshop, revisions_during_vote=False, majority=Majority.consensus)
    assert revise(workshop, group, number) == 2
    after = newest(workshop, number)
    assert (after.number, after.revision, after.rules, after.roll) == (2, 2, before.rules, before.roll)
    with workshop.database.read() as session:
        kept = session.get(Ballot, before.id)
        assert (kept.outcome, kept.closed_at, kept.seal) == ("superseded", after.opened_at, before.seal)
        assert [vote.position for vote in votes.of_ballot(session, kept.id)] == ["for"]
        assert after.seal == proposals.revision(session, number, 2).seal != kept.seal
    assert state(workshop, number) == "voting"


def test_without_the_rule_an_open_ballot_freezes_the_text_and_an_override_ballot_always_does(workshop, group):
    agenda.set_rules(workshop, revisions_during_vote=False, override="two_thirds")
    first = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, first, group.coordinator)
    agenda.set_rules(workshop, revisions_during_vote=True)
    with pytest.raises(AlreadyDecided) as frozen:
        revise(workshop, group, first)
    assert frozen.value.code == "text-frozen"
    second = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    journey.approve(workshop, second, group)
    act(workshop, objections.raise_one, second, by=group.members[3], reason="Contradice el párrafo 2")
    act(workshop, ballots.submit_objection, workshop.group, second, by=group.coordinator, reason="Decida el grupo")
    with pytest.raises(AlreadyDecided) as frozen:
        revise(workshop, group, second, "45 días", "50 días")
    assert frozen.value.code == "text-frozen"


def test_nobody_but_the_author_gives_the_ballot_another_text(workshop, group, number):
    with pytest.raises(NotAllowed):
        journey.revise(workshop, group.members[1], number, INTRODUCTION, SECOND, THIRD)


def test_votes_on_the_older_version_do_not_count_until_they_are_confirmed_or_changed(workshop, group, number):
    for member in group.members[1:8]:
        journey.vote(workshop, number, member)
    journey.vote(workshop, number, group.members[8], "against", "Falta la cita")
    revise(workshop, group, number)
    stood = standing(workshop, number)
    assert (stood.took_part, len(stood.to_be_confirmed), len(stood.pending)) == (0, 8, 3)
    confirm(workshop, number, group.members[8], 2)
    journey.vote(workshop, number, group.members[1], "abstain")
    stood = standing(workshop, number)
    assert (stood.against, stood.abstaining, len(stood.to_be_confirmed)) == (1, 1, 6)
    with workshop.database.read() as session:
        cast = {vote.seat.key: vote for vote in votes.of_ballot(session, newest(workshop, number).id)}
        assert cast["PE"].reason == "Falta la cita"
    with pytest.raises(AlreadyDecided) as nothing:
        confirm(workshop, number, group.members[8], 2)
    assert nothing.value.code == "nothing-to-confirm"
    journey.close(workshop, number)
    assert (state(workshop, number), newest(workshop, number).outcome) == ("no_decision", "no_quorum")


def test_a_vote_still_waits_two_versions_later_and_one_confirmed_meanwhile_waits_again(workshop, group, number):
    journey.vote(workshop, number, group.members[1])
    journey.vote(workshop, number, group.members[2], "for_with_remarks", "Una coma")
    revise(workshop, group, number)
    confirm(workshop, number, group.members[2], 2)
    revise(workshop, group, number, THIRD, "precio cierto")
    assert set(standing(workshop, number).to_be_confirmed) == {"AR-2", "BO"}
    with workshop.database.read() as session:
        waits = {each.vote.seat.key: each.revision for each in earlier.votes(session, newest(workshop, number))}
        assert waits == {"AR-2": 1, "BO": 2}
    confirm(workshop, number, group.members[1], 3)
    confirm(workshop, number, group.members[2], 3)
    assert standing(workshop, number).in_favour == 2


def test_an_unconfirmed_vote_ad_referendum_counts_once_it_is_confirmed_for_the_new_version(workshop, group, number):
    act(workshop, votes.cast, number, by=group.members[1], ballot_number=1, position="for", ad_referendum=True)
    revise(workshop, group, number)
    stood = standing(workshop, number)
    assert (stood.to_be_confirmed, stood.unconfirmed) == (("AR-2",), ())
    confirm(workshop, number, group.members[1], 2)
    assert standing(workshop, number).in_favour == 1


def test_the_close_moves_so_that_three_working_days_remain_and_never_back(workshop, group, number):
    before = newest(workshop, number).closes_at
    revise(workshop, group, number)
    assert newest(workshop, number).closes_at == before
    with clock.at(before - timedelta(minutes=5)):
        revise(workshop, group, number, THIRD, "precio cierto")
        moved = newest(workshop, number).closes_at
        with workshop.database.read() as session:
            days = rulesets.calendar_of(session, workshop.group)
        assert moved == calendar.closing_instant(clock.now(), 3, days)
        assert calendar.working_days_left(clock.now(), moved, days) == 3


def test_a_silence_begins_anew_and_who_answered_before_has_kept_silent_unless_they_confirm(workshop, group):
    agenda.set_rules(workshop, revisions_during_vote=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator, preset="silencio")
    for member in group.members[1:3]:
        journey.vote(workshop, number, member, "no_objection")
    before = newest(workshop, number).closes_at
    with clock.at(before - timedelta(minutes=5)):
        revise(workshop, group, number)
        with workshop.database.read() as session:
            days = rulesets.calendar_of(session, workshop.group)
        assert newest(workshop, number).closes_at == calendar.closing_instant(clock.now(), 10, days)
        confirm(workshop, number, group.members[1], 2)
    journey.close(workshop, number)
    stood = standing(workshop, number)
    assert (stood.outcome, stood.no_objection, len(stood.silent)) == ("approved", 1, 10)
    assert "BO" in stood.silent


def test_a_vote_for_the_older_version_from_a_page_opened_before_is_refused_by_its_version(workshop, group, number):
    journey.vote(workshop, number, group.members[2])
    revise(workshop, group, number)
    for verb, more in (
        (votes.cast, {"by": group.members[1], "position": "for"}),
        (votes.confirm, {"by": group.members[2]}),
        (votes.agree, {"by": group.members[1]}),
    ):
        with pytest.raises(OutOfDate) as stale:
            act(workshop, verb, number, ballot_number=1, **more)
        assert (stale.value.code, stale.value.facts["revision"]) == ("ballot-went-on", 2)
    assert standing(workshop, number).took_part == 0


def test_agreeing_to_several_at_once_never_overrides_a_vote_that_waits(workshop, group, number):
    journey.vote(workshop, number, group.members[1], "against", "Falta la cita")
    revise(workshop, group, number)
    with pytest.raises(AlreadyDecided) as said:
        act(workshop, votes.agree, number, by=group.members[1], ballot_number=2)
    assert said.value.code == "voted-meanwhile"
    with workshop.database.read() as session:
        asked = worklist.ballots_waiting(session, workshop, people.get(session, group.members[1].id))
        assert not asked
        assert worklist.ballots_waiting(session, workshop, people.get(session, group.members[2].id))


def test_an_early_close_waits_for_the_votes_to_be_confirmed(workshop, group):
    agenda.set_rules(workshop, revisions_during_vote=True, early_close=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:8]:
        journey.vote(workshop, number, member)
    revise(workshop, group, number)
    for member in group.members[1:8]:
        assert state(workshop, number) == "voting"
        confirm(workshop, number, member, 2)
    assert state(workshop, number) == "voting"
    with pytest.raises(AlreadyDecided) as early:
        act(workshop, ballots.close_now, number, by=group.coordinator, reason="Ya está")
    assert early.value.code == "too-early"
    journey.vote(workshop, number, group.members[8])
    assert state(workshop, number) == "approved"
    with workshop.database.read() as session:
        assert proposals.newest_ballot(session, number).revision == 2


def test_everybody_is_told_and_each_voter_owes_a_confirmation(workshop, group, number):
    journey.vote(workshop, number, group.members[1])
    revise(workshop, group, number)
    assert notices_of(workshop, group.members[1]) == ["reconfirm"]
    for other in (group.members[2], group.observers[0], group.coordinator):
        assert notices_of(workshop, other) == ["text_changed"]
    assert notices_of(workshop, group.members[0]) == []
    mine = work(workshop, group.members[1])
    assert [(item.number, item.position, item.is_earlier) for item in mine.confirmations.shown] == [
        (number, "for", True)
    ]
    assert not mine.votes
    assert work(workshop, group.members[2]).votes.total == 1
    confirm(workshop, number, group.members[1], 2)
    assert not work(workshop, group.members[1]).confirmations


def test_an_open_objection_and_a_request_for_more_time_stay_open(workshop, group, number):
    act(workshop, objections.raise_one, number, by=group.members[3], reason="Contradice el párrafo 2")
    act(workshop, votes.ask_extension, number, by=group.members[4], reason="Feria judicial")
    revise(workshop, group, number)
    assert standing(workshop, number).objections == 1
    with workshop.database.read() as session:
        (request,) = votes.extension_requests(session, number)
        assert request.ballot_number == 2
    act(workshop, ballots.extend, workshop.group, number, 2, by=group.coordinator, reason="Se concede")
    with workshop.database.read() as session:
        assert votes.extension_requests(session, number) == []


def test_an_alternate_votes_on_the_new_text_while_the_titular_has_not_and_the_titulars_confirmation_prevails(
    workshop, group, number
):
    with workshop.database.write() as session:
        seat = session.get_one(Seat, group.seats[3].id)
        made = factories.make_person(session, "Paulina Araya", "member", administration="CL", seat=seat, alternate=True)
        alternate_id = made.id
    with workshop.database.read() as session:
        alternate = people.get(session, alternate_id)
    journey.vote(workshop, number, group.members[3])
    revise(workshop, group, number)
    journey.vote(workshop, number, alternate, "abstain")
    assert standing(workshop, number).abstaining == 1
    journey.vote(workshop, number, group.members[3])
    stood = standing(workshop, number)
    assert (stood.in_favour, stood.abstaining, stood.to_be_confirmed) == (1, 0, ())


def test_what_the_coordination_registered_waits_too_and_a_meeting_asks_again(workshop, group, number):
    received = Received("note", rulesets.today(workshop.group), "N.º 114")
    for key in ("BO", "CL"):
        act(
            workshop,
            votes.register,
            number,
            key,
            by=group.coordinator,
            ballot_number=1,
            position="for",
            reason="",
            received=received,
        )
    revise(workshop, group, number)
    assert standing(workshop, number).to_be_confirmed == ("BO", "CL")
    stands = {key: meetings.Stand("for") for key in ("BO", "CR", "DO", "EC", "NI", "PE")}
    meeting = meetings.Meeting(rulesets.today(workshop.group), "Acta 4", stands)
    with workshop.database.read() as session:
        counted = standings.of_open(session, workshop, [number])[number]
        assert meetings.expected(counted, meeting).in_favour == 6
    act(workshop, meetings.decide, number, meeting, by=group.coordinator, ballot_number=2)
    stood = standing(workshop, number)
    assert (stood.outcome, stood.in_favour, stood.to_be_confirmed) == ("approved", 6, ("CL",))


def test_a_second_call_keeps_what_counted_and_still_asks_for_the_rest(workshop, group, number):
    for member in group.members[1:4]:
        journey.vote(workshop, number, member)
    revise(workshop, group, number)
    confirm(workshop, number, group.members[1], 2)
    journey.close(workshop, number)
    act(workshop, ballots.call_again, workshop.group, number, by=group.coordinator, reason="Faltó quórum")
    stood = standing(workshop, number)
    assert (stood.in_favour, stood.to_be_confirmed) == (1, ("BO", "CL"))
    revise(workshop, group, number, THIRD, "precio cierto")
    assert newest(workshop, number).second_call_of == 2
    assert standing(workshop, number).to_be_confirmed == ("AR-2", "BO", "CL")


def test_a_proposal_withdrawn_during_its_vote_and_taken_up_again_asks_for_no_confirmation(workshop, group, number):
    journey.vote(workshop, number, group.members[1])
    act(workshop, consultations.withdraw, number, by=group.members[0], reason="Se replantea")
    act(workshop, consultations.reopen, workshop.group, number, by=group.members[0], reason="De nuevo")
    journey.open_ballot(workshop, number, group.coordinator)
    assert standing(workshop, number).to_be_confirmed == ()


def test_positions_that_a_ballot_keeps_back_stay_back_when_it_goes_on(workshop, group):
    agenda.set_rules(workshop, revisions_during_vote=True, results_hidden_until_closed=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, FIRST, SECOND)
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], "against", "Falta la cita")
    revise(workshop, group, number)

    def told():
        with workshop.database.read() as session:
            found = logbook.page(session, logbook.Asked(kinds=("voted",)), reader=group.members[2].id)
        return [(entry.hidden, "position" in entry.facts) for entry in found.rows]

    assert told() == [(True, False)]
    journey.close(workshop, number)
    assert told() == [(False, True)]


def test_only_the_new_version_is_merged_and_only_confirmed_votes_stand_in_its_commit(workshop, group, number):
    for member in group.members[1:10]:
        journey.vote(workshop, number, member)
    revise(workshop, group, number)
    for member in group.members[1:9]:
        confirm(workshop, number, member, 2)
    journey.close(workshop, number)
    commit = journey.merge(workshop, number, group.coordinator)
    message = reading.commit(workshop.store, commit).body
    text = reading.data(workshop.store, reading.find(workshop.store, commit, INTRODUCTION).blob).decode()
    assert THIRD in text
    assert "Decision: approved; 8 for, 0 against" in message
    assert "Derlis" not in message
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_the_record_holds_the_act_both_ballots_and_the_minutes_and_rows_come_back_from_it(workshop, group, number):
    journey.vote(workshop, number, group.members[1])
    journey.vote(workshop, number, group.members[2], "against", "Falta la cita")
    revise(workshop, group, number)
    confirm(workshop, number, group.members[1], 2)
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()
    with workshop.database.read() as session:
        event = session.scalars(select(Event).where(Event.kind == "ballot_continued")).one()
        assert event.facts["before"] == 1
        written = minutes.write(session, workshop, proposals.get(session, number))
    assert "Sigue como votación 2, sobre la versión 2" in written
    assert "| Bolivia | En contra (sobre la versión 1, por confirmar) |" in written
    before = standing(workshop, number)
    with workshop.database.write() as session:
        session.execute(delete(Vote))
        session.execute(delete(Ballot))
        rebuilding.import_proposal(session, workshop, number)
    workshop.cache.clear()
    assert standing(workshop, number) == before
    assert journey.findings(workshop) == ()


def test_a_vote_and_a_new_version_at_once_leave_the_vote_where_its_text_is(workshop, group, number):
    draft_id = begin(workshop, group, number)
    refused = refusals(lambda: submit(workshop, group, draft_id), lambda: cast(workshop, group, number))
    with workshop.database.read() as session:
        (vote,) = session.scalars(select(Vote)).all() or (None,)
        if refused[1] is None:
            assert session.get(Ballot, vote.ballot_id).revision == 1
            assert standing(workshop, number).to_be_confirmed == ("AR-2",)
        else:
            assert refused[1] == "ballot-went-on"
            assert vote is None
    assert refused[0] is None
    assert newest(workshop, number).revision == 2


@pytest.mark.parametrize("turn", range(3))
def test_the_close_and_a_new_version_at_once_never_both_happen(workshop, group, number, turn):
    draft_id = begin(workshop, group, number)
    closes = newest(workshop, number).closes_at
    instant = closes - timedelta(microseconds=1)

    def early() -> None:
        with clock.at(instant):  # a thread has a clock of its own
            submit(workshop, group, draft_id)

    def late() -> None:
        with workshop.database.write() as session:
            passing.close_due(session, closes)

    refused = refusals(early, late)
    ended = newest(workshop, number)
    if refused[0] is None:
        assert (ended.number, ended.revision, ended.closed_at) == (2, 2, None)
    else:
        assert (ended.number, ended.outcome, ended.closed_at) == (1, "no_quorum", closes)
    state(workshop, number)


def begin(workshop, group, number: int) -> int:
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, group.members[0].id))
        journey.edit(workshop, draft, INTRODUCTION, SECOND, THIRD)
        return draft.id


def submit(workshop, group, draft_id: int) -> None:
    revisions.submit(workshop, draft_id, by_id=group.members[0].id)


def cast(workshop, group, number: int) -> None:
    act(workshop, votes.cast, number, by=group.members[1], ballot_number=1, position="for")
