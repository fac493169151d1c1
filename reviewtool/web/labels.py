"""The words that a redline carries, in the reader's language: hidden ones for screen readers, shown ones at moves."""

from __future__ import annotations

from markupsafe import Markup

from reviewtool.prose import redline
from reviewtool.prose.redline import Labels
from reviewtool.services import telling
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import language


def labels() -> Labels:
    """Return the words of a redline; the language belongs into the key of whatever is remembered with them."""
    return Labels(
        inserted_open=_("[insertado: "),
        inserted_close=_("]"),
        deleted_open=_("[suprimido: "),
        deleted_close=_("]"),
        moved_from=_("Trasladado de otro lugar: ver dónde estaba"),
        moved_to=_("Trasladado a otro lugar: ver dónde está"),
        front_matter=_("Datos del documento"),
        format_old_open=_("[formato anterior: "),
        format_new_open=_("[formato nuevo: "),
        target=_("destino del enlace:"),
        too_heavy=_("Son demasiados cambios para marcarlos en el texto compuesto: se marcan en el texto fuente."),
        facts=tuple((key, telling.fact_name(key, language())) for key in telling.FACTS),
    )


def redlined(old: str, new: str) -> Markup:
    """Show two pieces of Markdown as one, in the reader's language."""
    return Markup("").join(chunk.html for chunk in redline.compare(old, new, labels=labels()).chunks)
