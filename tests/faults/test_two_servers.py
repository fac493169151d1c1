"""Two servers on one installation: what both are asked at the same moment is done once."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from benchmarks.faults import rounds
from benchmarks.faults.browser import Browser
from benchmarks.faults.checking import Checker
from benchmarks.faults.ledger import Act, Ledger
from reviewtool.models import Comment
from reviewtool.services import people, recording, refmoves
from tests.support import journey
from tests.support.server import Server

PROPOSALS = 4


@pytest.fixture
def made(tmp_path, empty_database_url):
    url = empty_database_url if empty_database_url.startswith("postgres") else ""
    settings, workshop = rounds.make(tmp_path, url)
    yield settings, workshop
    workshop.store.close()
    workshop.database.dispose()


@pytest.fixture
def approved(made):
    """Propose on documents of their own, and let the group approve."""
    workshop = made[1]
    with workshop.database.read() as session:
        known = people.everybody(session)
    (coordinator,) = (person for person in known if not people.seat_of(person))
    author, *voters = (person for person in known if people.seat_of(person))
    numbers = []
    for at in range(PROPOSALS):
        number = journey.propose(workshop, author, f"modulo/leccion-{at:02d}.md", "Marca: ninguna.", "Marca: una.")
        journey.open_ballot(workshop, number, coordinator)
        for voter in voters:
            journey.vote(workshop, number, voter)
        numbers.append(number)
    return numbers, coordinator


@pytest.fixture
def addresses(made, approved):
    started = [Server(made[0].var, rounds.environment(made[0])) for _ in range(2)]
    yield [server.start() for server in started]
    for server in started:
        server.stop()


def enter(address, person):
    browser = Browser()
    browser.address = address
    browser.sign_in(person.email, rounds.PASSWORD)
    return browser


def together(*acts):
    """Do several things at the same moment; return what each gave."""
    ready, given = threading.Barrier(len(acts)), {}

    def do(at, act):
        ready.wait()
        given[at] = act()

    threads = [threading.Thread(target=do, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [given[at] for at in range(len(acts))]


@pytest.mark.timeout(300)
def test_two_servers_asked_at_the_same_moment_merge_and_publish_each_thing_once(made, approved, addresses):
    workshop, (numbers, coordinator) = made[1], approved
    browsers = [enter(address, coordinator) for address in addresses]

    def pressing(browser, number, page, action, **fields):
        form = browser.open(page.format(number)).form(action.format(number))
        return lambda: browser.send(form.action, form.fields | fields)

    def merging(browser, number):
        return pressing(browser, number, "/propuestas/{}/incorporar", "/propuestas/{}/incorporar")

    first, second, third, fourth = numbers
    said = [
        pressing(each, fourth, "/propuestas/{}", "/propuestas/{}/comentarios", body="Dos veces", form_token="el-mismo")
        for each in browsers
    ]
    assert [answer.status for answer in together(*said)] == [303, 303]
    apart = together(merging(browsers[0], first), merging(browsers[1], second))
    assert [answer.status for answer in apart] == [303, 303]
    for number in (third, fourth):  # the same one from both
        answers = together(*[merging(each, number) for each in browsers])
        refused = [answer for answer in answers if answer.status != 303]
        assert len(refused) == 1
        assert refused[0].status == 409
        assert "ya está incorporada" in refused[0].html or "se está incorporando" in refused[0].html

    for browser in browsers:
        browser.close()
    refmoves.reconcile(workshop)
    recording.catch_up(workshop)
    ledger = Ledger()
    for number in numbers:
        ledger.acknowledge(Act("merge", number, "", coordinator.id))
    found = Checker(workshop, ledger).compare()
    assert found.wrong == []
    assert found.record["merge"] == PROPOSALS
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Comment)) == 1
