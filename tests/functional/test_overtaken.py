"""Two who write the next version at once: the second gets the other's version joined, and nothing goes over unseen."""

from __future__ import annotations

import html
import re

import pytest

from reviewtool.errors import OutOfDate
from reviewtool.models import DraftFile
from reviewtool.services import drafts, overtaken, people, proposals, recording, revisions, rulesets
from reviewtool.services.receiving import Received
from reviewtool.services.registering import Sent
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.together import at_once, codes

PAID, PRICE = "30 días", "precio realmente"


@pytest.fixture
def number(workshop, group) -> int:
    """Return a proposal of the first member."""
    return journey.propose(workshop, group.members[0], INTRODUCTION, "país de importación", "país importador")


def begin(workshop, number, by, author, *words) -> int:
    """Begin the next version of a proposal and change words in it; return the draft."""
    with workshop.database.write() as session:
        draft = drafts.start_revision(session, workshop, number, by=people.get(session, by.id), author=author)
        for old, new in zip(words[::2], words[1::2], strict=True):
            journey.edit(workshop, draft, INTRODUCTION, old, new)
        return draft.id


@pytest.fixture
def both(workshop, group, number):
    """Return a function that lets the author and the coordination write the next version; returns both drafts."""

    def write(author_writes, coordination_writes) -> tuple[int, int]:
        own = begin(workshop, number, group.members[0], None, *author_writes)
        return own, begin(workshop, number, group.coordinator, group.members[0], *coordination_writes)

    return write


def sent(workshop, group) -> Sent:
    return Sent(group.members[0].id, Received("note", rulesets.today(workshop.group), "N.º 114"))


def register(workshop, group, draft_id: int) -> int:
    return revisions.submit(workshop, draft_id, by_id=group.coordinator.id, sent=sent(workshop, group))


def submit(workshop, group, draft_id: int) -> int:
    return revisions.submit(workshop, draft_id, by_id=group.members[0].id)


def text_in(workshop, draft_id: int) -> str:
    with workshop.database.read() as session:
        entry = session.query(DraftFile).filter_by(draft_id=draft_id).one()
        return drafts.text_of(workshop, entry) or ""


def newest_text(workshop, number: int) -> str:
    with workshop.database.read() as session:
        newest = proposals.latest_revision(session, proposals.get(session, number))
    return (revisions.text_at(workshop, newest.commit, INTRODUCTION) or b"").decode()


def test_what_only_one_of_both_changed_stands_after_the_second_submits(workshop, group, number, both):
    own, other = both((PAID, "45 días"), (PRICE, "precio efectivamente"))
    register(workshop, group, other)
    with pytest.raises(OutOfDate, match="version-meanwhile"):
        submit(workshop, group, own)
    assert "45 días" in text_in(workshop, own)
    assert "precio efectivamente" in text_in(workshop, own)
    submit(workshop, group, own)
    text = newest_text(workshop, number)
    assert all(words in text for words in ("45 días", "precio efectivamente", "país importador"))
    recording.catch_up(workshop)
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()


def test_the_same_words_are_settled_before_the_second_can_submit(workshop, group, number, both, sign_in):
    own, other = both((PAID, "45 días"), (PAID, "60 días"))
    register(workshop, group, other)
    author = sign_in(group.members[0])
    meta = {"title": "Aclarar el canon", "reason": "El texto actual es incompleto.", "kind": "substance"}
    pressed = author.post(f"/borradores/{own}/presentar", data=meta | {"act": "submit"})
    assert pressed.status_code == 303
    assert pressed.location.endswith("/pasajes")
    page = author.get(pressed.location).text
    assert "se presentó la versión 2" in page
    assert all(words in page for words in ("<h3>Versión 2</h3>", "45 días", "60 días"))
    again = author.post(f"/borradores/{own}/presentar", data=meta | {"act": "submit"})
    assert again.location == pressed.location, "a second press goes over nothing"
    assert "resuélvalos" in author.get(again.location).text
    form = {k: html.unescape(v) for k, v in re.findall(r'name="(place|seen)" value="([^"]*)"', page)}
    author.post(pressed.location, data=form | {"act": "typed", "typed": "Se pagará a los 50 días."})
    assert (
        author.post(f"/borradores/{own}/presentar", data=meta | {"act": "submit"}).location == f"/propuestas/{number}"
    )
    text = newest_text(workshop, number)
    assert "50 días" in text
    assert not {"45 días", "60 días"} & set(re.findall(r"\d+ días", text))


