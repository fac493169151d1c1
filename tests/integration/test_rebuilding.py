"""The database lost: from the repository alone comes back everything that was said and decided, page by page."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from reviewtool import clock, demonstration, installing, migrate
from reviewtool.app import create_app, make_workshop
from reviewtool.clock import now
from reviewtool.db import Base, Database
from reviewtool.errors import Conflict, InstallationError
from reviewtool.gitstore import reading
from reviewtool.models import (
    Absence,
    CodeApp,
    Draft,
    DraftFile,
    Event,
    FactorChange,
    FactorRule,
    Inspection,
    Invitation,
    LastRead,
    MailReply,
    Merge,
    Notice,
    NoticeChoice,
    Passkey,
    Person,
    Proposal,
    RecoveryCode,
    RefMove,
    Revision,
    SignIn,
    SignInFailure,
    Touch,
    UsedChallenge,
)
from reviewtool.services import people, rebuilding, record_files, recording, verifying
from reviewtool.settings import Settings
from tests.support import journey, pages, signed_in
from tests.support.materials import ADJUSTMENTS, INTRODUCTION

GROUP_FILE = Path(__file__).resolve().parents[2] / "config" / "group.toml"
NOT_BACK = {
    Absence,
    Draft,
    DraftFile,
    Inspection,
    Invitation,
    LastRead,
    Notice,
    NoticeChoice,
    RefMove,
    SignIn,
    SignInFailure,
}
NOT_BACK |= {MailReply}
NOT_BACK |= {CodeApp, FactorChange, FactorRule, Passkey, RecoveryCode, UsedChallenge}
#: columns that are private to a person, or say how far this very database has come
OTHERWISE = record_files.PRIVATE | {"draft_token", "form_token", "people_version", "recorded_people_version"}
AT = now()


def settings_of(folder, url=""):
    return Settings(var=folder, database_url=url, group_file=GROUP_FILE, secret_key="only-for-tests" * 4)


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    """The demonstration whose database will be lost; tests take copies of its repository."""
    made = demonstration.ensure(settings_of(tmp_path_factory.mktemp("demonstration") / "var"), lambda _line: None)
    yield made
    made.database.dispose()
    made.store.close()


@pytest.fixture
def rebuilt(lost, database_url, tmp_path):
    shutil.copytree(lost.store.path, tmp_path / "materials.git")
    settings = settings_of(tmp_path, database_url)
    installing.rebuild(settings)
    workshop = make_workshop(settings)
    yield workshop
    workshop.database.dispose()
    workshop.store.close()


def rows_of(workshop, table):
    columns = [column for column in table.c if column.name not in OTHERWISE]
    with workshop.database.read() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(*table.primary_key.columns))]


def test_every_row_that_is_recorded_comes_back_with_its_number_its_time_and_its_author(lost, rebuilt):
    gone = {model.__tablename__ for model in NOT_BACK}
    for table in Base.metadata.sorted_tables:
        if table.name not in gone:
            assert rows_of(rebuilt, table) == rows_of(lost, table), table.name
    report = verifying.verify(rebuilt)
    assert report.findings == ()
    assert report.looked_at["proposals"] == 20


def test_people_come_back_without_address_and_password_and_are_given_theirs_again(rebuilt):
    with rebuilt.database.write() as session:
        person = people.get(session, 1)
        assert person.email == f"p1@{rebuilt.group.record_domain}"
        assert person.password_hash is None
        people.set_address(session, person, "nueva@aduana.example")
        people.set_password(person, "una clave bastante larga")
    with rebuilt.database.read() as session:
        assert people.authenticate(session, "nueva@aduana.example", "una clave bastante larga").id == 1


def test_the_work_goes_on_with_the_next_numbers(rebuilt):
    with rebuilt.database.read() as session:
        newest = session.scalar(select(func.max(Proposal.number)))
        author = people.get(session, session.get_one(Proposal, 15).author_id)
        path = session.scalars(select(Touch.path).where(Touch.path.endswith(".md"))).first()
    text = reading.data(rebuilt.store, reading.find(rebuilt.store, reading.head(rebuilt.store), path).blob).decode()
    words = re.search(r"\w{5,}(?= \w)", text.partition("\n\n")[2])[0]
    number = journey.propose(rebuilt, author, path, words, f"{words} y más")
    recording.record_group(rebuilt)
    recording.catch_up(rebuilt)
    assert number == newest + 1
    assert verifying.verify(rebuilt).findings == ()


# What a page shows of what does not come back, or anew each time it is opened.
ANEW = re.compile(
    r' <b class="tag good">\d+<span[^>]*>[^<]*</span></b>|'  # how many notices are not read
    r'(?<=_token" value=")[^"]+|(?<=nonce=")[^"]+|(?<=name="page" value=")[^"]+|(?<=name="token" value=")[^"]+'
)
#: pages of drafts, of what is new for a person, of their address: none of that is in a record
PERSONAL = re.compile(r"^/$|^/borradores|^/perfil|^/entrar|^/coordinacion|^/avisos|^/grupo|^/accesibilidad")


def shown(workshop, settings, page):
    app = create_app(settings, workshop)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    with workshop.database.write() as session:
        session.execute(delete(LastRead))
        person = session.scalars(select(Person).where(Person.name == NAMES[page.who])).one()
        person.seen_at = person.previous_seen_at = None
    client = signed_in.client(app, person)
    answer = client.get(page.path)
    if page.follow:
        answer = client.get(re.search(rf'href="({page.follow}[^"]*)"', answer.text)[1])
    return answer.status_code, ANEW.sub("", answer.text)


NAMES = {
    pages.MEMBER: "Rosa Quispe",
}


def test_every_page_says_what_it_said_before(lost, rebuilt, tmp_path):
    different = []
    with lost.database.read() as session:
        for who in {page.who for page in pages.PAGES.values() if page.who}:
            NAMES[who] = people.find_by_email(session, f"{who}@demo.example").name
    for name, page in pages.PAGES.items():
        if page.sent is not None or PERSONAL.match(page.path):
            continue
        with clock.at(AT):
            before = shown(lost, settings_of(lost.store.path.parent), page)
            after = shown(rebuilt, settings_of(tmp_path), page)
        if before != after:
            different.append((name, first_difference(before[1], after[1])))
    assert different == []


def first_difference(before, after):
    for old, new in zip(before.splitlines(), after.splitlines(), strict=False):
        if old != new:
            return old.strip()[:300], new.strip()[:300]
    return len(before), len(after)


@pytest.fixture
def empty(tmp_path, sqlite_template):
    """An empty database of another installation."""
    path = tmp_path / "empty.sqlite"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}")
    yield database
    database.dispose()


def test_a_merge_and_versions_that_no_record_has_yet_come_back_from_their_commits(workshop, group, empty):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.approve(workshop, number, group)
    recording.record_group(workshop)
    recording.catch_up(workshop)
    record = reading.head(workshop.store, record_files.ref_of(number))
    commit = journey.merge(workshop, number, group.coordinator)
    workshop.store.run("update-ref", record_files.ref_of(number), record)  # killed before the recorder wrote
    other = journey.propose(workshop, group.members[1], ADJUSTMENTS, "625,00", "600,00")
    after = replace(workshop, database=empty)
    rebuilding.rebuild(after)
    with empty.read() as session:
        merged = session.get_one(Merge, number)
        assert (merged.commit, merged.merged_by_id) == (commit, group.coordinator.id)
        assert session.get_one(Proposal, number).state == "merged"
        proposal = session.get_one(Proposal, other)
        assert (proposal.title, proposal.author_id, proposal.state) == (
            journey.META.title,
            group.members[1].id,
            "consultation",
        )
        assert proposal.reason == journey.META.reason
        revision = session.scalars(select(Revision).where(Revision.proposal_number == other)).one()
        assert revision.commit == reading.head(workshop.store, f"refs/proposals/{other}/1")
        assert session.scalar(select(func.count()).select_from(Event).where(Event.proposal_number == other)) == 1
    recording.catch_up(after)
    assert verifying.verify(after).findings == ()


def test_a_database_that_holds_something_is_not_touched(workshop, group):
    with pytest.raises(Conflict, match="database-not-empty"):
        rebuilding.rebuild(workshop)
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Person)) > 0


def test_without_a_repository_or_without_a_record_it_says_so(store, tmp_path):
    with pytest.raises(InstallationError, match="There is no repository"):
        installing.rebuild(settings_of(tmp_path / "nowhere"))
    with pytest.raises(InstallationError, match="no record of a group"):
        installing.rebuild(settings_of(tmp_path))
    assert migrate.current(settings_of(tmp_path).database_url) is not None
