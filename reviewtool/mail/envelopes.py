"""What every mail has: its headers, and the same text twice, as plain words and as HTML, from two templates.

The HTML has tables and styles of its own, because mail programs know no style sheet; nothing in it is loaded from
anywhere, so nobody learns who read it when.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy, Policy
from email.utils import format_datetime, parseaddr
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from reviewtool import i18n
from reviewtool.mail.sending import NotSent
from reviewtool.services.outbox import Batch
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

TEMPLATES: Final = Path(__file__).parent.parent / "web" / "templates"


class Addressee(Protocol):
    """Who a mail goes to, and the language they read."""

    @property
    def name(self) -> str:
        """Return what they are called."""

    @property
    def email(self) -> str:
        """Return their address."""

    @property
    def language(self) -> str:
        """Return the language of the mail."""


class _Whole(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as HeaderRegistry joins them
    """A header of addresses or ids on one line, whatever its length.

    Python would write a long one as encoded words, in which no mail program finds an address.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


def _policy() -> EmailPolicy[Any]:
    registry = HeaderRegistry()
    for name in ("list-unsubscribe", "list-id", "references", "in-reply-to", "reply-to"):
        registry.map_to_type(name, _Whole)
    return SMTP.clone(header_factory=registry)


POLICY: Final = _policy()


LONGEST_NAME: Final = 100  # characters before an address


def domain(settings: Settings) -> str:
    """Return the domain that mails come from."""
    return parseaddr(settings.mail_from)[1].rpartition("@")[2]


def addressed(to: Addressee, subject: str, batch: Batch, workshop: Workshop, settings: Settings) -> EmailMessage:
    """Return a mail without its text: always the same Message-ID, so that one that comes twice is known as the same.

    Raises NotSent when the address is none that a mail can be sent to.
    """
    message = EmailMessage(policy=POLICY)
    sender = parseaddr(settings.mail_from)[1]
    message["From"] = Address(workshop.group.product_name(to.language), addr_spec=sender)
    try:
        message["To"] = Address(display_name(to.name), addr_spec=to.email)
    except Exception as error:  # whatever the parser of addresses trips over
        raise NotSent("address", for_good=True) from error
    message["Subject"] = header_text(subject)
    message["Date"] = format_datetime(batch.batched_at)
    message["Message-ID"] = f"<{batch.key}@{domain(settings)}>"
    message["List-Id"] = f"<avisos.{domain(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    return message


def header_text(text: str) -> str:
    """Return words that people wrote as a header may hold them: one line of letters that are seen.

    An encoded word (RFC 2047) is taken apart: Python would decode it, a line end in it too, and so add a header.
    """
    line = " ".join(text.replace("=?", "= ?").split())
    return "".join(letter for letter in line if letter.isprintable())


def display_name(name: str) -> str:
    """Return a person's name as it may stand before their address, without the signs that make addresses."""
    return " ".join(re.sub(r"[^\w.'’·-]", " ", header_text(name)).split())[:LONGEST_NAME]


def fill(message: EmailMessage, template: str, to: Addressee, workshop: Workshop, told: Mapping[str, object]) -> None:
    """Write the text of a mail from `mail/<template>.txt` and `.html`."""
    names = {
        "subject": message["Subject"],
        "language": to.language,
        "product": workshop.group.product_name(to.language),
        "group": workshop.group.name(to.language),
    }
    spoken = templates(to.language)
    for kind in ("txt", "html"):
        text = spoken.get_template(f"mail/{template}.{kind}").render(names | dict(told))
        add = message.set_content if kind == "txt" else message.add_alternative
        add(text, subtype="plain" if kind == "txt" else "html", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = to.language  # writing the text takes every header of the content away


@cache
def templates(language: str) -> Environment:
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
