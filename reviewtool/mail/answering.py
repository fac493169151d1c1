"""The mail that tells somebody what became of theirs: that it is no comment and why, or that its files were left."""

from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Final

from reviewtool import i18n
from reviewtool.clock import now
from reviewtool.i18n import mark
from reviewtool.mail.envelopes import POLICY, display_name, header_text, templates
from reviewtool.mail.sending import NotSent
from reviewtool.services.mail_replies import TAKEN, Reason
from reviewtool.services.workshop import Workshop
from reviewtool.settings import Settings

WHY: Final[dict[str, str]] = {
    "taken-without-files": mark(
        "Su comentario está publicado. Los archivos adjuntos no se toman por correo: adjúntelos en la página."
    ),
    "address-unknown": mark("La dirección a la que escribió no es de ningún aviso nuestro. Responda a uno de ellos."),
    "address-over": mark("El aviso al que respondió tiene más de 60 días y ya no admite respuestas por correo."),
    "not-your-address": mark(
        "El correo no llegó desde la dirección de su cuenta, o no se pudo comprobar que venga de ella. Responda desde "
        "la dirección en la que recibe los avisos."
    ),
    "account-closed": mark("Su cuenta está fuera de uso o no tiene función en el grupo."),
    "too-many": mark("Llegaron demasiados correos suyos en una hora. Escriba en la página, o espere un rato."),
    "mail-too-large": mark("El correo pasa de 5 MB. Responda solo con texto; los archivos se adjuntan en la página."),
    "comment-empty": mark("En el correo no había texto propio encima de lo citado. Escriba su respuesta al comienzo."),
    "text-too-long": mark("El texto pasa de lo que admite un comentario. Divídalo, o adjunte un archivo en la página."),
    "text-bad": mark("El texto tiene signos que no se pueden guardar. Escríbalo de nuevo en la página."),
    "not-allowed": mark("Su función en el grupo no permite comentar."),
    "state-forbids": mark("La propuesta ya se incorporó al texto y no admite comentarios."),
    "thread-unknown": mark("La conversación a la que respondió ya no existe."),
    "proposal-unknown": mark("La propuesta a la que respondió ya no existe."),
}
ELSE: Final = mark("Su correo no se pudo publicar como comentario. Escríbalo en la página.")


def compose(reason: Reason, workshop: Workshop, settings: Settings) -> EmailMessage:
    """Return the mail that tells a reason; it says that a program wrote it, so that no other program answers.

    Raises NotSent when the address is none that a mail can be sent to.
    """
    sender = parseaddr(settings.mail_from)[1]
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=POLICY)
    message["From"] = Address(workshop.group.product_name(reason.language), addr_spec=sender)
    try:
        message["To"] = Address(display_name(reason.name), addr_spec=reason.to)
    except Exception as error:  # whatever the parser of addresses trips over
        raise NotSent("address", for_good=True) from error
    message["Subject"] = header_text(subject(reason))
    message["Date"] = format_datetime(now())
    message["Message-ID"] = f"<respuesta-{reason.key[:32]}@{domain}>"
    if reason.message_id:
        message["In-Reply-To"] = message["References"] = reason.message_id
    message["Auto-Submitted"] = "auto-replied"
    message["X-Auto-Response-Suppress"] = "All"
    message["Precedence"] = "bulk"
    message["Content-Language"] = reason.language
    told = {
        "why": i18n.text(reason.language, WHY.get(reason.code, ELSE)),
        "title": reason.title,
        "number": reason.proposal,
        "url": f"{settings.address}/propuestas/{reason.proposal}" if reason.proposal else settings.address,
        "product": workshop.group.product_name(reason.language),
        "group": workshop.group.name(reason.language),
    }
    text = templates(reason.language).get_template("mail/reason.txt").render(told)
    message.set_content(text, subtype="plain", charset="utf-8", cte="quoted-printable")
    return message


def subject(reason: Reason) -> str:
    """Say whether the mail became a comment."""
    if reason.code in TAKEN:
        said = i18n.text(reason.language, "Su comentario está publicado, sin los archivos adjuntos")
    else:
        said = i18n.text(reason.language, "Su correo no se publicó como comentario")
    return f"P-{reason.proposal} · {said}" if reason.proposal else said
