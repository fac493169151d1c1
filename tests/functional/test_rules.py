"""The page «Reglas»: everybody reads what holds and its effect; the coordination enters rules, calendar and files."""

from __future__ import annotations

import io
import tomllib
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from reviewtool.models import RuleSet, WorkingCalendar
from reviewtool.rules import presets
from reviewtool.services import rulesets
from tests.support.words import said

TYPED = {
    "seen": "1",
    "preset": "votacion",
    "consultation_days": "5",
    "decision_days": "7",
    "quorum": "2/3",
    "quorum_number": "",
    "majority": "consensus",
    "author_votes": "1",
    "certified_in_favour": "2",
    "override": "two_thirds",
    "second_call_days": "3",
    "second_call_share": "1/3",
    "doc-0-paths": "",
    "doc-3-paths": "valor-de-transaccion\r\nmodulo-*/leccion-2.md",
    "doc-3-preset": "silencio",
    "doc-3-consultation_days": "0",
    "doc-3-decision_days": "4",
    "doc-3-quorum": "1/2",
    "doc-3-majority": "simple",
    "reference": "Acta 3/2026, punto 4",
}


@pytest.fixture
def today(workshop):
    return rulesets.today(workshop.group)


@pytest.fixture
def typed(today):
    return TYPED | {"effective_on": today.isoformat()}


@pytest.fixture
def coordination(sign_in, group):
    return sign_in(group.coordinator)


def stored(workshop) -> presets.RuleSet | None:
    """Return what was entered after the first rules of the installation."""
    with workshop.database.read() as session:
        row = session.scalars(select(RuleSet).where(RuleSet.id > 1).order_by(RuleSet.id.desc())).first()
        return presets.RuleSet.from_json(row.rules) if row else None


def test_a_reader_reads_every_rule_with_its_effect_on_this_group(sign_in, group):
    page = said(sign_in(group.reader).get("/reglas"))
    for sentence in (
        "La consulta dura 10 días hábiles.",
        "Tienen que pronunciarse 6 de 12 puestos (la mitad, hacia arriba).",
        "Se aprueba con dos tercios de los votos a favor y en contra.",
        "Quien propone no vota su propia propuesta: su puesto no se cuenta.",
        "Los plazos cierran a las 17:00",
    ):
        assert sentence in page
    assert "Cambiar las reglas" not in page


def test_rules_are_typed_seen_in_words_and_entered(workshop, coordination, typed):
    review = coordination.post("/reglas/nuevas", data=typed | {"step": "review"})
    assert review.status_code == 200
    text = said(review)
    assert "Hasta ahora: La votación dura 10 días hábiles. Desde entonces: La votación dura 7 días hábiles." in text
    assert "Tienen que pronunciarse 8 de 12 puestos (dos tercios, hacia arriba)." in text
    assert "valor-de-transaccion/**; modulo-*/leccion-2.md (hoy 2 documentos)" in text
    assert stored(workshop) is None
    hidden = {
        name: unescape(value)
        for name, value in (
            part.split('" value="')
            for part in review.text.replace('">', '<input type="hidden" name="').split('<input type="hidden" name="')
            if '" value="' in part
        )
    }
    done = coordination.post("/reglas/nuevas", data=hidden | {"step": "save"})
    assert (done.status_code, done.location) == (303, "/reglas")
    entered = stored(workshop)
    assert entered.rules.to_json() | {"preset": ""} == {
        "majority": "consensus",
        "quorum_kind": "share",
        "quorum_number": 0,
        "quorum_share": [2, 3],
        "decision_days": 7,
        "consultation_days": 5,
        "author_votes": True,
        "results_hidden_until_closed": False,
        "certified_in_favour": 2,
        "early_close": False,
        "override": "two_thirds",
        "revisions_during_vote": False,
        "second_call_days": 3,
        "second_call_share": [1, 3],
        "preset": "",
    }
    (document,) = entered.documents
    assert document.paths == ("valor-de-transaccion/**", "modulo-*/leccion-2.md")
    assert (document.rules.majority, document.rules.quorum_kind, document.rules.decision_days) == ("silence", "none", 4)
    shown = said(coordination.get("/reglas"))
    assert "Acta 3/2026, punto 4" in shown
    assert "La votación dura 7 días hábiles." in shown


