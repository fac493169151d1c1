"""The identity provider: where to send a browser, and who comes back with a code.

What the provider says of itself and its keys are remembered for an hour in each process; a token with another key has
them read again. Every call here may go over the network: none belongs inside a writing transaction.
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote, urlsplit

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from reviewtool.clock import now
from reviewtool.errors import NotAllowed, Unavailable
from reviewtool.oidc import fetching, tokens
from reviewtool.oidc.tokens import Expected, Identified

log = logging.getLogger(__name__)

FRESH: Final = timedelta(hours=1)
ASYMMETRIC: Final = frozenset({"RSA", "EC", "OKP"})


@dataclass(frozen=True)
class Registration:
    """What provider and installation have agreed on, and what people call the account, by language."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    back: str  # the address that browsers come back to
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Metadata:
    """What the provider says of itself."""

    authorization: str
    token: str
    keys: str
    posts_secret: bool  # in the form; else in the header
    read_at: datetime


class Provider:
    """One identity provider, asked by the threads of a process."""

    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        self._metadata: Metadata | None = None
        self._keys: tuple[KeySet, datetime] | None = None

    @property
    def issuer(self) -> str:
        """Return the name of the provider, as its tokens say it."""
        return self.registration.issuer

    def address(self, state: str, nonce: str, verifier: str, *, language: str, anew: bool) -> str:
        """Return where a browser goes with its state, the nonce of its token and what proves who asked.

        `anew`: the person signs in there even if they have lately. Raises Unavailable("provider-away").
        """
        more = {"prompt": "login", "max_age": "0"} if anew else {}
        challenge = create_s256_code_challenge(verifier)
        return str(
            prepare_grant_uri(
                self._metadata_now().authorization,
                self.registration.client_id,
                "code",
                redirect_uri=self.registration.back,
                scope="openid",
                state=state,
                nonce=nonce,
                code_challenge=challenge,
                code_challenge_method="S256",
                ui_locales=language,
                **more,
            )
        )

    def identify(self, code: str, nonce: str, verifier: str, *, since: datetime | None = None) -> Identified:
        """Return who came back; `since`: only who has signed in there since.

        Raises Unavailable("provider-away") and NotAllowed("sign-on-refused").
        """
        try:
            answer = self._redeem(code, verifier)
            token, access = answer.get("id_token"), answer.get("access_token", "")
            if not isinstance(token, str) or not isinstance(access, str):
                raise tokens.Refused("no token")
            expected = Expected(self.issuer, self.registration.client_id, nonce, access, since)
            try:
                return tokens.believed(token, self._keys_now(), expected, now())
            except tokens.UnknownKey:
                return tokens.believed(token, self._read_keys(), expected, now())
        except fetching.Declined as error:
            log.warning("the identity provider declined a code: %.40r", error.code)
            raise NotAllowed("sign-on-refused") from error
        except tokens.Refused as error:
            log.warning("an ID token is refused: %s", error)
            raise NotAllowed("sign-on-refused") from error

    def _redeem(self, code: str, verifier: str) -> dict[str, Any]:
        metadata, known = self._metadata_now(), self.registration
        fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": known.back}
        fields["code_verifier"] = verifier
        headers = {}
        if metadata.posts_secret:
            fields |= {"client_id": known.client_id, "client_secret": known.secret}
        else:
            both = ":".join(quote(each, safe="") for each in (known.client_id, known.secret))
            headers["Authorization"] = f"Basic {base64.b64encode(both.encode('ascii')).decode('ascii')}"
        return fetching.post(metadata.token, fields, headers)

    def _metadata_now(self) -> Metadata:
        known = self._metadata
        if known is None or now() - known.read_at > FRESH:
            address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
            self._metadata = known = self._understood(fetching.get(address))
        return known

    def _understood(self, said: Mapping[str, Any]) -> Metadata:
        """Return what a discovery document says; one of another issuer, or that leads into the open, is no answer."""
        if said.get("issuer") != self.issuer:
            raise self._unusable("it calls itself otherwise than oidc_issuer")
        addresses = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(isinstance(each, str) and self._is_safe(each) for each in addresses):
            raise self._unusable("an address is missing or not https")
        ways = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        if not isinstance(ways, list) or not {"client_secret_basic", "client_secret_post"} & set(map(str, ways)):
            raise self._unusable("it takes no client secret")
        authorization, token, keys = map(str, addresses)
        return Metadata(authorization, token, keys, "client_secret_basic" not in ways, now())

    def _is_safe(self, address: str) -> bool:
        parts, own = urlsplit(address), urlsplit(self.issuer)
        return parts.scheme == "https" or (parts.scheme == "http" == own.scheme and parts.hostname == own.hostname)

    def _keys_now(self) -> KeySet:
        known = self._keys
        return known[0] if known and now() - known[1] <= FRESH else self._read_keys()

    def _read_keys(self) -> KeySet:
        said = fetching.get(self._metadata_now().keys).get("keys")
        found = [key for key in map(_key, said if isinstance(said, list) else ()) if key is not None]
        if not found:
            raise self._unusable("it has no key that can be used")
        self._keys = keys = KeySet(found), now()
        return keys[0]

    def _unusable(self, why: str) -> Unavailable:
        log.warning("the identity provider cannot be used: %s", why)
        return Unavailable("provider-away")


def _key(entry: Any) -> Key | None:
    """Return a key that signs and that everybody may know; what the provider has for other purposes is left out."""
    if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or entry.get("kty") not in ASYMMETRIC:
        return None
    try:
        return JWKRegistry.import_key(entry)
    except (JoseError, ValueError, TypeError):
        return None
