"""The language and zone of the person who reads, for views and templates."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from flask import Flask, current_app, g, has_request_context, request
from flask_login import current_user
from markupsafe import Markup, escape

from reviewtool import i18n

_QUOTED = re.compile("(?<=[«“])([^»”]+)(?=[»”])")
mark = i18n.mark
_NOTES = re.compile(r'<(?:span|a|p) class="(?:[\w-]+ )*(?:redline-note|front-matter-title)"')


def language() -> str:
    """Return the reader's language: their own, else what the browser asks among ours, else the default."""
    if not has_request_context():
        return "es"
    found: str | None = g.get("language")
    if found is None:
        if current_user.is_authenticated:
            found = str(current_user.language)
        else:
            found = request.accept_languages.best_match(i18n.LANGUAGES) or str(current_app.config["DEFAULT_LANGUAGE"])
        g.language = found
    return found


def zone() -> str:
    """Return the reader's time zone: their own, else the group's."""
    if not has_request_context():
        return str(current_app.config["GROUP_ZONE"])
    found: str | None = g.get("zone")
    if found is None:
        known = current_user.is_authenticated
        g.zone = found = str(current_user.timezone if known else current_app.config["GROUP_ZONE"])
    return found


def gettext(message: str, **facts: Any) -> str:
    """Say a Spanish text in the reader's language."""
    return i18n.text(language(), message, **facts)


def ngettext(one: str, many: str, number: int, **facts: Any) -> str:
    """Say one or many in the reader's language; %(num)s is the number."""
    return i18n.plural(language(), one, many, number, **facts)


def localtime(value: datetime, style: str = "short") -> str:
    """Say an instant in the reader's zone; styles as in `reviewtool.i18n.instant`."""
    return i18n.instant(value, language(), zone(), style)


def localdate(value: date | datetime, style: str = "medium") -> str:
    """Say a day; of an instant, the day it is in the reader's zone."""
    if isinstance(value, datetime):
        return i18n.instant(value, language(), zone(), "day")
    return i18n.day_text(value, language(), style)


def number(value: float) -> str:
    """Say a number with the reader's separators."""
    return i18n.number(value, language())


def joined(items: list[str]) -> str:
    """Join names as prose does in the reader's language."""
    return i18n.joined(items, language())


def spoken(words: str, code: str) -> Markup:
    """Return words that are in a language, Spanish where none is told, marked with it unless the page speaks it."""
    code = code or "es"
    return (
        escape(words)
        if code.partition("-")[0].lower() == language()
        else Markup('<span lang="{}">{}</span>').format(code, words)
    )


def quoted(said: str, code: str) -> Markup:
    """Mark what a sentence quotes of a document with its language; without one nothing is marked."""
    if not code:
        return escape(said)
    parts = _QUOTED.split(said)  # what was quoted stands at every other place
    return Markup().join(spoken(part, code) if at % 2 else part for at, part in enumerate(parts))


def noted(html: Markup, code: str) -> Markup:
    """Mark the words that a redline adds to a text, which are the reader's, where the text is in another language."""
    if code.partition("-")[0].lower() == language():
        return html
    # str(): `re` joins what it keeps by the subject's own `join`, and that of Markup escapes.
    return Markup(_NOTES.sub(rf'\g<0> lang="{language()}"', str(html)))  # noqa: S704  (only an attribute is added)


def dotted(parts: Iterable[str]) -> Markup:
    """Set facts beside each other in one line; those that say nothing are left out."""
    return Markup(" · ").join(part for part in parts if part)


def init_app(app: Flask) -> None:
    """Give templates `_`, `ngettext`, `language` and the filters for time, day and number."""
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        lambda message: i18n.catalogue(language()).gettext(message),
        lambda one, many, count: i18n.catalogue(language()).ngettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.filters.update(localtime=localtime, localdate=localdate, number=number, joined=joined)
    app.jinja_env.filters.update(spoken=spoken, noted=noted)
    app.jinja_env.globals.update(reader_language=language)
