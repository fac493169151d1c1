"""What the settings of single sign-on need of each other, said before the program starts."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from reviewtool.complaints import Wrong
from reviewtool.key_files import unreadable

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class SignOn(Protocol):
    """The settings that are asked."""

    oidc_issuer: str
    oidc_client_id: str
    oidc_client_secret: str
    oidc_client_secret_file: Path | None
    oidc_name: str
    public_url: str


def is_safe(address: str) -> bool:
    """Say whether what goes to an address stays between the two: over TLS, or on this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK))


def wrong_issuer(address: str) -> Wrong | None:
    """Return why an address cannot be a provider's, or None."""
    parts = urlsplit(address)
    if not is_safe(address) or parts.query or parts.fragment or parts.username:
        return Wrong("it is not an https:// address", "no es una dirección https://")
    return None


def unusable(settings: SignOn, secret_file: Path | None) -> tuple[str, Wrong] | None:
    """Return the first key without which single sign-on cannot work, and why; None too where it is off."""
    if not settings.oidc_issuer:
        return None
    for key in ("oidc_client_id", "oidc_name"):
        if not getattr(settings, key):
            return key, Wrong("it is empty and oidc_issuer is set", "está vacía y oidc_issuer está fijada")
    if not is_safe(settings.public_url):
        return "public_url", Wrong(
            "single sign-on (oidc_issuer) needs it, with https://",
            "el inicio de sesión único (oidc_issuer) la necesita, con https://",
        )
    if bool(settings.oidc_client_secret) == (secret_file is not None):
        return "oidc_client_secret_file", Wrong(
            "the secret must come either from this file or from REVIEWTOOL_OIDC_CLIENT_SECRET",
            "el secreto debe venir o de este archivo o de REVIEWTOOL_OIDC_CLIENT_SECRET",
        )
    wrong = unreadable(secret_file) if secret_file else None
    return ("oidc_client_secret_file", wrong) if wrong else None
