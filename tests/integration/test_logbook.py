"""The log as the service gives it, on both databases: order, filters, pages, batches, and votes that are kept back."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.app import make_workshop
from reviewtool.models import Ballot, Event, Proposal
from reviewtool.services import ballots, logbook, passing, people
from reviewtool.services.logbook import NOBODY, Asked
from reviewtool.web import acts
from tests.support import agenda, journey

SERVICES = Path(logbook.__file__).parent


@pytest.fixture
def workshop(settings, database, store):
    return replace(make_workshop(settings), database=database, store=store)


@pytest.fixture
def group(database):
    return agenda.loaded_group(database)


def page(database, asked=None, reader=0, **place):
    with database.read() as session:
        return logbook.page(session, asked or Asked(), reader=reader, **place)


def kinds(found):
    return [entry.kind for entry in found]


def add_acts(database, number, count, **columns):
    """Add acts as rows alone: the log reads nothing else."""
    with database.write() as session:
        proposal = session.get_one(Proposal, number)
        for _turn in range(count):
            proposal.version += 1
            values = {"kind": "commented", "at": clock.now(), "facts": {}} | columns
            session.add(Event(proposal_number=number, seq=proposal.version, **values))


def hide_results(database, number):
    with database.write() as session:
        ballot = session.scalars(select(Ballot).where(Ballot.proposal_number == number)).one()
        ballot.rules = ballot.rules | {"results_hidden_until_closed": True}


def test_the_newest_act_comes_first_with_who_did_it_and_on_what(workshop, database, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    journey.open_ballot(workshop, number, group.coordinator)
    found = page(database)
    assert kinds(found.rows) == ["ballot_opened", "consultation_closed", "submitted"]
    last = found.rows[2]
    assert (last.number, last.title, last.who, last.administration) == (
        number, "Aclarar el canon", group.members[0].name, "AR",
    )  # fmt: skip
    assert found.older is found.newer is None
    assert found.seats["AR"].label == "Argentina"


def test_each_filter_finds_its_own_and_together_they_narrow(workshop, database, group):
    one = agenda.in_ballot(workshop, group, group.members[0], "Aclarar el canon")
    two = agenda.propose(workshop, group.members[6], "Precisar la maquila")
    voter = group.members[6].id
    assert {entry.number for entry in page(database, Asked(proposal=two)).rows} == {two}
    assert kinds(page(database, Asked(person=voter)).rows) == ["submitted", "objection_raised", "voted"]
    assert kinds(page(database, Asked(person=voter, proposal=one, kinds=("voted", "submitted"))).rows) == ["voted"]
    assert page(database, Asked(proposal=99)).rows == ()


def test_the_first_instant_counts_and_the_last_does_not(workshop, database, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    at = clock.now() + timedelta(days=3)
    add_acts(database, number, 1, at=at)
    assert kinds(page(database, Asked(since=at)).rows) == ["commented"]
    assert kinds(page(database, Asked(until=at)).rows) == ["submitted"]
    assert page(database, Asked(since=at, until=at)).rows == ()


def test_what_a_deadline_does_is_nobodys_act(workshop, database, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    later = clock.now() + timedelta(days=90)
    with clock.at(later), database.write() as session:
        passing.close_due(session, later)
    (entry,) = page(database, Asked(person=NOBODY)).rows
    assert (entry.kind, entry.number, entry.person, entry.who) == ("consultation_closed", number, None, "")


@pytest.mark.parametrize("asked", [Asked(), Asked(kinds=("commented",))], ids=["all", "filtered"])
def test_one_walks_to_the_oldest_act_and_back_without_missing_any(workshop, database, group, asked):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    add_acts(database, number, 11)
    every = [entry.id for entry in page(database, asked, size=99).rows]
    down = [page(database, asked, size=4)]
    while down[-1].older:
        down.append(page(database, asked, size=4, before=down[-1].older))
    assert [entry.id for each in down for entry in each.rows] == every
    assert down[0].newer is None
    up = page(database, asked, size=4, after=down[-1].newer)
    assert [entry.id for entry in up.rows] == [entry.id for entry in down[-2].rows]
    assert up.older
    while up.newer:
        up = page(database, asked, size=4, after=up.newer)
    assert up.rows == down[0].rows


def test_few_newer_acts_are_shown_on_the_newest_page_which_is_full(workshop, database, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    add_acts(database, number, 5)
    newest = page(database, size=4)
    assert page(database, size=4, after=newest.rows[1].id) == newest
    assert page(database, size=4, after=10**8) == newest


def test_before_the_first_act_there_is_nothing_but_the_way_back(workshop, database, group):
    agenda.propose(workshop, group.members[0], "Aclarar el canon")
    found = page(database, before=1)
    assert found.rows == ()
    assert found.older is None
    assert found.newer is not None
    assert len(page(database, after=found.newer).rows) == 1


def test_batches_hold_every_act_once(workshop, database, group):
    number = agenda.propose(workshop, group.members[0], "Aclarar el canon")
    add_acts(database, number, 8)
    for size in (1, 3, 9, 50):
        found = list(logbook.batches(database, Asked(), reader=0, size=size))
        assert [entry for batch in found for entry in batch] == list(page(database).rows)
        assert max(map(len, found)) == min(size, 9)
    assert list(logbook.batches(database, Asked(proposal=99), reader=0)) == []


def test_a_position_is_kept_back_until_the_close_where_the_rules_say_so(workshop, database, group):
    number = agenda.in_ballot(workshop, group, group.members[0], "Aclarar el canon")
    voted = Asked(kinds=("voted",), person=group.members[6].id)
    (open_one,) = page(database, voted).rows
    assert open_one.facts["position"] == "against"
    assert not open_one.hidden

    hide_results(database, number)
    (kept,) = page(database, voted).rows
    assert kept.hidden
    assert kept.facts == {"ballot": 1, "seat": "EC"}
    assert list(logbook.batches(database, voted, reader=0)) == [(kept,)]
    (own,) = page(database, voted, reader=group.members[6].id).rows
    assert own.facts["position"] == "against"

    with database.write() as session:
        ballots.suspend(session, number, by=people.get(session, group.coordinator.id), reason="Se enmienda")
    (closed,) = page(database, voted).rows
    assert closed.facts["position"] == "against"


def test_who_may_act_is_offered_as_a_person_and_a_reader_is_not(database, group):
    with database.read() as session:
        names = [name for _id, name in logbook.actors(session)]
    assert group.reader.name not in names
    assert {group.members[3].name, group.observers[0].name, group.deputy.name} <= set(names)


def test_every_kind_of_act_that_a_service_writes_down_has_a_name():
    written = {"submitted", "revised"}  # chosen by the number of the version
    for path in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "events.add" and len(node.args) > 2:
                written.update([node.args[2].value] if isinstance(node.args[2], ast.Constant) else [])
    known = {kind for family in acts.FAMILIES for kind in family.kinds}
    assert len(written) > 20
    assert written == known
    assert known == acts.TELLS
