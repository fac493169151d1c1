"""Every route × everybody × every state, own and others' objects: who gets through is what the group's rules say.

What is expected is written down here, from the table of «How the group decides», not taken from the code. Each act is
sent with a body that does it, so that who should be refused would otherwise have acted.
"""

from __future__ import annotations

import itertools
import re
from contextlib import contextmanager, nullcontext
from datetime import timedelta

import pytest
from flask import url_for
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.db import Base
from reviewtool.gitstore import reading
from reviewtool.models import WordUpload
from reviewtool.services import people
from tests.support import ground
from tests.support.pages import AUTHOR, COORDINATION, LESSON, MEMBER, OBSERVER, READER

# The demonstration's proposal in each state, with its author.
STATES = {
    "c": (16, "byron.cevallos"),  # in consultation
    "a": (15, "ignacio.riquelme"),  # awaiting a decision
    "v": (13, "adriana.solano"),  # being voted on
    "A": (11, "lucia.fernandez"),  # approved
    "M": (1, "rosa.quispe"),  # merged
    "n": (4, "derlis.benitez"),  # not approved
    "d": (7, "adriana.solano"),  # no decision
    "w": (6, "byron.cevallos"),  # withdrawn
}
ALL = "cavAMndw"
OTHER = "yokasta.peralta"  # a member who proposed none of these
PEOPLE = {"r": READER, "o": OBSERVER, "m": OTHER, "p": "", "k": COORDINATION}  # p: who proposed it
REASON = {"reason": "Un motivo que se entiende"}
_TODAY = clock.now().date()
WEDNESDAY = _TODAY + timedelta(days=21 + (2 - _TODAY.weekday()) % 7)
RECEIVED = {"channel": "note", "received_on": "2026-06-01", "reference": "N.º 1"}

