"""A record that follows after every single act says what one that is written at the end says: nothing is left out."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from reviewtool import demonstration
from reviewtool.clock import now
from reviewtool.db import Database
from reviewtool.errors import Conflict
from reviewtool.gitstore import reading
from reviewtool.models import Event, ExtensionRequest, Objection, Opinion, Proposal, RuleSet
from reviewtool.rules import presets
from reviewtool.services import (
    ballots,
    consultations,
    objections,
    people,
    proposals,
    recording,
    rulesets,
    threads,
    votes,
)
from reviewtool.settings import Settings
from tests.support import journey
from tests.support.materials import INTRODUCTION

GROUP_FILE = Path(__file__).resolve().parents[2] / "config" / "group.toml"


def test_the_demonstration_recorded_after_each_act_is_what_the_database_says(tmp_path, monkeypatch):
    """Every sort of act that the demonstration has, each written into the record by itself."""
    plain, following = Database.write, []

    @contextmanager
    def then_record(database):
        with plain(database) as session:
            yield session
        if not following and shop:
            following.append(1)
            recording.catch_up(shop[0])
            following.clear()

    shop = []
    make = demonstration.installing.create

    def created(*args, **kwargs):
        shop.append(make(*args, **kwargs))
        return shop[0]

    monkeypatch.setattr(demonstration.installing, "create", created)
    monkeypatch.setattr(Database, "write", then_record)
    settings = Settings(var=tmp_path / "var", group_file=GROUP_FILE, secret_key="only-for-tests" * 4)
    workshop = demonstration.ensure(settings, lambda _line: None)
    assert shop
    assert journey.findings(workshop) == ()
    with workshop.database.read() as session:
        kinds = set(session.scalars(select(Event.kind)))
    assert len(kinds) > 15
    for opened in (workshop, shop[0]):
        opened.database.dispose()
        opened.store.close()


@pytest.fixture
def number(workshop, group):
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    recording.record_group(workshop)
    recording.record(workshop, made)
    return made


def act(workshop, number, function, *args, by, **kwargs):
    with workshop.database.write() as session:
        found = function(session, *args, by=people.get(session, by.id), **kwargs)
    recording.record(workshop, number)
    return found


def test_a_changed_opinion_leaves_the_earlier_one_as_replaced(workshop, group, number):
    for stance in ("favourable", "unfavourable"):
        act(workshop, number, votes.give_opinion, number, by=group.observers[0], revision=1, stance=stance)
    with workshop.database.read() as session:
        assert [opinion.current for opinion in session.scalars(select(Opinion).order_by(Opinion.id))] == [False, True]
    assert journey.findings(workshop) == ()


@pytest.mark.parametrize("granted", [True, False])
def test_the_answer_to_a_request_for_more_time_is_recorded(workshop, group, number, granted):
    act(workshop, number, votes.ask_extension, number, by=group.members[1], reason="Consulto a mi administración")
    if granted:
        act(workshop, number, consultations.extend, workshop.group, number, 3, by=group.coordinator, reason="Sí")
    else:
        act(workshop, number, ballots.decline_extension, number, by=group.coordinator, reason="No hace falta")
    with workshop.database.read() as session:
        assert session.scalars(select(ExtensionRequest.granted)).all() == [granted]
    assert journey.findings(workshop) == ()


def test_an_objection_that_the_group_overrode_is_recorded_as_such(workshop, group, number):
    with workshop.database.write() as session:
        present = presets.from_group(workshop.group)
        changed = presets.RuleSet(replace(present.rules, override="two_thirds"), present.documents)
        session.add(RuleSet(effective_on=rulesets.today(workshop.group), rules=changed.to_json(), created_at=now()))
    recording.record_group(workshop)
    journey.approve(workshop, number, group)
    act(workshop, number, objections.raise_one, number, by=group.members[8], reason="Contradice el artículo 1")
    act(workshop, number, ballots.submit_objection, workshop.group, number, by=group.coordinator, reason="Se vota")
    for member in group.members[1:10]:
        journey.vote(workshop, number, member)
        recording.record(workshop, number)
    journey.close(workshop, number)
    recording.record(workshop, number)
    with workshop.database.read() as session:
        assert session.scalars(select(Objection.overridden_in)).all() == [2]
    assert journey.findings(workshop) == ()


def test_an_older_database_cannot_go_on_with_a_record_that_says_more(workshop, group, number, caplog):
    for body in ("Uno", "Dos"):
        act(
            workshop,
            number,
            lambda session, by, body=body: threads.comment(
                session, workshop, number, threads.Place(1), threads.Message(body), by=by
            ),
            by=group.members[1],
        )
    with workshop.database.write() as session:  # as if the last act had been lost with the database
        newest = session.scalars(select(Event).order_by(Event.seq.desc())).first()
        newest.kind, newest.facts = "withdrawn", {}
        proposals.get(session, number).recorded_version = 0
    tip = reading.head(workshop.store, f"refs/reviews/{number}")
    with pytest.raises(Conflict, match="record-diverged"):
        recording.record(workshop, number)
    recording.catch_up(workshop)
    assert "is of another database" in caplog.text
    assert reading.head(workshop.store, f"refs/reviews/{number}") == tip
    with workshop.database.read() as session:
        assert session.get_one(Proposal, number).recorded_version == 0
