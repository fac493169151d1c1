"""Proposals and versions that a member sent to the coordination: theirs, shown so, told at once, in the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from reviewtool import clock
from reviewtool.db import Database
from reviewtool.errors import InvalidInput, NotAllowed, OutOfDate
from reviewtool.gitstore import reading
from reviewtool.models import Draft, DraftFile, Event, Proposal, RoleTerm
from reviewtool.services import (
    drafts,
    notices,
    people,
    proposals,
    rebuilding,
    record_files,
    recording,
    registering,
    revisions,
    settling,
    signatures,
    withdrawals,
)
from reviewtool.services.receiving import Received
from reviewtool.services.registering import Sent
from tests.support import journey
from tests.support.materials import INTRODUCTION
from tests.support.rebuilt import rebuilt
from tests.support.words import said

NOTE = {"channel": "note", "received_on": "2026-06-05", "reference": "N.º 114"}
META = {"title": "Aclarar el precio", "reason": "El texto es impreciso", "kind": "substance"}
ACCORDING = "Registrado por la coordinación según oficio N.º 114 del 5 de junio de 2026"


@pytest.fixture
def member(group):
    return group.members[3]


@pytest.fixture
def draft(workshop, group) -> int:
    """Return what the coordination wrote down as a member sent it, complete."""
    return written(workshop, group.coordinator)


def written(workshop, by, old="precio realmente", new="precio efectivamente") -> int:
    with workshop.database.write() as session:
        begun = drafts.start(session, workshop, by=people.get(session, by.id))
        journey.edit(workshop, begun, INTRODUCTION, old, new)
        drafts.save_meta(begun, drafts.Meta(**META))
        session.flush()
        return begun.id


def sent(person, channel="note", reference="N.º 114") -> Sent:
    return Sent(person.id, Received(channel, clock.now().date(), reference))


@pytest.fixture
def number(workshop, group, member, draft) -> int:
    return revisions.submit(workshop, draft, by_id=group.coordinator.id, sent=sent(member))


def next_version(workshop, by, number, old="precio efectivamente", new="precio en efecto") -> int:
    """Begin the next version in the name of its author; return the draft's id."""
    with workshop.database.write() as session:
        begun = registering.start_version(session, workshop, number, by=people.get(session, by.id))
        journey.edit(workshop, begun, INTRODUCTION, old, new)
        return begun.id


def token_of(workshop, draft_id) -> str:
    with workshop.database.read() as session:
        return session.get_one(Draft, draft_id).token


def told(workshop, person) -> list[str]:
    with workshop.database.read() as session:
        return [each.act for each in notices.unread(session, person.id, ("registered",))]


# A proposal


def test_the_coordination_registers_a_proposal_from_its_draft(sign_in, workshop, group, member, draft):
    coordination = sign_in(group.coordinator)
    editor = coordination.get(f"/borradores/{draft}", follow_redirects=True)
    assert "Registrar en nombre de un miembro" in said(editor)
    kept = coordination.post(f"/borradores/{draft}/presentar", data=META | {"act": "register"})
    assert (kept.status_code, kept.location) == (303, f"/borradores/{draft}/registrar")
    form = said(coordination.get(kept.location))
    assert "Consta como suya" in form
    assert member.name in form
    assert group.observers[0].name not in form
    typed = NOTE | {"person": str(member.id), "token": token_of(workshop, draft)}
    for _press in range(2):
        done = coordination.post(kept.location, data=typed)
        assert (done.status_code, done.location) == (303, "/propuestas/1")
    with workshop.database.read() as session:
        (proposal,) = session.scalars(select(Proposal))
        assert (proposal.author_id, proposal.title) == (member.id, META["title"])
        assert session.scalars(select(Draft)).all() == []
    assert told(workshop, member) == ["submitted"]


def test_everybody_reads_that_it_was_registered_and_according_to_what(sign_in, workshop, group, member, draft):
    typed = NOTE | {"person": str(member.id), "token": token_of(workshop, draft)}
    sign_in(group.coordinator).post(f"/borradores/{draft}/registrar", data=typed)
    reader = sign_in(group.members[5])
    shown = said(reader.get("/propuestas/1"))
    assert f"de {member.name}" in shown
    assert shown.count(ACCORDING) == 2  # in the head and among the versions
    log = said(reader.get("/registro"))
    assert f"Registró la propuesta de {member.name} según oficio N.º 114" in log
    assert "Presentó la propuesta" not in log


