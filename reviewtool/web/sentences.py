"""The sentence of every error code, in Spanish (the message key). No logic."""

from __future__ import annotations

from reviewtool.web.i18n import mark as _

TITLES: dict[int, str] = {
    400: _("No se pudo entender lo enviado"),
    403: _("No tiene acceso a esta página"),
    404: _("Esta página no existe"),
    405: _("Esta página no existe"),
    409: _("Algo cambió mientras usted trabajaba"),
    413: _("El archivo es demasiado grande"),
    429: _("Demasiados intentos"),
    500: _("Algo falló de nuestro lado"),
    503: _("El sistema está ocupado"),
}

SENTENCES: dict[str, str] = {
    "not-allowed": _("Su función en el grupo no permite este acto."),
    "database-busy": _("Otra persona estaba guardando al mismo tiempo. No se hizo nada; vuelva a intentarlo."),
    "store-busy": _("El archivo de materiales está ocupado. No se hizo nada; vuelva a intentarlo en un momento."),
    "person-unknown": _("Esa persona no existe."),
    "name-bad": _("Escriba el nombre: hasta 200 caracteres, sin signos especiales."),
    "email-bad": _("Escriba una dirección de correo válida, como nombre@aduana.gob."),
    "email-taken": _("Ya hay una cuenta con la dirección %(email)s."),
    "administration-unknown": _("La administración «%(administration)s» no figura en el grupo."),
    "password-length": _("La contraseña debe tener entre %(least)s y %(most)s caracteres."),
    "language-unknown": _("Elija uno de los idiomas de la lista."),
    "timezone-unknown": _("Elija una de las zonas horarias de la lista."),
}
