"""What a form brought and could not be taken: kept through the sign-in, and sent again only when its author presses.

A form that arrives when its session has ended, or with the token of an earlier one, is put into the page that answers,
signed, so that nobody can make up another one. It is taken only from a page of this site (`Origin`), which a foreign
page cannot claim. The other way round, a form that was taken is named on the next page, so that the browser drops the
copy it has of it (static/js/controllers/keeping.js).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer

from reviewtool.web import forms

LONGEST = 24 * 3600  # seconds that a sign-in page with a form in it may stand
NEVER = frozenset({"csrf_token", "kept", "proof", "proof_code", "proof_passkey"})
SECRET = frozenset({"password", "current", "code", "passkey"})


@dataclass(frozen=True)
class Form:
    """A form that waits to be sent again: its address, and its fields as they came."""

    to: str
    fields: tuple[tuple[str, str], ...]

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Return what its author may want to read before sending: what is longer than a choice."""
        return [(name, value) for name, value in self.fields if _is_text(value)]

    @property
    def rest(self) -> list[tuple[str, str]]:
        """Return the other fields."""
        return [(name, value) for name, value in self.fields if not _is_text(value)]


def _is_text(value: str) -> bool:
    return len(value) > 40 or "\n" in value or " " in value


def arrived() -> Form | None:
    """Return the form of this request, if it came from a page of this site and holds no password."""
    origin = urlsplit(request.headers.get("Origin", "")).netloc
    if request.method != "POST" or origin != request.host or SECRET & request.form.keys():
        return None
    fields = tuple((name, value) for name, value in request.form.items(multi=True) if name not in NEVER)
    to = request.script_root + request.full_path.rstrip("?")
    return Form(to, fields) if any(_is_text(value) for _name, value in fields) else None


def sealed(form: Form | None) -> str:
    """Return a form as a text that only this installation can have made."""
    return _serializer().dumps([form.to, form.fields]) if form else ""


def opened(text: str) -> Form | None:
    """Return the form in a sealed text, or None when it is none of ours or too old."""
    try:
        to, fields = _serializer().loads(text, max_age=LONGEST)
    except BadData:
        return None
    return Form(to, tuple((name, value) for name, value in fields))


def _serializer() -> URLSafeTimedSerializer:
    signing = {"digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="kept-form", signer_kwargs=signing)


def taken() -> str:
    """Return the mark of the form that was taken last: its copy in the browser may go.

    Every page names it until another form is taken: the first one may be left before its scripts run.
    """
    return str(session.get("taken", ""))


def init_app(app: Flask) -> None:
    """Note which forms were taken: every act answers 303."""

    @app.after_request
    def note(response: Response) -> Response:
        if response.status_code == 303 and request.blueprint != "sessions" and (mark := forms.line("kept")):
            session["taken"] = mark[:20]
        return response

    app.jinja_env.globals.update(taken_form=taken)
