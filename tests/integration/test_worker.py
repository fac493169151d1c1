"""The worker and a real mail server: what arrives, once a batch, whatever server and worker do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from reviewtool import clock
from reviewtool.models import Notice, NoticeChoice, Person
from reviewtool.rules.mailing import GATHERING, Pace
from reviewtool.services import ballots, editions, events, outbox, people, proposals, threads, unsubscribing
from reviewtool.worker import Worker
from tests.support import agenda, journey, mailbox
from tests.support.materials import ADJUSTMENTS, INTRODUCTION

ADDRESS = "https://revision-de-materiales-de-capacitacion.aduanas.example.org"


@pytest.fixture
def inbox():
    with mailbox.running() as started:
        yield started


@pytest.fixture
def sender(settings, workshop, group, inbox) -> Worker:
    with workshop.database.write() as session:
        session.add_all(
            NoticeChoice(person_id=each.id, asked=Pace.at_once, rest=Pace.weekly)
            for each in (*group.members, group.coordinator)
        )
    with_server = {
        "mail_server": "127.0.0.1",
        "mail_port": inbox.port,
        "mail_security": "none",
        "mail_from": "avisos@example.org",
        "public_url": ADDRESS,
    }
    return Worker(workshop, settings.model_copy(update=with_server))


@pytest.fixture
def number(workshop, group) -> int:
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    with workshop.database.write() as session:
        session.execute(update(Notice).values(settled_at=clock.now()))
    return made


def event_for(session, workshop, number, *person_ids):
    closes_at = (clock.now() + timedelta(days=9)).isoformat()
    proposal = proposals.lock(session, number)
    event = events.add(session, proposal, "ballot_opened", by=None, ballot=1, revision=1, closes_at=closes_at)
    events.tell(session, event, person_ids, "your_turn")


def later(worker: Worker, wait: timedelta = GATHERING) -> int:
    with clock.at(clock.now() + wait):
        return worker.turn()


def test_who_is_to_vote_gets_one_mail_with_what_changes_in_words_and_marked(workshop, group, number, sender, inbox):
    journey.open_ballot(workshop, number, group.coordinator)
    assert later(sender) == len(inbox.mails) > 5
    assert later(sender) == 0
    addressed = [envelope.rcpt_tos for envelope, _ in inbox.mails]
    assert all(len(each) == 1 for each in addressed), "addresses are never shown to others"
    envelope, message = next(each for each in inbox.mails if each[0].rcpt_tos == [group.members[2].email])
    assert message["To"].addresses[0].addr_spec == group.members[2].email
    assert message["Subject"] == f"P-{number} · Le toca votar: se abrió la votación sobre «{journey.META.title}»"
    assert message["References"] == f"<propuesta-{number}@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["List-Unsubscribe"] is None, "what is asked of somebody cannot be unsubscribed from"
    assert message.get_content_type() == "multipart/alternative"
    plain, html = mailbox.parts(message)
    assert f"{ADDRESS}/propuestas/{number}" in plain
    assert "Abierta hasta el" in plain
    assert "[suprimido: realmente]" in plain
    assert "[insertado: efectivamente]" in plain
    assert ">realmente</del>" in html
    assert ">efectivamente</ins>" in html
    for trace in ("<img", "<script", "<link ", "url("):
        assert trace not in html, "nothing is loaded, so nobody learns who read it"
    assert max(map(len, envelope.content.split(b"\r\n"))) < 998


def test_who_voted_on_an_earlier_version_gets_what_changed_since_with_the_call_to_confirm(
    workshop, group, sender, inbox
):
    agenda.set_rules(workshop, revisions_during_vote=True)
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    journey.vote(workshop, number, group.members[2])
    with workshop.database.write() as session:
        session.execute(update(Notice).values(settled_at=clock.now()))
    journey.revise(workshop, group.members[0], number, INTRODUCTION, "precio efectivamente", "precio de veras")
    later(sender)
    (message,) = (each for envelope, each in inbox.mails if envelope.rcpt_tos == [group.members[2].email])
    assert "cambió después de su voto" in message["Subject"]
    plain, html = mailbox.parts(message)
    for text in (plain, html):
        assert "Qué cambió desde su voto, dado sobre la versión 1" in text
    assert "[suprimido: efectivamente]" in plain
    assert ">de veras</ins>" in html
    assert "realmente" not in plain, "what had changed before is known to them"


def test_nobody_is_called_to_a_ballot_that_ended_before_its_mail_went(workshop, group, number, sender, inbox):
    journey.open_ballot(workshop, number, group.coordinator)
    with workshop.database.write() as session:
        ballots.suspend(session, number, by=people.get(session, group.coordinator.id), reason="Se enmienda")
    assert later(sender) == 0
    assert inbox.mails == []


def test_nobody_is_called_to_a_consultation_that_ended_before_its_mail_went(workshop, group, sender, inbox):
    number = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    journey.open_ballot(workshop, number, group.coordinator)
    assert later(sender) == len(group.seats) - 1
    assert all("Le toca votar" in message["Subject"] for _, message in inbox.mails)
    assert not any("la consulta" in mailbox.parts(message)[0] for _, message in inbox.mails)


def test_a_new_edition_is_mailed_with_its_name_and_belongs_to_no_proposal(workshop, group, sender, inbox):
    editions.publish(workshop, "Edición 2026.2", by_id=group.coordinator.id, note="Con los ejemplos nuevos")
    with clock.at(clock.now() + timedelta(days=8)):
        sender.turn()
    message = next(each for envelope, each in inbox.mails if envelope.rcpt_tos == [group.members[2].email])
    assert message["Subject"] == "Se publicó la edición «Edición 2026.2»"
    assert message["References"] is None
    plain, html = mailbox.parts(message)
    assert f"{ADDRESS}/ediciones" in plain
    assert "Con los ejemplos nuevos" in html


@pytest.mark.parametrize(("language", "said"), [("en", "It is your turn to vote"), ("pt", "É a sua vez de votar")])
def test_a_mail_speaks_the_persons_language(workshop, group, number, sender, inbox, language, said):
    with workshop.database.write() as session:
        session.get_one(Person, group.members[2].id).language = language
    journey.open_ballot(workshop, number, group.coordinator)
    later(sender)
    message = next(each for envelope, each in inbox.mails if envelope.rcpt_tos == [group.members[2].email])
    assert said in message["Subject"]
    assert f'lang="{language}"' in mailbox.parts(message)[1]


def test_what_happened_on_several_proposals_becomes_one_digest_that_can_be_stopped(
    workshop, group, number, sender, inbox
):
    other = journey.propose(workshop, group.members[0], ADJUSTMENTS, "canon", "canon o regalía")
    with workshop.database.write() as session:
        session.execute(update(Notice).values(settled_at=clock.now()))  # of their consultations
        by = people.get(session, group.members[2].id)
        for each in (number, other):
            message = threads.Message("Convendría «citar» la nota & más <b>texto</b>.")
            threads.comment(session, workshop, each, threads.Place(1), message, by=by)
    with clock.at(clock.now() + timedelta(days=8)):
        assert sender.turn() == 1
    ((envelope, message),) = inbox.mails
    assert message["Subject"] == "Avisos sobre 2 propuestas"
    assert message["References"] is None
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = envelope.content.decode("ascii")
    stop = f"<{ADDRESS}/avisos/baja/{unsubscribing.token('only-for-tests' * 4, group.members[0].id)}>"
    assert f"\r\nList-Unsubscribe: {stop}\r\n" in raw, "on one line, however long, and not encoded"
    plain, html = mailbox.parts(message)
    assert "«Convendría «citar» la nota & más <b>texto</b>.»" in plain
    assert "&lt;b&gt;texto&lt;/b&gt;" in html


def test_a_server_that_says_no_for_now_gets_the_same_mail_again_under_the_same_name(
    workshop, group, number, sender, inbox
):
    with workshop.database.write() as session:
        event_for(session, workshop, number, group.members[2].id)
    inbox.answers = ["451 Try again later"]
    assert later(sender) == 0
    with workshop.database.read() as session:
        (failure,) = outbox.failures(session)
        key = session.scalars(select(Notice.batch).where(Notice.batch.is_not(None))).one()
    assert (failure.code, failure.given_up_at) == ("refused:451", None)
    assert later(sender, GATHERING + timedelta(minutes=2)) == 1
    assert inbox.mails[0][1]["Message-ID"] == f"<{key}@example.org>"
    with workshop.database.read() as session:
        assert outbox.failures(session) == ()


def test_an_address_that_the_server_does_not_know_is_given_up_and_the_others_get_theirs(
    workshop, group, number, sender, inbox
):
    inbox.refused[group.members[2].email] = "550 5.1.1 No such user"
    with workshop.database.write() as session:
        event_for(session, workshop, number, group.members[2].id, group.members[3].id)
    assert later(sender) == 1
    with workshop.database.read() as session:
        (failure,) = outbox.failures(session)
    assert (failure.person, failure.code) == (group.members[2].name, "recipient:550")
    assert failure.given_up_at is not None


def test_a_server_that_is_not_there_is_waited_for(workshop, group, number, settings, sender):
    away = Worker(workshop, settings.model_copy(update={"mail_server": "127.0.0.1", "mail_port": 1}))
    with workshop.database.write() as session:
        event_for(session, workshop, number, group.members[2].id)
    assert later(away) == 0
    assert later(sender, GATHERING + timedelta(hours=5)) == 1


def test_nobody_is_called_to_a_vote_that_is_over(workshop, group, number, sender, inbox):
    with workshop.database.write() as session:
        event_for(session, workshop, number, group.members[2].id)
    assert later(sender, timedelta(days=10)) == 0
    assert later(sender, timedelta(days=11)) == 0
    assert inbox.mails == []
    with workshop.database.read() as session:
        assert not outbox.something_waits(session)


def test_without_a_server_the_mails_are_files(workshop, group, number, settings, sender, inbox):
    with workshop.database.write() as session:
        event_for(session, workshop, number, group.members[2].id)
    assert later(Worker(workshop, settings)) == 1
    (file,) = settings.mail_path.iterdir()
    assert file.suffix == ".eml"
    assert settings.mail_path.stat().st_mode & 0o077 == 0, "nobody else may read them"
    assert inbox.mails == []


def test_a_name_with_odd_signs_and_a_bad_address_break_no_header(workshop, group, number, sender, inbox):
    with workshop.database.write() as session:
        session.get_one(Person, group.members[2].id).name = 'Ñusta "Kusi" (Tawantinsuyu), née O’Brien; \U0001f600'
        session.get_one(Person, group.members[3].id).email = "no es una dirección"
        event_for(session, workshop, number, group.members[2].id, group.members[3].id)
    assert later(sender) == 1
    assert inbox.mails[0][1]["To"].addresses[0].display_name.startswith("Ñusta Kusi")
    with workshop.database.read() as session:
        assert [failure.code for failure in outbox.failures(session)] == ["address"]


def test_mails_keep_the_rules_that_large_receivers_have_for_senders_of_many(workshop, group, number, sender, inbox):
    """What Gmail and Yahoo ask, as far as it is in the mail; SPF, DKIM and DMARC are the mail server's."""
    with workshop.database.write() as session:
        event = events.add(session, proposals.lock(session, number), "merged", by=None, commit="0" * 40, merge=True)
        events.tell(session, event, [group.members[2].id, group.members[3].id], "merged")
    assert later(sender, timedelta(days=8)) == 2
    for envelope, message in inbox.mails:
        for name in ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "MIME-Version", "List-Unsubscribe"):
            assert len(message.get_all(name)) == 1, f"exactly one {name}"
        (sender_address,) = message["From"].addresses
        assert sender_address.addr_spec == envelope.mail_from, "what SPF is asked for is whom the mail is from"
        assert message["Message-ID"].endswith(f"@{sender_address.domain}>")
        assert message["List-Id"] == f"<avisos.{sender_address.domain}>"
        assert message["Date"].datetime.tzinfo is not None
        assert message["List-Unsubscribe"].startswith("<https://")
        assert message["List-Unsubscribe"].strip("<>") in mailbox.parts(message)[0], "and where a reader sees it"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["Auto-Submitted"] == "auto-generated"
        assert not str(message["Subject"]).startswith(("Re:", "Fwd:"))
        assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
        assert len(envelope.content) < 100_000, "Gmail cuts what is longer"
        head, _, body = envelope.content.partition(b"\r\n\r\n")
        assert max(map(len, head.split(b"\r\n"))) < 998
        assert max(map(len, body.split(b"\r\n"))) <= 78
        assert b"\n" not in envelope.content.replace(b"\r\n", b"")
    assert len({message["Message-ID"] for _, message in inbox.mails}) == 2


