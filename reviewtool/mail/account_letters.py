"""A mail about an account: an invitation, a link to a new password, or what was done to the account."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Final

from reviewtool import i18n
from reviewtool.i18n import mark
from reviewtool.mail import envelopes
from reviewtool.services import account_notices, invitations, notice_words
from reviewtool.services.letters import Letter
from reviewtool.services.outbox import Batch
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

_INVITED: Final = (
    mark("%(who)s le invita a participar en %(group)s"),
    mark("Con el enlace abre su cuenta: revisa su nombre y elige idioma, zona horaria y contraseña."),
    mark("Si no esperaba esta invitación, no haga nada: sin abrir el enlace no se crea ninguna cuenta."),
)
_ASKED: Final = mark("Si no lo pidió usted, no haga nada: su contraseña sigue siendo la misma.")
_CERTIFICATION: Final = mark("Cuando haya una nueva, la coordinación la anota en la página de la persona.")
_WARNING: Final = mark(
    "Si usted no lo pidió ni lo esperaba, dígalo enseguida a otra persona de la coordinación, por teléfono o en "
    "persona: quien pone la contraseña de una cuenta actúa en su nombre."
)
_WARNINGS: Final = {
    account_notices.LINK_ASKED: _ASKED,
    account_notices.CERTIFICATION: _CERTIFICATION,
    account_notices.CERTIFICATION_OF: _CERTIFICATION,
}


def compose(letter: Letter, batch: Batch, workshop: Workshop, settings: Settings) -> EmailMessage:
    """Return the mail of a letter. Raises NotSent when its address is none that a mail can be sent to."""
    title, explained, warning = _said(letter, workshop)
    product = workshop.group.product_name(letter.language)
    subject = i18n.text(letter.language, "Invitación a %(product)s", product=product)
    if letter.kind != account_notices.INVITED:
        subject = f"{product}: {title}"
    message = envelopes.addressed(letter, subject, batch, workshop, settings)
    told = {
        "title": title,
        "explained": explained,
        "warning": warning,
        "at": i18n.instant(letter.at, letter.language, letter.zone),
        "is_invitation": letter.kind == account_notices.INVITED,
        "url": "",
        "until": "",
        "sign_in_url": f"{settings.address}/entrar",
    }
    if letter.link is not None:
        token = invitations.token(settings.ensure_secret_key(), letter.link)
        told["url"] = f"{settings.address}/invitacion/{token}"
        told["until"] = i18n.instant(letter.link.expires_at, letter.language, letter.zone)
    envelopes.fill(message, "account", letter, workshop, told)
    return message


def _said(letter: Letter, workshop: Workshop) -> tuple[str, str, str]:
    """Return what happened, what the link is for, and what to do when it was not expected."""
    if letter.kind == account_notices.INVITED:
        title, explained, warning = _INVITED
        name = workshop.group.name(letter.language)
        return (
            i18n.text(letter.language, title, who=letter.by, group=name),
            i18n.text(letter.language, explained),
            i18n.text(letter.language, warning),
        )
    title = notice_words.of_account(letter.kind, letter.by, letter.language)
    explained = i18n.text(letter.language, "Con el enlace elige su contraseña nueva.") if letter.link else ""
    warning = _WARNINGS.get(letter.kind, _WARNING)
    return title, explained, i18n.text(letter.language, warning)
