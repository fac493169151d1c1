"""How a person is written to and why a mail did not arrive, in words."""

from __future__ import annotations

from typing import Final

from reviewtool.rules.mailing import ASKED_PACES, Pace
from reviewtool.web.i18n import gettext as _
from reviewtool.web.i18n import mark

_PACES: Final[dict[Pace, str]] = {
    Pace.at_once: mark("Enseguida"),
    Pace.daily: mark("Una vez al día, a las 8:00"),
    Pace.weekly: mark("Una vez a la semana, el lunes a las 8:00"),
    Pace.never: mark("Nunca por correo: lo veo aquí"),
}
_FAILURES: Final[dict[str, str]] = {
    "recipient": mark("El servidor de correo no acepta esa dirección."),
    "address": mark("La dirección no es una a la que se pueda escribir."),
    "sign-in": mark("El servidor de correo no acepta el usuario o la contraseña de la instalación."),
    "refused": mark("El servidor de correo no aceptó el mensaje."),
    "slow": mark("El servidor de correo no respondió a tiempo."),
    "unreachable": mark("No se pudo hablar con el servidor de correo."),
    "folder": mark("No se pudo escribir en la carpeta de los correos."),
    "broken": mark("El mensaje no se pudo componer; avise a quien administra la instalación."),
}


def paces(*, is_asked: bool) -> list[tuple[str, str]]:
    """Return the paces to choose from, of what is asked of a person or of the rest."""
    return [(pace.value, _(_PACES[pace])) for pace in (ASKED_PACES if is_asked else tuple(Pace))]


def hours() -> list[tuple[str, str]]:
    """Return the hours of a day to choose from, and none."""
    return [("", _("Ninguna")), *((str(hour), f"{hour}:00") for hour in range(24))]


def failure_words(code: str) -> str:
    """Say why a mail did not arrive, with the number that the mail server said."""
    reason, _colon, number = code.partition(":")
    said = _(_FAILURES[reason])
    return f"{said} ({number})" if number else said
