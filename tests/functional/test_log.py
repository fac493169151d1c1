"""The log: every act told with who, when and on what; its filters, its pages, its table for spreadsheets."""

from __future__ import annotations

import csv
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.models import Ballot, Event, Proposal
from reviewtool.services import consultations, passing, people, votes
from reviewtool.services.receiving import Received
from reviewtool.web import spreadsheets
from tests.support import agenda
from tests.support.words import said

HEADER = [
    "Instante (UTC)", "Fecha y hora (Guatemala)", "Quién", "Administración", "Propuesta", "Título", "Acto",
    "Código del acto",
]  # fmt: skip


@pytest.fixture
def talked(workshop, group):
    """A proposal in ballot with two votes and an objection, and one with a comment."""
    voting = agenda.in_ballot(workshop, group, group.members[0], "Aclarar el canon")
    consulted = agenda.propose(workshop, group.members[1], "Precisar la maquila")
    agenda.comment(workshop, consulted, group.observers[0], "¿Y el plazo?")
    return voting, consulted


def told(client, **query):
    """Return the acts of the page in their order, told, and the answer."""
    answer = client.get("/registro", query_string=query)
    cells = re.findall(r'<td data-label="Acto">(.*?)</td>', answer.text, re.DOTALL)
    return [unescape(re.sub(r"<p.*|<[^>]+>", "", cell, flags=re.DOTALL)).strip() for cell in cells], answer


def lines(client, **query):
    answer = client.get("/registro.csv", query_string=query)
    assert answer.status_code == 200
    return list(csv.reader(StringIO(answer.data.decode("utf-8-sig"), newline=""), delimiter=";"))


def add_acts(database, number, count, **columns):
    with database.write() as session:
        proposal = session.get_one(Proposal, number)
        for _turn in range(count):
            proposal.version += 1
            values = {"kind": "thread_reopened", "at": clock.now(), "facts": {}} | columns
            session.add(Event(proposal_number=number, seq=proposal.version, **values))


def test_the_page_says_that_nothing_has_happened_yet(sign_in, group):
    text = said(sign_in(group.members[0]).get("/registro"))
    assert "Todavía no ha pasado nada" in text
    assert "Descargar" not in text


def test_acts_are_told_newest_first_with_who_where_and_on_what(sign_in, group, talked):
    voting, consulted = talked
    acts, answer = told(sign_in(group.members[2]))
    assert acts == [
        "Escribió un comentario",
        "Presentó la propuesta",
        "Presentó una objeción formal en nombre de Ecuador",
        "Voto de Ecuador: En contra",
        "Voto de República Dominicana: A favor",
        "Abrió la votación 1, sobre la versión 1",
        "Terminó la consulta",
        "Presentó la propuesta",
    ]
    text = said(answer)
    assert "Ixchel Cumes Guatemala" in text
    assert f"P-{consulted} · Precisar la maquila" in text
    assert "Urge para la próxima edición" in text
    assert f'href="/propuestas/{voting}"' in answer.text
    assert re.search(r'<a href="/comentarios/\d+">Escribió un comentario</a>', answer.text)
    assert "Las horas se dicen en hora de Guatemala." in text
    assert "Visible para: miembros, observadores y coordinación" in text


def test_a_reader_of_another_language_reads_the_acts_in_it(sign_in, workshop, group, talked):
    with workshop.database.write() as session:
        person = people.get(session, group.members[2].id)
        person.language = "en"
    client = sign_in(group.members[2])
    assert "Vote of Dominican Republic: In favour" in said(client.get("/registro"))
    assert lines(client)[0][:3] == ["Instant (UTC)", "Date and time (Guatemala)", "Who"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"persona": "5"}, ["Voto de República Dominicana: A favor"]),
        ({"propuesta": "P-2"}, ["Escribió un comentario", "Presentó la propuesta"]),
        ({"propuesta": " 2 "}, ["Escribió un comentario", "Presentó la propuesta"]),
        ({"propuesta": "p2", "acto": "commented"}, ["Escribió un comentario"]),
        ({"acto": "objection_raised"}, ["Presentó una objeción formal en nombre de Ecuador"]),
        ({"acto": "comentarios"}, ["Escribió un comentario"]),
        ({"propuesta": "99"}, []),
    ],
)
def test_each_filter_finds_its_own(sign_in, group, talked, query, found):
    if "persona" in query:
        query = {"persona": str(group.members[5].id)}
    acts, answer = told(sign_in(group.coordinator), **query)
    assert acts == found
    assert answer.status_code == 200
    assert ("Ningún acto cumple el filtro." in answer.text) is not found
    assert [line[6].partition(".")[0] for line in lines(sign_in(group.coordinator), **query)[1:]] == found


