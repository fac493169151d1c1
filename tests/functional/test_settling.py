"""Passages where today's text and the writer's own met are settled one by one, and each is saved as it goes."""

from __future__ import annotations

import html
import re

import pytest

from reviewtool.services import drafts, people
from tests.functional.test_merging import collide, weave
from tests.support import journey
from tests.support.materials import INTRODUCTION


def begun(workshop, number, person) -> tuple[int, int]:
    """Begin the next version of a proposal that collides; return draft and file."""
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, person.id))
        return draft.id, draft.files[0].id


def text_of(workshop, draft_id, person) -> str:
    with workshop.database.read() as session:
        draft = drafts.get(session, draft_id, by=people.get(session, person.id))
        return drafts.text_of(workshop, draft.files[0])


def form(page: str) -> dict[str, str]:
    found = dict(re.findall(r'<input type="hidden" name="(place|seen)" value="([^"]*)">', page))
    return {name: html.unescape(value) for name, value in found.items()}


@pytest.fixture
def collided(workshop, group) -> tuple[str, int]:
    """Return address and draft of the second member's next version, whose words collide with today's."""
    draft_id, file_id = begun(workshop, collide(workshop, group, "45 días", "60 días"), group.members[1])
    return f"/borradores/{draft_id}/{file_id}/pasajes", draft_id


@pytest.mark.parametrize(
    ("act", "typed", "stands"),
    [
        ("today", "", "45 días"),
        ("mine", "", "60 días"),
        ("typed", "Se pagará a los 50 días.", "Se pagará a los 50 días."),
    ],
)
def test_one_passage_is_settled_by_one_press(workshop, group, sign_in, collided, act, typed, stands) -> None:
    address, draft_id = collided
    author = sign_in(group.members[1])
    page = author.get(address).text
    assert all(words in page for words in ("45 días", "60 días", "Resultado"))
    answer = author.post(address, data=form(page) | {"act": act, "typed": typed})
    assert answer.status_code == 303
    text = text_of(workshop, draft_id, group.members[1])
    assert stands in text
    assert sum(words in text for words in ("45 días", "60 días", "50 días")) == 1
    assert "No queda ningún pasaje" in author.get(answer.location).text
    assert "Ningún pasaje por resolver" in author.get(address).text


def test_a_woven_passage_shows_both_sides_and_what_became_of_them(workshop, group, sign_in) -> None:
    draft_id, file_id = begun(workshop, weave(workshop, group), group.members[1])
    page = sign_in(group.members[1]).get(f"/borradores/{draft_id}/{file_id}/pasajes").text
    today, mine, result = (
        re.search(rf">{head}</h3>\n?(.*?)</section>", page, re.DOTALL)[1]
        for head in ("Texto vigente hoy", "Su texto", "Resultado")
    )
    assert ("efectivamente" in today, "importador" in today) == (True, False)
    assert "importador" in mine
    assert ("efectivamente" in result, "importador" in result) == (True, True)


def test_a_passage_that_was_edited_meanwhile_is_not_written_over(workshop, group, sign_in, collided) -> None:
    address, draft_id = collided
    author = sign_in(group.members[1])
    sent = form(author.get(address).text) | {"act": "typed", "typed": "Lo que escribí"}
    with workshop.database.write() as session:
        draft = drafts.get(session, draft_id, by=people.get(session, group.members[1].id))
        journey.edit(workshop, draft, INTRODUCTION, "60 días", "61 días")
    answer = author.post(address, data=sent)
    assert answer.status_code == 409
    assert "Lo que escribí" in answer.text
    assert "61 días" in text_of(workshop, draft_id, group.members[1])
    assert author.post(address, data=sent | {"act": "seen"}).status_code == 303


def test_an_empty_result_is_refused(group, sign_in, collided) -> None:
    author, address = sign_in(group.members[1]), collided[0]
    answer = author.post(address, data=form(author.get(address).text) | {"act": "typed", "typed": " "})
    assert answer.status_code == 400
    assert "Escriba el texto del pasaje" in answer.text


def test_what_was_not_settled_is_still_there_after_the_text_moved_again(workshop, group, sign_in, collided) -> None:
    other = journey.propose(workshop, group.members[2], INTRODUCTION, "país de importación", "país importador")
    journey.approve(workshop, other, group)
    journey.merge(workshop, other, group.coordinator)
    with workshop.database.write() as session:
        draft = drafts.get(session, collided[1], by=people.get(session, group.members[1].id))
        drafts.rebase(workshop, draft)
    assert "60 días" in sign_in(group.members[1]).get(collided[0]).text
