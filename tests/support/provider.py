"""An OpenID Connect provider as a process of its own on loopback: Authlib's server side, which lies when it is told to.

`python -m tests.support.provider PORT ISSUER REDIRECT` runs it; `running` starts it for a test. It asks for PKCE, the
client's secret and the registered address. A browser that signed in stays so, unless `prompt=login` asks anew.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support import server

if TYPE_CHECKING:
    from flask import Flask

CLIENT, SECRET = "reviewtool", "un secreto: con signos %&+"
START_SECONDS = 60
PAGE = (
    '<!doctype html><html lang="es"><title>Cuenta</title><link rel="icon" href="data:,">'
    '<form method="post"><label>Cuenta <input name="subject"></label><button>Entrar</button></form>'
)


@dataclass(frozen=True)
class Provider:
    """A provider that runs."""

    issuer: str

    def tell(self, **what: Any) -> None:
        """Tell it how to behave: `lie`, `late` (seconds its clock is ahead), `slow`, `broken`, `rotate`."""
        post(f"{self.issuer}/control", json.dumps(what).encode(), {"Content-Type": "application/json"})

    def asked(self, address: str, subject: str = "", action: str = "") -> str:
        """Sign somebody in at the address a browser was sent to; return the address it is sent back to."""
        form = urllib.parse.urlencode({"subject": subject, "action": action}).encode()
        return post(address, form, {})


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def post(address: str, body: bytes, headers: dict[str, str]) -> str:
    """Send a form; return where the answer leads, or the answer's text."""
    request = urllib.request.Request(address, data=body, headers=headers)
    try:
        with urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            if error.code != 302:
                raise AssertionError((error.code, error.read())) from error
            return error.headers["Location"]


@contextmanager
def running(redirect: str, host: str = "127.0.0.1") -> Iterator[Provider]:
    """Run a provider that sends browsers back to one address, until the block ends; `localhost` is another site."""
    port = server.free_port()
    issuer = f"http://{host}:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.provider", str(port), issuer, redirect],
        cwd=server.ROOT,
        env=os.environ | {"AUTHLIB_INSECURE_TRANSPORT": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    try:
        _wait(process, f"{issuer}/jwks")
        yield Provider(issuer)
    finally:
        process.kill()
        process.wait()


def _wait(process: subprocess.Popen[bytes], address: str) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except OSError:
            time.sleep(0.05)  # polling a process that is starting, with the bound above
            continue
        return
    raise AssertionError("the provider did not start")


@dataclass
class Behaviour:
    """How the provider behaves just now."""

    lie: str = ""
    late: int = 0
    slow: float = 0
    broken: str = ""


@dataclass
class Known:
    """The provider's memory."""

    issuer: str
    redirect: str
    keys: list[Any] = field(default_factory=list)
    codes: dict[str, Any] = field(default_factory=dict)
    behaviour: Behaviour = field(default_factory=Behaviour)
    stranger: Any = None

    def now(self) -> int:
        return int(time.time()) + self.behaviour.late


def _part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signed_otherwise(lie: str, claims: dict[str, Any], known: Known) -> str:
    """Return a token that no key of the provider has signed, or that hides which one did."""
    from joserfc import jwt

    key = known.keys[-1]
    if lie == "none":
        return f"{_part({'alg': 'none', 'kid': key.kid})}.{_part(claims)}."
    if lie == "hs256":  # the public key taken for a shared secret
        body = f"{_part({'alg': 'HS256', 'kid': key.kid})}.{_part(claims)}"
        return f"{body}.{_part(hmac.digest(key.as_pem(private=False), body.encode(), hashlib.sha256))}"
    if lie == "no kid":
        return jwt.encode({"alg": "RS256"}, claims, key)
    if lie == "unknown kid":
        return jwt.encode({"alg": "RS256", "kid": "another"}, claims, known.stranger)
    if lie == "changed":
        head, _body, signature = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key).split(".")
        return f"{head}.{_part(claims | {'sub': 'somebody else'})}.{signature}"
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims, known.stranger)  # "wrong key"


CLAIMS: dict[str, dict[str, Any]] = {
    "issuer": {"iss": "http://127.0.0.1:1"},
    "no issuer": {"iss": None},
    "nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "audience": {"aud": "another"},
    "no audience": {"aud": None},
    "two audiences": {"aud": [CLIENT, "another"]},
    "authorized party": {"aud": [CLIENT, "another"], "azp": "another"},
    "no subject": {"sub": None},
    "empty subject": {"sub": ""},
    "number": {"sub": 7},
    "no expiry": {"exp": None},
    "access token": {"at_hash": "AAAA"},
}
TIMES: dict[str, dict[str, int]] = {
    "expired": {"exp": -120},
    "not yet valid": {"nbf": 600},
    "of the future": {"iat": 600},
    "old": {"iat": -3600},
    "signed in long ago": {"auth_time": -3600},
}
OTHERWISE = ("none", "hs256", "no kid", "unknown kid", "changed", "wrong key")


def _token_of(claims: dict[str, Any], known: Known) -> str:
    from joserfc import jwt

    lie = known.behaviour.lie
    claims = claims | CLAIMS.get(lie, {}) | {name: known.now() + by for name, by in TIMES.get(lie, {}).items()}
    claims = {name: value for name, value in claims.items() if value is not None}
    if lie == "no auth_time":
        claims.pop("auth_time")
    if lie in OTHERWISE:
        return _signed_otherwise(lie, claims, known)
    if lie == "nothing":
        return "."
    return jwt.encode({"alg": "RS256", "kid": known.keys[-1].kid}, claims, known.keys[-1])


