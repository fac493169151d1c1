"""Ballots through the services on both databases: seats held by two, the closing instant, more time, second calls."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed, ReviewError
from reviewtool.models import Ballot, ExtensionRequest, Person, Seat, Vote
from reviewtool.rules import calendar
from reviewtool.services import (
    ballots,
    consultations,
    events,
    lifecycle,
    merging,
    objections,
    passing,
    people,
    proposals,
    votes,
)
from reviewtool.services.receiving import Received
from tests import factories
from tests.support import journey
from tests.support.agenda import set_rules
from tests.support.materials import INTRODUCTION
from tests.support.together import refusals

OLD, NEW = "precio realmente", "precio efectivamente"


@pytest.fixture
def workshop(settings, database, store):
    from reviewtool.app import make_workshop

    return replace(make_workshop(settings), database=database, store=store)


@pytest.fixture
def group(database) -> factories.Group:
    with database.write() as session:
        made = factories.make_group(session)
    with database.read() as session:

        def load(person: Person) -> Person:
            return people.get(session, person.id)

        return factories.Group(
            tuple(map(load, made.members)),
            made.seats,
            tuple(map(load, made.observers)),
            load(made.coordinator),
            load(made.deputy),
            load(made.reader),
        )


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], INTRODUCTION, OLD, NEW)


@pytest.fixture
def alternate(database, group) -> Person:
    """Give the seat of Chile's titular (members[3]) an alternate."""
    with database.write() as session:
        seat = session.get_one(Seat, group.seats[3].id)
        made = factories.make_person(
            session, "Paulina Araya", "member", administration="CL", seat=seat, alternate=True
        ).id
    with database.read() as session:
        return people.get(session, made)


def state(workshop, number: int) -> str:
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert proposal.state == lifecycle.state_of(lifecycle.facts_of(session, proposal, clock.now()))
        return proposal.state


def newest(workshop, number: int) -> Ballot:
    with workshop.database.read() as session:
        return proposals.newest_ballot(session, number)


def current(workshop, number: int) -> dict[str, Vote]:
    with workshop.database.read() as session:
        ballot = proposals.newest_ballot(session, number)
        return {vote.seat.key: vote for vote in votes.of_ballot(session, ballot.id)}


def standing(workshop, number: int):
    with workshop.database.read() as session:
        return ballots.standing_of(session, proposals.newest_ballot(session, number))


def act(workshop, verb, *arguments, **more):
    with workshop.database.write() as session:
        return verb(session, *arguments, **more)


def test_titular_and_alternate_at_once_leave_one_vote_and_it_is_the_titulars(workshop, group, number, alternate):
    journey.open_ballot(workshop, number, group.coordinator)
    titular = group.members[3]
    refused = refusals(
        lambda: journey.vote(workshop, number, titular),
        lambda: journey.vote(workshop, number, alternate, "against", "No procede"),
    )
    assert refused[0] is None
    assert refused[1] is None or refused[1] == "titular-voted"
    stands = current(workshop, number)["CL"]
    assert (stands.person_id, stands.position) == (titular.id, "for")
    with workshop.database.read() as session:
        everything = votes.all_of_ballot(session, stands.ballot_id)
        assert [vote.current for vote in everything].count(True) == 1


def test_the_same_person_twice_at_once_leaves_one_vote(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    by = group.members[1]
    assert refusals(*[lambda: journey.vote(workshop, number, by)] * 2) == [None, None]
    assert standing(workshop, number).in_favour == 1


def test_the_alternate_votes_while_the_titular_has_not_and_the_titular_prevails(workshop, group, number, alternate):
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, alternate, "abstain")
    assert current(workshop, number)["CL"].by_alternate
    journey.vote(workshop, number, group.members[3], "for")
    assert current(workshop, number)["CL"].position == "for"
    with pytest.raises(AlreadyDecided, match="titular-voted"):
        journey.vote(workshop, number, alternate, "abstain")


def test_a_vote_and_the_close_at_once_leave_an_outcome_that_counts_what_stands(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:6]:
        journey.vote(workshop, number, member)
    closes = newest(workshop, number).closes_at

    def vote_just_before() -> None:
        with clock.at(closes - timedelta(microseconds=1)):
            act(workshop, votes.cast, number, by=group.members[6], ballot_number=1, position="for")

    def close() -> None:
        act(workshop, passing.close_due, closes)

    refused = refusals(vote_just_before, close)
    assert refused[1] is None
    assert refused[0] is None or refused[0] == "ballot-closed"
    counted = 6 if refused[0] is None else 5
    assert standing(workshop, number).in_favour == counted
    assert newest(workshop, number).outcome == ("approved" if counted == 6 else "no_quorum")