# Address below /propuestas/<n>, who may (r reader, o observer, m member, p its proposer, k coordination),
# in which states, and what is sent.
ACTS = {
    "ballots.open_one": (
        "votacion/abrir",
        "k",
        "ca",
        REASON | {"preset": "votacion", "closes_on": f"{WEDNESDAY}", "keep": "1"},
    ),
    "ballots.vote": ("voto", "m", "v", {"ballot": "1", "position": "for"} | REASON),
    "ballots.confirm": ("voto/confirmar", "m", "v", {"ballot": "1"}),
    "ballots.interrupt": ("silencio/interrumpir", "m", "v", {"ballot": "1"} | REASON),
    "ballots.opinion": ("parecer", "o", "cav", {"revision": "1", "stance": "favourable"} | REASON),
    "ballots.ask_extension": ("prorroga/solicitar", "mp", "cv", REASON),
    "ballots.decline_extension": ("prorroga/denegar", "k", "cv", REASON),
    "ballots.extend": ("votacion/prorrogar", "k", "v", {"days": "3"} | REASON),
    "ballots.extend_consultation": ("consulta/prorrogar", "k", "c", {"days": "3"} | REASON),
    "ballots.suspend": ("votacion/suspender", "k", "v", REASON),
    "ballots.ask_amendment": ("votacion/enmendar", "p", "v", REASON),
    "ballots.close": ("votacion/cerrar", "k", "v", REASON),
    "ballots.call_again": ("votacion/segunda-convocatoria", "k", "d", REASON),
    "ballots.submit_objection": ("votacion/objecion", "k", "A", REASON),
    "ballots.object": ("objecion", "mp", "cavA", REASON),
    "ballots.register": ("voto/registrar", "k", "v", {"ballot": "1", "seat": "VE", "position": "for"} | RECEIVED),
    "ballots.withdraw": ("retirar", "p", "cavAnd", REASON),
    "ballots.reopen": ("retomar", "pk", "ndw", REASON),
    "merging.merge": ("incorporar", "k", "A", {"version": "1", "note": "Una nota"}),
    "drafts.start_revision": ("nueva-version", "p", "caA", {}),
    "drafts.undo": ("deshacer", "mpk", "M", {}),
    "threads.create": ("comentarios", "ompk", "cavAndw", {"version": "1", "body": "Un comentario"}),
    "attachments.to_proposal": ("adjuntar", "pk", "cavAndw", {}),
    "suggestions.apply_chosen": ("sugerencias", "p", "ca", {"chosen": "1"}),
    "follow_ups.new": (
        "seguimiento",
        "k",
        "M",
        {"recipient": "wco", "step": "sent", "on": "2026-06-01", "reference": "N.º 2"},
    ),
    "form_corrections.separate": ("separar", "ompk", "v", REASON),
    "ordering.choose": ("orden", "k", "cavA", {"first": ""}),
    "private_notes.edit": ("nota", "mp", ALL, {"seen": "0", "body": "Una nota"}),
    "registering.comment": (
        "comentarios/registrar",
        "k",
        "cavAndw",
        {"version": "1", "person": "3", "body": "Por nota"} | RECEIVED,
    ),
    "registering.start_version": ("versiones/registrar", "k", "caA", {}),
    "coauthors.page": ("coautores", "p", "cavA", {"act": "invite", "person": "2"}),
    "desk.remind": ("/coordinacion/{}/recordar", "k", "v", {}),
}
# Pages of a proposal that are only looked at: who may, in which states.
LOOKS = {
    "proposals.page": ("", "rompk", ALL),
    "threads.page": ("comentarios", "ompk", ALL),
    "suggestions.page": ("sugerencias", "ompk", ALL),
    "word_files.proposal": ("word/1", "rompk", ALL),
    "word_files.consultation": ("consulta-interna", "rompk", ALL),
    "word_files.consultation_word": ("consulta-interna.docx", "rompk", ALL),
    "merging.confirm": ("incorporar", "k", "A"),
    "merging.conflict": ("conflicto", "rompk", ALL),
    "proposals.beside": ("junto-a/17", "rompk", ALL),
}
# Routes about no proposal: who may.
EVERYBODY, WRITERS = "rompk", "mpk"
PLACES = {
    **dict.fromkeys(
        [
            "home.index",
            "sessions.token",
            "home.accessibility",
            "home.mark_read",
            "notices.index",
            "notices.mark_all",
            "people.profile",
            "people.save_mail",
            "people.save_profile",
            "people.save_password",
            "sign_ins.index",
            "sign_ins.end",
            "sign_ins.end_all",
            "people.index",
            "documents.overview",
            "documents.overview_with_slash",
            "documents.document",
            "documents.history",
            "documents.change",
            "documents.compare",
            "documents.state",
            "documents.raw",
            "documents.raw_at",
            "documents.why",
            "documents.search",
            "word_files.document",
            "word_files.document_at",
            "proposals.index",
            "decisions.table",
            "decisions.report",
            "decisions.document",
            "decisions.index",
            "editions.index",
            "editions.compare",
            "rules.index",
            "rules.one",
            "rules.file",
            "rules.file_of",
        ],
        EVERYBODY,
    ),
    **dict.fromkeys(["log.index", "log.table", "trust.index", "word_uploads.send", "word_uploads.review"], "ompk"),
    **dict.fromkeys(["attachments.download", "attachments.to_comment", "threads.thread"], "ompk"),
    **dict.fromkeys(["threads.reply", "threads.edit", "threads.resolve", "threads.reopen"], "ompk"),
    **dict.fromkeys(["threads.apply_suggestion", "suggestions.decline"], WRITERS),
    **dict.fromkeys(["ballots.several", "threads.adopt_suggestion", "ballots.lift"], "mp"),
    **dict.fromkeys(
        [
            "drafts.start",
            "drafts.edit",
            "drafts.document",
            "drafts.save_document",
            "drafts.recover",
            "drafts.autosave",
            "drafts.documents",
            "drafts.present",
            "drafts.add",
            "drafts.change",
            "drafts.discard",
            "pictures.add",
            "pictures.show",
            "pictures.seen",
            "splitting.choose",
            "settling.page",
            "draft_blocks.block",
            "draft_blocks.change",
        ],
        WRITERS,
    ),
    **dict.fromkeys(
        [
            "notices.mails",
            "people.terms",
            "people.end_term",
            "accounts.index",
            "accounts.change",
            "accounts.password_link",
            "invitations.invite",
            "invitations.invite_list",
            "invitations.withdraw",
            "trust.verify",
            "trust.back_up",
            "withdrawals.new",
            "meetings.decide",
            "registering.draft",
            "registering.lifting",
            "merging.several",
            "form_corrections.announce",
            "editions.publish",
            "desk.index",
            "rules.new",
            "rules.days",
            "rules.load",
        ],
        "k",
    ),
}
PLACES |= dict.fromkeys(
    [
        "factors.add_passkey",
        "factors.app",
        "factors.confirm_app",
        "factors.index",
        "factors.make_codes",
        "factors.remove_app",
        "factors.remove_passkey",
        "factors.start_app",
        "identities.link",
        "identities.unlink",
        "persons.declare_own",
        "persons.own_data",
        "persons.page",
        "persons.take_back_own",
    ],
    EVERYBODY,
)
PLACES |= dict.fromkeys(
    [
        "accounts.forget_factors",
        "accounts.need_factor",
        "invitations.show",
        "persons.certify",
        "persons.data",
        "persons.declare",
        "persons.erase",
        "persons.take_back",
        "seats.end",
        "seats.index",
    ],
    "k",
)
PLACES |= {"word_uploads.progress": "ompk", "notices.mail": "k"}
PLACES |= {"feeds.give": EVERYBODY, "feeds.take_back": EVERYBODY}
STRANGERS = frozenset(
    [
        "feeds.calendar",
        "feeds.group",
        "feeds.own",
        "vote_links.vote",
        "identities.back",
        "identities.go",
        "identities.keep",
        "identities.start",
        "sessions.enter_with_passkey",
        "sessions.forgot",
        "sessions.show_factor",
    ]
) | frozenset(
    [
        "invitations.accept",
        "sessions.sign_in",
        "sessions.enter",
        "sessions.leave",
        "assets.file",
        "home.healthy",
        "notices.stop",
    ]
)
# Acts whose body cannot act in the demonstration as it stands: refused for another reason than who and in what state.
QUIET = frozenset(
    [
        "ballots.confirm",
        "ballots.interrupt",
        "ballots.close",
        "ballots.submit_objection",
        "suggestions.apply_chosen",
        "attachments.to_proposal",
        "form_corrections.separate",
        "ballots.decline_extension",
        "ordering.choose",
    ]
)
UNCOUNTED = frozenset({"sign_in", "last_read", "sign_in_failure", "notice", "alembic_version"})


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    found = ground.make(tmp_path_factory.mktemp("permissions") / "var")
    for who in {
        READER,
        OBSERVER,
        OTHER,
        COORDINATION,
        MEMBER,
        AUTHOR,
        *(author for _number, author in STATES.values()),
    }:
        found.client(who)
    found.keep()
    return found


