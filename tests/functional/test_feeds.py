"""Feeds and calendar: valid, secret, and never more than their reader may read."""

from __future__ import annotations

import re
from datetime import UTC
from pathlib import Path

import pytest
from icalendar import Calendar
from lxml import etree
from sqlalchemy import update

from reviewtool.models import Person
from reviewtool.services import ballots, consultations, editions, feed_keys, people, proposals, threads
from tests.support import journey
from tests.support.materials import ADJUSTMENTS, INTRODUCTION

ATOM = "{http://www.w3.org/2005/Atom}"
#: The schema of RFC 4287, appendix B, in the XML syntax of RELAX NG.
SCHEMA = etree.RelaxNG(etree.parse(Path(__file__).parents[1] / "data" / "atom.rng"))
FEEDS = ("avisos.atom", "grupo.atom", "plazos.ics")


@pytest.fixture
def number(workshop, group) -> int:
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    return number


@pytest.fixture
def address(app, workshop):
    """Return a function that gives a person addresses and says the folder of them."""

    def give(person) -> str:
        with workshop.database.write() as session:
            feed_keys.give(session, person.id)
        with workshop.database.read() as session:
            return f"/fuentes/{feed_keys.token(session, app.config['SECRET_KEY'], person.id)}/"

    return give


def entries(answer) -> list[tuple[str, str]]:
    """Return title and text of each entry of a valid feed."""
    assert answer.status_code == 200
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.data)
    SCHEMA.assertValid(feed)
    assert feed.findall(f"{ATOM}link[@rel='self']")
    found = feed.findall(f"{ATOM}entry")
    ids = [entry.findtext(f"{ATOM}id") for entry in found]
    assert len(set(ids)) == len(ids)
    assert all(entry.find(f"{ATOM}author") is not None for entry in found)
    return [(entry.findtext(f"{ATOM}title"), entry.findtext(f"{ATOM}summary")) for entry in found]


def events(answer) -> dict[str, object]:
    """Return the events of a valid calendar by their names."""
    assert answer.status_code == 200
    assert answer.content_type == "text/calendar; charset=utf-8"
    lines = answer.data.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert max(map(len, lines)) <= 75
    found = Calendar.from_ical(answer.data)
    assert found["version"] == "2.0"
    assert found["prodid"]
    assert not found.walk("VALARM")
    for each in found.walk("VEVENT"):
        assert not each.errors
        assert each["dtstamp"].dt.tzinfo in (UTC, each["dtstamp"].dt.tzinfo)
        assert each["dtstamp"].to_ical().endswith(b"Z")
    return {str(each["uid"]): each for each in found.walk("VEVENT")}


def test_a_persons_notices_are_a_feed_in_their_language(client, workshop, group, number, address):
    with workshop.database.write() as session:
        by = people.get(session, group.members[3].id)
        said = f"@{group.members[2].name} ¿<b>así</b> & ahora? \u2028"
        threads.comment(session, workshop, number, threads.Place(1), threads.Message(said), by=by)
        session.get_one(Person, group.members[2].id).language = "pt"
    found = entries(client.get(address(group.members[2]) + "avisos.atom"))
    assert [title for title, _text in found][1:] == [
        f"É a sua vez de votar: foi aberta a votação sobre “{journey.META.title}”",
        f"Abriu-se a consulta sobre “{journey.META.title}”",
    ]
    assert "¿<b>así</b> & ahora?" in found[0][1]


def test_the_group_has_a_feed_without_votes_and_for_readers_of_what_was_decided_alone(
    client, workshop, group, number, address
):
    journey.vote(workshop, number, group.members[1], "against", "Un motivo secreto")
    editions.publish(workshop, "Edición 2026.2", by_id=group.coordinator.id)
    found = entries(client.get(address(group.members[2]) + "grupo.atom"))
    assert any("Abrió la votación 1" in title for title, _text in found)
    assert any("Edición 2026.2" in title for title, _text in found)
    assert "secreto" not in str(found)
    assert not any("Voto" in title for title, _text in found)
    (only,) = entries(client.get(address(group.reader) + "grupo.atom"))
    assert "Edición 2026.2" in only[0]


