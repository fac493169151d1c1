"""Parts of pages remembered as HTML, under a key that names all they depend on; tokens of forms are put in afterwards.

Like everything in the workshop's cache a part is never taken back, only forgotten: its key holds versions (a
proposal's acts, the published text, the people), so that whatever changes is another key. `reader` is the share of
that key which belongs to whoever reads.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar, cast
from zoneinfo import ZoneInfo

from flask import Flask, g, request
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from reviewtool.clock import now
from reviewtool.services import people
from reviewtool.web.database import me, workshop
from reviewtool.web.i18n import language, zone

K = TypeVar("K", bound=Hashable)

# Nobody outside this process can write these into a text, so what is replaced by a token is never somebody's words.
_CSRF, _TOKEN, _SHARED = (f"{name}-{secrets.token_hex(16)}" for name in ("csrf", "token", "shared"))
_PLACE = re.compile(rf"{_SHARED}-(\d+)-")


def reader(*, alone: bool = False) -> Hashable:
    """Return what a part depends on besides its facts: language, zone and day, roles; `alone` also the very person."""
    if "reader" not in g:
        person = me()
        g.reader = (
            language(),
            zone(),
            now().astimezone(ZoneInfo(zone())).date(),
            now().date(),  # roles and seats begin and end by the day of UTC
            people.roles(person),
            request.script_root,
        )
        seat = people.seat_of(person)
        g.reader_alone = (person.id, (seat.id, people.holds_as_alternate(person, seat)) if seat else None)
    return (g.reader, g.reader_alone) if alone else g.reader


def part(key: Hashable, make: Callable[[], str]) -> Markup:
    """Return the HTML of `key`, made now when it is not remembered, with fresh tokens in its forms."""
    pieces = workshop().cache.get(("part", key), lambda: _made(make))
    html = b"".join(each.html if isinstance(each, _Shared) else each for each in pieces).decode()
    if _CSRF in html:
        html = html.replace(_CSRF, generate_csrf())
    if _TOKEN in html:
        html = html.replace(_TOKEN, secrets.token_urlsafe(16))
    return Markup(html)  # noqa: S704  (Jinja's own output, and tokens without a character that HTML knows)


def parts(keys: Mapping[K, Hashable], make: Callable[[list[K]], Mapping[K, str]]) -> list[Markup]:
    """Return many parts without forms, in their order; those not remembered are made together."""
    found = workshop().cache.get_many({name: ("part", key) for name, key in keys.items()}, make)
    return [Markup(found[name]) for name in keys]  # noqa: S704  (Jinja's own output)


def shared(key: Hashable, make: Callable[[], str]) -> Markup:
    """Return HTML without forms that the parts of many readers have alike; they hold it together, not each a copy."""
    html = workshop().cache.get(("shared", key), lambda: make().encode())
    if "shared" not in g:
        return Markup(html.decode())  # noqa: S704  (Jinja's own output)
    g.shared.append(_Shared(html))
    return Markup(f"{_SHARED}-{len(g.shared) - 1}-")  # noqa: S704  (a place)


class _Shared:
    """HTML that is held together with others: where it is referred to it weighs nothing in the cache."""

    def __init__(self, html: bytes) -> None:
        self.html = html


def _made(make: Callable[[], str]) -> tuple[bytes | _Shared, ...]:
    """Make a part, in pieces of which every second one is shared; UTF-8 takes half the room of a text with a dash."""
    g.tokens_given, g.shared = 0, []
    try:
        pieces = _PLACE.split(make())
        return tuple(g.shared[int(each)] if at % 2 else each.encode() for at, each in enumerate(pieces))
    finally:
        del g.tokens_given, g.shared


def csrf_token() -> str:
    """Return the token that every form carries, or in a remembered part the place where it will stand."""
    return _CSRF if "tokens_given" in g else cast("str", generate_csrf())


def form_token() -> str:
    """Return a token for one form, by which a second press of its button is recognised; never the same for two."""
    if "tokens_given" not in g:
        return secrets.token_urlsafe(16)
    g.tokens_given += 1
    return f"{_TOKEN}-{g.tokens_given}"


def init_app(app: Flask) -> None:
    """Give templates the tokens of forms; after `security`, whose own `csrf_token` this replaces."""
    app.jinja_env.globals.update(csrf_token=csrf_token, new_form_token=form_token)
    app.context_processor(lambda: {"csrf_token": csrf_token})
