"""Whether an ID token is to be believed: who signed it, for whom, when and in answer to what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

SIGNED: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA")
LEEWAY: Final = 60  # seconds between two clocks
OLDEST: Final = timedelta(minutes=10)  # of a token that was made for us just now
LONGEST: Final = 255  # characters of a subject


@dataclass(frozen=True)
class Expected:
    """What a token must say: of whom, for whom, in answer to what; `since`: the person signed in anew."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    since: datetime | None = None


@dataclass(frozen=True)
class Identified:
    """Who signed in at the provider: known by both together, and by nothing else."""

    issuer: str
    subject: str


class Refused(Exception):
    """A token that is not believed, and why, in a word for the log."""


class UnknownKey(Refused):
    """The token names a key that is not among those known: the provider may have new ones."""


def believed(token: str, keys: KeySet, expected: Expected, at: datetime) -> Identified:
    """Return whom a token is about. Raises Refused, UnknownKey."""
    try:
        key = keys.get_by_kid(_key_id(token))
        found = jwt.decode(token, key, algorithms=list(SIGNED), registry=jws.JWSRegistry(algorithms=list(SIGNED)))
        _check(found, expected, at)
    except InvalidKeyIdError as error:
        raise UnknownKey("key") from error
    except (JoseError, ValueError, TypeError, OverflowError) as error:
        raise Refused(type(error).__name__ + ":" + str(getattr(error, "claim", ""))) from error
    return Identified(expected.issuer, found.claims["sub"])


def _key_id(token: str) -> str:
    """Return which key a token says it is signed with; one that does not say is not tried with every key."""
    name = jws.extract_compact(token.encode("ascii")).headers().get("kid")
    if not isinstance(name, str) or not name:
        raise Refused("no kid")
    return name


def _check(token: jwt.Token, expected: Expected, at: datetime) -> None:
    """Hold every claim against what is expected."""
    claims = CodeIDToken(
        token.claims,
        token.header,
        {
            "iss": {"essential": True, "value": expected.issuer},
            "sub": {"essential": True},
            "aud": {"essential": True, "value": expected.client_id},
            "nonce": {"essential": True, "value": expected.nonce},
        },
        {"client_id": expected.client_id, "nonce": expected.nonce, "access_token": expected.access_token},
    )
    claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
    if len(claims["sub"]) > LONGEST or not claims["sub"].isprintable():
        raise Refused("sub")
    if claims["iat"] < (at - OLDEST).timestamp():
        raise Refused("iat: too old")
    if expected.since is not None and not _is_anew(claims.get("auth_time"), expected.since, at):
        raise Refused("auth_time")


def _is_anew(auth_time: Any, since: datetime, at: datetime) -> bool:
    if isinstance(auth_time, bool) or not isinstance(auth_time, int | float):
        return False
    leeway = timedelta(seconds=LEEWAY)
    return since - leeway <= datetime.fromtimestamp(auth_time, UTC) <= at + leeway