def stands(found):
    """Count the rows of every table that an act may write."""
    tables = [table for name, table in Base.metadata.tables.items() if name not in UNCOUNTED]
    with found.workshop.database.read() as session:
        return tuple(session.scalar(select(func.count()).select_from(table)) for table in tables)


def sent(found, who, path, method, body=None):
    # buffered: a table is sent piece by piece, and a request that is not read to its end stays open
    return found.client(who).open(path, method=method, data=body or {}, buffered=True)


def who_is(letter, author):
    return PEOPLE[letter] or author


def roles_of(endpoint, may):
    """Return who has the role for an act, of whom the relation to the proposal then leaves some out."""
    if endpoint == "attachments.to_proposal":  # whoever comments may attach, to what is theirs
        return "ompk"
    if "m" in may:  # the proposer is a member; their own seat votes only where the rules say so
        return may + "p"
    return may + "mk" if "p" in may else may  # the coordination may propose too


def address(endpoint, tail, number):
    return tail.format(number) if tail.startswith("/") else f"/propuestas/{number}/{tail}".rstrip("/")


def test_every_route_is_in_one_of_the_tables(demo):
    known = {rule.endpoint for rule in demo.app.url_map.iter_rules()}
    tables = [set(ACTS), set(LOOKS), set(PLACES), set(STRANGERS)]
    assert known == set().union(*tables)
    assert sum(map(len, tables)) == len(known), "each stands in one"


