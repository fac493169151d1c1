"""Remembered parts of pages: they follow every act, belong to one reader, and hold no token of anybody.

That what is remembered is what would be made afresh is held by a fixture of `conftest` on every page of every test.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from reviewtool import clock
from reviewtool.services import people, proposals, threads
from reviewtool.services.threads import Message, Place
from tests.support import journey
from tests.support.materials import ADJUSTMENTS

OLD = "Solo se añaden sobre la base de datos objetivos y cuantificables."
NEW = "Solo se añaden importes que tengan por base datos objetivos y cuantificables."
TOKENS = re.compile(r'name="form_token" value="([^"]+)"')


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], ADJUSTMENTS, OLD, NEW)


def make_impatient(database) -> None:
    patience = "PRAGMA busy_timeout=50" if database.engine.dialect.name == "sqlite" else "SET lock_timeout=50"

    def set_it(connection, _record) -> None:
        connection.execute(patience)
        connection.commit()

    event.listen(database.engine, "connect", set_it)
    database.dispose()


def comment(workshop, number, by, body) -> None:
    with workshop.database.write() as session:
        place = Place(revision=1, path=ADJUSTMENTS, quote="importes que tengan por base")
        threads.comment(session, workshop, number, place, Message(body), by=people.get(session, by.id))


def test_the_page_says_what_every_act_changed_to_every_reader_who_had_it_open(workshop, group, number, sign_in):
    members = group.members
    readers = [sign_in(who) for who in (*members[:3], group.observers[0], group.coordinator, group.reader)]
    pages = [f"/propuestas/{number}", f"/propuestas/{number}?vista=columnas", "/propuestas"]

    def read() -> list[str]:
        return [reader.get(page).text for page in pages for reader in readers]

    seen = read()
    acts = [
        lambda: comment(workshop, number, members[1], "Conviene citar el párrafo 3."),
        lambda: journey.revise(workshop, members[0], number, ADJUSTMENTS, NEW, NEW.replace("importes", "sumas")),
        lambda: journey.open_ballot(workshop, number, group.coordinator),
        *[lambda who=who: journey.vote(workshop, number, who) for who in members[1:8]],
        lambda: journey.close(workshop, number),
        lambda: journey.merge(workshop, number, group.coordinator),
    ]
    for act in acts:
        act()
        now = read()
        assert now[4] != seen[4]  # the coordination sees each of them on the page of the proposal
        seen = now


def test_a_new_name_stands_on_pages_that_were_read_before(workshop, group, number, sign_in, database):
    reader = sign_in(group.members[1])
    assert group.members[0].name in reader.get(f"/propuestas/{number}").text
    with database.write() as session:
        people.get(session, group.members[0].id).name = "Nombre Cambiado"
    assert "Nombre Cambiado" in reader.get(f"/propuestas/{number}").text


def test_what_others_do_not_see_of_a_person_makes_no_page_anew(app, database, group):
    def version() -> int:
        with database.read() as session:
            return session.scalar(select(people.VERSION))

    before = version()
    with database.write() as session:
        people.get(session, group.members[0].id).view = "final"
    assert version() == before
    with database.write() as session:
        people.get(session, group.members[0].id).active = False
    assert version() == before + 1


def test_every_form_of_every_reading_has_a_token_of_its_own(workshop, group, number, sign_in):
    comment(workshop, number, group.members[1], "Conviene citar el párrafo 3.")
    reader = sign_in(group.members[2])
    first, again = (TOKENS.findall(reader.get(f"/propuestas/{number}").text) for _ in range(2))
    assert len(first) == len(again) == 2  # a reply, a new comment
    assert len({*first, *again}) == 4


def test_no_reader_gets_the_csrf_token_of_another_session(app, workshop, group, number, sign_in):
    app.config["WTF_CSRF_ENABLED"] = True
    one, other = sign_in(group.members[1]), sign_in(group.members[1])
    for client in (one, other):
        page = client.get(f"/propuestas/{number}").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None
        fields = {"csrf_token": token[1], "form_token": "x", "version": "1", "body": "Un comentario."}
        assert client.post(f"/propuestas/{number}/comentarios", data=fields).status_code == 303
    stolen = re.search(r'name="csrf_token" value="([^"]+)"', one.get(f"/propuestas/{number}").text)
    assert stolen is not None
    fields = {"csrf_token": stolen[1], "form_token": "y", "version": "1", "body": "Otro."}
    assert other.post(f"/propuestas/{number}/comentarios", data=fields).status_code == 400


def test_a_ballot_whose_close_cannot_be_written_down_now_takes_no_more_votes_on_the_page(
    workshop, group, number, sign_in, database
):
    journey.open_ballot(workshop, number, group.coordinator)
    with database.read() as session:
        closes = proposals.open_ballot(session, number).closes_at
    make_impatient(database)
    page = f"/propuestas/{number}"
    with clock.at(closes - timedelta(minutes=1)):
        reader = sign_in(group.members[1])
        assert 'data-controller="vote-form"' in reader.get(page).text
    with clock.at(closes + timedelta(minutes=1)), database.write() as elsewhere:
        proposals.lock(elsewhere, number)  # somebody else is at it
        assert 'data-controller="vote-form"' not in reader.get(page).text
    with clock.at(closes + timedelta(minutes=2)):
        assert "Sin decisión" in reader.get(page).text
