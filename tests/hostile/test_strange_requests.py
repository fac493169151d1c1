"""Whatever is sent to a form, a query or an address, nobody is answered with a fault of ours: never a 500."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.hostile import entries
from tests.hostile.strange import STRANGE, encoded, multipart
from tests.support.pages import COORDINATION, MEMBER

pytestmark = pytest.mark.timeout(600)  # thousands of requests each

TYPED = "application/x-www-form-urlencoded"
bounded = settings(
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.large_base_example],
)
ODD = ("\0", "\ud800", "²", "--5", "0001-01-01", "9999-12-31")  # what each field is sent, one at a time
values = st.sampled_from(STRANGE) | st.text(st.characters(), max_size=40)


@pytest.fixture
def forms(worn):
    return entries.forms(worn)


@pytest.fixture(autouse=True)
def quiet(caplog):
    caplog.set_level(logging.ERROR)


def asked(worn, who, path, method="GET", **more):
    """Return the status of an answer; who was signed out by what they sent comes again."""
    answer = worn.client(who).open(path, method=method, buffered=True, **more)
    if who and (answer.status_code in {401, 429} or answer.headers.get("Location", "").startswith("/entrar")):
        worn.forget(who)
    return answer.status_code


def faults(caplog):
    """Say what the application logged of its own faults."""
    found = [record for record in caplog.records if record.exc_info]
    caplog.clear()
    return [f"{type(each.exc_info[1]).__name__}: {str(each.exc_info[1])[:300]}" for each in found]


def test_every_route_that_takes_a_form_is_among_the_entries(worn, forms):
    posts = {rule.endpoint for rule in worn.app.url_map.iter_rules() if "POST" in rule.methods}
    assert posts - {form.endpoint for form in forms} == set()


def tried(strategy, times, do):
    """Do something with so many values of a strategy, the same ones every time."""

    @given(strategy)
    @settings(bounded, max_examples=times)
    def once(drawn):
        do(drawn)

    once()


@st.composite
def sent(draw, form):
    """Draw what a form is sent with: each field as it stood, with a strange value, twice, or left out; and files."""
    pairs = []
    for name, value in form.fields:
        match draw(st.sampled_from(["kept", "strange", "strange", "twice", "left out"])):
            case "kept":
                pairs.append((name, value))
            case "strange":
                pairs.append((name, draw(values)))
            case "twice":
                odd = draw(values)
                pairs += [(name, odd), (f"{name}[]", odd), (name, value)]
    return pairs, {name: (draw(values)[:300], draw(st.binary(max_size=200))) for name in form.files}


def told(wrong):
    return "\n".join(f"{where}\n   {what}" for where, what in sorted(wrong.items()))


def test_no_strange_field_makes_a_fault(worn, forms, caplog):
    wrong = {}

    def send(form, pairs, files):
        body, kind = multipart(pairs, files) if files else (encoded(pairs), TYPED)
        more = {"query_string": body.decode()} if form.method == "GET" else {"data": body, "content_type": kind}
        if asked(worn, form.who, form.address, form.method, **more) >= 500:
            shown = [(name, value[:30]) for name, value in pairs]
            wrong.setdefault((form.endpoint, *faults(caplog)), str(shown)[:400])

    for form in forms:
        tried(sent(form), 3, lambda drawn, form=form: send(form, *drawn))
        for name in form.names:
            for odd in ODD:
                send(form, [(each, odd if each == name else value) for each, value in form.fields], {})
    assert not wrong, told(wrong)


def test_no_strange_query_makes_a_fault(worn, caplog):
    wrong = {}

    def look(page, pairs):
        query = encoded([(name, value[:3000]) for name, value in pairs]).decode()
        if asked(worn, COORDINATION, page, query_string=query) >= 500:
            wrong.setdefault((page, *faults(caplog)), str(pairs)[:400])

    asking = st.lists(st.tuples(st.sampled_from(entries.queries()), values), max_size=8)
    for pattern, parts, methods in entries.addresses(worn):
        if "GET" in methods and not pattern.startswith(("/static", "/salud")):
            page = pattern.format(**parts)
            tried(asking, 2, lambda pairs, page=page: look(page, pairs))
            for odd in ODD[:3]:
                look(page, [(name, odd) for name in entries.queries()])
    assert not wrong, told(wrong)


def test_no_strange_address_makes_a_fault(worn, caplog):
    wrong = {}
    numbers = ("0", "2147483648", "9223372036854775808", "9" * 5000)

    def look(who, pattern, parts, methods):
        path = pattern.format(**parts)
        for method in sorted(methods & {"GET", "POST"}):
            if asked(worn, who, path, method) >= 500:
                wrong.setdefault((method, pattern, *faults(caplog)), path[:300])

    def percent(odd):
        return encoded([("", odd[:2000])]).decode()[1:]

    for pattern, parts, methods in entries.addresses(worn):
        for name in parts:
            tried(
                values.filter(bool),
                4,
                lambda odd, name=name, route=(pattern, parts, methods): look(
                    COORDINATION, route[0], route[1] | {name: percent(odd)}, route[2]
                ),
            )
            for number in numbers if parts[name] == "1" else ():
                look(MEMBER if "borradores" in pattern else COORDINATION, pattern, parts | {name: number}, methods)
    assert not wrong, told(wrong)
