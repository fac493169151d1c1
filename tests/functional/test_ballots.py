"""The panel of the decision and the forms of its acts, seen by each kind of person; nothing typed is lost."""

from __future__ import annotations

import re
from datetime import date, timedelta
from html import unescape

import pytest

from reviewtool import clock
from reviewtool.rules import calendar
from reviewtool.services import ballots, objections, people, proposals, votes
from reviewtool.services.receiving import Received
from tests import factories
from tests.support import journey
from tests.support.agenda import set_rules
from tests.support.materials import INTRODUCTION
from tests.support.words import said

WHY = "No se sigue del Comentario 25.1"


@pytest.fixture
def number(workshop, group) -> int:
    return journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")


@pytest.fixture
def ballot(workshop, group, number) -> int:
    return journey.open_ballot(workshop, number, group.coordinator)


@pytest.fixture
def silence(workshop, group, number) -> int:
    return journey.open_ballot(workshop, number, group.coordinator, preset="silencio")


def part(answer, identity: str) -> str:
    """Return the form or section with an id, as it stands."""
    found = re.search(rf'<(form|section)[^>]*id="{identity}".*?</\1>', answer.text, re.DOTALL)
    assert found, identity
    return unescape(found[0])


def act(workshop, verb, *arguments, **more):
    with workshop.database.write() as session:
        return verb(session, *arguments, **more)


def stands(workshop, number):
    with workshop.database.read() as session:
        found = proposals.newest_ballot(session, number)
        return {vote.seat.key: vote for vote in votes.of_ballot(session, found.id)}


def state(workshop, number) -> str:
    with workshop.database.read() as session:
        return proposals.get(session, number).state


def working_day(workshop, after: int = 12) -> date:
    """Return a day of work that is nobody's holiday."""
    days = calendar.of_group(workshop.group)
    day = calendar.add_working_days(clock.now().date(), after, days)
    while calendar.holidays_on(day, days):
        day = calendar.add_working_days(day, 1, days)
    return day


# The reader's vote


def test_a_member_votes_from_the_panel_and_may_change_it(sign_in, workshop, group, number, ballot):
    client = sign_in(group.members[1])
    panel = part(client.get(f"/propuestas/{number}"), "vote")
    assert all(f'value="{each}"' in panel for each in ("for", "for_with_remarks", "against", "abstain", "recused"))
    assert "Puede cambiarlo hasta el cierre" in panel
    answer = client.post(f"/propuestas/{number}/voto", data={"ballot": "1", "position": "for"})
    assert (answer.status_code, answer.location) == (303, f"/propuestas/{number}#vote")
    page = client.get(f"/propuestas/{number}")
    assert "Su voto quedó registrado." in said(page)
    assert "Su voto: A favor" in part(page, "vote")
    assert "Cambiar su voto" in part(page, "vote")
    client.post(f"/propuestas/{number}/voto", data={"ballot": "1", "position": "against", "reason": WHY})
    assert (stands(workshop, number)["AR-2"].position, stands(workshop, number)["AR-2"].reason) == ("against", WHY)


def test_a_refused_vote_shows_the_form_alone_with_everything_typed(sign_in, workshop, group, number, ballot):
    client = sign_in(group.members[1])
    typed = {"ballot": "1", "position": "abstain", "ad_referendum": "1", "reason": WHY}
    answer = client.post(f"/propuestas/{number}/voto", data=typed)
    page = unescape(answer.text)
    assert answer.status_code == 400
    assert "Ad referéndum solo se puede votar a favor." in page
    assert re.search(r'value="abstain" checked', page)
    assert re.search(r'name="ad_referendum" value="1" checked', page)
    assert WHY in page
    assert f'action="/propuestas/{number}/voto"' in page
    assert stands(workshop, number) == {}


@pytest.mark.parametrize(
    ("typed", "message", "field"),
    [
        ({"position": "against", "reason": " "}, "Escriba el motivo: esta posición lo exige.", "reason-error"),
        ({"position": ""}, "Elija una posición.", "position-error"),
        ({"position": "maybe"}, "Elija una posición.", "position-error"),
        ({"position": "against", "reason": "a" * 5_001}, "El texto pasa de 5000 caracteres.", "reason-error"),
    ],
)
def test_what_is_wrong_with_a_vote_is_said_at_the_field(sign_in, group, number, ballot, typed, message, field):
    answer = sign_in(group.members[1]).post(f"/propuestas/{number}/voto", data={"ballot": "1"} | typed)
    assert answer.status_code == 400
    assert re.search(rf'id="{field}">.*{re.escape(message)}', unescape(answer.text))