def test_days_are_those_of_the_reader_and_both_are_included(sign_in, database, group, talked):
    here = ZoneInfo(group.members[2].timezone)
    night = datetime(2025, 3, 10, 23, 59, 59, tzinfo=here)
    add_acts(database, talked[0], 1, at=night, kind="merged")
    add_acts(database, talked[0], 1, at=night + timedelta(seconds=1), kind="reopened")
    assert night.astimezone(UTC).day == 11
    client, first, second = sign_in(group.members[2]), "Incorporó el cambio al texto vigente", "Retomó la propuesta"
    assert told(client, desde="2025-03-10", hasta="2025-03-10")[0] == [first]
    assert told(client, desde="2025-03-11", hasta="2025-03-11")[0] == [f"{second} en consulta"]
    assert len(told(client, desde="2025-03-10", hasta="2025-03-11")[0]) == 2
    assert len(told(client, hasta="2025-03-10")[0]) == 1
    assert len(told(client, desde="2025-03-12")[0]) == 8
    with database.write() as session:
        people.get(session, group.members[2].id).timezone = "UTC"
    assert len(told(client, desde="2025-03-11", hasta="2025-03-11")[0]) == 2


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"persona": "x"}, "Elija una persona de la lista."),
        ({"persona": "999999"}, "Elija una persona de la lista."),
        ({"propuesta": "la séptima"}, "Escriba el número de una propuesta, como P-7."),
        ({"propuesta": "9" * 30}, "Escriba el número de una propuesta, como P-7."),
        ({"acto": "comer"}, "Elija una clase de acto de la lista."),
        ({"desde": "ayer"}, "Escriba una fecha, como 2026-06-05."),
        ({"hasta": "9999-12-31"}, "Escriba una fecha, como 2026-06-05."),
        ({"desde": "0001-01-01"}, "Escriba una fecha, como 2026-06-05."),
        ({"desde": "2020-06-05", "hasta": "2020-06-04"}, "El último día es anterior al primero."),
    ],
)
def test_what_the_address_asks_and_makes_no_sense_is_said_and_asks_nothing(sign_in, group, talked, query, sentence):
    client = sign_in(group.members[2])
    acts, answer = told(client, **query)
    assert answer.status_code == 400
    assert sentence in said(answer)
    assert len(acts) == 8
    assert "/registro.csv" not in answer.text
    table = client.get("/registro.csv", query_string=query)
    assert table.status_code == 302
    assert sentence in said(client.get(table.location))


@pytest.mark.parametrize("query", ["antes=x", "antes=-1", "despues=99999999999", "antes=0&despues=0", "persona=+"])
def test_an_odd_place_in_the_log_is_the_beginning(sign_in, group, talked, query):
    answer = sign_in(group.members[2]).get(f"/registro?{query}")
    assert answer.status_code == 200
    assert "Escribió un comentario" in answer.text


def test_what_time_did_is_told_without_a_person_and_can_be_asked_alone(sign_in, database, group, talked):
    later = clock.now() + timedelta(days=90)
    with clock.at(later), database.write() as session:
        passing.close_due(session, later)
    client = sign_in(group.members[2])
    acts, answer = told(client, persona="0")
    assert "Terminó la consulta" in acts
    assert [each for each in acts if each.startswith("Terminó la votación 1: ")]
    assert len(acts) == 2
    assert said(answer).count("Automático, por plazos y reglas") == 3  # the rows, and the choice of the filter
    assert {line[2] for line in lines(client, persona="0")[1:]} == {"Automático, por plazos y reglas"}


def test_fifty_acts_stand_on_a_page_and_the_links_keep_the_filter(sign_in, database, group, talked):
    add_acts(database, talked[0], 120)
    client, seen, ways = sign_in(group.members[2]), [], []
    address = "/registro?acto=comentarios&propuesta=1"
    while address:
        answer = client.get(address)
        seen.append(answer.text.count("<tr><td"))
        ways.append(answer.text)
        older = re.search(r'rel="next" href="([^"]+)"', answer.text)
        address = unescape(older[1]) if older else ""
    assert seen == [50, 50, 20]
    assert 'rel="prev"' not in ways[0]
    newer = unescape(re.search(r'rel="prev" href="([^"]+)"', ways[2])[1])
    assert "acto=comentarios" in newer
    assert "propuesta=1" in newer
    back = client.get(newer).text
    body = re.compile(r"<tbody>.*</tbody>", re.DOTALL)
    assert body.search(back)[0] == body.search(ways[1])[0]