def test_a_server_that_was_away_for_hours_gets_every_mail_once(workshop, group, number, settings, sender, inbox):
    with workshop.database.write() as session:
        event_for(session, workshop, number, group.members[2].id, group.members[3].id)
    away = Worker(workshop, settings.model_copy(update={"mail_server": "127.0.0.1", "mail_port": 1}))
    for hours in (1, 2, 3, 5):
        assert later(away, timedelta(hours=hours)) == 0
    assert later(sender, timedelta(hours=14)) == 2
    assert later(sender, timedelta(hours=30)) == 0
    assert len({message["Message-ID"] for _, message in inbox.mails}) == len(inbox.mails) == 2
    with workshop.database.read() as session:
        assert outbox.failures(session) == ()


def test_a_server_that_does_not_answer_in_time_is_tried_again(workshop, group, number, sender, inbox, monkeypatch):
    monkeypatch.setattr("reviewtool.mail.sending.TIMEOUT_SECONDS", 0.2)
    with workshop.database.write() as session:
        event_for(session, workshop, number, group.members[2].id)
    inbox.stalls = True
    assert later(sender) == 0
    with workshop.database.read() as session:
        (failure,) = outbox.failures(session)
    assert (failure.code, failure.given_up_at) == ("slow", None)
    inbox.stalls = False
    assert later(sender, timedelta(hours=1)) == 1