def test_a_vote_after_the_close_says_so_and_gives_the_reason_back(sign_in, workshop, group, number, ballot):
    client = sign_in(group.members[1])
    journey.close(workshop, number)
    answer = client.post(f"/propuestas/{number}/voto", data={"ballot": "1", "position": "against", "reason": WHY})
    assert answer.status_code == 409
    assert f"La votación de P-{number} ya cerró." in said(answer)
    assert WHY in said(answer)
    assert "<textarea" not in answer.text, "no form that would be refused again"


def test_a_vote_for_another_ballot_than_the_one_on_the_page_is_not_taken(sign_in, workshop, group, number, ballot):
    answer = sign_in(group.members[1]).post(f"/propuestas/{number}/voto", data={"ballot": "9", "position": "for"})
    assert answer.status_code == 409
    assert "Se abrió otra votación" in said(answer)
    assert stands(workshop, number) == {}


def test_ad_referendum_is_confirmed_with_one_button(sign_in, workshop, group, number, ballot):
    client = sign_in(group.members[1])
    client.post(f"/propuestas/{number}/voto", data={"ballot": "1", "position": "for", "ad_referendum": "1"})
    panel = part(client.get(f"/propuestas/{number}"), "vote")
    assert "Votó ad referéndum. Su voto cuenta solo cuando usted lo confirme." in panel
    assert f'formaction="/propuestas/{number}/voto/confirmar"' in panel
    assert "A favor, ad referéndum" in said(client.get(f"/propuestas/{number}"))
    assert client.post(f"/propuestas/{number}/voto/confirmar", data={"ballot": "1"}).status_code == 303
    assert "voto/confirmar" not in part(client.get(f"/propuestas/{number}"), "vote")
    assert stands(workshop, number)["AR-2"].confirmed


def test_who_proposed_is_told_why_they_do_not_vote(sign_in, group, number, ballot):
    page = sign_in(group.members[0]).get(f"/propuestas/{number}")
    panel = part(page, "vote")
    assert "su puesto no vota y no cuenta para el quórum" in panel
    assert "position" not in panel
    assert "Propuso el cambio" in said(page)


def test_a_person_accredited_after_the_opening_without_a_seat_on_the_roll_is_told_so(
    sign_in, database, workshop, group, number, ballot
):
    with database.write() as session:
        late = factories.make_person(session, "Ana Ruiz", "member", administration="PE").id
    with database.read() as session:
        late = people.get(session, late)
    assert "Su puesto no figura en esta votación" in part(sign_in(late).get(f"/propuestas/{number}"), "vote")


def test_the_alternate_is_told_that_the_titular_voted(sign_in, database, workshop, group, number, ballot):
    with database.write() as session:
        seat = session.merge(group.seats[3])
        made = factories.make_person(
            session, "Paulina Araya", "member", administration="CL", seat=seat, alternate=True
        ).id
    with database.read() as session:
        alternate = people.get(session, made)
    client = sign_in(alternate)
    assert 'name="position"' in part(client.get(f"/propuestas/{number}"), "vote")
    client.post(f"/propuestas/{number}/voto", data={"ballot": "1", "position": "abstain"})
    assert "Votó el suplente" in said(client.get(f"/propuestas/{number}"))
    journey.vote(workshop, number, group.members[3])
    assert "El titular del puesto ya votó" in part(client.get(f"/propuestas/{number}"), "vote")


def test_the_coordination_without_a_seat_has_no_vote(sign_in, group, number, ballot):
    panel = part(sign_in(group.coordinator).get(f"/propuestas/{number}"), "vote")
    assert "Su función en el grupo no lleva voto." in panel


# What everybody sees