def test_at_the_closing_instant_itself_it_is_over(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    closes = newest(workshop, number).closes_at
    with clock.at(closes), pytest.raises(AlreadyDecided, match="ballot-closed"):
        journey.vote(workshop, number, group.members[1])


def test_a_vote_bears_the_one_instant_at_which_its_ballot_was_found_open(workshop, group, number, monkeypatch):
    journey.open_ballot(workshop, number, group.coordinator)
    closes = newest(workshop, number).closes_at
    ticks = itertools.count(-1)  # the second look at the clock would be after the close

    def ticking():
        return closes + timedelta(seconds=next(ticks))

    for module in (ballots, events, votes):
        monkeypatch.setattr(module, "now", ticking)
    act(workshop, votes.cast, number, by=group.members[1], ballot_number=1, position="for")
    monkeypatch.undo()
    assert current(workshop, number)["AR-2"].cast_at == closes - timedelta(seconds=1)
    with workshop.database.read() as session:
        assert events.of_proposal(session, number)[-1].at == closes - timedelta(seconds=1)


def test_a_ballot_closed_late_is_decided_at_its_instant(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    closes = newest(workshop, number).closes_at
    late = closes + timedelta(days=9)
    with clock.at(late):
        assert act(workshop, passing.close_due, late) == [number]
        assert act(workshop, passing.close_due, late) == []
    ballot = newest(workshop, number)
    assert (ballot.closed_at, ballot.outcome) == (closes, "no_quorum")
    with workshop.database.read() as session:
        assert proposals.get(session, number).state_changed_at == closes


def test_extending_moves_the_close_by_working_days_and_answers_who_asked(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    before = newest(workshop, number).closes_at
    act(workshop, votes.ask_extension, number, by=group.members[2], reason="Consulta interna")
    with pytest.raises(AlreadyDecided, match="extension-once"):
        act(workshop, votes.ask_extension, number, by=group.members[2], reason="Otra vez")
    act(workshop, ballots.extend, workshop.group, number, 3, by=group.coordinator, reason="Lo pide Bolivia")
    after = newest(workshop, number).closes_at
    days = calendar.of_group(workshop.group)
    between = calendar.working_days_between(calendar.day_of(before, days), calendar.day_of(after, days), days)
    assert between == 3
    with workshop.database.read() as session:
        assert votes.extension_requests(session, number) == []
        assert session.scalar(select(ExtensionRequest.granted)) is True


def test_a_declined_extension_leaves_the_close_where_it_is(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    before = newest(workshop, number).closes_at
    with pytest.raises(AlreadyDecided, match="no-request"):
        act(workshop, ballots.decline_extension, number, by=group.coordinator, reason="No hay tiempo")
    act(workshop, votes.ask_extension, number, by=group.members[2], reason="Consulta interna")
    act(workshop, ballots.decline_extension, number, by=group.coordinator, reason="No hay tiempo")
    assert newest(workshop, number).closes_at == before
    with workshop.database.read() as session:
        assert session.scalar(select(ExtensionRequest.granted)) is False


def test_the_consultation_is_extended_only_while_it_is_open(workshop, group, number):
    act(workshop, consultations.extend, workshop.group, number, 5, by=group.coordinator, reason="Hay feriados")
    journey.open_ballot(workshop, number, group.coordinator)
    with pytest.raises(AlreadyDecided, match="state-forbids"):
        act(workshop, consultations.extend, workshop.group, number, 5, by=group.coordinator, reason="Más")


def cast_ad_referendum(workshop, number, by) -> None:
    act(workshop, votes.cast, number, by=by, ballot_number=1, position="for", ad_referendum=True)


def test_ad_referendum_counts_only_once_confirmed(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    cast_ad_referendum(workshop, number, group.members[1])
    assert (standing(workshop, number).in_favour, standing(workshop, number).unconfirmed) == (0, ("AR-2",))
    act(workshop, votes.confirm, number, by=group.members[1], ballot_number=1)
    assert (standing(workshop, number).in_favour, standing(workshop, number).unconfirmed) == (1, ())
    with pytest.raises(AlreadyDecided, match="nothing-to-confirm"):
        act(workshop, votes.confirm, number, by=group.members[1], ballot_number=1)


def test_ad_referendum_that_nobody_confirmed_is_not_counted_at_the_close(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:6]:
        journey.vote(workshop, number, member)
    cast_ad_referendum(workshop, number, group.members[6])
    journey.close(workshop, number)
    assert newest(workshop, number).outcome == "no_quorum"


def test_only_a_for_can_be_ad_referendum(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    with pytest.raises(InvalidInput, match="ad-referendum-for"):
        act(
            workshop,
            votes.cast,
            number,
            by=group.members[1],
            ballot_number=1,
            position="against",
            reason="No",
            ad_referendum=True,
        )


def register(workshop, number, by, channel="telephone", seat="CL", **more) -> None:
    on = more.pop("on", clock.now().date())
    received = Received(channel, on, more.pop("reference", "llamada del director"))
    given = {"position": "for", "reason": ""} | more
    act(workshop, votes.register, number, seat, by=by, ballot_number=1, received=received, **given)


def test_a_vote_by_telephone_counts_only_once_its_owner_confirms_it(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    register(workshop, number, group.coordinator)
    assert standing(workshop, number).in_favour == 0
    act(workshop, votes.confirm, number, by=group.members[3], ballot_number=1)
    vote = current(workshop, number)["CL"]
    assert standing(workshop, number).in_favour == 1
    assert (vote.person_id, vote.registered_by_id) == (group.members[3].id, group.coordinator.id)


def test_a_vote_by_note_counts_at_once_and_its_owner_may_correct_it(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    register(workshop, number, group.coordinator, "note", reference="Oficio N.º 114")
    assert standing(workshop, number).in_favour == 1
    journey.vote(workshop, number, group.members[3], "abstain")
    vote = current(workshop, number)["CL"]
    assert (vote.position, vote.registered_by_id) == ("abstain", None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"channel": "pigeon"}, "channel-unknown"),
        ({"reference": " "}, "reference-missing"),
        ({"reference": "a" * 201}, "text-too-long"),
        ({"on": date(2999, 1, 1)}, "date-ahead"),
        ({"position": "against"}, "vote-reason-missing"),
        ({"seat": "AR"}, "seat-unknown"),  # the author's, which does not vote
    ],
)
def test_a_registration_that_does_not_hold_is_refused(workshop, group, number, given, code):
    journey.open_ballot(workshop, number, group.coordinator)
    with pytest.raises(ReviewError, match=code):
        register(workshop, number, group.coordinator, **given)


def test_only_the_coordination_registers(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    with pytest.raises(NotAllowed):
        register(workshop, number, group.members[1])


def test_the_second_call_keeps_the_votes_and_has_its_own_period_and_quorum(workshop, group, number):
    set_rules(workshop, second_call_days=3, second_call_share=(1, 4))
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], "for_with_remarks", "Falta una coma")
    cast_ad_referendum(workshop, number, group.members[2])
    journey.close(workshop, number)
    closed = newest(workshop, number)
    assert state(workshop, number) == "no_decision"
    with clock.at(closed.closes_at + timedelta(hours=1)):
        act(workshop, ballots.call_again, workshop.group, number, by=group.coordinator, reason="Faltó quórum")
    second = newest(workshop, number)
    assert (second.second_call_of, second.revision, second.seal) == (1, closed.revision, closed.seal)
    kept = current(workshop, number)
    assert (kept["AR-2"].position, kept["AR-2"].reason) == ("for_with_remarks", "Falta una coma")
    assert not kept["BO"].confirmed
    assert standing(workshop, number).quorum_needed == 3


def test_a_second_call_on_an_objection_is_again_about_the_objection(workshop, group, number):
    submit_to_the_group(workshop, group, number)
    journey.close(workshop, number)
    assert state(workshop, number) == "no_decision"
    closed = newest(workshop, number)
    with clock.at(closed.closes_at + timedelta(hours=1)):
        act(workshop, ballots.call_again, workshop.group, number, by=group.coordinator, reason="Faltó quórum")
    assert newest(workshop, number).purpose == "override"


def submit_to_the_group(workshop, group, number) -> None:
    """Bring an approved text with a formal objection of Chile before the group."""
    set_rules(workshop, override="two_thirds")
    journey.approve(workshop, number, group)
    act(workshop, objections.raise_one, number, by=group.members[3], reason="Debilita el vínculo")
    act(workshop, ballots.submit_objection, workshop.group, number, by=group.coordinator, reason="No se retira")


def test_the_group_may_decide_to_proceed_despite_an_objection(workshop, group, number):
    submit_to_the_group(workshop, group, number)
    for member in group.members[1:9]:
        journey.vote(workshop, number, member)
    journey.close(workshop, number)
    assert state(workshop, number) == "approved"
    with workshop.database.read() as session:
        assert ballots.open_objections(session, number) == []
        assert [each.overridden_in for each in objections.of_proposal(session, number)] == [2]
    assert merging.merge(workshop, number, by_id=group.coordinator.id, revision=1)


def test_an_objection_raised_after_the_group_was_asked_still_holds_the_merge(workshop, group, number):
    submit_to_the_group(workshop, group, number)
    act(workshop, objections.raise_one, number, by=group.members[5], reason="Otra razón")
    for member in group.members[1:9]:
        journey.vote(workshop, number, member)
    journey.close(workshop, number)
    with workshop.database.read() as session:
        assert [each.seat.key for each in ballots.open_objections(session, number)] == ["DO"]
    with pytest.raises(AlreadyDecided, match="objection-holds"):
        merging.merge(workshop, number, by_id=group.coordinator.id, revision=1)


def test_an_overridden_objection_is_not_lifted_any_more(workshop, group, number):
    submit_to_the_group(workshop, group, number)
    for member in group.members[1:9]:
        journey.vote(workshop, number, member)
    journey.close(workshop, number)
    with workshop.database.read() as session:
        raised = objections.of_proposal(session, number)[0].id
    with pytest.raises(AlreadyDecided, match="objection-lifted"):
        act(workshop, objections.lift, number, raised, by=group.members[3])


def test_where_the_rules_know_no_override_the_objection_is_not_submitted(workshop, group, number):
    journey.approve(workshop, number, group)
    act(workshop, objections.raise_one, number, by=group.members[3], reason="Debilita el vínculo")
    with pytest.raises(AlreadyDecided, match="override-never"):
        act(workshop, ballots.submit_objection, workshop.group, number, by=group.coordinator, reason="No se retira")


def test_the_author_asks_for_an_amendment_and_nobody_else(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    with pytest.raises(AlreadyDecided, match="not-your-proposal"):
        act(workshop, ballots.ask_amendment, number, by=group.members[1], reason="Una errata")
    act(workshop, ballots.ask_amendment, number, by=group.members[0], reason="Una errata")
    with workshop.database.read() as session:
        assert proposals.get(session, number).amendment_asked
    assert state(workshop, number) == "voting"


def test_a_ballot_is_closed_early_only_when_nothing_can_change(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:11]:
        journey.vote(workshop, number, member)
    with pytest.raises(AlreadyDecided, match="too-early"):
        act(workshop, ballots.close_now, number, by=group.coordinator, reason="Urge")
    journey.vote(workshop, number, group.members[11])
    act(workshop, ballots.close_now, number, by=group.coordinator, reason="Se pronunciaron todos")
    assert state(workshop, number) == "approved"


def test_a_group_that_closes_early_does_so_with_the_vote_that_decides(workshop, group, number):
    set_rules(workshop, early_close=True)
    journey.open_ballot(workshop, number, group.coordinator)
    for member in group.members[1:8]:
        journey.vote(workshop, number, member)
    assert newest(workshop, number).outcome is None
    journey.vote(workshop, number, group.members[8])  # the eighth: three against would leave eight of eleven
    assert newest(workshop, number).outcome == "approved"


def test_withdrawing_during_a_ballot_ends_it_without_an_outcome_and_keeps_its_votes(workshop, group, number):
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    act(workshop, consultations.withdraw, number, by=group.members[0], reason="Presento otra")
    assert (state(workshop, number), newest(workshop, number).outcome) == ("withdrawn", "superseded")
    assert len(current(workshop, number)) == 1
    act(workshop, consultations.reopen, workshop.group, number, by=group.members[0], reason="Me lo pidieron")
    assert state(workshop, number) == "consultation"