def test_the_proposal_is_its_members_who_is_told_and_the_coordination_is_no_party(
    sign_in, workshop, group, member, number
):
    owner, coordination = sign_in(member), sign_in(group.coordinator)
    assert f"{group.coordinator.name} registró su propuesta «{META['title']}»" in said(owner.get("/"))
    own = said(owner.get(f"/propuestas/{number}"))
    assert "Es su propuesta" in own
    assert "Retirar la propuesta" in own
    panel = said(coordination.get(f"/propuestas/{number}"))
    assert "Usted es parte de esta propuesta." not in panel
    assert "Retirar la propuesta" not in panel
    journey.open_ballot(workshop, number, group.coordinator)
    assert "su puesto no vota" in said(owner.get(f"/propuestas/{number}/voto"))
    journey.close(workshop, number)
    assert owner.post(f"/propuestas/{number}/retirar", data={"reason": "Se retira"}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"reference": " "}, "Escriba el número o la referencia de lo recibido."),
        ({"reference": "x" * 201}, "200"),
        ({"received_on": "2999-01-01"}, "no puede estar en el futuro"),
        ({"received_on": "ayer"}, "Escriba una fecha"),
        ({"channel": "paloma"}, "Elija cómo se recibió."),
        ({"person": ""}, "Elija a quien la envió: otro miembro del grupo, que lo sea todavía."),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_keeps_what_was_typed(
    sign_in, workshop, group, member, draft, wrong, sentence
):
    typed = NOTE | {"person": str(member.id), "token": token_of(workshop, draft)} | wrong
    refused = sign_in(group.coordinator).post(f"/borradores/{draft}/registrar", data=typed)
    assert refused.status_code == 400
    assert sentence in said(refused)
    assert f'id="{next(iter(wrong))}-error"' in refused.text
    assert typed["reference"].strip() in refused.text
    if typed["person"]:
        assert f'value="{member.id}" selected' in refused.text
    with workshop.database.read() as session:
        assert session.scalars(select(Proposal)).all() == []


def test_nobody_registers_for_who_does_not_propose_or_without_being_the_coordination(workshop, group, member, draft):
    with workshop.database.write() as session:
        people.get(session, group.members[4].id).active = False
        term = session.scalars(select(RoleTerm).where(RoleTerm.person_id == group.members[6].id)).one()
        term.ends_on = clock.now().date() - timedelta(days=2)
    for whose in (group.observers[0], group.reader, group.coordinator, group.members[4], group.members[6]):
        with pytest.raises(InvalidInput, match="proposer-missing"):
            revisions.submit(workshop, draft, by_id=group.coordinator.id, sent=sent(whose))
    own = written(workshop, group.members[0])
    with pytest.raises(NotAllowed):
        revisions.submit(workshop, own, by_id=group.members[0].id, sent=sent(member))
    with workshop.database.read() as session:
        assert session.scalars(select(Proposal)).all() == []


def test_members_see_no_way_to_register(sign_in, workshop, group, member):
    own = written(workshop, group.members[0])
    client = sign_in(group.members[0])
    assert "Registrar en nombre" not in said(client.get(f"/borradores/{own}", follow_redirects=True))
    assert client.get(f"/borradores/{own}/registrar").status_code == 403
    assert client.post(f"/borradores/{own}/registrar", data=NOTE | {"person": str(member.id)}).status_code == 403


def test_without_a_title_the_draft_is_asked_for_it_first(sign_in, group, draft):
    client = sign_in(group.coordinator)
    refused = client.post(f"/borradores/{draft}/presentar", data=META | {"title": " ", "act": "register"})
    assert refused.status_code == 400
    assert "title-error" in refused.text
    assert META["reason"] in refused.text


# Its next versions