def test_the_panel_says_the_arithmetic_and_who_has_not_spoken(sign_in, workshop, group, number, ballot):
    for member in group.members[1:5]:
        journey.vote(workshop, number, member)
    journey.vote(workshop, number, group.members[5], "against", WHY)
    page = said(sign_in(group.observers[0]).get(f"/propuestas/{number}"))
    assert "Falta 1 voto para el quórum (5 de 6)." in page
    assert "A favor 4, en contra 1: se necesitan dos tercios de 5, es decir 4." in page
    assert f"«{WHY}»" in page
    assert page.count("No se ha pronunciado") >= 6


def test_a_reader_sees_no_positions_while_the_group_votes_and_all_of_them_afterwards(
    sign_in, workshop, group, number, ballot
):
    for member in group.members[1:9]:
        journey.vote(workshop, number, member)
    client = sign_in(group.reader)
    during = said(client.get(f"/propuestas/{number}"))
    assert "A favor 8" not in during
    assert "Wilma" not in during
    journey.close(workshop, number)
    after = said(client.get(f"/propuestas/{number}"))
    assert "A favor 8, en contra 0" in after


def test_hidden_results_show_ones_own_vote_and_only_that_others_voted(sign_in, workshop, group, number):
    set_rules(workshop, results_hidden_until_closed=True)
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[1], "against", WHY)
    journey.vote(workshop, number, group.members[2], "abstain")
    page = said(sign_in(group.members[1]).get(f"/propuestas/{number}"))
    assert "Se han pronunciado 2 de 11. Las posiciones se conocen al cierre." in page
    assert f"«{WHY}»" in page
    other = said(sign_in(group.members[3]).get(f"/propuestas/{number}"))
    assert WHY not in other
    assert "Ya se pronunció" in other
    journey.close(workshop, number)
    assert WHY in said(sign_in(group.members[3]).get(f"/propuestas/{number}"))


def test_an_observer_gives_an_opinion_in_a_box_of_its_own_that_counts_for_nothing(
    sign_in, workshop, group, number, ballot
):
    client = sign_in(group.observers[0])
    box = part(client.get(f"/propuestas/{number}"), "opinion")
    assert "No cuenta para el resultado." in box
    answer = client.post(
        f"/propuestas/{number}/parecer", data={"revision": "1", "stance": "unfavourable", "reason": "Falta una nota"}
    )
    assert answer.status_code == 303
    page = client.get(f"/propuestas/{number}")
    assert "Su parecer: Desfavorable" in said(page)
    assert "Falta una nota" in part(page, "opinion")
    assert stands(workshop, number) == {}
    assert client.post(f"/propuestas/{number}/voto", data={"ballot": "1", "position": "for"}).status_code == 403


def test_an_opinion_without_a_stance_comes_back_with_its_reason(sign_in, group, number):
    answer = sign_in(group.observers[0]).post(
        f"/propuestas/{number}/parecer", data={"revision": "1", "reason": "Falta una nota"}
    )
    assert answer.status_code == 400
    assert "Elija un parecer." in said(answer)
    assert "Falta una nota" in answer.text


# Silence


def test_in_silence_there_are_three_buttons_and_no_positions(sign_in, group, number, silence):
    panel = part(sign_in(group.members[1]).get(f"/propuestas/{number}"), "vote")
    buttons = [" ".join(re.sub("<[^>]+>", "", each).split()) for each in re.findall(r"<button.*?</button>", panel)]
    assert buttons == ["Sin objeción", "Interrumpir el silencio", "Solicitar prórroga"]
    assert 'type="radio"' not in panel


def test_an_express_no_objection_is_no_vote_in_favour(sign_in, workshop, group, number, silence):
    client = sign_in(group.members[1])
    client.post(f"/propuestas/{number}/voto", data={"ballot": "1", "position": "no_objection", "reason": ""})
    page = client.get(f"/propuestas/{number}")
    assert "Su respuesta: Sin objeción" in part(page, "vote")
    assert "Hay 1 sin objeción expresa y 10 sin responder." in said(page)


