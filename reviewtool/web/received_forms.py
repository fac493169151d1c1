"""The forms of what reached the coordination otherwise, votes apart: a proposal, a comment, a lifting."""

from __future__ import annotations

from collections.abc import Iterable

from flask import request, url_for

from reviewtool import i18n
from reviewtool.models import Draft, Objection, Person
from reviewtool.services.receiving import CHANNELS
from reviewtool.web.ballot_forms import Field, Form, Option, received_fields, with_typed
from reviewtool.web.case import Case
from reviewtool.web.i18n import gettext as _
from reviewtool.web.places import Places
from reviewtool.web.remembering import form_token
from reviewtool.web.seats import seat_name
from reviewtool.web.talk import place_of


def lifting(case: Case, objection: Objection) -> Form:
    """Return the form of the lifting of an objection as its seat sent it."""
    seat = seat_name(objection.seat)
    form = Form(
        act="register_lifting",
        title=_("Registrar el retiro de la objeción de %(seat)s a P-%(number)s", seat=seat, number=case.number),
        lead=_(
            "La objeción deja de impedir que el cambio se incorpore. Quien ocupa el puesto recibe un aviso enseguida. "
            "Lo recibido por teléfono no la retira hasta que lo confirme."
        ),
        url=url_for("registering.lifting", number=case.number, objection_id=objection.id),
        button=_("Registrar el retiro"),
        fields=(
            *received_fields(CHANNELS),
            Field("reason", _("Por qué se retira"), hint=_("Queda en la constancia de decisión.")),
        ),
        quote=objection.reason,
    )
    return with_typed(form)


def comment(case: Case, people: Iterable[Person]) -> Form:
    """Return the form of a comment as somebody sent it, on the proposal or on one of its documents."""
    form = Form(
        act="register_comment",
        title=_("Registrar un comentario recibido en P-%(number)s", number=case.number),
        lead=_("Consta a nombre de quien lo envió, que recibe un aviso enseguida y puede modificarlo."),
        url=url_for("registering.comment", number=case.number),
        button=_("Registrar el comentario"),
        fields=(
            Field("person", _("Quién lo envió"), "select", required=True, options=_people(people)),
            *received_fields(CHANNELS),
            Field("path", _("Sobre qué comenta"), "select", required=True, options=_documents(case)),
            Field("body", _("Comentario"), hint=_("Cópielo tal como se recibió."), required=True),
        ),
        hidden=(
            ("version", request.form.get("version") or str(case.proposal.latest)),
            ("form_token", request.form.get("form_token") or form_token()),
        ),
    )
    return with_typed(form)


def proposal(draft: Draft, members: Iterable[Person]) -> Form:
    """Return the form that registers a draft as the proposal of the member who sent it."""
    form = Form(
        act="register_proposal",
        title=_("Registrar la propuesta en nombre de quien la envió"),
        lead=_(
            "Consta como suya: recibe un aviso enseguida y puede enmendarla o retirarla como cualquier otra. Usted "
            "solo la transcribe y no pasa a ser parte de ella."
        ),
        url=url_for("registering.draft", draft_id=draft.id),
        button=_("Registrar la propuesta"),
        fields=(
            Field("person", _("Quién la envió"), "select", required=True, options=_people(members)),
            *received_fields(CHANNELS),
        ),
        hidden=(("token", draft.token),),
    )
    return with_typed(form)


def version(draft: Draft, author: Person) -> Form:
    """Return the form that registers a draft as the next version of a proposal, which its author sent."""
    form = Form(
        act="register_version",
        title=_("Registrar la versión nueva de P-%(number)s", number=draft.proposal_number),
        lead=_("Consta a nombre de %(who)s, que recibe un aviso enseguida.", who=author.name),
        url=url_for("registering.draft", draft_id=draft.id),
        button=_("Registrar la versión"),
        fields=received_fields(CHANNELS),
        hidden=(("token", draft.token),),
    )
    return with_typed(form)


def begin_version(case: Case) -> Form:
    """Return the form that begins the draft of the next version, as its author sent it."""
    return Form(
        act="begin_version",
        title=_("Registrar una versión nueva de P-%(number)s", number=case.number),
        lead=_(
            "Se prepara un borrador con el texto de la última versión. Escriba en él lo que envió %(who)s; al "
            "registrarlo dirá cómo se recibió.",
            who=case.proposal.author.name,
        ),
        url=url_for("registering.start_version", number=case.number),
        button=_("Preparar el borrador"),
        fields=(),
    )


def _people(people: Iterable[Person]) -> tuple[Option, ...]:
    named = sorted(people, key=lambda person: i18n.collated(person.name))
    chosen = [(str(person.id), f"{person.name}, {place_of(person)}", "", False) for person in named]
    return (("", _("Elija a una persona"), "", False), *chosen)


def _documents(case: Case) -> tuple[Option, ...]:
    titles, paths = Places(), [touch.path for touch in case.revision.touches]
    found = [(path, titles.document(path).striptags(), titles.language(path), False) for path in paths]
    return (("", _("La propuesta en su conjunto"), "", False), *found)
