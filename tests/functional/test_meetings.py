"""Decided in a meeting: attendance and positions of one form, several ballots closed at once, nothing done twice."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.db import Database
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed
from reviewtool.models import Event, RuleSet, Vote
from reviewtool.rules import presets
from reviewtool.rules.voting import Outcome
from reviewtool.services import (
    meetings,
    notices,
    people,
    proposals,
    rebuilding,
    recording,
    revisions,
    rulesets,
    votes,
)
from reviewtool.services.meetings import Meeting, Stand
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, GLOSSARY, INTRODUCTION
from tests.support.words import said

ALL = ("AR", "AR-2", "BO", "CL", "CR", "DO", "EC", "NI", "PE", "PY", "UY", "VE")
TYPED = {"received_on": "2026-03-02", "reference": "Acta 3/2026", "step": "decide"}
FAVOUR = Stand("for")


@pytest.fixture
def two(workshop, group) -> tuple[int, int]:
    """Two proposals in ballot, of the first and of the second member."""
    changes = ((0, INTRODUCTION, "precio realmente", "precio efectivamente"), (1, GLOSSARY, "# ", "# El "))
    numbers = [journey.propose(workshop, group.members[at], path, old, new) for at, path, old, new in changes]
    for number in numbers:
        journey.open_ballot(workshop, number, group.coordinator)
    return (numbers[0], numbers[1])


@pytest.fixture
def silent(workshop, group) -> int:
    """A proposal in a silence procedure."""
    number = journey.propose(workshop, group.members[2], ADJUSTMENTS, "# ", "# Los ")
    journey.open_ballot(workshop, number, group.coordinator, preset="silencio")
    return number


def meeting(stands=None, attended=ALL[:8]) -> Meeting:
    return Meeting(date(2026, 3, 2), "Acta 3/2026", dict.fromkeys(attended, FAVOUR) | (stands or {}))


def hold(workshop, number, by, given=None, ballot=1) -> Outcome:
    with workshop.database.write() as session:
        by = people.get(session, by.id)
        return meetings.decide(session, number, given or meeting(), by=by, ballot_number=ballot)


def form(numbers, attended=ALL[:8], **more):
    return TYPED | {"proposal": [f"{number}-1" for number in numbers], "attended": list(attended)} | more


def stands(workshop, number) -> dict[str, Vote]:
    with workshop.database.read() as session:
        ballot = proposals.newest_ballot(session, number)
        return {vote.seat.key: vote for vote in votes.of_ballot(session, ballot.id)}


def states(workshop, *numbers) -> list[str]:
    with workshop.database.read() as session:
        return [proposals.get(session, number).state for number in numbers]


def counted(workshop) -> list[int]:
    with workshop.database.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) for table in (Vote, Event)]


def set_rules(workshop, **changes) -> None:
    with workshop.database.write() as session:
        present = rulesets.in_force(session, workshop.group)
        changed = presets.RuleSet(replace(present.rules, **changes), present.documents)
        session.add(
            RuleSet(effective_on=rulesets.today(workshop.group), rules=changed.to_json(), created_at=clock.now())
        )


# What one form does


def test_one_form_decides_several_proposals_with_positions_by_exception(sign_in, workshop, group, two):
    client = sign_in(group.coordinator)
    assert 'href="/reunion"' in client.get("/coordinacion").text
    assert f'href="/reunion?propuesta={two[1]}"' in client.get(f"/propuestas/{two[1]}").text
    page = client.get(f"/reunion?propuesta={two[1]}")
    assert f'value="{two[1]}-1" checked' in page.text
    assert f'value="{two[0]}-1" checked' not in page.text
    typed = {"position-CL": "against", "reason-CL": "No se sigue", "position-BO": "abstain"}
    done = client.post("/reunion", data=form(two, **typed))
    assert (done.status_code, done.location) == (303, "/coordinacion")
    shown = said(client.get("/coordinacion"))
    assert all(f"P-{number}: Aprobada." in shown for number in two)
    assert states(workshop, *two) == ["approved", "approved"]
    first = stands(workshop, two[0])
    assert sorted(first) == ["AR-2", "BO", "CL", "CR", "DO", "EC", "NI"], "who proposed it does not vote on it"
    assert sorted(stands(workshop, two[1])) == ["AR", "BO", "CL", "CR", "DO", "EC", "NI"]
    assert (first["CL"].position, first["CL"].reason, first["BO"].position) == ("against", "No se sigue", "abstain")
    assert (first["EC"].channel, first["EC"].channel_reference) == ("meeting", "Acta 3/2026")
    assert first["EC"].person_id == group.members[6].id
    panel = said(sign_in(group.members[5]).get(f"/propuestas/{two[0]}"))
    assert "Motivo: Decidida en la reunión del 2 de marzo de 2026 (Acta 3/2026)" in panel
    assert "Registrado por la coordinación según reunión Acta 3/2026 del 2 de marzo de 2026" in panel


def test_attendance_makes_the_quorum(workshop, group, two):
    assert hold(workshop, two[0], group.coordinator, meeting(attended=ALL[:4])) is Outcome.no_quorum
    assert hold(workshop, two[1], group.coordinator, meeting(attended=ALL[:7])) is Outcome.approved
    assert states(workshop, *two) == ["no_decision", "approved"]


def test_the_frozen_rules_hold_in_a_meeting_too(workshop, group):
    set_rules(workshop, certified_in_favour=2)
    number = journey.propose(workshop, group.members[2], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    attended = ("AR", "AR-2", "CR", "DO", "EC", "NI", "PY")  # one certified trainer among them
    assert hold(workshop, number, group.coordinator, meeting(attended=attended)) is Outcome.not_approved


def test_who_was_absent_keeps_their_vote_and_who_spoke_is_replaced_and_told(sign_in, workshop, group, two):
    journey.vote(workshop, two[0], group.members[11], "against", "No lo comparto")  # VE, absent
    journey.vote(workshop, two[0], group.members[3], "for", "Lo pidió mi dirección")  # CL, says so again
    journey.vote(workshop, two[0], group.members[2], "for")  # BO, against in the meeting
    hold(workshop, two[0], group.coordinator, meeting({"BO": Stand("against", "Cambió la norma")}))
    now = stands(workshop, two[0])
    assert (now["VE"].position, now["VE"].registered_by_id) == ("against", None)
    assert (now["CL"].reason, now["CL"].registered_by_id) == ("Lo pidió mi dirección", None)
    assert (now["BO"].position, now["BO"].registered_by_id) == ("against", group.coordinator.id)
    with workshop.database.read() as session:
        ballot = proposals.newest_ballot(session, two[0])
        kept = [vote for vote in votes.all_of_ballot(session, ballot.id) if not vote.current]
        assert [(vote.seat.key, vote.position) for vote in kept] == [("BO", "for")]
        assert [each.act for each in notices.unread(session, group.members[2].id, ("registered",))] == [
            "vote_registered"
        ]
        assert notices.unread(session, group.members[3].id, ("registered",)) == ()


def test_a_vote_ad_referendum_is_confirmed_by_what_its_seat_says_in_the_meeting(workshop, group, two):
    with workshop.database.write() as session:
        by = people.get(session, group.members[3].id)
        votes.cast(session, two[0], by=by, ballot_number=1, position="for", ad_referendum=True)
    hold(workshop, two[0], group.coordinator)
    assert stands(workshop, two[0])["CL"].confirmed


def test_the_page_says_what_it_would_come_to_and_changes_nothing(sign_in, workshop, group, two):
    before = counted(workshop)
    answer = sign_in(group.coordinator).post("/reunion", data=form(two[:1], ALL[:4], step="look"))
    assert answer.status_code == 200
    assert "Así terminaría cada votación elegida. Todavía no se cerró ninguna." in said(answer)
    assert "Sin decisión por falta de quórum." in said(answer)
    assert f'value="{two[0]}-1" checked' in answer.text
    assert 'value="CL" checked' in answer.text
    assert counted(workshop) == before


def test_before_the_close_no_result_is_said_where_the_rules_keep_it_back(sign_in, workshop, group):
    set_rules(workshop, results_hidden_until_closed=True)
    number = journey.propose(workshop, group.members[2], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    answer = sign_in(group.coordinator).post("/reunion", data=form([number], step="look"))
    assert "Las reglas guardan el resultado hasta el cierre." in said(answer)
    assert "Aprobada" not in said(answer)


# What it refuses


@pytest.mark.parametrize(
    ("wrong", "sentence", "field"),
    [
        ({"proposal": []}, "Elija al menos una propuesta.", "proposal"),
        ({"attended": []}, "Marque la asistencia de este puesto", "position-CL"),
        ({"attended": [], "reason-CL": "", "position-CL": "for"}, "Marque qué puestos asistieron.", "attended"),
        ({"reference": " "}, "Escriba el número o la referencia", "reference"),
        ({"received_on": "ayer"}, "Escriba una fecha", "received_on"),
        ({"received_on": "2999-01-01"}, "no puede estar en el futuro", "received_on"),
        ({"reason-CL": " "}, "Escriba el motivo: esta posición lo exige.", "reason-CL"),
        ({"position-CL": "no_objection"}, "Elija una posición.", "position-CL"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    sign_in, workshop, group, two, wrong, sentence, field
):
    before = counted(workshop)
    typed = form(two, **{"position-CL": "against", "reason-CL": "No se sigue"}) | wrong
    refused = sign_in(group.coordinator).post("/reunion", data=typed)
    assert refused.status_code == 400
    assert sentence in said(refused)
    assert f'href="#{field}"' in refused.text
    assert f'id="{field}"' in refused.text
    assert typed["reason-CL"].strip() in refused.text
    assert ('value="PE" checked' in refused.text) is ("PE" in typed["attended"])
    assert counted(workshop) == before


def test_a_second_press_does_nothing_twice_and_names_what_was_closed(sign_in, workshop, group, two):
    client = sign_in(group.coordinator)
    assert client.post("/reunion", data=form(two)).status_code == 303
    before = counted(workshop)
    again = client.post("/reunion", data=form(two))
    assert again.status_code == 409
    assert all(f"P-{number} no se decidió: La votación de P-{number} ya cerró." in said(again) for number in two)
    assert "Acta 3/2026" in said(again)
    assert counted(workshop) == before


def test_one_that_changed_meanwhile_is_named_and_the_others_go_on(sign_in, workshop, group, two):
    hold(workshop, two[0], group.coordinator)
    answer = sign_in(group.coordinator).post("/reunion", data=form(two, **{"reason-EC": "Con gusto"}))
    assert answer.status_code == 409
    page = said(answer)
    assert f"P-{two[0]} no se decidió: La votación de P-{two[0]} ya cerró." in page
    assert f"P-{two[1]}: Aprobada." in page
    assert "Con gusto" in page
    assert states(workshop, *two) == ["approved", "approved"]


def test_another_ballot_than_the_page_showed_is_not_decided(workshop, group, two):
    results = meetings.decide_several(workshop, [(two[0], 7), (two[1], 1)], meeting(), by_id=group.coordinator.id)
    assert [(each.outcome, each.error and each.error.code) for each in results] == [
        (None, "ballot-other"),
        (Outcome.approved, None),
    ]


def test_a_silence_is_interrupted_by_its_own_act_and_not_decided_in_a_meeting(sign_in, workshop, group, silent):
    client = sign_in(group.coordinator)
    assert "/reunion?propuesta" not in client.get(f"/propuestas/{silent}").text
    assert "Solo hay votaciones por silencio" in said(client.get("/reunion"))
    refused = client.post("/reunion", data=form([silent]))
    assert refused.status_code == 409
    assert f"P-{silent} se decide por silencio" in said(refused)
    assert states(workshop, silent) == ["voting"]
    with pytest.raises(AlreadyDecided, match="meeting-silence"):
        hold(workshop, silent, group.coordinator)


def test_only_the_coordination_decides_so_and_somebody_must_have_attended(sign_in, workshop, group, two):
    member = sign_in(group.members[1])
    assert member.get("/reunion").status_code == 403
    assert member.post("/reunion", data=form(two)).status_code == 403
    assert "/reunion" not in member.get(f"/propuestas/{two[0]}").text
    with pytest.raises(NotAllowed):
        hold(workshop, two[0], group.members[1])
    with pytest.raises(InvalidInput, match="attendance-missing"):
        hold(workshop, two[0], group.coordinator, meeting(attended=("GT",)))


def test_without_an_open_ballot_the_page_says_what_to_do(sign_in, group):
    assert "No hay nada que una reunión pueda decidir" in said(sign_in(group.coordinator).get("/reunion"))


def test_of_two_meetings_entered_at_once_one_decides(workshop, group, two):
    together, ended = threading.Barrier(2), []

    def enter() -> None:
        together.wait()
        try:
            ended.append(hold(workshop, two[0], group.coordinator))
        except AlreadyDecided as error:
            ended.append(error.code)

    entering = [threading.Thread(target=enter) for _ in range(2)]
    for each in entering:
        each.start()
    for each in entering:
        each.join()
    assert sorted(ended) == [Outcome.approved, "ballot-closed"]
    assert len(stands(workshop, two[0])) == 7


# What stays of it


def test_attendance_is_in_the_record_and_the_minutes_and_comes_back(workshop, group, two, sqlite_template, tmp_path):
    hold(workshop, two[0], group.coordinator, meeting({"CL": Stand("against", "No se sigue")}))
    recording.record_group(workshop)
    recording.catch_up(workshop)
    minutes = revisions.text_at(workshop, f"refs/reviews/{two[0]}", "record.md").decode()
    assert minutes.count("Decidida en la reunión del 2 de marzo de 2026 (Acta 3/2026), presentes: Argentina, ") == 1
    assert minutes.count("Decidida en la reunión") == 1
    assert "| No se sigue. Registrado por la coordinación según reunión Acta 3/2026 del 2 de marzo de 2026 |" in minutes
    assert journey.findings(workshop) == ()
    path = tmp_path / "empty.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    with again.database.read() as session:
        held = meetings.of_proposal(session, two[0])[1]
        assert (held["reference"], held["on"]) == ("Acta 3/2026", "2026-03-02")
        assert sorted(held["attended"]) == list(ALL[:8])
    assert journey.findings(again) == ()
    again.database.dispose()


def test_what_a_meeting_approved_is_merged(workshop, group, two):
    hold(workshop, two[0], group.coordinator)
    assert journey.merge(workshop, two[0], group.coordinator)
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()
