"""How often one person, and one address, may do what costs much or fills the installation; more is answered 429.

Each limit is a decorator for a view, below the route. They count what is sent, so that looking at a form costs nothing;
searching counts what is asked. Failed sign-ins are another matter (`throttle`): they are counted in the database.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, current_app, request
from flask_limiter import Limiter
from flask_login import current_user

from reviewtool.clock import now
from reviewtool.web.forms import line

View = TypeVar("View", bound=Callable[..., object])

BEHIND_ONE_ADDRESS = 15  # people of one administration, who share its address towards the outside


def _address() -> str:
    return f"address:{request.remote_addr}"


def _account() -> str:
    """Name who acts: who has signed in, else the account whose address was typed, as a hash."""
    if current_user.is_authenticated:
        return f"person:{current_user.id}"
    return "typed:" + hashlib.sha256(line("email").casefold().encode("utf-8", "replace")).hexdigest()


limiter = Limiter(_address)


@dataclass(frozen=True)
class Limit:
    """One budget, shared by every view that it decorates: so much an account, and fifteen times that an address."""

    name: str
    setting: str
    span: str
    method: str = "POST"

    def __call__(self, view: View) -> View:
        """Count each request to a view against the budgets of its account and of its address."""
        counted: Any = view
        for key, times in ((_account, 1), (_address, BEHIND_ONE_ADDRESS)):
            count = limiter.shared_limit(self._allowed(times), scope=self.name, key_func=key, methods=[self.method])
            counted = count(counted)
        return cast("View", counted)

    def _allowed(self, times: int) -> Callable[[], str]:
        return lambda: f"{current_app.config['RATES'][self.setting] * times} per {self.span}"


reset = Limit("reset", "resets_per_hour", "hour")
comment = Limit("comment", "comments_per_minute", "minute")
upload = Limit("upload", "uploads_per_minute", "minute")
search = Limit("search", "searches_per_minute", "minute", "GET")
save = Limit("save", "saves_per_minute", "minute")


def seconds_left() -> int:
    """Return after how many seconds the request that was refused may be sent again."""
    exceeded = limiter.current_limit
    return max(1, int(exceeded.reset_at - now().timestamp())) if exceeded else 60


def init_app(app: Flask) -> None:
    """Keep the counts in this process, or where `limits_url` says; without that place they are kept here again."""
    app.config.update(
        RATELIMIT_STORAGE_URI=app.config["LIMITS_URL"] or "memory://",
        RATELIMIT_STRATEGY="fixed-window",
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(app.config["LIMITS_URL"]),
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_KEY_PREFIX="reviewtool",
    )
    limiter.init_app(app)
