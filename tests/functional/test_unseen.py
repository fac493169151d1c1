"""Letters that nobody sees are named where they stand: in a change, in every view of it, in a comment."""

from __future__ import annotations

import pytest

from tests.support import agenda, journey
from tests.support.materials import INTRODUCTION

TURNED = "precio \u202eetnemaler\u202c pagado"


@pytest.fixture
def number(workshop, group):
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente pagado", TURNED)


@pytest.mark.parametrize("view", ["", "?vista=completo", "?vista=columnas", "?vista=propuesto", "?vista=fuente"])
def test_a_mark_that_turns_the_text_is_named_in_every_view_of_a_change(sign_in, group, number, view):
    page = sign_in(group.members[1]).get(f"/propuestas/{number}{view}").text
    assert ">U+202E</code>" in page
    assert "Carácter invisible: cambia el orden en que se lee lo que sigue" in page
    assert "\u202e" not in page


def test_it_is_named_in_a_comment(sign_in, workshop, group, number):
    thread = agenda.comment(workshop, number, group.members[1], "Se lee \u2066así\u2069 y así\u200b.")
    page = sign_in(group.members[2]).get(f"/comentarios/{thread}").text
    assert all(f">{name}</code>" in page for name in ("U+2066", "U+2069", "U+200B"))


def test_the_editor_keeps_it_in_its_field(sign_in, group, workshop):
    client = sign_in(group.members[0])
    page = client.post("/borradores", data={"path": INTRODUCTION}, follow_redirects=True)
    saved = client.post(page.request.path, data={"text": f"# Uno\n\n{TURNED}\n", "title": "Uno"}, follow_redirects=True)
    assert TURNED in saved.text


def test_a_line_of_a_form_holds_none(sign_in, group, workshop):
    client = sign_in(group.members[0])
    page = client.post("/borradores", data={"path": INTRODUCTION}, follow_redirects=True)
    shown = client.post(page.request.path, data={"title": "\u202eUn\u200b título\x1b\x85"}, follow_redirects=True)
    assert 'value="Un título"' in shown.text
