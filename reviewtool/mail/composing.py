"""A mail made of a post: headers, and the same text as plain words and as HTML, in the person's language.

The HTML has tables and styles of its own, because mail programs know no style sheet; nothing in it is loaded from
anywhere, so nobody learns who read it when.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reviewtool import i18n
from reviewtool.mail.sending import NotSent
from reviewtool.services import notice_words, unsubscribing
from reviewtool.services.notices import Owed
from reviewtool.services.outbox import Batch
from reviewtool.services.posting import About, Post
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

TEMPLATES: Final = Path(__file__).parent.parent / "web" / "templates"
LONGEST_QUOTE: Final = 400  # characters of a comment
NOTICES: Final = 10  # of one proposal in one mail
SUBJECT: Final = 150  # characters


class _Whole(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as HeaderRegistry joins them
    """A header of addresses or ids on one line, whatever its length.

    Python would write a long one as encoded words, in which no mail program finds an address.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[Any]:
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "list-id", "references", "in-reply-to"):
        registry.map_to_type(name, _Whole)
    return SMTP.clone(header_factory=registry)


POLICY: Final = _policy()


@dataclass(frozen=True)
class Line:
    """A notice as a mail shows it."""

    text: str
    by: str
    quote: str
    until: str


@dataclass(frozen=True)
class Part:
    """A proposal as a mail shows it; `hidden` counts the notices left out."""

    about: About
    url: str
    lines: tuple[Line, ...]
    hidden: int


def compose(post: Post, batch: Batch, workshop: Workshop, settings: Settings) -> EmailMessage:
    """Return the mail of a batch: always the same Message-ID, so that one that comes twice is known as the same.

    Raises NotSent when the person's address is none that a mail can be sent to.
    """
    parts = tuple(_part(about, post, workshop, settings) for about in post.abouts)
    stops = None if post.is_asked else _stop_address(post, settings)
    told = {
        "parts": parts,
        "hidden": post.hidden,
        "subject": subject(post),
        "language": post.language,
        "product": workshop.group.product_name(post.language),
        "group": workshop.group.name(post.language),
        "choices_url": f"{settings.address}/perfil#mail",
        "inbox_url": f"{settings.address}/avisos",
        "stop_url": stops or "",
    }
    message = EmailMessage(policy=POLICY)
    _address(message, post, batch, workshop, settings)
    if stops:
        message["List-Unsubscribe"] = f"<{stops}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    templates = _templates(post.language)
    for kind in ("txt", "html"):
        text = templates.get_template(f"mail/letter.{kind}").render(told)
        add = message.set_content if kind == "txt" else message.add_alternative
        add(text, subtype="plain" if kind == "txt" else "html", charset="utf-8", cte="quoted-printable")
    return message


def _address(message: EmailMessage, post: Post, batch: Batch, workshop: Workshop, settings: Settings) -> None:
    sender = parseaddr(settings.mail_from)[1]
    domain = sender.rpartition("@")[2]
    product = workshop.group.product_name(post.language)
    message["From"] = Address(product, addr_spec=sender)
    try:
        message["To"] = Address(post.name, addr_spec=post.email)
    except Exception as error:  # whatever the parser of addresses trips over
        raise NotSent("address", for_good=True) from error
    message["Subject"] = subject(post)
    message["Date"] = format_datetime(batch.batched_at)
    message["Message-ID"] = f"<{batch.key}@{domain}>"
    if len(post.abouts) == 1:  # so that mail programs show one conversation a proposal
        thread = f"<propuesta-{post.abouts[0].number}@{domain}>"
        message["In-Reply-To"] = message["References"] = thread
    message["List-Id"] = f"<avisos.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = post.language


def subject(post: Post) -> str:
    """Say what a mail is about: of one proposal its weightiest notice, of several how many."""
    if len(post.abouts) > 1:
        count = len(post.abouts) + post.hidden
        said = i18n.plural(post.language, "Avisos sobre %(num)s propuesta", "Avisos sobre %(num)s propuestas", count)
        asked = sum(about.is_asked for about in post.abouts)
        waits = i18n.plural(post.language, "%(num)s espera por usted", "%(num)s esperan por usted", asked)
        return f"{said}: {waits}" if asked else said
    about = post.abouts[0]
    weightiest = about.weightiest
    text = f"P-{about.number} · {notice_words.headline(weightiest, post.language, own=about.is_own)}"
    line = " ".join(text.split())
    return line if len(line) <= SUBJECT else line[:SUBJECT].rsplit(" ", 1)[0] + "…"


def _part(about: About, post: Post, workshop: Workshop, settings: Settings) -> Part:
    lines = tuple(_line(owed, about, post, workshop) for owed in about.owed[-NOTICES:])
    url = f"{settings.address}/propuestas/{about.number}"
    return Part(about, url, lines, len(about.owed[:-NOTICES]))


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


@cache
def _templates(language: str) -> Environment:
    """Return the templates, speaking one language."""
    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    catalogue = i18n.catalogue(language)
    found.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        catalogue.gettext, catalogue.ngettext, newstyle=True
    )
    return found