def test_every_act_by_everybody_in_every_state_is_as_the_rules_say(demo, say):
    before, wrong, acted, count = stands(demo), [], set(), 0
    for endpoint, (tail, may, states, body) in ACTS.items():
        for state, letter in itertools.product(ALL, PEOPLE):
            number, author = STATES[state]
            answer = sent(demo, who_is(letter, author), address(endpoint, tail, number), "POST", body)
            count += 1
            changed = stands(demo) != before
            permitted, admitted = letter in may, state in states
            if changed or answer.status_code == 303:
                demo.restore()
            if changed and permitted and admitted:
                acted.add(endpoint)
            refused = not changed and (answer.status_code in {400, 403, 404, 409} or endpoint == "desk.remind")
            by_role = letter not in roles_of(endpoint, may)
            if by_role and endpoint != "desk.remind":
                refused = refused and answer.status_code == 403
            right = answer.status_code not in {403, 404} if permitted and admitted else refused
            if not right:
                wrong.append((endpoint, letter, state, answer.status_code, changed))
    say(f"permissions: {count} acts by route, role and state")
    assert not wrong, "\n".join(map(str, wrong))
    assert set(ACTS) - acted == QUIET
    assert count >= 1200


def test_every_page_of_a_proposal_is_seen_by_those_who_may(demo, say):
    wrong, count = [], 0
    for endpoint, (tail, may, states) in LOOKS.items():
        for state, letter in itertools.product(ALL, PEOPLE):
            number, author = STATES[state]
            answer = sent(demo, who_is(letter, author), address(endpoint, tail, number), "GET")
            count += 1
            expected = {403} if letter not in may else {200} if state in states else {200, 302, 303, 404, 409}
            if answer.status_code not in expected:
                wrong.append((endpoint, letter, state, answer.status_code))
    for endpoint, (tail, may, _states, _body) in ACTS.items():  # the form of an act is no more open than the act
        methods = {method for rule in demo.app.url_map.iter_rules(endpoint) for method in rule.methods}
        for state, letter in itertools.product(ALL, PEOPLE) if "GET" in methods else ():
            number, author = STATES[state]
            if letter in roles_of(endpoint, may):
                continue
            answer = sent(demo, who_is(letter, author), address(endpoint, tail, number), "GET")
            count += 1
            if answer.status_code != 403:
                wrong.append(("form", endpoint, letter, state, answer.status_code))
    say(f"permissions: {count} pages by route, role and state")
    assert not wrong, "\n".join(map(str, wrong))


@contextmanager
def apart(found, who):
    """Let somebody use another browser meanwhile, which the act may sign out."""
    kept = found.client(who)
    found.forget(who)
    yield
    found.remember(who, kept)


LEAVING = frozenset(
    {"sign_ins.end", "sign_ins.end_all", "people.save_password", "accounts.change", "accounts.need_factor"}
)
VALUES = {"path": LESSON, "noun": "comentario", "number": "13", "objection_id": "3", "draft_id": "1", "file_id": "1"}


def test_every_other_route_lets_in_nobody_but_those_who_may(demo, say):
    commit = str(reading.head(demo.workshop.store))
    wrong, count = [], 0
    for rule in demo.app.url_map.iter_rules():
        if rule.endpoint not in PLACES:
            continue
        values = {name: commit if name == "commit" else VALUES.get(name, "20") for name in rule.arguments}
        with demo.app.test_request_context():
            path = url_for(rule.endpoint, **values)
        for method, letter in itertools.product(sorted(rule.methods & {"GET", "POST"}), PEOPLE):
            count += 1
            before = stands(demo)
            with apart(demo, who_is(letter, MEMBER)) if rule.endpoint in LEAVING else nullcontext():
                answer = sent(demo, who_is(letter, MEMBER), path, method)
            refused = {403, 404} if "draft_id" in rule.arguments else {403}  # whose role writes none learns of none
            right = (answer.status_code not in {403}) == (letter in PLACES[rule.endpoint])
            if letter not in PLACES[rule.endpoint]:
                right = answer.status_code in refused
            if letter not in PLACES[rule.endpoint]:
                right = right and stands(demo) == before
            if rule.endpoint in OF_SOMEBODY and answer.status_code in {403, 404}:
                right = letter != OF_SOMEBODY[rule.endpoint]
            if not right:
                wrong.append((rule.endpoint, method, letter, answer.status_code))
            if method == "POST" and (answer.status_code in {302, 303} or stands(demo) != before):
                demo.restore()
    say(f"permissions: {count} other routes by role")
    assert not wrong, "\n".join(map(str, wrong))


