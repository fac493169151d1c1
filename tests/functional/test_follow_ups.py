"""The follow-up of a merged change: written down by the coordination, read by all, in the record and back from it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from reviewtool import clock
from reviewtool.db import Database
from reviewtool.errors import AlreadyDecided, InvalidInput, NotAllowed
from reviewtool.models import FollowUp
from reviewtool.services import follow_ups, people, rebuilding, recording, revisions
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said

FORM = {"recipient": "wco", "step": "sent", "on": "2026-03-02", "reference": "Oficio 14/2026", "note": "Con la edición"}


def record(workshop, number, by, step="sent", on=date(2026, 3, 2)):
    with workshop.database.write() as session:
        wanted = follow_ups.Step("regional_office", step, on, "Oficio 14/2026", "Con la edición")
        return follow_ups.record(session, number, wanted, by=people.get(session, by.id)).id


def test_the_coordination_writes_a_step_down_and_everybody_reads_it(sign_in, workshop, group, merged):
    page = f"/propuestas/{merged}/seguimiento"
    member, coordination = sign_in(group.members[3]), sign_in(group.coordinator)
    assert page not in member.get(f"/propuestas/{merged}").text
    assert member.post(page, data=FORM).status_code == 403
    assert f'href="{page}"' in coordination.get(f"/propuestas/{merged}").text
    done = coordination.post(page, data=FORM)
    assert (done.status_code, done.location) == (303, f"/propuestas/{merged}#follow-up")
    assert coordination.post(page, data=FORM | {"step": "accepted", "on": "2026-03-20"}).status_code == 303
    shown = said(member.get(f"/propuestas/{merged}"))
    assert shown.index("Aceptada (OMA), 20 mar 2026") < shown.index("Enviada (OMA), 2 mar 2026")
    assert "Oficio 14/2026" in shown
    assert f"Anotado por {group.coordinator.name}" in shown
    assert "Aceptada (OMA), 20 mar 2026" in said(member.get("/decisiones"))
    assert "Aceptada (OMA), 20 mar 2026" in member.get("/decisiones.csv").text
    assert "Anotó el seguimiento: Aceptada (OMA)" in said(member.get("/registro"))


def test_what_is_wrong_is_said_and_what_was_typed_stays(sign_in, group, merged):
    client, page = sign_in(group.coordinator), f"/propuestas/{merged}/seguimiento"
    tomorrow = (clock.now() + timedelta(days=3)).date().isoformat()
    for wrong, sentence in (
        ({"on": "ayer"}, "fecha"),
        ({"on": tomorrow}, "Escriba un día de los últimos diez años, hasta hoy."),
        ({"recipient": "otro"}, "Elija una opción de la lista."),
        ({"step": ""}, "Elija una opción de la lista."),
        ({"note": "x" * 5_001}, "5000"),
    ):
        refused = client.post(page, data=FORM | wrong)
        assert refused.status_code == 400
        assert sentence in said(refused)
        assert "Oficio 14/2026" in refused.text


def test_only_a_merged_change_has_one_and_only_the_coordination_writes_it(workshop, group, merged):
    other = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "45 días")
    with pytest.raises(AlreadyDecided, match="state-forbids"):
        record(workshop, other, group.coordinator)
    with pytest.raises(NotAllowed):
        record(workshop, merged, group.members[1])
    with pytest.raises(InvalidInput, match="day-range"):
        record(workshop, merged, group.coordinator, on=date(1999, 1, 1))


def test_it_is_in_the_record_and_the_minutes_and_comes_back(workshop, group, merged, sqlite_template, tmp_path):
    record(workshop, merged, group.coordinator)
    record(workshop, merged, group.coordinator, "returned", date(2026, 4, 1))
    recording.record_group(workshop)
    recording.record(workshop, merged)
    minutes = revisions.text_at(workshop, f"refs/reviews/{merged}", "record.md").decode()
    assert "## Seguimiento\n\n- Enviada (Oficina Regional), 2 de marzo de 2026, Oficio 14/2026: Con" in minutes
    assert journey.findings(workshop) == ()
    path = tmp_path / "empty.sqlite"
    path.write_bytes(sqlite_template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    with again.database.read() as session:
        found = follow_ups.of_proposal(session, merged)
        assert [(each.id, each.step, each.on) for each in found] == [
            (1, "sent", date(2026, 3, 2)),
            (2, "returned", date(2026, 4, 1)),
        ]
        assert session.get_one(FollowUp, 2).note == "Con la edición"
    assert journey.findings(again) == ()
    again.database.dispose()