def test_breaking_the_silence_needs_a_reason_and_opens_the_objection(sign_in, workshop, group, number, silence):
    client = sign_in(group.members[2])
    address = f"/propuestas/{number}/silencio/interrumpir"
    refused = client.post(address, data={"ballot": "1", "position": "no_objection", "reason": ""})
    assert refused.status_code == 400
    assert "Escriba el motivo" in said(refused)
    assert client.post(address, data={"ballot": "1", "reason": WHY}).status_code == 303
    page = client.get(f"/propuestas/{number}")
    assert "Silencio interrumpido por Bolivia." in said(page)
    assert "Impide incorporar" in said(page)
    desk = said(sign_in(group.coordinator).get(f"/propuestas/{number}"))
    assert "Puede seguir una versión nueva, una votación o una reunión." in desk


# Formal objections


def test_an_objection_is_raised_with_a_reason_and_lifted_by_its_seat_only(sign_in, workshop, group, number, ballot):
    client = sign_in(group.members[3])
    assert client.post(f"/propuestas/{number}/objecion", data={"reason": ""}).status_code == 400
    assert client.post(f"/propuestas/{number}/objecion", data={"reason": WHY}).status_code == 303
    page = client.get(f"/propuestas/{number}")
    assert "Una objeción formal de Chile sigue abierta." in said(page)
    assert "Este puesto ya tiene una objeción formal abierta." in said(page)
    with workshop.database.read() as session:
        raised = objections.of_proposal(session, number)[0].id
    address = f"/propuestas/{number}/objeciones/{raised}/retirar"
    assert f'href="{address}"' in page.text
    assert f'href="{address}"' not in sign_in(group.members[4]).get(f"/propuestas/{number}").text
    assert sign_in(group.members[4]).get(address).status_code == 403
    assert sign_in(group.members[4]).post(address, data={}).status_code == 403
    assert WHY in client.get(address).text
    assert client.post(address, data={"reason": "Se corrigió"}).status_code == 303
    assert "Se corrigió" in said(client.get(f"/propuestas/{number}"))


def test_an_unknown_objection_is_not_found(sign_in, group, number):
    assert sign_in(group.members[3]).get(f"/propuestas/{number}/objeciones/99/retirar").status_code == 404


# The coordination


def open_form(workshop, **changes) -> dict[str, str]:
    given = {"preset": "votacion", "closes_on": str(working_day(workshop)), "reason": "Urge"}
    return given | changes


def test_the_coordination_opens_a_ballot_with_the_close_it_chose(sign_in, workshop, group, number):
    client = sign_in(group.coordinator)
    page = client.get(f"/propuestas/{number}/votacion/abrir")
    assert "La consulta sigue abierta" in said(page)
    day = working_day(workshop)
    assert client.post(f"/propuestas/{number}/votacion/abrir", data=open_form(workshop)).status_code == 303
    with workshop.database.read() as session:
        opened = proposals.open_ballot(session, number)
        assert calendar.day_of(opened.closes_at, calendar.of_group(workshop.group)) == day
        assert opened.rules["preset"] == "votacion"


def test_the_silence_procedure_is_one_choice_away(sign_in, workshop, group, number):
    client = sign_in(group.coordinator)
    client.post(f"/propuestas/{number}/votacion/abrir", data=open_form(workshop, preset="silencio"))
    with workshop.database.read() as session:
        assert proposals.open_ballot(session, number).rules["majority"] == "silence"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "escriba por qué se abre antes la votación"),
        ({"closes_on": "pronto"}, "Escriba una fecha"),
        ({"closes_on": "2020-01-06"}, "El cierre debe estar entre mañana y dentro de cuatro meses."),
        ({"closes_on": "2999-01-01"}, "El cierre debe estar entre mañana y dentro de cuatro meses."),
        ({"preset": "sorteo"}, "Elija uno de los procedimientos de la lista."),
    ],
)
def test_an_opening_that_is_refused_keeps_what_was_typed(sign_in, workshop, group, number, changes, message):
    form = open_form(workshop, **changes)
    answer = sign_in(group.coordinator).post(f"/propuestas/{number}/votacion/abrir", data=form)
    assert answer.status_code == 400
    assert message in said(answer)
    assert f'value="{form["closes_on"]}"' in answer.text
    assert form["reason"] in answer.text
    assert state(workshop, number) == "consultation"


def test_a_weekend_is_no_day_to_close(sign_in, workshop, group, number):
    saturday = clock.now().date() + timedelta(days=(5 - clock.now().date().weekday()) % 7 + 7)
    form = open_form(workshop, closes_on=str(saturday))
    answer = sign_in(group.coordinator).post(f"/propuestas/{number}/votacion/abrir", data=form)
    assert answer.status_code == 400
    assert "El cierre debe ser un día hábil del grupo." in said(answer)


