"""Short secrets that must be read again, encrypted at rest with a key made of the installation's own."""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def seal(key: str, text: str) -> str:
    """Encrypt a text with the installation's secret key."""
    return _cipher(key).encrypt(text.encode()).decode("ascii")


def opened(key: str, sealed: str) -> str | None:
    """Return a sealed text; None when it was sealed with another key."""
    try:
        return _cipher(key).decrypt(sealed).decode()
    except InvalidToken:
        return None


@lru_cache(maxsize=4)
def _cipher(key: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"second-factor").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
