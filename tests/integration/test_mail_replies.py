"""Answers by mail: each becomes one comment of its writer, or a reason that is told once; never anything else."""

from __future__ import annotations

import smtplib
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from reviewtool import clock
from reviewtool.mail.listening import Port
from reviewtool.mail.replies import Replies
from reviewtool.models import Comment, Event, MailReply, Notice, NoticeChoice, Person, Thread
from reviewtool.rules.mailing import GATHERING, Pace
from reviewtool.services import accounts, conversations, mail_replies, people, reply_addresses, threads
from reviewtool.services.reply_addresses import Target
from reviewtool.worker import Worker
from tests.support import answers, journey, mailbox
from tests.support.materials import ADJUSTMENTS, INTRODUCTION
from tests.support.rebuilt import rebuilt
from tests.support.server import free_port
from tests.support.together import at_once

SECRET = "only-for-tests" * 4


@pytest.fixture
def here(settings):
    return settings.model_copy(
        update={"mail_replies": answers.BASE, "mail_from": "avisos@revision.example", "public_url": "https://r.example"}
    )


@pytest.fixture
def replies(workshop, here) -> Replies:
    return Replies(workshop, here)


@pytest.fixture
def number(workshop, group) -> int:
    made = journey.propose(workshop, group.members[0], INTRODUCTION, "precio realmente", "precio efectivamente")
    with workshop.database.write() as session:
        session.execute(update(Notice).values(settled_at=clock.now()))
    return made


@pytest.fixture
def thread(workshop, group, number) -> int:
    with workshop.database.write() as session:
        by = people.get(session, group.members[1].id)
        return threads.comment(session, workshop, number, threads.Place(1), threads.Message("¿Por qué?"), by=by).id


def address(person, number, thread=0, at=None) -> str:
    return reply_addresses.address(SECRET, answers.BASE, Target(person.id, number, thread), at or clock.now())


def said(workshop) -> list[str]:
    with workshop.database.read() as session:
        return list(session.scalars(select(Comment.body).order_by(Comment.id)))


def outcomes(workshop) -> list[tuple[str, bool]]:
    """Return what became of each mail, and whether its sender is told."""
    with workshop.database.read() as session:
        rows = session.scalars(select(MailReply).order_by(MailReply.received_at, MailReply.key))
        return [(row.outcome, row.due_at is not None) for row in rows]


def test_an_answer_to_a_conversation_stands_in_it_as_its_writers_by_mail(workshop, group, number, thread, replies):
    rosa = group.members[2]
    to = address(rosa, number, thread)
    assert len(to.partition("@")[0]) <= 64
    assert replies.take(answers.stored("gmail-es", rosa.email, to)) == "taken"
    with workshop.database.read() as session:
        found = session.scalars(select(Comment).where(Comment.thread_id == thread).order_by(Comment.id)).all()
        assert [each.author_id for each in found] == [group.members[1].id, rosa.id]
        assert found[1].body.startswith("Estoy de acuerdo con el plazo de 45 días.")
        assert found[1].body.endswith("(§ 2).")
        assert conversations.by_mail(session, number) == {found[1].id}
        event = session.scalars(select(Event).where(Event.kind == "replied")).one()
        assert event.facts == {"thread": thread, "comment": found[1].id, "by_mail": True}
        told = session.scalars(select(Notice.person_id).where(Notice.event_id == event.id)).all()
    assert set(told) == {group.members[0].id, group.members[1].id}
    assert outcomes(workshop) == [("taken", False)]


def test_an_answer_about_a_proposal_begins_a_conversation_and_the_address_may_come_in_capitals(
    workshop, group, number, replies
):
    rosa = group.members[2]
    to = address(rosa, number).upper()
    raw = answers.plain(rosa.email.upper(), to, "De acuerdo.")
    assert replies.take(raw, rosa.email.upper(), to) == "taken"
    with workshop.database.read() as session:
        (made,) = session.scalars(select(Thread)).all()
    assert (made.proposal_number, made.path, made.created_by_id) == (number, None, rosa.id)


def test_one_mail_that_comes_again_and_again_is_one_comment(workshop, group, number, replies, here):
    rosa = group.members[2]
    raw = answers.plain(rosa.email, address(rosa, number), "De acuerdo.")
    other = Replies(workshop, here)
    took = at_once(*(lambda r=r: r.take(raw) for r in (replies, other, replies, other)))
    assert sorted(took) == ["known"] * 3 + ["taken"]
    assert replies.take(b"Received: by another way\r\n" + raw) == "known"
    assert said(workshop) == ["De acuerdo."]