# Whose the object in VALUES is: others who may in general are refused, with 404 where it is a secret that there is one.
OF_SOMEBODY = {"threads.edit": "-", "threads.resolve": "-", "threads.reopen": "-", "ballots.lift": "-"} | dict.fromkeys(
    ("threads.apply_suggestion", "suggestions.decline", "attachments.to_comment", "drafts.edit"), "-"
)
SECRET = (  # address with the id of somebody else's, and one of which there is none
    ("/borradores/{}", 2, 999),
    ("/borradores/{}/documentos", 2, 999),
    ("/borradores/{}/2", 2, 999),
    ("/borradores/{}/2/bloques/1", 2, 999),
    ("/borradores/{}/2/imagen", 2, 999),
    ("/borradores/{}/2/pasajes", 2, 999),
    ("/borradores/{}/separar", 2, 999),
    ("/borradores/{}/archivos/2", 2, 999),
    ("/borradores/{}/imagenes/x.png", 2, 999),
    ("/borradores/1/{}", 2, 999),  # a file of another's draft in one's own
    ("/borradores/1/{}/bloques/1", 2, 999),
    ("/borradores/1/{}/imagen", 2, 999),
    ("/borradores/1/archivos/{}", 2, 999),
    ("/word/{}", 1, 999),
    ("/word/{}/avance", 1, 999),
)
SECRET_ACTS = (
    *(
        (f"/borradores/{{}}{tail}", 2, 999)
        for tail in ("/presentar", "/documentos", "/descartar", "/2", "/2/guardar", "/2/recuperar", "/2/cambiar")
    ),
    ("/borradores/{}/2/bloques/1", 2, 999),
    ("/borradores/{}/2/imagen", 2, 999),
    ("/borradores/{}/2/pasajes", 2, 999),
    ("/borradores/{}/separar", 2, 999),
    ("/borradores/1/{}", 2, 999),
    ("/borradores/1/{}/guardar", 2, 999),
    ("/borradores/1/{}/cambiar", 2, 999),
    ("/word/{}", 1, 999),
    ("/perfil/sesiones/{}/cerrar", 1, 999),
)


def test_what_is_somebody_elses_secret_answers_as_if_there_were_none(demo):
    with demo.workshop.database.write() as session:
        owner = people.find_by_email(session, f"{COORDINATION}@demo.example")
        session.add(
            WordUpload(
                id=1,
                person_id=owner.id,
                name="x.docx",
                data=b"",
                digest="0" * 64,
                path=LESSON,
                site="x",
                state="x",
                sent_at=clock.now(),
            )
        )
    sent(demo, MEMBER, "/perfil", "GET")  # shows what earlier acts left to be said
    before = stands(demo)
    for method, addresses in (("GET", SECRET), ("POST", SECRET_ACTS)):
        for pattern, there, none in addresses:
            found, missing = (sent(demo, MEMBER, pattern.format(each), method) for each in (there, none))
            assert (found.status_code, missing.status_code) == (404, 404), (method, pattern)
            assert told(found) == told(missing), pattern
    assert stands(demo) == before
    demo.restore()


def told(answer):
    return re.sub(r'value="[^"]*"', "", answer.text.partition("<main")[2])


def test_an_objection_is_found_under_its_own_proposal_alone(demo):
    for who, tail in (("gonzalo.silveira", "retirar"), (COORDINATION, "registrar")):
        for method in ("GET", "POST"):
            answer = sent(demo, who, f"/propuestas/16/objeciones/3/{tail}", method, REASON | RECEIVED)
            assert answer.status_code == 404, (who, method)


def test_a_private_note_is_seen_by_its_seat_alone(demo):
    assert sent(demo, OTHER, "/propuestas/16/nota", "POST", {"seen": "0", "body": "Secreto de una"}).status_code == 303
    for who in (MEMBER, OBSERVER, READER, COORDINATION, AUTHOR):
        for path in ("/propuestas/16", "/propuestas/16/nota", "/registro", "/registro.csv"):
            assert "Secreto de una" not in sent(demo, who, path, "GET").text
    demo.restore()
