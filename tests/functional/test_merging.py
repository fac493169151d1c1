"""The page of the merge and the page of what collides: what will be recorded, what is refused, what is kept."""

from __future__ import annotations

import re
from html import unescape

import pytest

from reviewtool import clock
from reviewtool.errors import Unavailable
from reviewtool.gitstore import reading, writing
from reviewtool.services import consultations, merging, objections, people, proposals, votes
from tests import factories
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.words import said

NOTE = "Según el Comentario 25.1, leído en la reunión de junio"


@pytest.fixture
def approved(workshop, group) -> int:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    return number


def state(workshop, number: int) -> str:
    with workshop.database.read() as session:
        return proposals.get(session, number).state


def collide(workshop, group, first: str, second: str, old: str = "30 días") -> int:
    """Merge one proposal and return the number of another on the same place, approved too."""
    numbers = [
        journey.propose(workshop, group.members[at], INTRODUCTION, old, new) for at, new in enumerate((first, second))
    ]
    for number in numbers:
        journey.approve(workshop, number, group)
    journey.merge(workshop, numbers[0], group.coordinator)
    return numbers[1]


def weave(workshop, group) -> int:
    """Merge one proposal and return another that changes other words of the same paragraph, approved too."""
    numbers = [
        journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente"),
        journey.propose(workshop, group.members[1], INTRODUCTION, "país de importación", "país importador"),
    ]
    for number in numbers:
        journey.approve(workshop, number, group)
    journey.merge(workshop, numbers[0], group.coordinator)
    return numbers[1]


def test_the_page_says_what_changes_and_what_will_be_recorded(sign_in, group, approved):
    page = sign_in(group.coordinator).get(f"/propuestas/{approved}/incorporar")
    words = said(page)
    assert page.status_code == 200
    assert "Cumple la regla de decisión" in words
    assert "Se modifica 1 párrafo y se modifica el punto " in words
    assert "El texto vigente sigue igual" in words
    assert f"Propuesto por {group.members[0].name} (Argentina)" in words
    assert f"Incorporado por {group.coordinator.name}" in words
    assert "El texto actual es incompleto." in page.text


def test_merging_publishes_the_text_with_the_note(sign_in, workshop, group, approved):
    client = sign_in(group.coordinator)
    answer = client.post(f"/propuestas/{approved}/incorporar", data={"version": "1", "note": NOTE})
    assert (answer.status_code, answer.location) == (303, f"/propuestas/{approved}")
    page = said(client.get(answer.location))
    assert f"P-{approved} está incorporada al texto." in page
    assert f"La incorporó {group.coordinator.name}" in page
    assert NOTE in page
    made = reading.commit(workshop.store, reading.head(workshop.store))
    assert NOTE in made.body
    assert state(workshop, approved) == "merged"


@pytest.mark.parametrize("who", ["member", "observer", "reader"])
def test_only_the_coordination_merges(sign_in, workshop, group, approved, who):
    person = {"member": group.members[0], "observer": group.observers[0], "reader": group.reader}[who]
    client = sign_in(person)
    assert client.get(f"/propuestas/{approved}/incorporar").status_code == 403
    assert client.post(f"/propuestas/{approved}/incorporar", data={"version": "1"}).status_code == 403
    assert state(workshop, approved) == "approved"


def test_a_note_that_is_too_long_comes_back(sign_in, workshop, group, approved):
    long = "larga " * 1_000
    answer = sign_in(group.coordinator).post(f"/propuestas/{approved}/incorporar", data={"version": "1", "note": long})
    assert answer.status_code == 400
    assert 'id="note-error"' in answer.text
    assert long in answer.text
    assert state(workshop, approved) == "approved"


def test_another_version_than_the_one_shown_is_not_merged_and_the_note_is_kept(sign_in, workshop, group, approved):
    answer = sign_in(group.coordinator).post(f"/propuestas/{approved}/incorporar", data={"version": "7", "note": NOTE})
    assert answer.status_code in {404, 409}
    assert NOTE in unescape(answer.text)
    assert state(workshop, approved) == "approved"


