"""Who is signed in, what pages may do in the browser, and the token that every form carries."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, abort, g, redirect, render_template, request, url_for
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect

from reviewtool.models import Person
from reviewtool.rules.permissions import Act, Role, may
from reviewtool.services import installations, people
from reviewtool.web import browsers, keeping, passkey_asks
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import gettext

log = logging.getLogger(__name__)

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; manifest-src 'self'; "
    "require-trusted-types-for 'script'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Origin-Agent-Cluster": "?1",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
HTTPS_ONLY = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
MOST_FIELDS = 2000  # of one form: a meeting about many proposals has some hundred
OPEN_ENDPOINTS = frozenset(
    {
        *("sessions.sign_in", "sessions.enter", "sessions.forgot", "invitations.accept"),
        *("sessions.show_factor", "sessions.enter_with_passkey"),
        *("assets.file", "home.healthy", "notices.stop"),
        *("identities.start", "identities.keep", "identities.go", "identities.back"),
        *("feeds.own", "feeds.group", "feeds.calendar"),
        "vote_links.vote",  # which asks to sign in itself, where the installation does
    }
)
WITHOUT_COOKIE = frozenset({"assets.file", "feeds.own", "feeds.group", "feeds.calendar"})


class Sessions(SecureCookieSessionInterface):
    """The signed cookie, sent with pages only: a static file that came with one would be loaded anew on every page.

    Feeds are asked for by programs that are signed in nowhere.
    """

    digest_method = staticmethod(hashlib.sha256)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write the cookie, and that the answer depends on it; never one whose token was replaced meanwhile."""
        if request.endpoint not in WITHOUT_COOKIE and not browsers.is_left_behind():
            super().save_session(app, session, response)


csrf = CSRFProtect()
logins = LoginManager()


@logins.user_loader  # type: ignore[untyped-decorator]  # flask_login carries no types
def load(identifier: str) -> Person | None:
    """Return the person of a session cookie whose version is still the present one."""
    person_id, _, version = identifier.partition(".")
    if not person_id.isdigit() or not version.isdigit():
        return None
    person, g.people_version = people.read(reading(), int(person_id))
    known = person is not None and person.active and person.session_version == int(version)
    return person if known and person and browsers.present(person) else None


def may_now(act: Act | str) -> bool:
    """Say whether the signed-in person's roles allow an act."""
    held: frozenset[Role] | None = g.get("roles")
    if held is None:
        if not current_user.is_authenticated:
            return False
        g.roles = held = people.roles(current_user)
    return may(held, Act(act), readers_see_discussion=workshop().group.readers_see_discussion)


def only_who_may(act: Act) -> Callable[[], None]:
    """Return what a blueprint runs before each of its pages to close them all to those whose roles lack an act."""

    def close() -> None:
        if not may_now(act):
            abort(403)

    return close


def ask_to_sign_in() -> Any:
    """Send a stranger to the sign-in page, and back afterwards; a form that they sent waits in that page."""
    form = keeping.arrived()
    if form is not None:
        said = gettext("Su sesión terminó. Lo que escribió está guardado en esta página: entre otra vez y envíelo.")
        return sign_in_page(error=said, form=keeping.sealed(form)), 401
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect(url_for("sessions.sign_in", next=wanted))


def sign_in_page(wanted: str = "", email: str = "", error: str = "", form: str = "") -> str:
    """Show the sign-in page; `form` is a sealed one that waits in it."""
    return render_template(
        "sessions/sign_in.html",
        wanted=wanted,
        email=email,
        error=error,
        form=form,
        options=passkey_asks.to_sign(),
        demonstration=installations.is_demonstration(reading()),
    )


def take_head_for_a_page() -> None:
    """Answer HEAD as the page without its body, so that no view takes it for a form, whose token nobody asked for."""
    if request.method == "HEAD":
        request.method = "GET"


def init_app(app: Flask) -> None:
    """Set up sign-in, CSRF, security headers, and close every page to strangers but those named open."""
    app.session_interface = Sessions()
    headers = HEADERS | (HTTPS_ONLY if app.config["SESSION_COOKIE_SECURE"] else {})

    app.before_request(take_head_for_a_page)

    @app.before_request  # before the token is looked for, which reads the form
    def only_what_people_type() -> None:
        if request.mimetype != "multipart/form-data":  # without files: as much as the fields may hold, not as a file
            request.max_content_length = app.config["MAX_FORM_MEMORY_SIZE"]
        if request.mimetype == "application/x-www-form-urlencoded" and request.get_data().count(b"&") >= MOST_FIELDS:
            abort(413)

    csrf.init_app(app)
    logins.init_app(app)
    logins.unauthorized_handler(ask_to_sign_in)
    app.permanent_session_lifetime = timedelta(hours=app.config["SESSION_HOURS"])

    @app.before_request
    def only_known_people() -> Any:
        if request.endpoint in OPEN_ENDPOINTS or request.endpoint is None:
            return None
        if not current_user.is_authenticated:
            return logins.unauthorized()
        if not people.roles(current_user):
            abort(403)
        browsers.keep_up()
        return None

    @app.after_request
    def harden(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        if request.endpoint != "assets.file" and "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store" if not current_user_is_known() else "private, no-cache"
        return response

    app.jinja_env.globals.update(may=may_now)


def current_user_is_known() -> bool:
    """Say whether somebody is signed in, also outside pages."""
    return bool(current_user and current_user.is_authenticated)


__all__ = ["CSRFError", "csrf", "init_app", "logins", "may_now"]
