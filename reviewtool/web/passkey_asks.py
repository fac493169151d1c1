"""What this browser's passkeys are asked to sign, for which site, and whose passkey answered.

The challenge stands in the signed cookie: another browser cannot answer it. Asking again replaces it once it is used.
"""

from __future__ import annotations

import ipaddress
import secrets
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import current_app, request, session

from reviewtool.clock import now
from reviewtool.models import Person
from reviewtool.services import passkeys
from reviewtool.services.passkeys import Site
from reviewtool.web.database import reading, workshop
from reviewtool.web.i18n import language

FRESH: Final = timedelta(minutes=5)  # a page opened meanwhile asks to sign the same challenge
ANSWERED: Final = timedelta(minutes=15)  # how long a page may stand before its challenge is answered


def site() -> Site | None:
    """Return the site that passkeys are for: `public_url`, or this machine as localhost; None where there are none.

    Nobody but the settings says what the site is called, and browsers make no passkey for a number or without TLS.
    """
    parts = urlsplit(current_app.config["PUBLIC_URL"] or request.host_url)
    domain = parts.hostname or ""
    at_home = domain == "localhost"
    named = bool(current_app.config["PUBLIC_URL"]) and parts.scheme == "https" and not _is_number(domain)
    if not (named or at_home):
        return None
    usual = {"https": 443, "http": 80}[parts.scheme]
    port = "" if parts.port in {None, usual} else f":{parts.port}"
    return Site(f"{parts.scheme}://{domain}{port}", domain, workshop().group.product_name(language()))


def _is_number(domain: str) -> bool:
    try:
        ipaddress.ip_address(domain)
    except ValueError:
        return False
    return True


def challenge(purpose: str = "sign") -> bytes:
    """Return what a passkey is to sign in this browser now, or what a new one is made with."""
    kept = session.get(f"challenge-{purpose}")
    if not kept or now().timestamp() >= kept[1] + FRESH.total_seconds():
        session[f"challenge-{purpose}"] = kept = [secrets.token_urlsafe(32), int(now().timestamp())]
    return str(kept[0]).encode()


def take_challenge(purpose: str = "sign") -> bytes | None:
    """Return what was to be signed, and ask for something else from now on; None when it is too long ago."""
    kept = session.pop(f"challenge-{purpose}", None)
    if not kept or now().timestamp() >= kept[1] + ANSWERED.total_seconds():
        return None
    return str(kept[0]).encode()


def to_sign(person: Person | None = None) -> str:
    """Return what the browser needs to let a passkey sign, as JSON; "" where none can, or the person has none."""
    place = site()
    known = passkeys.of(reading(), person.id) if person else []
    if place is None or (person and not known):
        return ""
    return passkeys.asks_to_sign(place, challenge(), known)


def signer(answer: str) -> int | None:
    """Return whose passkey signed the challenge of this browser."""
    place, asked = site(), take_challenge()
    if place is None or asked is None:
        return None
    with workshop().database.write() as writing:
        return passkeys.signer(writing, place, asked, answer)