def test_an_objection_is_named_and_there_is_no_button(sign_in, workshop, group, approved):
    with workshop.database.write() as session:
        objections.raise_one(session, approved, by=group.members[3], reason="Debilita el vínculo")
    client = sign_in(group.coordinator)
    page = client.get(f"/propuestas/{approved}/incorporar")
    assert page.status_code == 200
    assert "Una objeción formal de Chile impide incorporar." in said(page)
    assert 'name="note"' not in page.text
    answer = client.post(f"/propuestas/{approved}/incorporar", data={"version": "1", "note": NOTE})
    assert answer.status_code == 409
    assert NOTE in unescape(answer.text)
    assert f'href="/propuestas/{approved}/incorporar"' not in client.get(f"/propuestas/{approved}").text


def test_what_nobody_approved_is_not_offered(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    page = sign_in(group.coordinator).get(f"/propuestas/{number}/incorporar")
    assert 'name="note"' not in page.text
    assert "no está aprobada" in said(page)


def test_a_second_press_is_told_that_it_is_done(sign_in, group, approved):
    client = sign_in(group.coordinator)
    client.post(f"/propuestas/{approved}/incorporar", data={"version": "1", "note": NOTE})
    again = client.post(f"/propuestas/{approved}/incorporar", data={"version": "1", "note": NOTE})
    assert again.status_code == 409
    assert f"P-{approved} ya está incorporada." in said(again)


def test_who_proposed_it_leaves_the_merge_to_the_deputy(sign_in, database, workshop, group):
    with database.write() as session:
        both = people.get(session, group.coordinator.id)
        factories.make_term(session, both, "member")
        factories.make_holding(session, factories.make_seat(session, "PE"), both)
    with database.read() as session:
        both = people.get(session, group.coordinator.id)
    number = journey.propose(workshop, both, INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    page = sign_in(both).get(f"/propuestas/{number}/incorporar")
    assert 'name="note"' not in page.text
    assert f"lo incorpora {group.deputy.name}" in said(page)
    refused = sign_in(both).post(f"/propuestas/{number}/incorporar", data={"version": "1", "note": NOTE})
    assert refused.status_code == 403
    assert NOTE in unescape(refused.text)
    assert 'name="note"' in sign_in(group.deputy).get(f"/propuestas/{number}/incorporar").text


def test_a_busy_store_is_said_as_something_that_ends_by_itself(sign_in, workshop, group, approved, monkeypatch):
    def busy(*_args, **_more):
        raise Unavailable("merge-waiting", number=approved)

    monkeypatch.setattr(merging, "merge", busy)
    answer = sign_in(group.coordinator).post(f"/propuestas/{approved}/incorporar", data={"version": "1", "note": NOTE})
    assert answer.status_code == 503
    assert "se terminará sola" in said(answer)
    assert "no hace falta repetir el acto" in said(answer)
    assert NOTE in unescape(answer.text)


def test_texts_that_changed_elsewhere_are_joined_and_the_page_says_so(sign_in, workshop, group):
    first = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    second = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "45 días")
    for number in (first, second):
        journey.approve(workshop, number, group)
    client = sign_in(group.coordinator)
    assert f"P-{second}" in said(client.get(f"/propuestas/{first}/incorporar")), "it touches the same document"
    journey.merge(workshop, first, group.coordinator)
    page = client.get(f"/propuestas/{second}/incorporar")
    assert "El texto vigente cambió en otros párrafos" in said(page)
    assert client.post(f"/propuestas/{second}/incorporar", data={"version": "1", "note": ""}).status_code == 303


def test_the_same_words_changed_twice_are_shown_in_three_texts_with_the_way_forward(sign_in, workshop, group):
    number = collide(workshop, group, "45 días", "60 días")
    author = sign_in(group.members[1])
    page = author.get(f"/propuestas/{number}/conflicto")
    words = said(page)
    assert page.status_code == 200
    assert "cambian las mismas palabras" in words
    for passage in ("30", "45", "60"):
        assert passage in words
    assert page.text.count('class="panel"><h3>') == 3
    assert f'action="/propuestas/{number}/nueva-version"' in page.text
    assert "nueva-version" in author.get(f"/propuestas/{number}").text
    other = said(sign_in(group.members[4]).get(f"/propuestas/{number}/conflicto"))
    assert f"Le toca a {group.members[1].name} preparar una versión nueva." in other


def test_a_paragraph_that_would_hold_words_of_both_is_shown_too_and_not_merged(sign_in, workshop, group):
    number = weave(workshop, group)
    client = sign_in(group.coordinator)
    assert "cambió en un párrafo que esta propuesta también cambia" in said(client.get(f"/propuestas/{number}"))
    page = client.get(f"/propuestas/{number}/conflicto")
    assert re.search(r"<ins>(?:<span[^>]*>[^<]*</span>)?efectivamente", page.text)
    assert re.search(r"<ins>(?:<span[^>]*>[^<]*</span>)?importador", page.text)
    assert "El valor de transacción" in said(page)
    answer = client.post(f"/propuestas/{number}/incorporar", data={"version": "1", "note": NOTE})
    assert answer.status_code == 409
    assert "hace falta una versión nueva" in said(answer)
    assert NOTE in unescape(answer.text)


def test_where_nothing_collides_the_page_says_so(sign_in, group, approved):
    page = sign_in(group.reader).get(f"/propuestas/{approved}/conflicto")
    assert page.status_code == 200
    assert "no chocan" in said(page)


def test_while_the_group_votes_the_author_is_told_that_the_text_is_frozen(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "60 días")
    first = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    journey.approve(workshop, first, group)
    journey.merge(workshop, first, group.coordinator)
    journey.open_ballot(workshop, number, group.coordinator)
    page = sign_in(group.members[1]).get(f"/propuestas/{number}/conflicto")
    assert "El texto no cambia mientras se vota." in said(page)
    assert "nueva-version" not in page.text


def test_a_document_that_is_gone_is_said_in_words(sign_in, workshop, group):
    from reviewtool.services import drafts, revisions

    number = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "60 días")
    with workshop.database.write() as session:
        draft = drafts.start(session, workshop, by=group.members[0])
        drafts.mark_deleted(drafts.add_document(workshop, draft, INTRODUCTION))
        drafts.save_meta(draft, journey.META)
        session.flush()
        draft_id = draft.id
    gone = revisions.submit(workshop, draft_id, by_id=group.members[0].id)
    journey.approve(workshop, gone, group)
    journey.merge(workshop, gone, group.coordinator)
    page = sign_in(group.members[1]).get(f"/propuestas/{number}/conflicto")
    assert "El documento ya no está en los materiales." in said(page)


