"""What comes in, as the application takes it: texts without NUL, and in addresses no number larger than an id."""

from __future__ import annotations

from typing import Any, Final

from flask import Flask
from flask import Request as FlaskRequest
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.routing import IntegerConverter

LARGEST_ID: Final = 2**31 - 1  # of PostgreSQL's integers; SQLite fails on its own only at twice as many bits


class Fields(ImmutableMultiDict[str, Any]):
    """Fields of a form or a query without NUL: no keyboard types it, and PostgreSQL keeps no text that has it."""

    def __init__(self, given: Any = None) -> None:
        pairs = MultiDict(given).items(multi=True)
        super().__init__([(_without(name), _without(value)) for name, value in pairs])


def _without(value: Any) -> Any:
    return value.replace("\0", "") if isinstance(value, str) else value


class Request(FlaskRequest):
    """A request whose fields hold no NUL."""

    parameter_storage_class = Fields


class Number(IntegerConverter):
    """A number in an address; a larger one than any id is the address of nothing."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **{"max": LARGEST_ID} | more)


def init_app(app: Flask) -> None:
    """Let the application read requests so; before the routes are registered."""
    app.request_class = Request
    app.url_map.converters["int"] = Number
