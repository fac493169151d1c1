"""Binding acts ask again who is there after a quarter of an hour, and lose nothing by it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.models import Invitation
from reviewtool.services import people, sign_in_failures
from reviewtool.web import proving
from reviewtool.web.audience import NEEDS

PASSWORD = "una frase bastante larga"
ONE = {"email": "ana@aduana.example", "name": "Ana\nPereyra", "administration": "UY", "role": "observer"}
LATER = timedelta(minutes=16)


@pytest.fixture
def coordination(client, database, group):
    with database.write() as session:
        people.set_password(people.get(session, group.coordinator.id), PASSWORD)
    assert client.post("/entrar", data={"email": group.coordinator.email, "password": PASSWORD}).status_code == 303
    return client


def invited(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Invitation))


def test_within_a_quarter_of_an_hour_nothing_is_asked(coordination, database):
    with clock.at(clock.now() + timedelta(minutes=14)):
        assert coordination.post("/grupo/invitar", data=ONE).status_code == 200
    assert invited(database) == 1


def test_later_the_password_is_asked_and_the_form_goes_along(coordination, database):
    with clock.at(clock.now() + LATER):
        asked = coordination.post("/grupo/invitar", data=ONE | {"proof_of_nothing": ["a", "b"]})
        assert asked.status_code == 401
        assert "Confirme que es usted" in asked.text
        assert 'action="/grupo/invitar"' in asked.text
        carried = re.findall(r'<textarea name="(\w+)" hidden>\n(.*?)</textarea>', asked.text, re.S)
        assert carried == [*ONE.items(), ("proof_of_nothing", "a"), ("proof_of_nothing", "b")]
        assert invited(database) == 0
        assert coordination.post("/grupo/invitar", data=ONE | {"proof": PASSWORD}).status_code == 200
        assert invited(database) == 1
        other = ONE | {"email": "otra@aduana.example"}
        assert coordination.post("/grupo/invitar", data=other).status_code == 200


def test_a_wrong_password_does_nothing_and_counts_as_a_failed_sign_in(coordination, database):
    with clock.at(clock.now() + LATER):
        for _ in range(sign_in_failures.SIGN_INS.free["account"]):
            answer = coordination.post("/grupo/invitar", data=ONE | {"proof": "mal"})
            assert answer.status_code == 401
            assert "no es correcta" in answer.text
            assert "ana@aduana.example" in answer.text
        assert coordination.post("/grupo/invitar", data=ONE | {"proof": PASSWORD}).status_code == 429
    assert invited(database) == 0


def test_reading_and_looking_at_a_list_ask_nothing(coordination):
    text = "correo;nombre;administración;función\nana@a.example;Ana;PE;lector\n"
    with clock.at(clock.now() + LATER):
        assert coordination.get("/grupo/invitar").status_code == 200
        assert coordination.post("/grupo/invitar/lista", data={"list": text}).status_code == 200
        assert coordination.post("/grupo/invitar/lista", data={"list": text, "confirm": "1"}).status_code == 401


def test_who_may_not_do_the_act_is_refused_and_not_asked(sign_in, group):
    reader = sign_in(group.reader)
    with clock.at(clock.now() + LATER):
        assert reader.post("/grupo/invitar", data=ONE).status_code == 403


#: what obliges the group or says who belongs to it; written here again, so that taking one out is noticed
OBLIGES = {
    *("merge", "publish_edition", "decide_in_meeting", "submit_objection"),
    *("change_rules", "manage_people", "withdraw_for_confidentiality"),
}
#: routes of such acts whose forms do nothing at all
ONLY_LOOK = {"rules.load"}


def test_every_form_of_a_binding_act_asks(app, coordination):
    forms = {
        rule.endpoint: re.sub(r"<[^>]+>", "1", re.sub(r"<any[^>]+>", "comentario", rule.rule))
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and NEEDS.get(rule.endpoint) in OBLIGES
    }
    assert {str(NEEDS[endpoint]) for endpoint in forms} == OBLIGES == set(proving.BINDING)
    assert proving.LOOKED_AT.keys() <= forms.keys()
    with clock.at(clock.now() + LATER):
        for endpoint in forms.keys() - ONLY_LOOK:
            asked = coordination.post(forms[endpoint], data={"confirm": "1", "step": "save"})
            assert asked.status_code == 401, endpoint
            assert "Confirme que es usted" in asked.text, endpoint


def test_a_meeting_and_rules_are_looked_at_without_being_asked(coordination):
    with clock.at(clock.now() + LATER):
        assert coordination.post("/reunion", data={"step": "look"}).status_code == 400
        assert coordination.post("/reglas/nuevas", data={"step": "review"}).status_code == 400
        assert coordination.post("/reglas/archivo", data={"content": ""}).status_code == 400