def test_a_comment_by_mail_is_in_the_record_and_comes_back_from_it(
    workshop, group, number, thread, replies, tmp_path, sqlite_template
):
    rosa = group.members[2]
    assert replies.take(answers.stored("mutt", rosa.email, address(rosa, number, thread))) == "taken"
    again = rebuilt(workshop, sqlite_template, tmp_path)
    with again.database.read() as session:
        (written,) = conversations.by_mail(session, number)
        assert session.get_one(Comment, written).author_id == rosa.id


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("of another", "not-your-address"),
        ("sent for them", "not-your-address"),
        ("two senders", "not-your-address"),
        ("too old", "address-over"),
        ("empty", "comment-empty"),
        ("only quoted", "comment-empty"),
        ("too long", "text-too-long"),
        ("too large", "mail-too-large"),
        ("a reader", "not-allowed"),
        ("another conversation", "thread-unknown"),
        ("with a file", "taken-without-files"),
    ],
)
def test_everything_else_is_told_once_with_its_reason(workshop, group, number, thread, replies, case, outcome):
    rosa, words, envelope = group.members[2], "De acuerdo.", None
    to, sender = address(rosa, number, thread), rosa.email
    if case == "of another":
        sender = "rosa@correo-propio.example"
    elif case == "sent for them":
        envelope = "alguien@elsewhere.example"
    elif case == "two senders":
        sender = f"{rosa.email}, otra@aduana.example"
    elif case == "too old":
        to = address(rosa, number, thread, clock.now() - timedelta(days=61))
    elif case == "empty":
        words = "  \r\n"
    elif case == "too long":
        words = "palabra " * 3_000
    elif case == "too large":
        words = "palabra " * 700_000
    elif case == "a reader":
        to, sender = address(group.reader, number), group.reader.email
    elif case == "another conversation":
        to = address(rosa, number, thread + 900)
    raw = answers.plain(sender, to, words)
    if case in {"only quoted", "with a file"}:
        raw = answers.stored(case.replace(" a ", "-").replace(" ", "-"), sender, to)
    before = len(said(workshop))
    assert replies.take(raw, envelope if envelope is not None else sender.split(",")[0], to) == outcome
    assert outcomes(workshop) == [(outcome, True)]
    assert len(said(workshop)) - before == (outcome == "taken-without-files")


def test_who_is_out_of_use_and_what_is_incorporated_takes_no_answer(workshop, group, number, replies):
    rosa, other = group.members[2], group.members[3]
    with workshop.database.write() as session:
        accounts.put_out_of_use(session, workshop.group, rosa.id, by=people.get(session, group.coordinator.id))
    assert replies.take(answers.plain(rosa.email, address(rosa, number), "Hola", "a")) == "account-closed"
    with workshop.database.write() as session:
        accounts.put_into_use(session, rosa.id, by=people.get(session, group.coordinator.id))
    journey.approve(workshop, number, group)
    journey.merge(workshop, number, group.coordinator)
    assert replies.take(answers.plain(other.email, address(other, number), "Hola", "b")) == "state-forbids"
    assert said(workshop) == []


def test_nobody_can_answer_for_another_or_make_up_an_address(workshop, group, number, thread, replies):
    rosa, other = group.members[2], group.members[3]
    to = address(rosa, number, thread)
    assert replies.take(answers.plain(other.email, to, "Voto en contra.")) == "not-your-address"
    local, _, domain = to.partition("@")
    for wrong in (local[:-1] + ("a" if local[-1] != "a" else "b"), local[:-1], "respuestas+", "respuestas+" + "a" * 40):
        assert not replies.knows(f"{wrong}@{domain}")
        assert replies.take(answers.plain("alguien@elsewhere.example", f"{wrong}@{domain}", "Hola", wrong)) == "nobody"
    assert not replies.knows(to.replace("revision.example", "elsewhere.example"))
    assert said(workshop) == ["¿Por qué?"]
    assert outcomes(workshop) == [("not-your-address", True)], "a stranger is told nothing"


@pytest.mark.parametrize("header", ["Auto-Submitted: auto-replied", "Precedence: list", "List-Id: <x.example>"])
def test_what_a_program_sent_is_neither_published_nor_answered(workshop, group, number, replies, header):
    rosa = group.members[2]
    to = address(rosa, number)
    assert replies.take(answers.plain(rosa.email, to, "Estoy de viaje.", "a", header)) == "automatic"
    assert replies.take(answers.stored("out-of-office", rosa.email, to)) == "automatic"
    assert replies.take(answers.plain(rosa.email, to, "Estoy de viaje.", "b"), "") == "automatic"
    for ours in ("avisos@revision.example", answers.BASE, to):
        assert replies.take(answers.plain(ours, to, "Hola", ours), rosa.email) == "automatic"
    assert said(workshop) == []
    assert outcomes(workshop) == []