def test_a_close_on_somebodys_holiday_is_asked_back_and_kept_when_confirmed(sign_in, workshop, group, number):
    with clock.at(clock.now().replace(year=2026, month=9, day=4)):
        other = journey.propose(workshop, group.members[1], INTRODUCTION, "30 días", "45 días")
        client = sign_in(group.coordinator)
        form = open_form(workshop, closes_on="2026-09-18")
        answer = client.post(f"/propuestas/{other}/votacion/abrir", data=form)
        assert answer.status_code == 400
        assert "El viernes 18 de septiembre es feriado en Chile. ¿Mantener el cierre?" in said(answer)
        assert 'name="keep"' in answer.text
        assert client.post(f"/propuestas/{other}/votacion/abrir", data=form | {"keep": "1"}).status_code == 303


def test_extending_says_who_asked_and_needs_days_and_a_reason(sign_in, workshop, group, number, ballot):
    member = sign_in(group.members[2])
    assert (
        member.post(f"/propuestas/{number}/prorroga/solicitar", data={"reason": "Consulta interna"}).status_code == 303
    )
    assert "Su solicitud de prórroga espera respuesta." in said(member.get(f"/propuestas/{number}"))
    client = sign_in(group.coordinator)
    assert "Bolivia pide prórroga: «Consulta interna»" in said(client.get(f"/propuestas/{number}"))
    address = f"/propuestas/{number}/votacion/prorrogar"
    assert "Bolivia pide prórroga" in said(client.get(address))
    assert "Escriba un número." in said(client.post(address, data={"days": "x", "reason": WHY}))
    assert "Escriba entre 1 y 60 días hábiles." in said(client.post(address, data={"days": "90", "reason": WHY}))
    assert "Escriba el motivo." in said(client.post(address, data={"days": "3", "reason": ""}))
    assert client.post(address, data={"days": "3", "reason": WHY}).status_code == 303
    assert "pide prórroga" not in said(client.get(f"/propuestas/{number}"))


def test_a_request_may_be_declined(sign_in, workshop, group, number, ballot):
    act(workshop, votes.ask_extension, number, by=group.members[2], reason="Consulta interna")
    client = sign_in(group.coordinator)
    assert client.post(f"/propuestas/{number}/prorroga/denegar", data={"reason": WHY}).status_code == 303
    assert 'name="reason"' not in client.get(f"/propuestas/{number}/prorroga/denegar").text


def test_the_consultation_is_extended_from_its_own_form(sign_in, workshop, group, number):
    client = sign_in(group.coordinator)
    answer = client.post(f"/propuestas/{number}/consulta/prorrogar", data={"days": "5", "reason": WHY})
    assert answer.status_code == 303


def test_suspending_asks_everybody_again_and_says_so(sign_in, workshop, group, number, ballot):
    journey.vote(workshop, number, group.members[1])
    author = sign_in(group.members[0])
    assert author.post(f"/propuestas/{number}/votacion/enmendar", data={"reason": "Una errata"}).status_code == 303
    assert "La coordinación ya tiene su petición de enmienda." in said(author.get(f"/propuestas/{number}"))
    client = sign_in(group.coordinator)
    page = said(client.get(f"/propuestas/{number}"))
    assert "Quien propuso el cambio pide suspender la votación" in page
    assert "1 voto ya emitido queda guardado" in said(client.get(f"/propuestas/{number}/votacion/suspender"))
    assert client.post(f"/propuestas/{number}/votacion/suspender", data={"reason": "Enmienda"}).status_code == 303
    assert "Votación suspendida: se espera una versión nueva" in said(author.get(f"/propuestas/{number}"))


