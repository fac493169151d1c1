"""Two open proposals on the same passage are linked on both pages, and shown beside each other."""

from __future__ import annotations

import pytest

from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said


@pytest.fixture
def first(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")


def test_competing_passages_are_linked_on_both_proposals_until_one_is_over(workshop, group, sign_in, first):
    reader = sign_in(group.members[2])
    assert "Comparte pasajes con" not in said(reader.get(f"/propuestas/{first}"))
    second = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "60 días")
    for one, other in ((first, second), (second, first)):
        shown = reader.get(f"/propuestas/{one}")
        assert f"Comparte pasajes con P-{other}" in said(shown)
        assert f"/propuestas/{one}/junto-a/{other}" in shown.text
        beside = said(reader.get(f"/propuestas/{one}/junto-a/{other}"))
        assert "45" in beside
        assert "60" in beside
    sign_in(group.members[1]).post(f"/propuestas/{second}/retirar", data={"reason": "Ya no hace falta"})
    assert "Comparte pasajes con" not in said(sign_in(group.members[2]).get(f"/propuestas/{first}"))


def test_other_passages_of_one_document_are_not_called_shared(workshop, group, sign_in, first):
    second = journey.propose(workshop, group.members[1], INTRODUCTION, "precio realmente", "precio efectivamente")
    reader = sign_in(group.members[2])
    assert "Comparte pasajes con" not in said(reader.get(f"/propuestas/{first}"))
    assert "no cambian los mismos pasajes" in said(reader.get(f"/propuestas/{first}/junto-a/{second}"))


def test_the_passage_of_a_suggestion_that_waits_has_a_mark_of_its_own_until_it_is_declined(
    workshop, group, sign_in, first
):
    passage = {"path": INTRODUCTION, "quote": "45 días", "prefix": "", "suffix": ""}
    sent = passage | {"body": "Más corto", "suggestion": "40 días", "version": "1"}
    sign_in(group.members[1]).post(f"/propuestas/{first}/comentarios", data=sent)
    author = sign_in(group.members[0])
    page = author.get(f"/propuestas/{first}").text
    assert '<mark class="passage suggests" id="passage-1">' in page
    assert "con una sugerencia que espera" in page
    author.post("/comentarios/mensajes/1/no-aceptar", data={"body": "Hace falta el plazo", "comment_id": "1"})
    assert "passage suggests" not in author.get(f"/propuestas/{first}").text