def test_the_next_version_is_registered_in_the_authors_name(sign_in, workshop, group, member, number):
    coordination = sign_in(group.coordinator)
    begin = f"/propuestas/{number}/versiones/registrar"
    assert f'href="{begin}"' in coordination.get(f"/propuestas/{number}").text
    assert member.name in said(coordination.get(begin))
    begun = coordination.post(begin)
    assert begun.status_code == 303
    draft = next_version(workshop, group.coordinator, number)
    page = said(coordination.get(f"/borradores/{draft}/documentos"))
    assert "Registrar la versión" in page
    assert "Presentar la nueva versión" not in page
    typed = NOTE | {"token": token_of(workshop, draft)}
    done = coordination.post(f"/borradores/{draft}/registrar", data=typed)
    assert (done.status_code, done.location) == (303, f"/propuestas/{number}")
    assert told(workshop, member) == ["revised", "submitted"]
    assert f"registró una versión nueva de su propuesta «{META['title']}»" in said(sign_in(member).get("/"))
    assert f"Registró la versión 2 de {member.name} según oficio N.º 114" in said(coordination.get("/registro"))
    with workshop.database.read() as session:
        assert proposals.revision(session, number, 2).author_id == member.id


def test_a_draft_for_another_is_submitted_only_as_registered(workshop, group, number):
    draft = next_version(workshop, group.coordinator, number)
    with pytest.raises(NotAllowed, match="not-your-proposal"):
        revisions.submit(workshop, draft, by_id=group.coordinator.id)
    with pytest.raises(NotAllowed, match="not-your-proposal"):
        revisions.submit(workshop, draft, by_id=group.coordinator.id, sent=sent(group.members[5]))


def test_while_it_is_voted_or_its_author_has_left_no_version_is_registered(sign_in, workshop, group, member, number):
    coordination = sign_in(group.coordinator)
    begin = f"/propuestas/{number}/versiones/registrar"
    with workshop.database.write() as session:
        people.get(session, member.id).active = False
    page = coordination.get(begin)
    assert "otro miembro del grupo, que lo sea todavía" in said(page)
    assert "Preparar el borrador" not in said(page)
    with workshop.database.write() as session:
        people.get(session, member.id).active = True
    journey.open_ballot(workshop, number, group.coordinator)
    assert begin not in coordination.get(f"/propuestas/{number}").text
    assert "no cambia mientras la votación está abierta" in said(coordination.get(begin))
    assert coordination.post(begin).status_code == 409


def test_of_two_who_write_the_next_version_the_second_is_told_once_and_loses_nothing(workshop, group, member, number):
    registered = next_version(workshop, group.coordinator, number)
    assert journey.revise(workshop, member, number, INTRODUCTION, "precio efectivamente", "precio de verdad") == 2
    with pytest.raises(OutOfDate, match="version-meanwhile"):
        revisions.submit(workshop, registered, by_id=group.coordinator.id, sent=sent(member))
    with pytest.raises(OutOfDate, match="passages-open"):
        revisions.submit(workshop, registered, by_id=group.coordinator.id, sent=sent(member))
    with workshop.database.write() as session:
        kept = drafts.get(session, registered, by=people.get(session, group.coordinator.id))
        assert "precio en efecto" in (drafts.text_of(workshop, kept.files[0]) or "")
        assert "precio de verdad" in settling.waiting(workshop, kept.files[0])[0].today
        while found := settling.waiting(workshop, kept.files[0]):
            settling.settle(workshop, kept, kept.files[0], 0, settling.Choice.seen, seen=found[0].result)
    revisions.submit(workshop, registered, by_id=group.coordinator.id, sent=sent(member))
    with workshop.database.read() as session:
        assert proposals.get(session, number).latest == 3


def test_the_author_whose_draft_was_overtaken_reads_so_in_the_editor(sign_in, workshop, group, member, number):
    with workshop.database.write() as session:
        own = drafts.start_revision(session, workshop, number, by=people.get(session, member.id))
        journey.edit(workshop, own, INTRODUCTION, "precio efectivamente", "precio de verdad")
        own_id = own.id
    draft = next_version(workshop, group.coordinator, number)
    revisions.submit(workshop, draft, by_id=group.coordinator.id, sent=sent(member))
    client = sign_in(member)
    refused = client.post(f"/borradores/{own_id}/presentar", data=META | {"act": "submit"})
    assert refused.status_code == 303
    assert f"se presentó la versión 2 de P-{number}" in said(client.get(refused.location))
    with workshop.database.write() as session:
        session.scalars(select(DraftFile).where(DraftFile.draft_id == own_id)).one().collisions = []
    assert client.post(f"/borradores/{own_id}/presentar", data=META | {"act": "submit"}).status_code == 303


