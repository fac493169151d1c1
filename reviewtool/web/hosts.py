"""Which names this site answers to: a request under another one is refused before anything looks at it.

What the product writes into links of downloads and of invitations begins with the name it was asked under; a made-up
one would lead people elsewhere. `X-Forwarded-Host` counts only from the proxies of `proxy_count`.
"""

from __future__ import annotations

import ipaddress
import logging
from urllib.parse import urlsplit

from flask import Flask, Response, request

from reviewtool.web.i18n import gettext

log = logging.getLogger(__name__)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  (compared, not bound)


def known(public_url: str, extra: str, listens_on: str) -> frozenset[str]:
    """Return the names of an installation: of its address, or of its machine without one, and extra ones."""
    named = {name.strip().lower() for name in extra.split(",") if name.strip()}
    own = urlsplit(public_url).hostname if public_url else None
    return frozenset(named | ({own} if own else {listens_on.lower()} | LOOPBACK))


def name_of(host: str) -> str:
    """Return the name in a Host header, without port and brackets; empty for what is no name."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def is_known(host: str, names: frozenset[str]) -> bool:
    """Say whether a Host header names this site; where it listens everywhere, so does any number of a machine."""
    name = name_of(host)
    return name in names or (bool(names & EVERYWHERE) and _is_number(name))


def _is_number(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def init_app(app: Flask) -> None:
    """Refuse requests under a foreign name; the page that says the server lives is asked by machines, under any."""

    @app.before_request
    def only_own_names() -> Response | None:
        if request.endpoint == "home.healthy" or is_known(request.environ.get("HTTP_HOST", ""), app.config["HOSTS"]):
            return None
        log.info("refused under another name: %s", request.endpoint)
        said = gettext("Este sitio no responde con ese nombre. Compruebe la dirección o avise a quien lo administra.")
        return Response(said + "\n", 421, mimetype="text/plain")
