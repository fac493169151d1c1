"""A draft is split: the ticked changes go to a draft of their own, and nothing is in both or in neither."""

from __future__ import annotations

import re

import pytest

from reviewtool.services import drafts, people, proposals
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, INTRODUCTION

SEAL = re.compile(r'name="seal" value="(\w+)"')
CHANGE = re.compile(r'<div class="stack-s part">(.*?)name="chosen" value="([\d-]+)"', re.DOTALL)
BOX = re.compile(r'name="chosen" value="([\d-]+)"')


@pytest.fixture
def draft(workshop, group) -> int:
    """Return a draft of the first member with one change in each of two documents and a second one in the first."""
    with workshop.database.write() as session:
        begun = drafts.start(session, workshop, by=people.get(session, group.members[0].id))
        journey.edit(workshop, begun, INTRODUCTION, "30 días", "45 días")
        journey.edit(workshop, begun, INTRODUCTION, "precio realmente", "precio efectivamente")
        journey.edit(workshop, begun, ADJUSTMENTS, "datos objetivos", "hechos objetivos")
        drafts.save_meta(begun, journey.META)
        session.flush()
        return begun.id


def texts(workshop, draft_id, person) -> str:
    with workshop.database.read() as session:
        found = drafts.get(session, draft_id, by=people.get(session, person.id))
        return "".join(drafts.text_of(workshop, entry) or "" for entry in found.files)


def test_ticked_changes_go_to_a_draft_of_their_own(workshop, group, sign_in, draft) -> None:
    author, url = sign_in(group.members[0]), f"/borradores/{draft}/separar"
    page = author.get(url).text
    looks = {box: look for look, box in CHANGE.findall(page)}
    ticked = [box for box, look in looks.items() if "45" in look or "hechos" in look]
    assert len(ticked) == 2 < len(looks)
    answer = author.post(url, data={"seal": SEAL.search(page)[1], "chosen": ticked})
    assert answer.status_code == 303
    other = int(re.search(r"/borradores/(\d+)", answer.location)[1])
    taken, rest = texts(workshop, other, group.members[0]), texts(workshop, draft, group.members[0])
    assert [("45 días" in text, "efectivamente" in text, "hechos objetivos" in text) for text in (taken, rest)] == [
        (True, False, True),
        (False, True, False),
    ]
    with workshop.database.read() as session:
        new = drafts.get(session, other, by=people.get(session, group.members[0].id))
        assert (new.title, new.reason, new.proposal_number) == ("", journey.META.reason, None)


@pytest.mark.parametrize(
    ("chosen", "sentence"), [(slice(0, 0), "Marque al menos un cambio"), (slice(0, 4), "Deje al menos un cambio")]
)
def test_none_or_all_of_the_changes_are_refused(group, sign_in, draft, chosen, sentence) -> None:
    author, url = sign_in(group.members[0]), f"/borradores/{draft}/separar"
    page = author.get(url).text
    boxes = BOX.findall(page)[chosen]
    answer = author.post(url, data={"seal": SEAL.search(page)[1], "chosen": boxes})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert answer.text.count(" checked><span>Pasar") == len(boxes)


def test_changes_of_a_text_that_was_written_on_meanwhile_are_not_split_by_guess(workshop, group, sign_in, draft):
    author, url = sign_in(group.members[0]), f"/borradores/{draft}/separar"
    page = author.get(url).text
    with workshop.database.write() as session:
        begun = drafts.get(session, draft, by=people.get(session, group.members[0].id))
        journey.edit(workshop, begun, INTRODUCTION, "45 días", "60 días")
    answer = author.post(url, data={"seal": SEAL.search(page)[1], "chosen": BOX.findall(page)[:1]})
    assert answer.status_code == 409
    assert "cambió desde que abrió esta página" in answer.text


def test_nobody_splits_the_draft_of_another(group, sign_in, draft) -> None:
    assert sign_in(group.members[1]).get(f"/borradores/{draft}/separar").status_code == 404


def test_a_proposal_is_split_into_its_next_version_and_another_proposal(workshop, group, sign_in, draft) -> None:
    author = sign_in(group.members[0])
    author.post(f"/borradores/{draft}/presentar", data={"act": "submit", **journey.META.__dict__})
    url = author.post("/propuestas/1/nueva-version", data={"split": "1"}).location
    page = author.get(url).text
    boxes = BOX.findall(page)
    other = author.post(url, data={"seal": SEAL.search(page)[1], "chosen": boxes[:1]}).location.split("/")[2]
    assert author.get("/propuestas/1").status_code == 200
    for begun, title in ((url.split("/")[2], "Lo que queda"), (other, "Lo separado")):
        sent = {**journey.META.__dict__, "title": title, "act": "submit"}
        assert author.post(f"/borradores/{begun}/presentar", data=sent).status_code == 303
    with workshop.database.read() as session:
        assert [proposals.get(session, number).title for number in (1, 2)] == ["Lo que queda", "Lo separado"]
        assert [len(proposals.latest_revision(session, proposals.get(session, n)).touches) for n in (1, 2)] == [2, 1]
