"""Under which names the site answers, which headers and cookies it sends, and how many fields a form may have."""

from __future__ import annotations

import pytest

from reviewtool.app import create_app
from reviewtool.services import people
from reviewtool.web import hosts, security
from tests import factories

PASSWORD = "una frase bastante larga"
HTTPS = "https://revision.example.org"


@pytest.fixture
def made(app, settings):
    """Return a function that makes the application with other settings."""

    def make(**changed):
        again = create_app(settings.model_copy(update=changed), app.extensions["workshop"])
        again.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
        return again

    return make


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("revision.example.org", 200),
        ("REVISION.example.org:443", 200),
        ("malo.example", 421),
        ("revision.example.org.malo.example", 421),
        ("revision.example.org@malo.example", 421),
        ("localhost", 421),
        ("127.0.0.1", 421),
        ("", 421),
        ("[::1", 421),
        ("revision.example.org/../x", 200),  # a name, and a path that is not read
        ("vecino.example", 200),
    ],
)
def test_a_site_answers_only_to_its_names(made, host, status):
    client = made(public_url=HTTPS, extra_hosts="vecino.example, otro.example").test_client()
    answer = client.get("/entrar", headers={"Host": host})
    assert answer.status_code == status
    if status == 421:
        assert "no responde con ese nombre" in answer.get_data(as_text=True)
        assert answer.mimetype == "text/plain"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(("host", "status"), [("localhost:8000", 200), ("[::1]:8000", 200), ("malo.example", 421)])
def test_without_an_address_of_its_own_it_answers_to_this_machine(made, host, status):
    assert made().test_client().get("/entrar", headers={"Host": host}).status_code == status


def test_where_it_listens_everywhere_a_number_is_a_name_too():
    names = hosts.known("", "", "0.0.0.0")
    assert hosts.is_known("192.168.1.20:8000", names)
    assert not hosts.is_known("malo.example", names)
    assert not hosts.is_known("192.168.1.20", hosts.known(HTTPS, "", "0.0.0.0"))


def test_whether_the_server_lives_is_said_under_any_name(made):
    assert made(public_url=HTTPS).test_client().get("/salud", headers={"Host": "10.0.0.1"}).status_code == 200


@pytest.mark.parametrize(("proxies", "status"), [(0, 200), (1, 421)])
def test_a_forwarded_name_counts_only_from_a_proxy_that_is_trusted(made, proxies, status):
    client = made(public_url=HTTPS, proxy_count=proxies).test_client()
    headers = {"Host": "revision.example.org", "X-Forwarded-Host": "malo.example"}
    assert client.get("/entrar", headers=headers).status_code == status


@pytest.mark.parametrize(("proxies", "address"), [(0, "127.0.0.1"), (1, "198.51.100.7")])
def test_a_forwarded_address_counts_only_from_a_proxy_that_is_trusted(made, proxies, address):
    from flask import request

    app = made(proxy_count=proxies)
    seen = []
    app.before_request_funcs[None].append(lambda: seen.append(request.remote_addr))
    app.test_client().get("/entrar", headers={"X-Forwarded-For": "203.0.113.5, 198.51.100.7"})
    assert seen == [address]


def entered(app, database, base_url):
    with database.write() as session:
        person = factories.make_person(session, "Rosa Quispe", "member")
        people.set_password(person, PASSWORD)
        email = person.email
    return app.test_client().post("/entrar", data={"email": email, "password": PASSWORD}, base_url=base_url)


def test_over_https_the_cookie_belongs_to_this_host_alone(made, database):
    answer = entered(made(public_url=HTTPS), database, HTTPS)
    assert answer.status_code == 303
    (cookie,) = answer.headers.getlist("Set-Cookie")
    name, *attributes = [part.strip() for part in cookie.split(";")]
    assert name.startswith("__Host-session=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(attributes)
    assert not [each for each in attributes if each.startswith("Domain")]


def test_without_https_the_cookie_has_a_plain_name_and_works(made, database):
    answer = entered(made(), database, "http://localhost")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("session=")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie


PATHS = ("/entrar", "/salud", "/", "/static/nada.css", "/no-existe")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers_that_hold_browsers_back(made, path):
    answer = made(public_url=HTTPS).test_client().get(path, base_url=HTTPS)
    for name, value in security.HEADERS.items():
        assert answer.headers[name] == value
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert "charset" in answer.headers["Content-Type"]


def test_without_https_no_browser_is_told_to_insist_on_it(client):
    assert "Strict-Transport-Security" not in client.get("/entrar").headers


def test_the_policy_lets_nothing_in_but_what_is_ours():
    policy = dict(part.strip().split(" ", 1) for part in security.POLICY.split(";"))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert "unsafe" not in security.POLICY


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH"])
def test_methods_that_no_page_uses_are_refused(client, method):
    assert client.open("/entrar", method=method).status_code == 405


def test_a_form_of_too_many_fields_is_refused_however_small_they_are(client):
    body = "&".join("a=1" for _ in range(security.MOST_FIELDS + 1))
    kind = "application/x-www-form-urlencoded"
    assert client.post("/entrar", data=body, content_type=kind).status_code == 413
    parts = {f"a{number}": "1" for number in range(security.MOST_FIELDS + 1)}
    assert client.post("/entrar", data=parts, content_type="multipart/form-data").status_code == 413


def test_a_session_that_somebody_changed_is_none(client, app, database):
    answer = entered(app, database, "http://localhost")
    value = answer.headers["Set-Cookie"].split("=", 1)[1].split(";")[0]
    for changed in (value[:-3] + "abc", value.split(".")[0], "eyJfdXNlcl9pZCI6IjEuMCJ9.x.y"):
        thief = app.test_client()
        thief.set_cookie("session", changed)
        assert thief.get("/perfil").status_code == 302
