"""What waits for each person, what is new, and the coordination's desk, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from reviewtool import clock
from reviewtool.app import make_workshop
from reviewtool.services import (
    ballots,
    catching_up,
    desk,
    drafts,
    news,
    notices,
    objections,
    passing,
    people,
    proposals,
    votes,
    worklist,
)
from tests.support import agenda, journey
from tests.support.materials import INTRODUCTION


@pytest.fixture
def workshop(settings, database, store):
    return replace(make_workshop(settings), database=database, store=store)


@pytest.fixture
def group(database):
    return agenda.loaded_group(database)


def work_of(workshop, person):
    with workshop.database.read() as session:
        return worklist.of_person(session, workshop, people.get(session, person.id))


def board_of(workshop):
    with workshop.database.read() as session:
        return desk.board(session, workshop)


def numbers(items):
    return [item.number for item in items]


def test_a_ballot_waits_for_a_seat_until_it_has_voted_and_never_for_the_author(workshop, group):
    author, voter = group.members[0], group.members[1]
    number = agenda.propose(workshop, author, "Aclarar el precio")
    assert numbers(work_of(workshop, voter).consultations.shown) == [number]
    journey.open_ballot(workshop, number, group.coordinator)

    waiting = work_of(workshop, voter).votes
    assert (numbers(waiting.shown), waiting.total) == ([number], 1)
    assert waiting.shown[0].counted.standing.pending
    assert waiting.shown[0].paths == (INTRODUCTION,)
    assert waiting.shown[0].minutes == 1
    assert not work_of(workshop, author).votes
    assert not work_of(workshop, group.observers[0]).votes

    journey.vote(workshop, number, voter)
    assert not work_of(workshop, voter).votes
    assert work_of(workshop, voter).is_empty


def test_what_closes_first_comes_first(workshop, group):
    late, soon = (agenda.propose(workshop, group.members[0], title) for title in ("Tarde", "Pronto"))
    for number, days in ((late, 12), (soon, 2)):
        with workshop.database.write() as session:
            closes_at = clock.now() + timedelta(days=days)
            ballots.open_one(session, workshop.group, number, by=group.coordinator, reason="Urge", closes_at=closes_at)
    assert numbers(work_of(workshop, group.members[1]).votes.shown) == [soon, late]


def test_a_vote_ad_referendum_waits_to_be_confirmed(workshop, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el precio")
    ballot = journey.open_ballot(workshop, number, group.coordinator)
    voter = group.members[1]
    with workshop.database.write() as session:
        votes.cast(session, number, by=voter, ballot_number=ballot, position="for", ad_referendum=True)
    work = work_of(workshop, voter)
    assert not work.votes
    assert [(item.number, item.ad_referendum) for item in work.confirmations.shown] == [(number, True)]
    with workshop.database.write() as session:
        votes.confirm(session, number, by=voter, ballot_number=ballot)
    assert work_of(workshop, voter).is_empty


def test_a_silence_waits_apart_from_votes(workshop, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el precio")
    journey.open_ballot(workshop, number, group.coordinator, preset="silencio")
    work = work_of(workshop, group.members[1])
    assert not work.votes
    assert numbers(work.silences.shown) == [number]


def test_a_consultation_waits_until_the_member_has_commented(workshop, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el precio")
    assert numbers(work_of(workshop, group.members[1]).consultations.shown) == [number]
    assert not work_of(workshop, group.members[0]).consultations
    agenda.comment(workshop, number, group.members[1], "De acuerdo")
    assert not work_of(workshop, group.members[1]).consultations


def test_an_observer_is_asked_for_an_opinion_on_each_newest_version(workshop, group):
    author, observer = group.members[0], group.observers[0]
    number = agenda.propose(workshop, author, "Aclarar el precio")
    assert numbers(work_of(workshop, observer).opinions.shown) == [number]
    with workshop.database.write() as session:
        votes.give_opinion(session, number, by=observer, revision=1, stance="favourable")
    assert work_of(workshop, observer).is_empty
    journey.revise(workshop, author, number, INTRODUCTION, "efectivamente", "verdaderamente")
    assert numbers(work_of(workshop, observer).opinions.shown) == [number]


def test_answers_and_suggestions_reach_the_author_until_they_are_seen(workshop, group):
    author, other = group.members[0], group.members[1]
    number = agenda.propose(workshop, author, "Aclarar el precio")
    agenda.comment(workshop, number, other, "Mejor así", quote="precio efectivamente", suggestion="el precio")
    said = agenda.comment(workshop, number, other, f"@{author.name} ¿y el plazo?")
    newest, suggested = work_of(workshop, author).talk
    assert (newest.kind, newest.thread_id, newest.by) == ("mention", said, other.name)
    assert (suggested.original, suggested.replacement) == ("precio efectivamente", "el precio")
    assert work_of(workshop, author).own[0].todo == ("suggestions", "threads")

    with workshop.database.write() as session:
        notices.mark_thread_seen(session, author.id, said)
    assert [notice.id for notice in work_of(workshop, author).talk] == [suggested.id]
    with workshop.database.write() as session:
        notices.mark_read(session, other.id, [suggested.id])
    assert work_of(workshop, author).talk, "one person's notices are not another's to mark"
    with workshop.database.write() as session:
        notices.mark_seen(session, author.id, number)
        assert not catching_up.opening(session, author.id, number).unread
    assert not work_of(workshop, author).talk


def test_an_author_hears_of_a_collision_and_of_a_suspended_ballot(workshop, group):
    first, second, third = group.members[:3]
    merged = agenda.approved(workshop, group, first, "Primera", "precio efectivamente")
    stuck = agenda.approved(workshop, group, second, "Segunda", "precio verdaderamente")
    suspended = agenda.propose(workshop, third, "Tercera")
    journey.open_ballot(workshop, suspended, group.coordinator)
    with workshop.database.write() as session:
        ballots.suspend(session, suspended, by=group.coordinator, reason="Quien propone pide enmendar")
        proposals.lock(session, suspended).consultation_closes_at = clock.now()
    journey.merge(workshop, merged, group.coordinator)

    assert numbers(work_of(workshop, second).to_revise) == [stuck]
    assert work_of(workshop, second).own[0].todo == ("conflict",)
    assert numbers(work_of(workshop, third).to_revise) == [suspended]
    board = board_of(workshop)
    assert set(numbers(board.held)) == {stuck, suspended}
    assert not board.ready


def test_drafts_are_listed_for_their_author_alone(workshop, group):
    with workshop.database.write() as session:
        begun = drafts.start(session, workshop, by=group.members[0])
        begun.title = "Todavía no"
    assert [draft.title for draft in work_of(workshop, group.members[0]).drafts] == ["Todavía no"]
    assert not work_of(workshop, group.members[1]).drafts


def test_the_filter_finds_what_the_home_page_shows(workshop, group):
    number = agenda.in_ballot(workshop, group, group.members[0], "En votación")
    consulted = agenda.propose(workshop, group.members[0], "En consulta")
    with workshop.database.read() as session:
        found = {
            person.name: worklist.numbers(session, workshop, people.get(session, person.id))
            for person in (group.members[0], group.members[1], group.members[5], group.observers[0], group.reader)
        }
    voter, voted = group.members[1].name, group.members[5].name
    assert found[voter] == {number, consulted}
    assert found[voted] == {consulted}
    assert found[group.observers[0].name] == {number, consulted}
    assert not found[group.members[0].name]
    assert not found[group.reader.name]


def test_the_desk_puts_each_proposal_where_the_next_actor_looks_for_it(workshop, group):
    ready = agenda.approved(workshop, group, group.members[0], "Lista")
    objected = agenda.approved(workshop, group, group.members[1], "Objetada")
    voting = agenda.in_ballot(workshop, group, group.members[2], "En votación")
    asked = agenda.propose(workshop, group.members[3], "Piden prórroga")
    waiting = agenda.propose(workshop, group.members[4], "Por someter")
    with workshop.database.write() as session:
        objections.raise_one(session, objected, by=people.get(session, group.members[6].id), reason="Falta el plazo")
        votes.ask_extension(session, asked, by=people.get(session, group.members[8].id), reason="Vacaciones")
        proposals.lock(session, waiting).consultation_closes_at = clock.now()
        passing.close_due(session, clock.now())

    board = board_of(workshop)
    assert numbers(board.ready) == [ready]
    assert set(numbers(board.to_decide)) == {asked, waiting}
    assert numbers(board.held) == [objected]
    assert numbers(board.voting) == [voting]
    assert not board.consulting
    assert [seat.key for seat in board.held[0].objectors] == [group.seats[6].key]
    (asking,) = next(item for item in board.to_decide if item.number == asked).extensions
    assert (asking.key, asking.label) == (group.seats[8].key, group.seats[8].label)
    assert [other.number for other in board.ready[0].shared] == [objected, voting, asked, waiting]
    assert board.voting[0].ballot.standing.against == 1
    with clock.at(clock.now() + timedelta(days=9)):
        assert {item.number for item in (*board_of(workshop).ready, *board_of(workshop).to_decide) if item.overdue} == {
            ready,
            waiting,
        }


def test_a_broken_silence_and_a_missing_quorum_wait_for_the_coordination(workshop, group):
    quiet = agenda.propose(workshop, group.members[0], "Silencio")
    ballot = journey.open_ballot(workshop, quiet, group.coordinator, preset="silencio")
    with workshop.database.write() as session:
        by = people.get(session, group.members[8].id)
        votes.interrupt_silence(session, quiet, by=by, ballot_number=ballot, reason="No estoy de acuerdo")
        proposals.lock(session, quiet).consultation_closes_at = clock.now()
        passing.close_due(session, clock.now())
    few = agenda.propose(workshop, group.members[1], "Sin quórum")
    journey.open_ballot(workshop, few, group.coordinator)
    journey.close(workshop, few)

    board = board_of(workshop)
    assert {item.number: item.interrupted_by for item in board.to_decide} == {quiet: group.seats[8].key, few: None}
    assert work_of(workshop, group.members[0]).own[0].todo == ("interrupted", "threads")


def test_news_tell_merges_decisions_and_the_next_deadlines(workshop, group):
    merged = agenda.approved(workshop, group, group.members[0], "Incorporada")
    decided = agenda.approved(workshop, group, group.members[1], "Decidida", "precio verdaderamente")
    open_one = agenda.propose(workshop, group.members[2], "En consulta")
    quiet = agenda.propose(workshop, group.members[2], "En silencio")
    journey.open_ballot(workshop, quiet, group.coordinator, preset="silencio")
    journey.merge(workshop, merged, group.coordinator)
    with workshop.database.read() as session:
        reader = people.get(session, group.reader.id)
        since = news.since(reader)
        assert [(each.number, each.counts) for each in news.merged(session, since)] == [(merged, {"for": 8})]
        assert [(each.number, each.outcome) for each in news.decided(session, since)] == [(decided, "approved")]
        assert {(each.number, each.kind) for each in news.deadlines(session)} == {
            (open_one, "consultation"),
            (quiet, "silence"),
        }
        later = clock.now() + timedelta(minutes=1)
        assert [each.is_new for each in news.merged(session, later)] == [False]
        assert news.decided(session, later) == ()


def test_what_waits_costs_the_same_queries_for_six_proposals_and_for_thirty(workshop, group):
    people_asking = (group.members[0], group.members[1], group.observers[0], group.coordinator)

    def cost():
        counted = []
        for person in people_asking:
            with agenda.statements(workshop.database) as sent:
                work_of(workshop, person)
            counted.append(len(sent))
        with agenda.statements(workshop.database) as sent:
            board_of(workshop)
        return [*counted, len(sent)]

    agenda.some_of_each(workshop, group, 1)
    before = cost()
    agenda.some_of_each(workshop, group, 4)
    assert cost() == before