def test_closing_early_is_offered_only_when_nothing_can_change(sign_in, workshop, group, number, ballot):
    client = sign_in(group.coordinator)
    page = client.get(f"/propuestas/{number}")
    assert f'href="/propuestas/{number}/votacion/cerrar"' not in page.text
    assert "Faltan 11 puestos por pronunciarse y el resultado todavía puede cambiar." in said(page)
    assert 'name="reason"' not in client.get(f"/propuestas/{number}/votacion/cerrar").text
    for member in group.members[1:]:
        journey.vote(workshop, number, member)
    assert f'href="/propuestas/{number}/votacion/cerrar"' in client.get(f"/propuestas/{number}").text
    assert client.post(f"/propuestas/{number}/votacion/cerrar", data={"reason": "Todos votaron"}).status_code == 303
    assert state(workshop, number) == "approved"


def registration(**changes) -> dict[str, str]:
    given = {
        "ballot": "1",
        "seat": "CL",
        "position": "for",
        "channel": "note",
        "received_on": "2026-06-05",
        "reference": "N.º 114",
        "reason": "",
    }
    return given | changes


def test_a_vote_received_by_note_is_shown_with_its_reference(sign_in, workshop, group, number, ballot):
    client = sign_in(group.coordinator)
    assert "Chile" in client.get(f"/propuestas/{number}/voto/registrar").text
    assert client.post(f"/propuestas/{number}/voto/registrar", data=registration()).status_code == 303
    page = said(client.get(f"/propuestas/{number}"))
    assert "Registrado por la coordinación según oficio N.º 114 del 5 de junio de 2026" in page
    own = said(sign_in(group.members[3]).get(f"/propuestas/{number}"))
    assert "La coordinación lo registró" in own


def test_a_vote_by_telephone_waits_for_its_owner(sign_in, workshop, group, number, ballot):
    act(
        workshop,
        votes.register,
        number,
        "CL",
        by=group.coordinator,
        ballot_number=1,
        position="for",
        reason="",
        received=Received("telephone", date(2026, 6, 5), "director"),
    )
    page = sign_in(group.members[3]).get(f"/propuestas/{number}")
    assert "La coordinación registró su voto por teléfono. Cuenta solo cuando usted lo confirme." in said(page)
    assert "voto/confirmar" in part(page, "vote")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reference": ""}, "Escriba el número o la referencia de lo recibido."),
        ({"received_on": "ayer"}, "Escriba una fecha"),
        ({"received_on": "2999-01-01"}, "no puede estar en el futuro"),
        ({"position": "against"}, "Escriba el motivo: esta posición lo exige."),
    ],
)
def test_a_registration_that_is_refused_keeps_what_was_typed(sign_in, group, number, ballot, changes, message):
    typed = registration(**changes)
    answer = sign_in(group.coordinator).post(f"/propuestas/{number}/voto/registrar", data=typed)
    assert answer.status_code == 400
    assert message in said(answer)
    assert 'value="CL" selected' in answer.text
    assert typed["reference"] in answer.text


def test_without_a_quorum_one_second_call_is_offered(sign_in, workshop, group, number, ballot):
    journey.vote(workshop, number, group.members[1])
    journey.close(workshop, number)
    client = sign_in(group.coordinator)
    assert f'href="/propuestas/{number}/votacion/segunda-convocatoria"' in client.get(f"/propuestas/{number}").text
    answer = client.post(f"/propuestas/{number}/votacion/segunda-convocatoria", data={"reason": "Faltó quórum"})
    assert answer.status_code == 303
    assert "Segunda convocatoria: los votos de la primera se conservan." in said(client.get(f"/propuestas/{number}"))
    journey.close(workshop, number)
    page = client.get(f"/propuestas/{number}")
    assert "Ya hubo segunda convocatoria." in said(page)
    assert f'href="/propuestas/{number}/votacion/segunda-convocatoria"' not in page.text


def test_an_objection_goes_to_the_group_only_where_its_rules_know_an_override(sign_in, workshop, group, number):
    journey.approve(workshop, number, group)
    act(workshop, objections.raise_one, number, by=group.members[3], reason=WHY)
    client = sign_in(group.coordinator)
    page = client.get(f"/propuestas/{number}")
    assert "Una objeción formal de Chile impide incorporar." in said(page)
    assert "Las reglas del grupo no permiten seguir adelante con una objeción abierta." in said(page)
    assert 'name="reason"' not in client.get(f"/propuestas/{number}/votacion/objecion").text


