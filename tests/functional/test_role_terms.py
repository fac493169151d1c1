"""Roles with dates: the coordination designates and ends them, and the group is never without somebody in it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.errors import Conflict, InvalidInput, NotAllowed
from reviewtool.models import Person, RoleTerm
from reviewtool.rules.permissions import Role
from reviewtool.services import people, recording, role_terms, rulesets
from reviewtool.services.role_terms import Designation, covers
from tests.support import journey
from tests.support.words import said

DAY = timedelta(days=1)


@pytest.fixture
def today(workshop) -> date:
    return rulesets.today(workshop.group)


def designate(workshop, person, by, wanted) -> int:
    with workshop.database.write() as session:
        by = people.get(session, by.id)
        return role_terms.designate(session, workshop.group, person.id, wanted, by=by).id


def end(workshop, term_id, by, last) -> None:
    with workshop.database.write() as session:
        role_terms.end(session, workshop.group, term_id, last, "Oficio 9", by=people.get(session, by.id))


def term_of(workshop, person, role="coordination") -> int:
    with workshop.database.read() as session:
        query = select(RoleTerm.id).where(RoleTerm.person_id == person.id, RoleTerm.role == role)
        return session.scalars(query.order_by(RoleTerm.id.desc())).first()


def test_days_without_anybody_are_found():
    first = date(2030, 1, 1)
    assert covers([(first, None)], first)
    assert covers([(first, first + 4 * DAY), (first + 5 * DAY, None)], first)
    assert not covers([(first, first + 4 * DAY), (first + 6 * DAY, None)], first)
    assert not covers([(first, first + 4 * DAY)], first)
    assert not covers([], first)


def test_a_designation_counts_from_its_day_and_ends_with_its_last(workshop, group, today):
    wanted = Designation(Role.coordination, today + 2 * DAY, today + 5 * DAY, "Oficio 7")
    designate(workshop, group.members[3], group.coordinator, wanted)
    with workshop.database.read() as session:
        held = people.get(session, group.members[3].id)
        on = [Role.coordination in people.roles(held, today + days * DAY) for days in (1, 2, 5, 6)]
    assert on == [False, True, True, False]
    recording.record_group(workshop)
    assert journey.findings(workshop) == ()


def test_the_group_is_never_left_without_coordination(workshop, group, today):
    end(workshop, term_of(workshop, group.deputy), group.coordinator, today)
    mine = term_of(workshop, group.coordinator)
    with pytest.raises(Conflict, match="coordination-needed"):
        end(workshop, mine, group.coordinator, today + 10 * DAY)
    designate(
        workshop, group.members[3], group.coordinator, Designation(Role.coordination, today + 12 * DAY, None, "Of. 7")
    )
    with pytest.raises(Conflict, match="coordination-needed"):  # one day between the two
        end(workshop, mine, group.coordinator, today + 10 * DAY)
    end(workshop, mine, group.coordinator, today + 11 * DAY)
    with clock.at(clock.now() + 20 * DAY), workshop.database.read() as session:
        assert people.coordination(session) == [group.members[3].id]


def test_an_account_out_of_use_coordinates_nothing(workshop, group, today):
    with workshop.database.write() as session:
        session.get_one(Person, group.deputy.id).active = False
    with pytest.raises(Conflict, match="coordination-needed"):
        end(workshop, term_of(workshop, group.coordinator), group.coordinator, today)


def test_what_makes_no_sense_is_refused(workshop, group, today):
    by, person = group.coordinator, group.members[3]
    for wanted, code in (
        (Designation(Role.member, today, None, "Of. 7"), "role-bad"),
        (Designation(Role.reader, today, today - DAY, "Of. 7"), "term-order"),
        (Designation(Role.reader, today + 900 * DAY, None, "Of. 7"), "term-range"),
        (Designation(Role.reader, today, None, " "), "designation-missing"),
    ):
        with pytest.raises(InvalidInput, match=code):
            designate(workshop, person, by, wanted)
    with pytest.raises(Conflict, match="term-overlaps"):
        designate(workshop, group.deputy, by, Designation(Role.coordination, today, None, "Of. 7"))
    with pytest.raises(InvalidInput, match="term-range"):
        end(workshop, term_of(workshop, group.deputy), by, today - DAY)
    with pytest.raises(InvalidInput, match="role-bad"):
        end(workshop, term_of(workshop, person, "member"), by, today)
    with pytest.raises(NotAllowed):
        designate(workshop, person, group.members[1], Designation(Role.reader, today, None, "Of. 7"))


def test_the_page_shows_terms_designates_and_ends(sign_in, workshop, group, today):
    client = sign_in(group.coordinator)
    assert 'href="/grupo/funciones"' in client.get("/grupo").text
    assert "/grupo/funciones" not in sign_in(group.members[0]).get("/grupo").text
    client = sign_in(group.coordinator)
    typed = {"person": str(group.members[3].id), "role": "deputy", "starts_on": f"{today}", "reference": "Oficio 7"}
    refused = client.post("/grupo/funciones", data=typed | {"reference": ""})
    assert refused.status_code == 400
    assert "Escriba la referencia" in said(refused)
    done = client.post("/grupo/funciones", data=typed)
    assert (done.status_code, done.location) == (303, "/grupo/funciones")
    page = said(client.get("/grupo/funciones"))
    assert "La designación quedó anotada." in page
    assert "Oficio 7" in page
    address = f"/grupo/funciones/{term_of(workshop, group.members[3])}/terminar"
    assert "Coordinación adjunta" in said(client.get(address))
    ended = client.post(address, data={"ends_on": f"{today}", "reference": "Oficio 9"})
    assert (ended.status_code, ended.location) == (303, "/grupo/funciones")
    assert "Oficio 7; fin: Oficio 9" in said(client.get("/grupo/funciones"))


def test_the_last_coordinator_is_told_why_it_cannot_end_and_keeps_what_was_typed(sign_in, workshop, group, today):
    end(workshop, term_of(workshop, group.deputy), group.coordinator, today)
    with clock.at(clock.now() + 2 * DAY):
        client = sign_in(group.coordinator)
        typed = {"ends_on": f"{today + 5 * DAY}", "reference": "Oficio 10"}
        refused = client.post(f"/grupo/funciones/{term_of(workshop, group.coordinator)}/terminar", data=typed)
    assert refused.status_code == 409
    assert "El grupo se quedaría sin coordinación" in said(refused)
    assert 'value="Oficio 10"' in refused.text