def test_versions_during_the_vote_are_offered_with_their_effect_and_go_into_the_file(workshop, coordination, typed):
    assert "Permitir versiones nuevas durante la votación" in said(coordination.get("/reglas/nuevas"))
    assert "El texto no cambia mientras se vota." in said(coordination.get("/reglas"))
    chosen = typed | {"revisions_during_vote": "1"}
    review = said(coordination.post("/reglas/nuevas", data=chosen | {"step": "review"}))
    effect = "Quien propone puede presentar otra versión mientras se vota: cada voto anterior deja de contar"
    assert f"Hasta ahora: El texto no cambia mientras se vota. Desde entonces: {effect}" in review
    assert coordination.post("/reglas/nuevas", data=chosen | {"step": "save"}).status_code == 303
    assert stored(workshop).rules.revisions_during_vote
    assert effect in said(coordination.get("/reglas"))
    assert tomllib.loads(coordination.get("/reglas.toml").text)["rules"]["advanced"]["revisions_during_vote"]
    form = coordination.get("/reglas/nuevas").text
    assert "checked" in form.partition('name="revisions_during_vote"')[2][:60]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"decision_days": "cero"}, "Escriba un número entero entre 1 y 250."),
        ({"consultation_days": "-1"}, "Escriba un número entero entre 0 y 250."),
        ({"quorum": "number", "quorum_number": "40"}, "El quórum pide 40 puestos y hay 12: nunca se alcanzaría."),
        ({"quorum": "4/3"}, "El quórum pide 16 puestos y hay 12: nunca se alcanzaría."),
        ({"certified_in_favour": "9"}, "Se piden 9 instructores expertos certificados y hay 4"),
        ({"preset": "otro"}, "Elija uno de los procedimientos de la lista."),
        ({"majority": "unanimidad"}, "Elija una opción de la lista."),
        ({"effective_on": "2020-01-01"}, "Escriba un día desde hoy hasta dentro de dos años."),
        ({"effective_on": "mañana"}, "Escriba una fecha"),
        ({"reference": ""}, "Escriba dónde las aprobó el grupo"),
        ({"doc-3-paths": "a\\b"}, "Ese nombre no sirve"),
        ({"doc-3-decision_days": ""}, "Escriba un número entero entre 1 y 250."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(workshop, coordination, typed, wrong, sentence):
    answer = coordination.post("/reglas/nuevas", data=typed | wrong | {"step": "save"})
    assert answer.status_code == 400
    assert sentence in said(answer)
    assert 'value="7"' in answer.text or "decision_days" in wrong
    assert stored(workshop) is None


def test_whoever_saves_rules_that_changed_meanwhile_sees_them_again_with_what_they_change_now(
    workshop, coordination, typed
):
    assert coordination.post("/reglas/nuevas", data=typed | {"step": "save"}).status_code == 303
    again = coordination.post("/reglas/nuevas", data=typed | {"decision_days": "9", "step": "save"})
    assert again.status_code == 409
    text = said(again)
    assert "Alguien cambió las reglas mientras usted las editaba." in text
    assert "Hasta ahora: La votación dura 7 días hábiles. Desde entonces: La votación dura 9 días hábiles." in text
    assert stored(workshop).rules.decision_days == 7


def test_planned_rules_are_named_and_replaced_by_others_for_the_same_day(coordination, typed, today):
    day = (today + timedelta(days=30)).isoformat()
    assert coordination.post("/reglas/nuevas", data=typed | {"effective_on": day, "step": "save"}).status_code == 303
    assert "previstas" in said(coordination.get("/reglas"))
    one = said(coordination.get("/reglas/2"))
    assert "Todavía no están en vigor." in one
    assert 'name="decision_days" value="7"' in coordination.get("/reglas/nuevas?desde=2").text
    assert coordination.get("/reglas/99").status_code == 404


def test_the_calendar_is_changed_by_lines(workshop, coordination):
    lines = "2027-01-01; Año Nuevo\n\n2026-12-08; Inmaculada Concepción; ar, CL"
    done = coordination.post("/reglas/calendario", data={"seen": "0", "closing_time": "16:30", "holidays": lines})
    assert done.status_code == 303
    with workshop.database.read() as session:
        row = session.scalars(select(WorkingCalendar)).one()
    assert row.closing_time == "16:30"
    assert row.holidays == [
        {"date": "2026-12-08", "name": "Inmaculada Concepción", "administrations": ["AR", "CL"]},
        {"date": "2027-01-01", "name": "Año Nuevo", "administrations": []},
    ]
    assert "2026-12-08; Inmaculada Concepción; AR, CL" in coordination.get("/reglas/calendario").text
    stale = coordination.post("/reglas/calendario", data={"seen": "0", "closing_time": "12:00", "holidays": "x"})
    assert stale.status_code == 400
    lost = coordination.post("/reglas/calendario", data={"seen": "0", "closing_time": "12:00", "holidays": lines})
    assert lost.status_code == 409
    assert "12:00" in lost.text, "what was typed stays"


@pytest.mark.parametrize(
    ("holidays", "sentence"),
    [
        ("2027-01-01; Año Nuevo\n2027-13-01; Nada", "Línea 2:"),
        ("2027-01-01", "Línea 1:"),
        ("2027-01-01; ", "Línea 1:"),
        ("2027-01-01; Día; Perú", "Línea 1:"),
        ("2027-01-01; Día; PE; más", "Línea 1:"),
        ("2027-01-01; Día; XX", "La administración «XX» no figura en el grupo."),
    ],
)
def test_a_line_of_the_calendar_that_makes_no_sense_is_named(workshop, coordination, holidays, sentence):
    answer = coordination.post("/reglas/calendario", data={"closing_time": "17:00", "holidays": holidays})
    assert answer.status_code == 400
    assert sentence in said(answer)
    assert holidays.split(";")[0] in answer.text
    too_much = coordination.post("/reglas/calendario", data={"closing_time": "17:00", "holidays": "x" * 100_001})
    assert "El texto pasa de 100000 caracteres." in said(too_much)
    wrong_hour = coordination.post("/reglas/calendario", data={"closing_time": "25:00", "holidays": ""})
    assert "Escriba una hora, como 17:00." in said(wrong_hour)


def test_the_rules_go_out_as_a_file_and_come_in_again_through_the_form(workshop, coordination, typed):
    coordination.post("/reglas/nuevas", data=typed | {"step": "save"})
    sent = coordination.get("/reglas.toml")
    assert sent.mimetype == "application/toml"
    assert tomllib.loads(sent.text)["rules"]["majority"] == "consensus"
    assert coordination.get("/reglas/2.toml").status_code == 200
    upload = {"file": (io.BytesIO(sent.data), "reglas.toml"), "what": "rules"}
    form = coordination.post("/reglas/archivo", data=upload, content_type="multipart/form-data")
    assert form.status_code == 200
    assert "Se leyó «reglas.toml». Todavía no se ha guardado nada." in said(form)
    assert 'value="consensus" checked' in form.text
    calendar = coordination.post("/reglas/archivo", data={"content": sent.text, "what": "calendar"})
    assert "; Navidad" in calendar.text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"unidad =", "esto no es TOML"),
        (b"[rules]\nmajority = 'x'", "la clave «rules.majority» no sirve"),
        (b"\xff\xfe", "El archivo no es un texto en UTF-8."),
        (b"", "Elija un archivo de su equipo."),
        (b"#" * 200_001, "El texto pasa de 200000 caracteres."),
        (b"name = 'x'", "El archivo no tiene la sección «rules»."),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(coordination, content, sentence):
    upload = {"file": (io.BytesIO(content), "reglas.toml"), "what": "rules"}
    answer = coordination.post("/reglas/archivo", data=upload, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert sentence.replace("«rules.majority»", '"rules.majority"') in said(answer)


def test_every_rule_for_documents_of_a_file_comes_through_the_form(workshop, coordination, typed):
    content = "[rules]\n" + "".join(f'[[rules.documents]]\npaths = ["carpeta-{at}/**"]\n' for at in range(30))
    form = coordination.post("/reglas/archivo", data={"content": content, "what": "rules"})
    names = ("paths", "preset", "consultation_days", "decision_days", "quorum", "majority")
    assert all(f'name="doc-29-{name}"' in form.text for name in names)
    usual = ("votacion", "10", "10", "1/2", "two_thirds")
    many = {
        f"doc-{at}-{name}": value
        for at in range(30)
        for name, value in zip(names, (f"carpeta-{at}/**", *usual), strict=True)
    }
    assert coordination.post("/reglas/nuevas", data=typed | many | {"step": "save"}).status_code == 303
    assert [each.paths for each in stored(workshop).documents] == [(f"carpeta-{at}/**",) for at in range(30)]


def test_a_rule_that_can_never_pass_comes_from_a_file_into_the_form_and_is_refused_there(coordination, typed):
    content = '[rules]\npreset = "votacion"\nquorum = 40\n'
    form = coordination.post("/reglas/archivo", data={"content": content, "what": "rules"})
    assert 'value="40"' in form.text
    refused = coordination.post(
        "/reglas/nuevas", data=typed | {"quorum": "number", "quorum_number": "40", "step": "save"}
    )
    assert "nunca se alcanzaría" in said(refused)