def test_where_our_server_checks_only_what_it_vouches_for_is_taken(workshop, group, number, here):
    checked = Replies(workshop, here.model_copy(update={"mail_replies_checked_by": "mx.revision.example"}))
    rosa = group.members[2]
    to = address(rosa, number)
    good = (
        "mx.revision.example (filter 1.2); spf=pass smtp.mailfrom=a.example; dmarc=pass (p=none) header.from=a.example"
    )
    for at, (verdict, taken) in enumerate(
        [
            (good, True),
            (good.replace("dmarc=pass", "dmarc=fail"), False),
            (good.replace("dmarc=pass (p=none)", "dmarc=fail (dmarc=pass)"), False),
            (good.replace("mx.revision.example", "mx.elsewhere.example"), False),
            ("none", False),
            ("mx.revision.example; none\r\nAuthentication-Results: " + good, False),
        ]
    ):
        raw = answers.plain(rosa.email, to, f"Comentario {at}", str(at), f"Authentication-Results: {verdict}")
        assert checked.take(raw) == ("taken" if taken else "not-your-address"), verdict
    assert said(workshop) == ["Comentario 0"]


def test_so_many_mails_of_one_person_an_hour_and_no_more(workshop, group, number, replies):
    rosa = group.members[2]
    to = address(rosa, number)
    took = [
        replies.take(answers.plain(rosa.email, to, f"Comentario {each}", str(each)))
        for each in range(mail_replies.AN_HOUR + 2)
    ]
    assert took == ["taken"] * mail_replies.AN_HOUR + ["too-many"] * 2
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert replies.take(answers.plain(rosa.email, to, "Más tarde", "z")) == "taken"


def test_a_reason_comes_once_a_day_in_the_persons_language_and_no_program_answers_it(
    workshop, group, number, thread, here, replies
):
    rosa = group.members[2]
    with workshop.database.write() as session:
        session.get_one(Person, rosa.id).language = "pt"
    to = address(rosa, number, thread)
    with mailbox.running() as inbox:
        server = {"mail_server": "127.0.0.1", "mail_port": inbox.port, "mail_security": "none"}
        worker = Worker(workshop, here.model_copy(update=server | {"mail_replies_source": "/no-such-maildir"}))
        for each in range(3):
            replies.take(answers.plain(rosa.email, to, " ", f"vacio-{each}"))
        inbox.answers = ["451 Try again later"]
        worker.turn()
        assert inbox.mails == []
        with clock.at(clock.now() + timedelta(minutes=6)):
            worker.turn()
            worker.turn()
        ((envelope, told),) = inbox.mails
        assert envelope.rcpt_tos == [rosa.email]
        assert told["Auto-Submitted"] == "auto-replied"
        assert told["Subject"] == f"P-{number} · Seu e-mail não foi publicado como comentário"
        assert told["In-Reply-To"].startswith("<vacio-")
        assert "Escreva a sua resposta no começo" in told.get_content()
        assert f"https://r.example/propuestas/{number}" in told.get_content()
        back = told.as_bytes().replace(b"From: ", b"X-From: ")
        assert replies.take(b"From: " + rosa.email.encode() + b"\r\n" + back, rosa.email, to) == "automatic", "no loop"
        with clock.at(clock.now() + timedelta(days=2)):
            replies.take(answers.plain(rosa.email, to, " ", "vacio-otra-vez"))
            worker.turn()
        assert len([each for each in inbox.mails if each[1]["Auto-Submitted"] == "auto-replied"]) == 2


def test_files_of_a_maildir_are_taken_once_and_kept_as_read(workshop, group, number, here, tmp_path):
    folder = tmp_path / "respuestas"
    for each in ("new", "cur", "tmp"):
        (folder / each).mkdir(parents=True)
    rosa = group.members[2]
    (folder / "new" / "1.host").write_bytes(answers.stored("outlook-es", rosa.email, address(rosa, number)))
    (folder / "new" / "2.host").write_bytes(b"\xff\xfe no es un correo")
    (folder / "tmp" / "3.host").write_bytes(b"a medio escribir")
    worker = Worker(workshop, here.model_copy(update={"mail_replies_source": str(folder)}))
    worker.turn()
    worker.turn()
    assert [each.split("\n")[0] for each in said(workshop)] == ["Estoy de acuerdo con el plazo de 45 días."]
    assert sorted(each.name for each in (folder / "cur").iterdir()) == ["1.host:2,S", "2.host:2,S"]
    assert list((folder / "new").iterdir()) == []