# In Git and in the record


def trailers_of(workshop, ref):
    return dict(reading.commit(workshop.store, reading.head(workshop.store, ref)).trailers)


def test_the_commits_have_the_member_as_author_and_say_who_registered_it(workshop, group, member, number):
    made = reading.commit(workshop.store, reading.head(workshop.store, f"refs/proposals/{number}/1"))
    assert signatures.person_id(made.author.email) == member.id
    assert signatures.person_id(made.committer.email) == group.coordinator.id
    line = trailers_of(workshop, f"refs/proposals/{number}/1")["Registered-by"]
    who, _sign, how = line.partition(" # ")
    assert signatures.person_id(who) == group.coordinator.id
    assert how == f"note {clock.now().date()} N.º 114"
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.deputy)
    merged = reading.commit(workshop.store, reading.head(workshop.store))
    assert signatures.person_id(merged.author.email) == member.id
    assert dict(merged.trailers)["Registered-by"] == line
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_it_is_in_the_minutes_and_comes_back_from_the_record(
    workshop, group, member, number, sqlite_template, tmp_path
):
    journey.open_ballot(workshop, number, group.coordinator)
    recording.record_group(workshop)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()
    minutes = revisions.text_at(workshop, record_files.ref_of(number), "record.md").decode()
    assert "Registrado por la coordinación según oficio N.º 114 del " in minutes
    again = rebuilt(workshop, sqlite_template, tmp_path)
    with again.database.read() as session:
        assert session.get_one(Proposal, number).author_id == member.id
        found = registering.versions(session, number)[1]
        assert (found.by.id, found.received.reference) == (group.coordinator.id, "N.º 114")
    again.database.dispose()


def test_it_comes_back_from_its_commit_where_the_record_had_no_time(
    workshop, group, member, number, sqlite_template, tmp_path
):
    recording.record_group(workshop)
    again = rebuilt_without_record(workshop, sqlite_template, tmp_path)
    with again.database.read() as session:
        assert session.get_one(Proposal, number).author_id == member.id
        event = session.scalars(select(Event).where(Event.proposal_number == number)).one()
        assert event.person_id == group.coordinator.id
        assert event.facts["name"] == member.name
        assert registering.versions(session, number)[1].received == sent(member).received
    again.database.dispose()


def rebuilt_without_record(workshop, template, folder):
    path = folder / "empty.sqlite"
    path.write_bytes(template.read_bytes())
    again = replace(workshop, database=Database(f"sqlite:///{path}"))
    rebuilding.rebuild(again)
    return again


def test_a_withdrawn_version_keeps_who_registered_it_and_is_clean(workshop, group, member, number):
    recording.record_group(workshop)
    recording.record(workshop, number)
    before = trailers_of(workshop, f"refs/proposals/{number}/1")
    with workshop.database.read() as session:
        target = proposals.revision(session, number, 1).id
    withdrawals.withdraw(workshop, "version", target, ground="Datos de un importador", by_id=group.coordinator.id)
    assert trailers_of(workshop, f"refs/proposals/{number}/1") == before
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()


def test_a_withdrawn_reference_leaves_what_was_published_explained(workshop, group, member, draft):
    secret = "Factura 48.312 de Importadora Quetzal"
    number = revisions.submit(workshop, draft, by_id=group.coordinator.id, sent=sent(member, reference=secret))
    with workshop.database.write() as session:
        by, person = people.get(session, group.coordinator.id), group.observers[0].id
        how = Received("e-mail", clock.now().date(), "Correo 7")
        said_so = registering.threads.Message(secret)
        place = registering.threads.Place(1)
        registering.comment(session, number, person, place, said_so, by=by, received=how)
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.deputy)
    recording.record_group(workshop)
    recording.catch_up(workshop)
    withdrawals.withdraw(workshop, "comment", 1, ground="Datos de un importador", by_id=group.coordinator.id)
    recording.catch_up(workshop)
    assert journey.findings(workshop) == ()
