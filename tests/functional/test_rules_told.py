"""On the home page: that the coordination entered other rules or another calendar, told to everybody on one visit."""

from __future__ import annotations

from datetime import timedelta

from reviewtool import clock
from reviewtool.group import GroupCalendar
from reviewtool.rules import presets
from reviewtool.services import people, rulesets
from reviewtool.services.rulesets import Entry
from tests.support.words import said

RULES = "La coordinación introdujo nuevas reglas, que rigen desde el"
CALENDAR = "La coordinación cambió la hora de cierre o los días sin trabajo"


def enter_both(workshop, group) -> int:
    with workshop.database.write() as session:
        by = people.get(session, group.coordinator.id)
        rules = presets.from_group(workshop.group)
        entry = Entry(rules, rulesets.today(workshop.group) + timedelta(days=3), "Acta 4")
        made = rulesets.enter(session, workshop.group, entry, by=by, seen=rulesets.newest_id(session)).id
        rulesets.enter_calendar(session, workshop.group, GroupCalendar(), by=by, seen=0)
        return made


def test_rules_and_calendar_are_told_to_everybody_but_who_entered_them(sign_in, workshop, group):
    made = enter_both(workshop, group)
    for person in (group.members[0], group.observers[0], group.reader, group.deputy):
        home = sign_in(person).get("/")
        assert f"Avisos al grupo {CALENDAR}" in said(home)
        assert RULES in said(home)
        assert f'href="/reglas/{made}"' in home.text
        assert "Marcar como leídos" not in said(home)
    assert "Avisos al grupo" not in said(sign_in(group.coordinator).get("/"))


def test_they_are_told_on_one_visit(sign_in, workshop, group):
    start = clock.now()
    with clock.at(start):
        sign_in(group.members[0]).get("/")
    with clock.at(start + timedelta(hours=3)):
        enter_both(workshop, group)
    with clock.at(start + timedelta(days=1)):
        client = sign_in(group.members[0])
        for _again in range(2):
            assert RULES in said(client.get("/"))
    with clock.at(start + timedelta(days=2)):
        assert "Avisos al grupo" not in said(sign_in(group.members[0]).get("/"))


def test_what_the_installation_began_with_is_no_news(sign_in, group):
    assert "Avisos al grupo" not in said(sign_in(group.members[0]).get("/"))