@pytest.mark.parametrize(("protocol", "speak"), [("lmtp", smtplib.LMTP), ("smtp", smtplib.SMTP)])
def test_a_mail_server_hands_answers_over_and_a_second_worker_waits_for_the_port(
    workshop, group, number, replies, protocol, speak
):
    rosa, port = group.members[2], free_port()
    to = address(rosa, number)
    first, second = (Port(replies, protocol, "127.0.0.1", port) for _ in range(2))
    first.turn()
    second.turn()
    try:
        raw = answers.stored("outlook-es", rosa.email, to)
        assert answers.deliver(port, raw, rosa.email, to, speak)[0] == 250
        assert answers.deliver(port, raw, rosa.email, to, speak)[0] == 250, "known already"
        wrong = to.replace("@", "a@")
        assert answers.deliver(port, raw, rosa.email, wrong, speak)[0] == 550
        first.close()
        second.turn()
        assert answers.deliver(port, answers.plain(rosa.email, to, "Otra"), rosa.email, to, speak)[0] == 250
        assert [each.split("\n")[0] for each in said(workshop)] == ["Estoy de acuerdo con el plazo de 45 días.", "Otra"]
        with speak("127.0.0.1", port) as server:
            server.ehlo_or_helo_if_needed()
            server.mail(rosa.email)
            assert server.rcpt(to)[0] == 250
            assert server.rcpt(address(group.members[3], number))[0] == 452, "one at a time"
    finally:
        first.close()
        second.close()


def mails(workshop, group, here, inbox) -> dict[str, object]:
    """Send what is owed; return the mails by their reader's address."""
    with workshop.database.write() as session:
        session.add_all(
            NoticeChoice(person_id=each.id, asked=Pace.at_once, rest=Pace.at_once) for each in group.members
        )
    server = {"mail_server": "127.0.0.1", "mail_port": inbox.port, "mail_security": "none"}
    worker = Worker(workshop, here.model_copy(update=server | {"mail_replies_source": "/no-such-maildir"}))
    with clock.at(clock.now() + GATHERING):
        worker.turn()
    return {envelope.rcpt_tos[0]: message for envelope, message in inbox.mails}


def test_a_mail_about_a_conversation_takes_an_answer_to_it_and_a_digest_takes_none(
    workshop, group, number, thread, here, replies
):
    author, other = group.members[0], group.members[1]
    second = journey.propose(workshop, group.members[2], ADJUSTMENTS, "canon", "canon o regalía")
    with workshop.database.write() as session:
        session.execute(update(Notice).values(settled_at=clock.now()))  # everybody's call to the consultations
        by = people.get(session, group.members[3].id)
        threads.reply(session, thread, threads.Message("Porque sí."), by=by)
        threads.comment(session, workshop, second, threads.Place(1), threads.Message("@" + author.name), by=by)
    with mailbox.running() as inbox:
        sent = mails(workshop, group, here, inbox)
    to = sent[other.email]["Reply-To"]
    assert replies.take(answers.plain(other.email, str(to), "Gracias."), other.email, str(to)) == "taken"
    with workshop.database.read() as session:
        assert session.scalar(select(func.count()).where(Comment.thread_id == thread)) == 3
    plain, html = mailbox.parts(sent[other.email])
    assert plain.startswith("Escriba su respuesta encima de esta línea\r\n")
    assert f"Abrir la conversación: https://r.example/comentarios/{thread}" in plain
    assert "Escriba su respuesta encima de esta línea" in html
    digest = sent[author.email]
    assert digest["Subject"].startswith("Avisos sobre 2 propuestas")
    assert digest["Reply-To"] is None
    assert "Escriba su respuesta" not in mailbox.parts(digest)[0]


def test_without_the_setting_no_mail_speaks_of_answering(workshop, group, number, thread, here):
    off = here.model_copy(update={"mail_replies": ""})
    with mailbox.running() as inbox:
        sent = mails(workshop, group, off, inbox)[group.members[0].email]
    assert sent["Reply-To"] is None
    assert "Escriba su respuesta" not in mailbox.parts(sent)[0]
    assert "por correo" not in mailbox.parts(sent)[0]
