"""Corrections of form in a list: what qualifies, the short silence, separating one, merging the rest in one go."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.errors import AlreadyDecided
from reviewtool.models import Ballot, Event, Proposal, RuleSet
from reviewtool.rules import calendar, presets
from reviewtool.rules.lifecycle import State
from reviewtool.services import form_corrections, ordering, people, recording, rulesets
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, INTRODUCTION
from tests.support.words import said

FORM = replace(journey.META, kind="form")


def propose(workshop, group, old, new, path=INTRODUCTION, meta=FORM, by=0) -> int:
    return journey.propose(workshop, group.members[by], path, old, new, meta)


def state_of(workshop, number) -> State:
    with workshop.database.read() as session:
        return State(session.get_one(Proposal, number).state)


def why_not(workshop, number) -> str:
    with workshop.database.read() as session:
        return form_corrections.why_not(session, workshop, number)


@pytest.fixture
def spelled(workshop, group) -> int:
    return propose(workshop, group, "precio realmente", "precio, realmente")


def announce(workshop, group, number) -> None:
    with workshop.database.write() as session:
        by = people.get(session, group.coordinator.id)
        form_corrections.announce(session, workshop, number, by=by, revision=1)


def test_what_nobody_separates_is_approved_after_three_working_days_and_merged_in_one_go(
    sign_in, workshop, group, spelled
):
    other = propose(workshop, group, "# ", "## ", path=ADJUSTMENTS, by=1)
    client = sign_in(group.coordinator)
    page = client.get("/correcciones")
    assert page.text.count('type="checkbox" name="proposal"') == 2
    done = client.post("/correcciones", data={"proposal": [f"{spelled}-1", f"{other}-1"]})
    assert (done.status_code, done.location) == (303, "/coordinacion")
    assert f"Se anunciaron P-{spelled} y P-{other}." in said(client.get("/coordinacion"))
    with workshop.database.read() as session:
        ballot = session.scalars(select(Ballot).where(Ballot.proposal_number == spelled)).one()
        days = calendar.working_days_left(clock.now(), ballot.closes_at, calendar.of_group(workshop.group))
        assert ballot.rules["majority"] == "silence"
        assert days == 3
    shown = said(sign_in(group.members[4]).get(f"/propuestas/{spelled}"))
    assert "Corrección de forma anunciada en una lista." in shown
    assert "Separar de la lista" in shown
    assert "Interrumpir el silencio" not in shown
    journey.close(workshop, spelled)
    assert [state_of(workshop, number) for number in (spelled, other)] == [State.approved, State.approved]
    client.post("/incorporar", data={"proposal": [f"{spelled}-1", f"{other}-1"]})
    assert [state_of(workshop, number) for number in (spelled, other)] == [State.merged, State.merged]
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


@pytest.mark.parametrize("who", ["member", "observer", "coordinator"])
def test_whoever_takes_part_separates_one_with_a_reason_and_it_is_in_no_list_again(
    sign_in, workshop, group, spelled, who
):
    announce(workshop, group, spelled)
    person = {"member": group.members[4], "observer": group.observers[0], "coordinator": group.coordinator}[who]
    client, page = sign_in(person), f"/propuestas/{spelled}/separar"
    refused = client.post(page, data={"reason": " "})
    assert refused.status_code == 400
    assert client.post(page, data={"reason": "La coma cambia el sentido"}).status_code == 303
    assert state_of(workshop, spelled) is State.awaiting_decision
    with workshop.database.read() as session:
        ended = session.scalars(select(Event).where(Event.kind == "ballot_closed")).one()
    assert ended.facts["reason"] == "La coma cambia el sentido"
    assert why_not(workshop, spelled) == "form-separated"
    assert "ya se separó de una lista" in said(sign_in(group.coordinator).get("/correcciones"))
    assert client.post(page, data={"reason": "Otra vez"}).status_code == 409
    journey.open_ballot(workshop, spelled, group.coordinator)
    assert client.get(page).status_code == 200
    assert "no está en una lista" in said(client.get(page))


@pytest.mark.parametrize(
    ("old", "new"), [("30 días", "45 días"), ("precio realmente", "precio efectivamente"), ("no ", "")]
)
def test_what_changes_more_than_the_form_is_in_no_list(sign_in, workshop, group, old, new):
    number = propose(workshop, group, old, new)
    assert why_not(workshop, number) == "form-not-only"
    page = sign_in(group.coordinator).get("/correcciones")
    assert f"P-{number} cambia más que la forma" in said(page)
    assert 'name="proposal"' not in page.text
    with pytest.raises(AlreadyDecided, match="form-not-only"):
        announce(workshop, group, number)


def test_what_its_author_does_not_call_a_correction_of_form_is_none(sign_in, workshop, group):
    number = propose(workshop, group, "precio realmente", "precio, realmente", meta=journey.META)
    assert "No hay correcciones de forma que esperen" in said(sign_in(group.coordinator).get("/correcciones"))
    with pytest.raises(AlreadyDecided, match="form-not-only"):
        announce(workshop, group, number)


def test_documents_with_rules_of_their_own_and_what_waits_are_in_no_list(workshop, group, spelled):
    other = propose(workshop, group, "30 días", "45 días")
    with workshop.database.write() as session:
        ordering.choose_first(session, spelled, other, by=people.get(session, group.coordinator.id))
    assert why_not(workshop, spelled) == "form-waits"
    with workshop.database.write() as session:
        ordering.choose_first(session, spelled, None, by=people.get(session, group.coordinator.id))
        strict = presets.PathPreset(
            ("valor-de-transaccion/**",), replace(presets.PRESETS["votacion"], decision_days=20)
        )
        rules = presets.RuleSet(documents=(strict,)).to_json()
        day = rulesets.today(workshop.group)
        session.add(RuleSet(effective_on=day, rules=rules, created_at=clock.now()))
    assert why_not(workshop, spelled) == "form-own-rules"


def test_a_newer_version_than_the_page_showed_is_not_announced(sign_in, workshop, group, spelled):
    journey.revise(workshop, group.members[0], spelled, INTRODUCTION, "precio, realmente", "precio realmente,")
    client = sign_in(group.coordinator)
    client.post("/correcciones", data={"proposal": f"{spelled}-1"})
    assert f"P-{spelled} tiene una versión más nueva." in said(client.get("/coordinacion"))
    assert state_of(workshop, spelled) is State.consultation
    assert client.post("/correcciones", data={}).status_code == 400
