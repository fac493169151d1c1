"""No text of the corpus adds a header to a mail, is active in its HTML or breaks a feed or a calendar."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from xml.etree import ElementTree

import pytest
from icalendar import Calendar

from reviewtool import clock
from reviewtool.mail.composing import compose
from reviewtool.services import people
from reviewtool.services.appointments import Appointment
from reviewtool.services.excerpts import Run
from reviewtool.services.notices import Owed
from reviewtool.services.outbox import Batch
from reviewtool.services.posting import About, Document, Post
from reviewtool.settings import Settings
from reviewtool.web import feeds
from tests.hostile import corpus
from tests.support import passive

TEXTS = corpus.TEXTS | {f"line: {name}": text for name, text in corpus.LINES.items()}
HEADERS = {
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "list-id", "auto-submitted"),
    *(
        "x-auto-response-suppress",
        "content-language",
        "list-unsubscribe",
        "list-unsubscribe-post",
        "mime-version",
        "content-type",
        "reply-to",
    ),
}
ATOM = "{http://www.w3.org/2005/Atom}"


def mail_of(text, workshop, settings):
    """Return the mail of a mention whose title, writer, comment and changed words are all one text."""
    line = " ".join(text.split())
    owed = Owed(1, "mention", "commented", clock.now(), 7, line, 1, 3, 4, line, "PE", text)
    shown = (Document(line, ((Run("equal", "El "), Run("delete", text), Run("insert", text)),)),)
    about = About(7, line, True, (owed,), lines=(line,), documents=shown)
    post = Post(1, named(line), "ana@aduana.example", "es", "America/Lima", (about,), 0)
    batch = Batch("0" * 32, 1, (1,), clock.now(), 1)
    return compose(post, batch, workshop, settings).as_bytes()


def named(text):
    """Return a name that people may have, as near to a text as that is."""
    name = "".join(letter for letter in text if letter.isprintable() and letter not in "<>")
    return people.checked_name(name.strip()[:200].strip() or "Ana")


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_adds_no_header_and_is_passive_in_a_mail(name, made):
    settings = Settings(public_url="https://revision.example.org", secret_key="only-for-tests" * 4)
    raw = mail_of(TEXTS[name], made.workshop, settings)
    read = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert {key.lower() for key in read} <= HEADERS
    assert [each.addr_spec for each in read["To"].addresses] == ["ana@aduana.example"]
    assert len(read["From"].addresses) == 1
    plain, html = [part for part in read.walk() if not part.is_multipart()]
    assert [plain.get_content_type(), html.get_content_type()] == ["text/plain", "text/html"]
    wrong = [each for each in passive.complaints(html.get_content()) if not allowed(each)]
    assert wrong == []


def allowed(complaint):
    """Mails have styles of their own, as their programs know no style sheet, and the meta of their letters."""
    return " style=" in complaint or complaint in {"<style>", "<meta http-equiv>"}


@pytest.mark.parametrize("name", TEXTS)
def test_a_hostile_text_stays_a_text_in_a_feed_and_in_a_calendar(name, made):
    text, at = TEXTS[name], clock.now()
    with made.app.test_request_context("/fuentes/x/avisos.atom"):
        feed = feeds.atom("x", text, [feeds.Item("y", text, "/propuestas/7", at, text, text)], path="/", began=at)
        made = feeds.calendar(text, [Appointment("x", "ballot", at + timedelta(days=1), 7, text, at, 0)])
    read = ElementTree.fromstring(feed)
    assert [child.tag for child in read if child.tag.endswith("entry")] == [f"{ATOM}entry"]
    assert not [each for each in read.iter() if not each.tag.startswith(ATOM)]
    assert len(Calendar.from_ical(made).walk("VEVENT")) == 1
    assert made.count(b"BEGIN:") == 2
