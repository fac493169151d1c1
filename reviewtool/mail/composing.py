"""A mail made of a post: what happened on proposals, in the person's language."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage
from typing import Final

from reviewtool import i18n
from reviewtool.mail import envelopes
from reviewtool.mail.quoting import MARKER
from reviewtool.services import notice_words, reply_addresses, unsubscribing, vote_links
from reviewtool.services.notices import Owed
from reviewtool.services.outbox import Batch
from reviewtool.services.posting import About, Post
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

LONGEST_QUOTE: Final = 400  # characters of a comment
NOTICES: Final = 10  # of one proposal in one mail
SUBJECT: Final = 150  # characters
TO_CONFIRM: Final = frozenset({"unconfirmed", "reconfirm"})


@dataclass(frozen=True)
class Line:
    """A notice as a mail shows it."""

    text: str
    by: str
    quote: str
    until: str


@dataclass(frozen=True)
class Action:
    """What a reader can do: the words of a button, and where it leads."""

    label: str
    url: str


@dataclass(frozen=True)
class Part:
    """A proposal, or a new edition, as a mail shows it, and what can be done, the most pressing first.

    `hidden` counts the notices left out.
    """

    about: About
    label: str
    actions: tuple[Action, ...]
    lines: tuple[Line, ...]
    hidden: int


def compose(post: Post, batch: Batch, workshop: Workshop, settings: Settings) -> EmailMessage:
    """Return the mail of a batch. Raises NotSent when the person's address is none that a mail can be sent to."""
    parts = tuple(_part(about, post, workshop, settings) for about in post.abouts)
    stops = None if post.is_asked else _stop_address(post, settings)
    message = envelopes.addressed(post, subject(post), batch, workshop, settings)
    if len(post.abouts) == 1 and post.abouts[0].number:  # so that mail programs show one conversation a proposal
        thread = f"<propuesta-{post.abouts[0].number}@{envelopes.domain(settings)}>"
        message["In-Reply-To"] = message["References"] = thread
    if post.answer is not None and settings.mail_replies:
        secret = settings.ensure_secret_key()
        message["Reply-To"] = reply_addresses.address(secret, settings.mail_replies, post.answer, batch.batched_at)
    if stops:
        message["List-Unsubscribe"] = f"<{stops}>"
        if stops.startswith("https://"):  # as RFC 8058 asks
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    told = {
        "parts": parts,
        "hidden": post.hidden,
        "choices_url": f"{settings.address}/perfil#mail",
        "inbox_url": f"{settings.address}/avisos",
        "stop_url": stops or "",
        "marker": i18n.text(post.language, MARKER) if message["Reply-To"] else "",
    }
    envelopes.fill(message, "letter", post, workshop, told)
    return message


def subject(post: Post) -> str:
    """Say what a mail is about: of one proposal its weightiest notice, of several how many."""
    if len(post.abouts) > 1:
        count = len(post.abouts) + post.hidden
        said = i18n.plural(post.language, "Avisos sobre %(num)s propuesta", "Avisos sobre %(num)s propuestas", count)
        asked = sum(about.is_asked for about in post.abouts)
        waits = i18n.plural(post.language, "%(num)s espera por usted", "%(num)s esperan por usted", asked)
        return f"{said}: {waits}" if asked else said
    about = post.abouts[0]
    said = notice_words.headline(about.weightiest, post.language, own=about.is_own)
    text = f"P-{about.number} · {said}" if about.number else said
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT else line[:SUBJECT].rsplit(" ", 1)[0] + "…"


def _part(about: About, post: Post, workshop: Workshop, settings: Settings) -> Part:
    lines = tuple(_line(owed, about, post, workshop) for owed in about.owed[-NOTICES:])
    label = f"P-{about.number}" if about.number else i18n.text(post.language, "Edición")
    return Part(about, label, _actions(about, post.language, settings), lines, len(about.owed[:-NOTICES]))


def _actions(about: About, language: str, settings: Settings) -> tuple[Action, ...]:
    if not about.number:
        return (Action(i18n.text(language, "Ver las ediciones"), f"{settings.address}/ediciones"),)
    page = f"{settings.address}/propuestas/{about.number}"
    found = []
    if about.link is not None:
        said = vote_links.token(settings.ensure_secret_key(), about.link)
        found.append(Action(i18n.text(language, "Votar desde este correo"), f"{settings.address}/votar/correo/{said}"))
    if any(owed.kind in TO_CONFIRM for owed in about.owed):
        found.append(Action(i18n.text(language, "Confirmar su voto"), f"{page}/voto/confirmar"))
    if about.thread:
        where = f"{settings.address}/comentarios/{about.thread}"
        found.append(Action(i18n.text(language, "Abrir la conversación"), where))
    return (*found, Action(i18n.text(language, "Abrir la propuesta"), page))


def _line(owed: Owed, about: About, post: Post, workshop: Workshop) -> Line:
    place = workshop.group.find_administration(owed.administration)
    who = [owed.by, place.name(post.language) if place else ""]
    return Line(
        text=notice_words.headline(owed, post.language, own=about.is_own),
        by=" · ".join(filter(None, [*who, i18n.instant(owed.at, post.language, post.zone, "short")])),
        quote=_cut(owed.body if owed.replacement is None else owed.replacement),
        until=notice_words.until(owed, post.language, post.zone),
    )


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[:LONGEST_QUOTE].rsplit(" ", 1)[0] + "…"


def _stop_address(post: Post, settings: Settings) -> str:
    said = unsubscribing.token(settings.ensure_secret_key(), post.person_id)
    return f"{settings.address}/avisos/baja/{said}"
