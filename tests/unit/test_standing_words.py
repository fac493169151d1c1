"""Standings said in words: the sentences of docs/deciding.md, exactly, and every branch with its numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from reviewtool import clock
from reviewtool.rules.lifecycle import State
from reviewtool.rules.voting import BallotRules, Cast, Majority, Outcome, Position, ended_as
from reviewtool.rules.voting import standing as standing_of
from reviewtool.web import standing
from tests.unit.rules.values import casts_of, roll_of

CLOSES = datetime(2026, 6, 5, 23, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _reader_in_guatemala():
    app = Flask(__name__)
    app.config.update(GROUP_ZONE="America/Guatemala", DEFAULT_LANGUAGE="es")
    with app.app_context(), clock.at(datetime(2026, 6, 1, 15, 0, tzinfo=UTC)):
        yield


def said(rules: BallotRules, size: int, casts: list[Cast], **more: Any) -> str:
    shown = {name: more.pop(name) for name in ("closes_at", "names", "hidden") if name in more}
    return standing.sentence(standing_of(rules, roll_of(size), casts, **more), **shown)


QUORUM_OF_SEVEN = BallotRules(quorum_kind="number", quorum_number=7)
HALF = BallotRules()
SILENCE = BallotRules(majority=Majority.silence, quorum_kind="none", preset="silencio")


def test_the_sentence_of_the_design_is_said_word_for_word():
    text = said(
        QUORUM_OF_SEVEN,
        12,
        casts_of(for_=4, against=1, abstain=1),
        open_objections=["Perú"],
        closes_at=datetime(2026, 6, 5, 23, 0, tzinfo=UTC),
    )
    assert text == (
        "Falta 1 voto para el quórum (6 de 7). "
        "A favor 4, en contra 1, abstención 1: se necesitan dos tercios de 5, es decir 4. "
        "Una objeción formal de Perú sigue abierta. "
        "Cierra el viernes 5 de junio a las 17:00 (hora de Guatemala)."
    )


@pytest.mark.parametrize(
    ("rules", "casts", "more", "expected"),
    [
        (HALF, [], {}, "Faltan 6 votos para el quórum (0 de 6). Nadie se ha pronunciado todavía: "
         "se necesitan dos tercios de los votos a favor y en contra."),
        (HALF, casts_of(for_=5, for_with_remarks=1, against=1), {}, "Hay quórum (7; se necesitan 6). "
         "A favor 6 (1 con observaciones), en contra 1: se necesitan dos tercios de 7, es decir 5."),
        (HALF, casts_of(for_=8, abstain=1), {"closed": True}, "Aprobada. Hubo quórum (9; se necesitaban 6). "
         "A favor 8, en contra 0, abstención 1: se necesitaban dos tercios de 8, es decir 6."),
        (HALF, casts_of(for_=2), {"closed": True}, "Sin decisión por falta de quórum. "
         "Faltaron 4 votos para el quórum (2 de 6). "
         "A favor 2, en contra 0: se necesitaban dos tercios de 2, es decir 2."),
        (HALF, casts_of(for_=3, against=3), {"closed": True}, "No aprobada. Hubo quórum (6; se necesitaban 6). "
         "A favor 3, en contra 3: se necesitaban dos tercios de 6, es decir 4."),
        (HALF, casts_of(abstain=6), {}, "Hay quórum (6; se necesitan 6). A favor 0, en contra 0, abstención 6: "
         "se necesitan dos tercios de los votos a favor y en contra."),
        (BallotRules(majority=Majority.simple, quorum_kind="none"), casts_of(for_=2, against=2), {},
         "A favor 2, en contra 2: se necesitan más a favor que en contra."),
        (BallotRules(majority=Majority.absolute, quorum_kind="none"), casts_of(for_=2, recused=1), {},
         "A favor 2, en contra 0: se necesita más de la mitad de 11, es decir 6."),
        (BallotRules(majority=Majority.consensus, quorum_kind="none"), casts_of(for_=2, against=1), {},
         "A favor 2, en contra 1: se necesita que nadie esté en contra."),
        (SILENCE, casts_of(no_objection=2), {}, "Procedimiento de silencio: se aprueba si nadie lo interrumpe. "
         "Hay 2 sin objeción expresa y 10 sin responder."),
        (SILENCE, casts_of(no_objection=2), {"closed": True},
         "Aprobada. Nadie interrumpió el silencio: 2 sin objeción expresa y 10 por silencio."),
        (SILENCE, [], {"closed": True, "silence_broken_by": "S3", "names": {"S3": "Perú"}},
         "Silencio interrumpido por Perú."),
        (HALF, casts_of(for_=6), {"open_objections": ["Perú", "Chile"]}, "Hay quórum (6; se necesitan 6). "
         "A favor 6, en contra 0: se necesitan dos tercios de 6, es decir 4. "
         "Siguen abiertas 2 objeciones formales: Chile y Perú."),
        (HALF, casts_of(for_=4, against=1), {"hidden": True},
         "Se han pronunciado 5 de 12. Las posiciones se conocen al cierre."),
    ],
)  # fmt: skip
def test_a_standing_is_said_with_its_numbers(rules, casts, more, expected):
    assert said(rules, 12, casts, **more) == expected


def test_a_vote_that_waits_to_be_confirmed_is_said_and_not_counted():
    casts = [*casts_of(for_=5), Cast("S9", Position.for_, confirmed=False)]
    assert said(HALF, 12, casts) == (
        "Falta 1 voto para el quórum (5 de 6). A favor 5, en contra 0: se necesitan dos tercios de 5, es decir 4. "
        "1 voto por confirmar no cuenta."
    )


def test_an_answer_on_an_earlier_version_waits_in_a_silence_and_then_is_silence():
    casts, roll = [Cast("S1", Position.no_objection, to_be_confirmed=True)], roll_of(3)
    state = standing_of(SILENCE, roll, casts)
    assert standing.sentence(state).endswith(
        "0 sin objeción expresa y 2 sin responder. 1 voto por confirmar no cuenta."
    )
    assert standing.marks(state, roll, casts) == ("to_be_confirmed", "pending", "pending")
    ended = standing_of(SILENCE, roll, casts, closed=True)
    assert "0 sin objeción expresa y 3 por silencio." in standing.sentence(ended)
    assert standing.marks(ended, roll, casts) == ("silence",) * 3


def test_missing_certified_trainers_are_named():
    rules = BallotRules(certified_in_favour=2)
    state = standing_of(rules, roll_of(12, certified=4), casts_of(for_=1))
    assert "Falta 1 instructor experto certificado a favor (1 de 2)." in standing.sentence(state)


def test_a_suspended_ballot_says_no_arithmetic():
    state = ended_as(standing_of(HALF, roll_of(12), casts_of(for_=6), closed=True), Outcome.suspended)
    assert standing.sentence(state) == "Votación suspendida."


def test_another_year_is_said():
    assert standing.closing(datetime(2027, 1, 8, 23, 0, tzinfo=UTC)) == (
        "Cierra el viernes 8 de enero de 2027 a las 17:00 (hora de Guatemala)."
    )


def test_what_is_over_is_said_in_the_past():
    assert standing.closing(CLOSES, closed=True).startswith("Cerró el viernes 5 de junio")


def test_the_checklist_says_what_is_met_what_is_missing_and_what_is_still_open():
    state = standing_of(HALF, roll_of(12), casts_of(for_=8, against=1), open_objections=["Uruguay"])
    items = {item.code: item for item in standing.checklist(state, closes_at=CLOSES)}
    assert [(item.code, item.state) for item in items.values()] == [
        ("quorum", "met"),
        ("majority", "met"),
        ("objections", "unmet"),
        ("ballot_open", "open"),
    ]
    assert items["quorum"].detail == "Se han pronunciado 9 de 12; se necesitan 6"
    assert items["majority"].title == "Mayoría de dos tercios"
    assert (items["objections"].title, items["objections"].detail) == ("Falta resolver 1 objeción formal", "Uruguay")
    assert items["ballot_open"].detail == "Hasta el viernes 5 de junio a las 17:00 (hora de Guatemala)"


def test_a_silence_that_runs_is_open_and_one_that_was_broken_is_not_met():
    running = standing_of(SILENCE, roll_of(12), [])
    assert standing.checklist(running)[0].state == "open"
    broken = standing_of(SILENCE, roll_of(12), [], closed=True, silence_broken_by="S2")
    item = standing.checklist(broken, names={"S2": "Bolivia"})[0]
    assert (item.state, item.detail) == ("unmet", "Lo interrumpió Bolivia")


def test_the_seat_that_broke_the_silence_is_marked_against_and_the_end_is_said_once():
    roll = roll_of(3)
    state = ended_as(standing_of(SILENCE, roll, [], closed=True, silence_broken_by="S2"), Outcome.suspended)
    assert standing.marks(state, roll, [], {"S2"}) == ("against objection", "pending", "pending")
    assert [item.code for item in standing.checklist(state)] == ["silence", "objections"]


def test_hidden_results_show_neither_quorum_nor_majority():
    state = standing_of(HALF, roll_of(12), casts_of(for_=8))
    assert [item.code for item in standing.checklist(state, hidden=True)] == ["objections", "ballot_open"]


def test_the_marks_stand_in_the_order_of_the_table_and_the_author_has_none():
    roll = roll_of(8, author=True)
    casts = [
        Cast("S1", Position.abstain),
        Cast("S2", Position.against),
        Cast("S3", Position.for_),
        Cast("S4", Position.for_, confirmed=False),
        Cast("S5", Position.recused),
        Cast("S6", Position.for_with_remarks),
    ]
    state = standing_of(HALF, roll, casts)
    assert standing.marks(state, roll, casts, {"S2"}) == (
        "for",
        "for_with_remarks",
        "against objection",
        "abstain",
        "to_be_confirmed",
        "recused",
        "pending",
    )


def test_silence_is_a_mark_only_once_it_has_approved():
    roll = roll_of(3)
    assert standing.marks(standing_of(SILENCE, roll, []), roll, []) == ("pending",) * 3
    assert standing.marks(standing_of(SILENCE, roll, [], closed=True), roll, []) == ("silence",) * 3


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_name_and_a_tone(state):
    assert standing.state_name(state)
    assert standing.state_tone(state) in {"good", "bad", "warn", "neutral"}
    assert standing.without_ballot(state, None)
