"""On the home page: what the whole group is told stands apart from what is said to its reader."""

from __future__ import annotations

from datetime import timedelta

from reviewtool import clock
from reviewtool.services import reminding
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said


def test_an_approved_text_that_waits_is_told_to_everybody_and_is_no_message_to_answer(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    with clock.at(clock.now() + timedelta(days=60)):
        assert reminding.tell_overdue(workshop) == [number]
    client = sign_in(group.members[5])
    home = said(client.get("/"))
    assert f"Avisos al grupo Lleva cinco días hábiles aprobada sin incorporarse: «{journey.META.title}»" in home
    assert "dirigido a usted" not in home
    assert "Responder" not in home
    client.get(f"/propuestas/{number}")
    assert "Avisos al grupo" not in said(client.get("/")), "read with the proposal"