def test_the_table_holds_all_the_acts_of_the_filter_as_excel_reads_it(sign_in, database, group, talked):
    add_acts(database, talked[0], 60)
    client = sign_in(group.members[2])
    answer = client.get("/registro.csv?propuesta=P-1")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r"attachment; filename=registro-\d{4}-\d\d-\d\d\.csv", answer.headers["Content-Disposition"])
    assert answer.is_streamed
    assert answer.data.startswith(b"\xef\xbb\xbf" + b"Instante (UTC);Fecha y hora")
    header, *rows = lines(client, propuesta="P-1")
    assert header == HEADER
    assert len(rows) == 66
    with database.read() as session:
        first = session.scalars(select(Event).order_by(Event.id)).first()
    assert rows[-1] == [
        first.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        first.at.astimezone(ZoneInfo("America/Guatemala")).strftime("%Y-%m-%d %H:%M:%S"),
        "Lucía Fernández", "Argentina", "P-1", "Aclarar el canon", "Presentó la propuesta", "submitted",
    ]  # fmt: skip
    opened = next(row for row in rows if row[-1] == "ballot_opened")
    assert opened[6] == "Abrió la votación 1, sobre la versión 1. Urge para la próxima edición"


def test_no_cell_of_the_table_is_a_formula(sign_in, database, workshop, group):
    number = agenda.propose(workshop, group.members[0], '=HYPERLINK("https://example.org";"ver")')
    with database.write() as session:
        people.get(session, group.members[0].id).name = "@Lucía"
        consultations.withdraw(session, number, by=people.get(session, group.members[0].id), reason="=1+1")
    rows = lines(sign_in(group.members[2]))
    assert [row[2] for row in rows[1:]] == ["'@Lucía", "'@Lucía"]
    assert rows[1][5] == '\'=HYPERLINK("https://example.org";"ver")'
    assert rows[1][6] == "Retiró la propuesta. =1+1"
    for cell in ("=1", "+1", "-1", "@x", "\t=1", "\r=1"):
        assert spreadsheets.guarded(cell) == f"'{cell}"
    for cell in ("", "1-1", "'=1", "P-7", " x"):
        assert spreadsheets.guarded(cell) == cell


def test_a_position_that_the_rules_keep_back_is_told_to_nobody_but_its_owner(sign_in, database, group, talked):
    with database.write() as session:
        ballot = session.scalars(select(Ballot)).one()
        ballot.rules = ballot.rules | {"results_hidden_until_closed": True}
    hidden = "Voto de Ecuador, que se conocerá al terminar la votación"
    client = sign_in(group.coordinator)
    assert hidden in told(client)[0]
    assert "En contra" not in "".join(map("".join, lines(client)))
    owner = sign_in(group.members[6])
    assert "Voto de Ecuador: En contra" in told(owner)[0]
    own = lines(owner, acto="voted", persona=str(group.members[6].id))[1:]
    assert [line[6] for line in own] == ["Voto de Ecuador: En contra"]


def test_a_registered_vote_an_opinion_and_a_recusal_are_told_as_they_are(sign_in, database, workshop, group, talked):
    with database.write() as session:
        votes.register(
            session, talked[0], "PE", by=people.get(session, group.coordinator.id), ballot_number=1,
            position="recused", reason="", received=Received("note", clock.now().date(), "N.º 214"),
        )  # fmt: skip
        votes.give_opinion(
            session, talked[0], by=people.get(session, group.observers[1].id), revision=1, stance="favourable"
        )
    acts, _answer = told(sign_in(group.members[2]))
    assert acts[:2] == ["Dio su parecer: Favorable", "Registró el voto de Perú según oficio N.º 214: Se excusa"]


def test_a_reader_and_a_stranger_see_nothing_of_it(sign_in, client, group, talked):
    for path in ("/registro", "/registro.csv"):
        assert sign_in(group.reader).get(path).status_code == 403
        answer = client.get(path)
        assert answer.status_code == 302
        assert answer.location.startswith("/entrar")
    assert "/registro" not in sign_in(group.reader).get("/decisiones").text
    assert "/registro" not in sign_in(group.reader).get(f"/propuestas/{talked[0]}").text


def test_who_takes_part_finds_the_way_to_it(sign_in, group, talked):
    for person in (group.members[0], group.observers[0], group.coordinator):
        assert 'href="/registro"' in sign_in(person).get("/decisiones").text
    assert 'href="/registro"' in sign_in(group.coordinator).get("/coordinacion").text
    assert f'href="/registro?propuesta={talked[1]}"' in sign_in(group.members[3]).get(f"/propuestas/{talked[1]}").text


def test_the_log_costs_the_same_queries_whatever_its_length(sign_in, database, workshop, group, talked):
    client = sign_in(group.members[2])

    def cost(address):
        client.get(address)  # a new visit writes
        with agenda.statements(database) as sent:
            assert client.get(address).status_code == 200
        return len(sent)

    addresses = ("/registro", "/registro?acto=votacion&desde=2020-01-01&persona=0", "/registro.csv")
    before = [cost(address) for address in addresses]
    agenda.some_of_each(workshop, group, 2)
    add_acts(database, talked[0], 200)
    assert [cost(address) for address in addresses] == before