def test_of_two_presses_at_the_same_moment_one_is_told_and_loses_nothing(workshop, group, number, both):
    own, other = both((PAID, "45 días"), (PRICE, "precio efectivamente"))
    results = codes(at_once(lambda: submit(workshop, group, own), lambda: register(workshop, group, other)))
    assert sorted(map(str, results)) == [str(number), "version-meanwhile"]
    second = (own, submit) if results[0] == "version-meanwhile" else (other, register)
    second[1](workshop, group, second[0])
    text = newest_text(workshop, number)
    assert "45 días" in text
    assert "precio efectivamente" in text
    with workshop.database.read() as session:
        assert proposals.get(session, number).latest == 3


def test_the_page_of_a_draft_says_that_another_version_came_and_joins_it(workshop, group, number, both, sign_in):
    own, other = both((PAID, "45 días"), (PRICE, "precio efectivamente"))
    author = sign_in(group.members[0])
    page = f"/borradores/{own}"
    assert "presentó la versión" not in author.get(page, follow_redirects=True).text
    register(workshop, group, other)
    shown = author.get(page, follow_redirects=True)
    assert "presentó la versión 2" in shown.text
    typed = text_in(workshop, own).replace("45 días", "46 días")
    meta = {"title": "Aclarar el canon", "reason": "El texto actual es incompleto.", "kind": "substance"}
    answer = author.post(shown.request.path, data=meta | {"act": "join", "text": typed})
    assert answer.status_code == 303
    assert "presentó la versión" not in author.get(answer.location, follow_redirects=True).text
    assert "46 días" in text_in(workshop, own)
    assert "precio efectivamente" in text_in(workshop, own)


def test_a_page_opened_before_the_join_does_not_save_over_it(workshop, group, number, both, sign_in):
    own, other = both((PAID, "45 días"), (PRICE, "precio efectivamente"))
    with workshop.database.read() as session:
        entry = session.query(DraftFile).filter_by(draft_id=own).one()
        stale = {"text": drafts.text_of(workshop, entry) + "\nMás.", "saves": str(entry.saves), "page": entry.page}
        file_id = entry.id
    register(workshop, group, other)
    with pytest.raises(OutOfDate):
        submit(workshop, group, own)
    answer = sign_in(group.members[0]).post(f"/borradores/{own}/{file_id}/guardar", data=stale | {"kind": "form"})
    assert answer.status_code == 409
    assert "precio efectivamente" in text_in(workshop, own)


def test_a_title_that_the_newer_version_changed_is_not_set_back(workshop, group, number, both):
    own, other = both((PAID, "45 días"), (PRICE, "precio efectivamente"))
    with workshop.database.write() as session:
        draft = drafts.get(session, other, by=people.get(session, group.coordinator.id))
        draft.title, draft.reason = "Un título mejor", "Otra razón"
        drafts.get(session, own, by=people.get(session, group.members[0].id)).reason = "Mi razón"
    register(workshop, group, other)
    with pytest.raises(OutOfDate) as told:
        submit(workshop, group, own)
    assert told.value.facts["both"] == {"reason": "Otra razón"}
    submit(workshop, group, own)
    with workshop.database.read() as session:
        proposal = proposals.get(session, number)
        assert (proposal.title, proposal.reason) == ("Un título mejor", "Mi razón")


def test_a_document_that_the_newer_version_added_or_let_go_follows(workshop, group, number, both):
    own, other = both((PAID, "45 días"), ())
    with workshop.database.write() as session:
        draft = drafts.get(session, other, by=people.get(session, group.coordinator.id))
        drafts.add_new(workshop, draft, "anexo.md", b"# Anexo\n")
        drafts.drop(draft, draft.files[0])
    register(workshop, group, other)
    with workshop.database.write() as session:
        draft = drafts.get(session, own, by=people.get(session, group.members[0].id))
        overtaken.join(session, workshop, draft, overtaken.newer(session, draft))
        assert {entry.path for entry in draft.files} == {INTRODUCTION, "anexo.md"}
        text = drafts.text_of(workshop, draft.files[0])
        assert ("45 días" in text, "país importador" in text) == (True, False)
