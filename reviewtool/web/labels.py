"""The words that a redline carries, in the reader's language: hidden ones for screen readers, shown ones at moves."""

from __future__ import annotations

from reviewtool.prose.redline import Labels
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark

FACTS: dict[str, str] = {  # what a document declares at its beginning; other keys are said as they are written
    "title": mark("Título"),
    "lang": mark("Idioma"),
    "author": mark("Autoría"),
    "date": mark("Fecha"),
    "summary": mark("Resumen"),
    "adapted_from": mark("Adaptado de"),
    "adapted_by": mark("Adaptado por"),
}


def fact(key: str) -> str:
    """Name something that a document declares of itself."""
    return _(FACTS[key]) if key in FACTS else key


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
        facts=tuple((key, fact(key)) for key in FACTS),
    )
