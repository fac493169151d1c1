"""Persons: seats with titular and alternate, absences, certification, their data as a file, erasing an account."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.db import Base
from reviewtool.errors import AlreadyDecided, Conflict, InvalidInput, NotAllowed, NotFound
from reviewtool.models import Absence, Draft, Notice, Person, Proposal, SeatHolding, SignIn
from reviewtool.rules.permissions import Role
from reviewtool.services import (
    absences,
    accounts,
    ballots,
    certifications,
    drafts,
    people,
    personal_data,
    recording,
    rulesets,
    seat_holders,
)
from reviewtool.services.seat_holders import Designation
from tests.factories import make_person
from tests.support import journey, together
from tests.support.materials import INTRODUCTION
from tests.support.words import said

DAY = timedelta(days=1)


@pytest.fixture
def today(workshop) -> date:
    return rulesets.today(workshop.group)


def doing(workshop, by, act, *rest, **more):
    with workshop.database.write() as session:
        return act(session, *rest, by=people.get(session, by.id), **more)


def newcomer(workshop, administration="PE"):
    with workshop.database.write() as session:
        return make_person(session, "Nora Paz", "reader", administration=administration)


def holding_of(workshop, person) -> int:
    with workshop.database.read() as session:
        return session.scalar(select(SeatHolding.id).where(SeatHolding.person_id == person.id))


def seat_of(workshop, person) -> int:
    with workshop.database.read() as session:
        return people.seat_of(people.get(session, person.id)).id


def held_by(group, administration):
    return next(each for each in group.members if each.administration == administration)


def test_a_successor_takes_over_the_seat_and_the_role_with_its_days(workshop, group, today):
    before, after = held_by(group, "PE"), newcomer(workshop)
    seat, by = seat_of(workshop, before), group.coordinator
    wanted = Designation(seat, alternate=False, starts_on=today + 3 * DAY, ends_on=None, reference="Oficio 7")
    with pytest.raises(Conflict, match="seat-taken"):
        doing(workshop, by, seat_holders.designate, workshop.group, after.id, wanted)
    doing(workshop, by, seat_holders.end, workshop.group, holding_of(workshop, before), today + 2 * DAY, "Oficio 6")
    doing(workshop, by, seat_holders.designate, workshop.group, after.id, wanted)
    with workshop.database.read() as session:
        old, new = people.get(session, before.id), people.get(session, after.id)
        seats = [[people.seat_of(each, today + days * DAY) for each in (old, new)] for days in (2, 3)]
        assert [[seat and seat.key for seat in pair] for pair in seats] == [["PE", None], [None, "PE"]]
        assert Role.member not in people.roles(old, today + 3 * DAY)
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()


def test_an_alternate_votes_until_the_titular_has(workshop, group, today):
    titular, alternate = held_by(group, "PE"), newcomer(workshop)
    wanted = Designation(seat_of(workshop, titular), alternate=True, starts_on=today, ends_on=None, reference="Of. 7")
    doing(workshop, group.coordinator, seat_holders.designate, workshop.group, alternate.id, wanted)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, alternate, "for")
    journey.vote(workshop, number, titular, "abstain")
    with pytest.raises(AlreadyDecided, match="titular-voted"):
        journey.vote(workshop, number, alternate, "for")


def test_a_new_seat_is_numbered_and_what_makes_no_sense_is_refused(workshop, group, today):
    person, by = newcomer(workshop), group.coordinator
    elsewhere = seat_of(workshop, held_by(group, "CL"))

    def designate(seat, who=person, first=today, last=None, reference="Oficio 7", by=by):
        wanted = Designation(seat, alternate=False, starts_on=first, ends_on=last, reference=reference)
        return doing(workshop, by, seat_holders.designate, workshop.group, who.id, wanted)

    for code, refused in (
        ("seat-elsewhere", lambda: designate(elsewhere)),
        ("no-such-seat", lambda: designate(9999)),
        ("designation-missing", lambda: designate(seat_holders.NEW, reference=" ")),
        ("term-order", lambda: designate(seat_holders.NEW, last=today - DAY)),
        ("term-range", lambda: designate(seat_holders.NEW, first=today + 900 * DAY)),
    ):
        with pytest.raises(InvalidInput, match=code):
            refused()
    with pytest.raises(Conflict, match="holds-a-seat"):
        designate(seat_holders.NEW, who=held_by(group, "CL"))
    with pytest.raises(NotAllowed):
        designate(seat_holders.NEW, by=group.members[1])
    designate(seat_holders.NEW)
    with workshop.database.read() as session:
        assert people.seat_of(people.get(session, person.id)).key == "PE-2"


def test_of_two_who_designate_for_one_seat_at_once_one_is_told(workshop, group, today):
    before, by = held_by(group, "PE"), group.coordinator
    seat = seat_of(workshop, before)
    doing(workshop, by, seat_holders.end, workshop.group, holding_of(workshop, before), today, "Oficio 6")
    two = [newcomer(workshop), newcomer(workshop)]
    wanted = Designation(seat, alternate=False, starts_on=today + DAY, ends_on=None, reference="Oficio 7")
    refused = together.refusals(
        *(lambda who=who: doing(workshop, by, seat_holders.designate, workshop.group, who.id, wanted) for who in two)
    )
    assert sorted(refused, key=str) == [None, "seat-taken"]


def test_the_page_of_the_seats_designates_and_ends(sign_in, workshop, group, today):
    assert sign_in(group.members[0]).get("/grupo/puestos").status_code == 403
    client = sign_in(group.coordinator)
    person = newcomer(workshop)
    typed = {"person": f"{person.id}", "seat": "0", "as": "titular", "starts_on": f"{today}", "reference": "Oficio 7"}
    refused = client.post("/grupo/puestos", data=typed | {"reference": ""})
    assert refused.status_code == 400
    assert "Escriba la referencia" in said(refused)
    assert client.post("/grupo/puestos", data=typed | {"as": "x"}).status_code == 400
    assert client.post("/grupo/puestos", data=typed).location == "/grupo/puestos"
    assert "Nora Paz" in said(client.get("/grupo/puestos"))
    address = f"/grupo/puestos/{holding_of(workshop, person)}/terminar"
    assert client.post(address, data={"ends_on": "ayer", "reference": "Oficio 9"}).status_code == 400
    assert client.post(address, data={"ends_on": f"{today}", "reference": "Oficio 9"}).location == "/grupo/puestos"
    assert "Oficio 7; fin: Oficio 9" in said(client.get("/grupo/puestos"))
    assert client.get("/grupo/puestos/9999/terminar").status_code == 404


def test_people_declare_their_absences_and_the_group_sees_them(sign_in, workshop, group, today):
    person = group.members[2]
    client = sign_in(person)
    days = {"starts_on": f"{today}", "ends_on": f"{today + 6 * DAY}"}
    page = f"/grupo/personas/{person.id}"
    assert client.post("/perfil/ausencias", data=days).location == page
    again = client.post("/perfil/ausencias", data=days)
    assert again.status_code == 409
    assert "Ya hay una ausencia anotada en esos días" in said(again)
    assert client.post("/perfil/ausencias", data=days | {"ends_on": "x"}).status_code == 400
    assert "Ausente hasta el" in said(sign_in(group.members[1]).get("/grupo"))
    assert "Anotar la ausencia" not in said(sign_in(group.members[1]).get(page))
    with workshop.database.read() as session:
        assert absences.away(session, today + 6 * DAY) == {person.id: today + 6 * DAY}
        assert absences.away(session, today + 7 * DAY) == {}
        (absence,) = session.scalars(select(Absence.id))
    assert sign_in(group.members[1]).post(f"/perfil/ausencias/{absence}/retirar").status_code == 404
    assert sign_in(group.members[1]).post(f"{page}/ausencias/{absence}/retirar").status_code == 403
    assert sign_in(group.coordinator).post(f"{page}/ausencias/{absence}/retirar").location == page


def test_an_absence_that_makes_no_sense_is_refused(workshop, group, today):
    person = group.members[2]

    def declare(first, last, by=person):
        return doing(workshop, by, absences.declare, workshop.group, person.id, first, last)

    for code, first, last in (
        ("term-order", today, today - DAY),
        ("absence-over", today - 3 * DAY, today - DAY),
        ("absence-long", today, today + 400 * DAY),
    ):
        with pytest.raises(InvalidInput, match=code):
            declare(first, last)
    with pytest.raises(NotAllowed):
        declare(today, today, by=group.members[1])
    declare(today, today, by=group.coordinator)
    with pytest.raises(NotFound):
        doing(workshop, person, absences.take_back, person.id, 9999)


def test_a_certification_counts_on_its_days_and_both_are_reminded_before_it_ends(sign_in, workshop, group, today):
    person, by = group.members[1], group.coordinator
    until = today + 90 * DAY
    doing(workshop, by, certifications.certify, workshop.group, person.id, today - 700 * DAY, until)
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()
    assert "vence el" not in said(sign_in(person).get("/"))
    with clock.at(clock.now() + 40 * DAY):
        assert "Su certificación de instructor experto vence el" in said(sign_in(person).get("/"))
        assert f"La certificación de {person.name} vence el" in said(sign_in(by).get("/"))
        assert "Vence pronto" in said(sign_in(by).get(f"/grupo/personas/{person.id}"))
        for _turn in range(2):
            certifications.remind(workshop)
        with workshop.database.read() as session:
            told = select(Notice.kind, Notice.person_id).where(Notice.kind.like("certification%"))
            found = [tuple(row) for row in session.execute(told)]
        coordinators = {("certification_of", group.coordinator.id), ("certification_of", group.deputy.id)}
        assert sorted(found) == sorted({("certification_ends", person.id)} | coordinators)
    with clock.at(clock.now() + 91 * DAY), workshop.database.read() as session:
        assert not people.is_certified(people.get(session, person.id))
        assert [each.id for each in certifications.ending(session, today + 91 * DAY)] == [person.id]
        assert "venció el" in said(sign_in(person).get("/"))


def test_a_ballot_freezes_who_is_certified_when_it_opens(workshop, group, today):
    person = group.members[1]
    doing(workshop, group.coordinator, certifications.certify, workshop.group, person.id, today - DAY, today + 2 * DAY)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "30 días", "45 días")
    for days, certified in ((1, True), (4, False)):
        with clock.at(clock.now() + days * DAY), workshop.database.read() as session:
            proposal, rules = session.get_one(Proposal, number), rulesets.in_force(session, workshop.group).rules
            roll = ballots.roll_now(session, proposal, rules)
            mine = people.seat_of(people.get(session, person.id)).key
            assert next(seat for seat in roll.seats if seat.key == mine).certified is certified


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [(None, 5, "certified-since"), (2, None, "certified-future"), (-5, -9, "term-order")],
)
def test_a_certification_that_makes_no_sense_is_refused_at_its_field(sign_in, group, today, since, until, code):
    days = {"certified_on": since, "certified_until": until}
    typed = {name: "" if value is None else f"{today + value * DAY}" for name, value in days.items()}
    refused = sign_in(group.coordinator).post(f"/grupo/personas/{group.members[1].id}/certificacion", data=typed)
    assert refused.status_code == 400, code
    assert 'aria-invalid="true"' in refused.text


def test_everybody_downloads_what_is_known_of_them_and_no_secret(sign_in, workshop, group):
    person = group.members[0]
    journey.propose(workshop, person, INTRODUCTION, "30 días", "45 días")
    answer = sign_in(person).get("/perfil/datos.json")
    assert "attachment" in answer.headers["Content-Disposition"]
    told = json.loads(answer.text)
    assert told["person"][0]["email"] == person.email
    assert {"proposal", "revision", "event", "role_term", "seat_holding"} <= told.keys()
    assert "password_hash" not in answer.text
    assert all(row["author_id"] == person.id for row in told["proposal"])
    assert sign_in(group.members[1]).get(f"/grupo/personas/{person.id}/datos.json").status_code == 403
    theirs = sign_in(group.coordinator).get(f"/grupo/personas/{person.id}/datos.json")
    assert json.loads(theirs.text)["person"] == told["person"]


def test_no_column_of_a_secret_is_told():
    told = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if not personal_data.is_secret(column)
    }
    assert not {name for name in told if any(part in name for part in ("hash", "token", "secret", "password"))}


def test_an_erased_account_leaves_a_name_and_its_acts_and_the_record_holds(sign_in, workshop, group):
    person, by = group.members[4], group.coordinator
    number = journey.propose(workshop, person, INTRODUCTION, "30 días", "45 días")
    sign_in(person).get("/")
    doing(workshop, person, drafts.start, workshop)
    with pytest.raises(InvalidInput, match="still-in-use"):
        doing(workshop, by, personal_data.erase, workshop.group, person.id, "Carta 3")
    doing(workshop, by, accounts.put_out_of_use, workshop.group, person.id)
    page = f"/grupo/personas/{person.id}/borrar"
    coordination = sign_in(by)
    assert "No se puede deshacer" in said(coordination.get(page))
    assert coordination.post(page, data={"reference": ""}).status_code == 400
    assert coordination.post(page, data={"reference": "Carta 3"}).location == "/grupo/cuentas"
    assert "Borrada" in said(coordination.get("/grupo/cuentas"))
    with workshop.database.read() as session:
        erased = session.get_one(Person, person.id)
        assert (erased.name, erased.email) == (person.name, f"p{person.id}@invalid")
        assert (erased.password_hash, erased.seen_at) == (None, None)
        for table in (SignIn, Notice, Draft):
            assert personal_data.gathered(session, erased).get(table.__tablename__) is None
    assert person.name in said(coordination.get(f"/propuestas/{number}"))
    assert coordination.post(f"/grupo/cuentas/{person.id}/uso", data={"active": "1"}).status_code == 409
    with pytest.raises(AlreadyDecided, match="erased-already"):
        doing(workshop, by, personal_data.erase, workshop.group, person.id, "Carta 3")
    recording.catch_up(workshop)
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()


KEPT = {  # what somebody did in the group, which its decisions rest on
    *("attachment", "ballot", "comment", "edition", "event", "extension_request", "factor_rule", "follow_up"),
    *("inspection", "invitation", "mention", "merge", "objection", "opinion", "private_note", "proposal"),
    *("revision", "role_term", "rule_set", "seat_holding", "suggestion", "thread", "vote", "withdrawal"),
    "working_calendar",
}


def test_of_every_table_that_names_people_it_is_known_whether_its_rows_go_with_an_account():
    naming = {table.name for table in Base.metadata.sorted_tables if personal_data.naming(table)}
    assert naming == KEPT | {table.__tablename__ for table in personal_data.OWN}