def test_submitting_an_objection_quotes_it_and_opens_a_ballot_about_it(sign_in, workshop, group, number):
    set_rules(workshop, override="two_thirds")
    journey.approve(workshop, number, group)
    act(workshop, objections.raise_one, number, by=group.members[3], reason=WHY)
    client = sign_in(group.coordinator)
    assert f"Chile: {WHY}" in said(client.get(f"/propuestas/{number}/votacion/objecion"))
    answer = client.post(f"/propuestas/{number}/votacion/objecion", data={"reason": "No se retira"})
    assert answer.status_code == 303
    panel = part(sign_in(group.members[1]).get(f"/propuestas/{number}"), "vote")
    assert "A favor significa seguir adelante." in panel


# The author


def test_the_author_withdraws_and_takes_it_up_again(sign_in, workshop, group, number):
    client = sign_in(group.members[0])
    assert "drafts" not in client.get(f"/propuestas/{number}/retirar").text
    assert client.post(f"/propuestas/{number}/retirar", data={"reason": " "}).status_code == 400
    assert client.post(f"/propuestas/{number}/retirar", data={"reason": "Presento otra"}).status_code == 303
    assert state(workshop, number) == "withdrawn"
    assert client.post(f"/propuestas/{number}/retomar", data={"reason": "Me lo pidieron"}).status_code == 303
    assert state(workshop, number) == "consultation"


def test_nobody_else_withdraws_it(sign_in, workshop, group, number):
    answer = sign_in(group.members[1]).post(f"/propuestas/{number}/retirar", data={"reason": "Mala idea"})
    assert answer.status_code == 409
    assert state(workshop, number) == "consultation"


def test_who_coordinates_and_proposed_is_told_so(sign_in, database, workshop, group):
    with database.write() as session:
        both = people.get(session, group.coordinator.id)
        factories.make_term(session, both, "member")
        factories.make_holding(session, factories.make_seat(session, "PE"), both)
    with database.read() as session:
        both = people.get(session, group.coordinator.id)
    number = journey.propose(workshop, both, INTRODUCTION, "30 días", "45 días")
    assert "Usted es parte de esta propuesta." in said(sign_in(both).get(f"/propuestas/{number}"))


# Every form, every role


ACTS = (
    "votacion/abrir",
    "voto",
    "voto/confirmar",
    "silencio/interrumpir",
    "parecer",
    "prorroga/solicitar",
    "prorroga/denegar",
    "votacion/prorrogar",
    "consulta/prorrogar",
    "votacion/suspender",
    "votacion/enmendar",
    "votacion/cerrar",
    "votacion/segunda-convocatoria",
    "votacion/objecion",
    "objecion",
    "voto/registrar",
    "retirar",
    "retomar",
)


@pytest.mark.parametrize("address", ACTS)
def test_every_act_answers_with_a_page_in_every_state_and_to_every_role(sign_in, workshop, group, number, address):
    everybody = (group.members[0], group.members[1], group.observers[0], group.coordinator, group.reader)

    def ask() -> None:
        for person in everybody:
            for method in ("GET", "POST"):
                answer = sign_in(person).open(f"/propuestas/{number}/{address}", method=method)
                assert answer.status_code in {200, 303, 400, 403, 409}, (person.name, method, answer.status_code)
                assert answer.status_code != 303, "nothing is done without what the form asks"

    ask()
    journey.open_ballot(workshop, number, group.coordinator)
    ask()
    journey.close(workshop, number)
    ask()


def test_an_unknown_proposal_is_not_found(sign_in, group):
    assert sign_in(group.coordinator).get("/propuestas/99/votacion/abrir").status_code == 404
    assert sign_in(group.coordinator).post("/propuestas/99/votacion/suspender", data={}).status_code == 404


def test_the_ballots_before_stay_readable(sign_in, workshop, group, number, ballot):
    act(workshop, ballots.suspend, number, by=group.coordinator, reason="Una errata en la cifra")
    journey.revise(workshop, group.members[0], number, INTRODUCTION, "efectivamente", "verdaderamente")
    journey.open_ballot(workshop, number, group.coordinator)
    page = said(sign_in(group.members[1]).get(f"/propuestas/{number}"))
    assert "Votaciones anteriores" in page
    assert "Votación 1, sobre la versión 1 , suspendida" in page
    assert "Una errata en la cifra" in page
