"""The forms of what reached the coordination otherwise, votes apart: the lifting of an objection."""

from __future__ import annotations

from flask import url_for

from reviewtool.models import Objection
from reviewtool.services.receiving import PROVABLE
from reviewtool.web.ballot_forms import Field, Form, received_fields, with_typed
from reviewtool.web.case import Case
from reviewtool.web.i18n import gettext as _
from reviewtool.web.seats import seat_name


def lifting(case: Case, objection: Objection) -> Form:
    """Return the form of the lifting of an objection as its seat sent it; by telephone none is taken."""
    seat = seat_name(objection.seat)
    form = Form(
        act="register_lifting",
        title=_("Registrar el retiro de la objeción de %(seat)s a P-%(number)s", seat=seat, number=case.number),
        lead=_(
            "La objeción deja de impedir que el cambio se incorpore. Quien ocupa el puesto recibe un aviso enseguida. "
            "Por teléfono no se retira: pida que lo escriba."
        ),
        url=url_for("registering.lifting", number=case.number, objection_id=objection.id),
        button=_("Registrar el retiro"),
        fields=(
            *received_fields(PROVABLE),
            Field("reason", _("Por qué se retira"), hint=_("Queda en la constancia de decisión.")),
        ),
        quote=objection.reason,
    )
    return with_typed(form)