def test_a_reader_hears_of_no_comment_in_their_feed(client, workshop, group, number, address):
    with workshop.database.write() as session:
        by = people.get(session, group.members[3].id)
        said = f"@{group.reader.name} una frase reservada"
        threads.comment(session, workshop, number, threads.Place(1), threads.Message(said), by=by)
    found = entries(client.get(address(group.reader) + "avisos.atom"))
    assert len(found) == 1
    assert "reservada" not in str(found)


def test_an_empty_feed_is_valid(client, group, address):
    folder = address(group.reader)
    assert entries(client.get(folder + "avisos.atom")) == []
    assert events(client.get(folder + "plazos.ics")) == {}


def test_the_calendar_has_the_close_of_a_ballot_which_keeps_its_name_when_it_moves(
    client, workshop, group, number, address
):
    folder = address(group.members[2])
    before = events(client.get(folder + "plazos.ics"))["votacion-1-1@localhost"]
    with workshop.database.read() as session:
        assert before["dtstart"].dt == proposals.open_ballot(session, number).closes_at
    assert before["summary"] == f"Cierra la votación: P-1 · {journey.META.title}"
    assert (before["status"], before["sequence"]) == ("CONFIRMED", 0)
    assert client.get(folder + "plazos.ics").data == client.get(folder + "plazos.ics").data
    with workshop.database.write() as session:
        by = people.get(session, group.coordinator.id)
        ballots.extend(session, workshop.group, number, 3, by=by, reason="Feriado")
    after = events(client.get(folder + "plazos.ics"))["votacion-1-1@localhost"]
    assert after["dtstart"].dt > before["dtstart"].dt
    assert after["sequence"] == 1


def test_what_is_withdrawn_or_suspended_is_cancelled_in_the_calendar(client, workshop, group, number, address):
    other = journey.propose(workshop, group.members[0], ADJUSTMENTS, "canon", "canon o regalía")
    with workshop.database.write() as session:
        by = people.get(session, group.coordinator.id)
        ballots.suspend(session, number, by=by, reason="Se enmienda")
        consultations.withdraw(session, other, by=people.get(session, group.members[0].id), reason="No procede")
    found = events(client.get(address(group.members[2]) + "plazos.ics"))
    assert found["votacion-1-1@localhost"]["status"] == "CANCELLED"
    assert found["consulta-2@localhost"]["status"] == "CANCELLED"


@pytest.mark.parametrize("feed", FEEDS)
def test_an_address_that_was_never_given_or_was_taken_back_is_not_found(
    client, sign_in, workshop, group, address, feed
):
    folder = address(group.members[2])
    assert client.get(folder + feed).status_code == 200
    answers = [client.get(f"/fuentes/{wrong}/{feed}") for wrong in ("x", "W10.a", folder.split("/")[2][:-1] + "x")]
    assert sign_in(group.members[2]).post("/perfil/fuentes/anular").status_code == 303
    answers.append(client.get(folder + feed))
    address(group.members[2])
    answers.append(client.get(folder + feed))
    folder = address(group.members[3])
    with workshop.database.write() as session:
        session.execute(update(Person).where(Person.id == group.members[3].id).values(active=False))
    answers.append(client.get(folder + feed))
    assert {answer.status_code for answer in answers} == {404}


@pytest.mark.parametrize("feed", FEEDS)
def test_a_feed_is_private_sets_no_cookie_and_is_not_sent_twice(client, sign_in, group, number, address, feed):
    folder = address(group.members[2])
    answer = sign_in(group.members[2]).get(folder + feed)
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"].startswith("private")
    for asked in ({"If-None-Match": answer.headers["ETag"]}, {"If-Modified-Since": answer.headers["Last-Modified"]}):
        again = client.get(folder + feed, headers=asked)
        assert (again.status_code, again.data) == (304, b"")


def test_a_person_gets_addresses_and_other_ones_on_their_profile(client, sign_in, group):
    signed_in = sign_in(group.members[2])
    assert "/fuentes/" not in signed_in.get("/perfil").text
    signed_in.post("/perfil/fuentes")
    first = re.findall(r'value="http://localhost(/fuentes/[^"]+)"', signed_in.get("/perfil").text)
    assert len(first) == 3
    signed_in.post("/perfil/fuentes")
    second = re.findall(r'value="http://localhost(/fuentes/[^"]+)"', signed_in.get("/perfil").text)
    assert [client.get(each).status_code for each in first] == [404] * 3
    assert [client.get(each).status_code for each in second] == [200] * 3