def test_a_withdrawn_proposal_has_nothing_to_compare(sign_in, workshop, group):
    number = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "60 días")
    with workshop.database.write() as session:
        consultations.withdraw(session, number, by=group.members[1], reason="Presento otra")
    page = sign_in(group.members[1]).get(f"/propuestas/{number}/conflicto")
    assert "La propuesta ya terminó." in said(page)


def push(store, path, old, new):
    """Change the published text from outside, as a push to the repository does."""
    tip = reading.head(store)
    text = reading.data(store, reading.find(store, tip, path).blob).decode()
    assert old in text
    blob = writing.write_blob(store, text.replace(old, new).encode())
    by = reading.Signature("Otra persona", "otra@aduana.example", clock.now())
    tree = writing.write_tree(store, tip, [writing.Edit(path, blob)])
    made = writing.commit_tree(store, tree, [tip], "Corrección directa", by, by)
    store.run("push", "--quiet", str(store.path), f"{made}:refs/heads/main")
    return tip


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("30 días", "45 días", "El texto vigente cambió en otros párrafos"),
        ("país de importación", "país importador", "cambió en un párrafo que esta propuesta también cambia"),
        ("precio realmente", "precio verdaderamente", "cambian las mismas palabras"),
    ],
)
def test_what_is_pushed_from_outside_is_seen_at_once_and_votes_stay_sealed(
    sign_in, workshop, group, store, old, new, says
):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1])
    member = sign_in(group.members[2])
    before = member.get(f"/propuestas/{number}")
    assert "El texto vigente sigue igual" in said(before)
    with workshop.database.read() as session:
        seal = proposals.open_ballot(session, number).seal
    base = push(store, INTRODUCTION, old, new)
    page = member.get(f"/propuestas/{number}")
    assert says in said(page)
    link = f"/comparar/{base}/{INTRODUCTION}"
    assert f'href="{link}"' in page.text
    (word,) = set(new.split()) - set(old.split())
    assert word in said(member.get(link))
    journey.vote(workshop, number, group.members[2])
    with workshop.database.read() as session:
        ballot = proposals.open_ballot(session, number)
        assert ballot.seal == seal == proposals.revision(session, number, 1).seal
        assert len(votes.of_ballot(session, ballot.id)) == 2
