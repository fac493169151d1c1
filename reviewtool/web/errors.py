"""Domain errors to HTTP and to a sentence in the person's language: the one place that knows both.

A form whose act fails is shown again by its view with what was typed (`say` gives the sentence); whatever a view does
not catch comes here and gets a page of its own, with the typed texts quoted so that nothing is lost.
"""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from reviewtool.db import unavailable
from reviewtool.errors import (
    AlreadyDecided,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    OutOfDate,
    ReviewError,
    Unavailable,
)
from reviewtool.web import keeping, limits, security
from reviewtool.web.i18n import gettext, ngettext
from reviewtool.web.sentences import SENTENCES, TITLES

log = logging.getLogger(__name__)

STATUS: dict[type[ReviewError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    InvalidInput: 400,
    OutOfDate: 409,
    Conflict: 409,
    AlreadyDecided: 409,
    Unavailable: 503,
}
SECRET = keeping.SECRET | keeping.NEVER
NOT_TYPED = SECRET | {"form_token", "submit_token", "seen", "form"}
WITHOUT_TYPED = frozenset({405, 413})  # nothing was sent in earnest, or it is too large to be read


def status_of(error: ReviewError) -> int:
    """Return the HTTP status of a domain error."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 400)


def say(error: ReviewError) -> str:
    """Say a domain error in the reader's language."""
    sentence = SENTENCES.get(error.code)
    if sentence is None:
        log.error("no sentence for error code %s", error.code)
        return gettext(TITLES[status_of(error)])
    return gettext(sentence, **error.facts) if error.facts else gettext(sentence)


def typed() -> list[tuple[str, str]]:
    """Return the longer texts the person sent, so that an error page can give them back."""
    return [(name, value) for name, value in request.form.items() if name not in NOT_TYPED and len(value) > 15]


def by_field(error: ReviewError | None) -> dict[str, str]:
    """Return the sentence of an error by the field it stands beside; the empty name: above the whole form."""
    return {str(getattr(error, "field", "") or error.facts.get("field", "")): say(error)} if error else {}


def page(status: int, sentence: str = "") -> tuple[str, int]:
    """Render the error page of a status, with the texts the person had typed."""
    kept = typed() if request.method == "POST" and status not in WITHOUT_TYPED else []
    return render_template(
        "errors/error.html", status=status, title=gettext(TITLES.get(status, TITLES[500])), sentence=sentence, kept=kept
    ), status


def _too_often(_error: HTTPException) -> Any:
    left = limits.seconds_left()
    log.warning("too often: %s person=%s", request.endpoint, getattr(current_user, "id", None))
    said = ngettext(
        "Hizo esto muchas veces en poco tiempo. Espere %(num)s segundo y vuelva a intentarlo.",
        "Hizo esto muchas veces en poco tiempo. Espere %(num)s segundos y vuelva a intentarlo.",
        left,
    )
    if request.endpoint == "drafts.autosave":  # the editor shows what it is told, and tries again
        return said, 429, {"Retry-After": str(left), "Content-Type": "text/plain; charset=utf-8"}
    return *page(429, said), {"Retry-After": str(left)}


def init_app(app: Flask) -> None:
    """Register the error pages."""

    @app.errorhandler(ReviewError)
    def domain(error: ReviewError) -> Any:
        status = status_of(error)
        log.info("refused %s %s: %s", request.method, request.endpoint, error.code)
        return page(status, say(error))

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> Any:
        if not current_user.is_authenticated and request.blueprint not in {"sessions", "identities"}:
            return security.ask_to_sign_in()
        form = keeping.arrived()
        if form is not None:
            return render_template("sessions/again.html", form=form, lacking=False), 400
        return page(400, gettext("La página llevaba demasiado tiempo abierta. Vuelva a enviarla: su texto está abajo."))

    @app.errorhandler(OperationalError)
    def database(error: OperationalError) -> Any:
        told = unavailable(error)
        if told is not None:
            return page(503, say(told))
        log.error("database failed in %s", request.endpoint, exc_info=error)
        return page(500)

    app.register_error_handler(429, _too_often)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        if error.code == 403:
            log.info("refused %s %s: no right", request.method, request.endpoint)
        return page(error.code)

    @app.errorhandler(Exception)
    def bug(error: Exception) -> Any:
        log.error("bug in %s %s", request.method, request.endpoint, exc_info=error)
        try:
            return page(500)
        except Exception:  # the frame of every page is what failed
            log.exception("the error page failed")
            return gettext(TITLES[500]), 500, {"Content-Type": "text/plain; charset=utf-8"}