def _authorization(app: Flask, known: Known) -> Any:
    """Return Authlib's server, which gives codes and redeems them."""
    from authlib.integrations.flask_oauth2 import AuthorizationServer
    from authlib.oauth2.rfc6749 import grants
    from authlib.oauth2.rfc7636 import CodeChallenge
    from authlib.oidc.core import OpenIDCode
    from flask import session

    class Grant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib carries no types
        TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_basic",)

        def save_authorization_code(self, code: str, asked: Any) -> None:
            known.codes[code] = Code(code, dict(asked.payload.data), asked.user, session["at"])

        def query_authorization_code(self, code: str, _client: Any) -> Any:
            return known.codes.get(code)

        def delete_authorization_code(self, code: Any) -> None:
            del known.codes[code.code]

        def authenticate_user(self, code: Any) -> Any:
            return code.subject

    class Tokens(OpenIDCode):  # type: ignore[misc]  # Authlib carries no types
        def exists_nonce(self, nonce: str, _request: Any) -> bool:
            return any(code.data["nonce"] == nonce for code in known.codes.values())

        def encode_id_token(self, _token: Any, asked: Any) -> str:
            code, now = asked.authorization_code, known.now()
            claims = {"iss": known.issuer, "aud": CLIENT, "sub": code.subject, "iat": now, "exp": now + 300}
            return _token_of(claims | {"nonce": code.data["nonce"], "auth_time": code.at}, known)

    def find(client_id: str) -> Any:
        return Client(known.redirect) if client_id == CLIENT else None

    answers = AuthorizationServer(app, find, lambda _token, _request: None)
    answers.register_grant(Grant, [CodeChallenge(required=True), Tokens(require_nonce=True)])
    return answers


def _behave(app: Flask, known: Known) -> None:
    """Let tests tell how the provider behaves."""
    from flask import request
    from joserfc.jwk import RSAKey

    @app.before_request
    def misbehave() -> Any:
        if request.path == "/control":
            return None
        time.sleep(known.behaviour.slow)
        broken = {"away": ("", 503), "words": ("<html>", 200), "long": ("[" * 400_000, 200), "list": ("[]", 200)}
        if request.path in {"/token", "/jwks", "/.well-known/openid-configuration"} and known.behaviour.broken:
            return broken[known.behaviour.broken]
        return None

    @app.post("/control")
    def control() -> str:
        told = dict(request.get_json())
        if told.pop("rotate", False):
            known.keys[:] = [RSAKey.generate_key(2048, auto_kid=True)]
        known.behaviour = Behaviour(**told)
        return ""


def make(issuer: str, redirect: str) -> Flask:
    """Make the provider's application."""
    from authlib.oauth2 import OAuth2Error
    from authlib.oauth2.rfc6749 import AccessDeniedError
    from flask import Flask, jsonify, request, session
    from joserfc.jwk import RSAKey

    app = Flask("provider")
    app.secret_key = os.urandom(16)
    app.config["SESSION_COOKIE_NAME"] = "provider"
    known = Known(issuer, redirect, [RSAKey.generate_key(2048, auto_kid=True)])
    known.stranger = RSAKey.generate_key(2048)
    answers = _authorization(app, known)
    _behave(app, known)

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Any:
        said = {"issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token"}
        return jsonify(said | {"jwks_uri": f"{issuer}/jwks", "code_challenge_methods_supported": ["S256"]})

    @app.get("/jwks")
    def jwks() -> Any:
        odd = [{"kty": "oct", "k": "AAAA", "kid": "shared"}, {"kty": "RSA", "kid": "broken"}, {"kty": "future"}]
        return jsonify({"keys": [*odd, *(key.as_dict(private=False, use="sig") for key in known.keys)]})

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> Any:
        try:
            grant = answers.get_consent_grant(end_user=session.get("subject"))
        except OAuth2Error as error:
            return answers.handle_error_response(None, error)
        if request.method == "POST":
            if request.form.get("action") == "deny":
                return answers.handle_response(*AccessDeniedError(redirect_uri=redirect, state=request.args["state"])())
            session["subject"], session["at"] = request.form["subject"], known.now()
        elif "subject" not in session or request.args.get("prompt") == "login":
            return PAGE
        return answers.create_authorization_response(grant=grant, grant_user=session["subject"])

    @app.post("/token")
    def token() -> Any:
        return answers.create_token_response()

    return app


class Client:
    """The installation, as the provider knows it."""

    def __init__(self, redirect: str) -> None:
        self.redirect = redirect

    def get_client_id(self) -> str:
        return CLIENT

    def get_default_redirect_uri(self) -> str:
        return self.redirect

    def get_allowed_scope(self, scope: str) -> str:
        return "openid" if "openid" in scope.split() else ""

    def check_redirect_uri(self, redirect: str) -> bool:
        return redirect == self.redirect

    def check_client_secret(self, secret: str) -> bool:
        return secret == SECRET

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, kind: str) -> bool:
        return kind == "code"

    def check_grant_type(self, kind: str) -> bool:
        return kind == "authorization_code"


@dataclass(frozen=True)
class Code:
    """A code that waits to be redeemed, once."""

    code: str
    data: dict[str, str]
    subject: str
    at: int

    @property
    def code_challenge(self) -> str | None:
        return self.data.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.data.get("code_challenge_method")

    def get_redirect_uri(self) -> str:
        return self.data["redirect_uri"]

    def get_scope(self) -> str:
        return self.data["scope"]


if __name__ == "__main__":
    make(*sys.argv[2:]).run("127.0.0.1", int(sys.argv[1]), threaded=True)
