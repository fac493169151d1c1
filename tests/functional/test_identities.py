"""Single sign-on against a provider that runs on loopback: entering, linking, invitations, and every lie refused."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from sqlalchemy import func, select

from reviewtool import clock
from reviewtool.app import create_app
from reviewtool.models import CodeApp, Departure, Identity, Invitation, Person, SignIn
from reviewtool.oidc import fetching
from reviewtool.services import accounts, departures, identities, people, recovery_codes, sealing
from reviewtool.services.departures import Left, Purpose
from tests.support import provider as providers
from tests.support import signed_in
from tests.support.together import at_once, codes

PASSWORD = "una frase bastante larga"
PUBLIC = "http://localhost"  # as Flask's own clients call the site
ONE = {"email": "ana.pereyra@aduana.example", "name": "Ana Pereyra", "administration": "UY", "role": "observer"}
CHOSEN = {"name": "Ana Pereyra Silva", "language": "pt", "timezone": "America/Montevideo"}
LATER = timedelta(minutes=16)


@pytest.fixture(scope="module")
def running():
    with providers.running(f"{PUBLIC}/entrar/vuelta") as started:
        yield started


@pytest.fixture
def provider(running):
    running.tell()
    return running


@pytest.fixture
def settings(settings, provider):
    return settings.model_copy(
        update={
            "public_url": PUBLIC,
            "oidc_issuer": provider.issuer,
            "oidc_client_id": providers.CLIENT,
            "oidc_client_secret": providers.SECRET,
            "oidc_name": "la cuenta de la aduana",
            "oidc_name_en": "the customs account",
        }
    )


@pytest.fixture
def member(database, group):
    """Give a member a password."""
    with database.write() as session:
        person = people.get(session, group.members[0].id)
        people.set_password(person, PASSWORD)
        return person


@pytest.fixture
def linked(database, member, provider):
    with database.write() as session:
        identities.link(session, people.get(session, member.id), provider.issuer, "lucia")
    return member


def gone(client, start="/entrar/con-cuenta"):
    """Follow the links of the site until the browser is sent to the provider; return that address."""
    answer = client.get(start)
    while answer.status_code in {302, 303} and answer.location.startswith("/"):
        answer = client.get(answer.location)
    assert answer.status_code == 302, answer.text
    return answer.location


def returned(client, address):
    """Open the address that the provider sends the browser back to."""
    assert address.startswith(f"{PUBLIC}/entrar/vuelta?"), address
    return client.get(address.removeprefix(PUBLIC))


def enter(client, provider, subject="lucia", start="/entrar/con-cuenta"):
    return returned(client, provider.asked(gone(client, start), subject))


def is_in(client):
    return client.get("/perfil").status_code == 200


def link_in(answer):
    assert answer.status_code in {200, 401}, answer.text
    return re.search(r'href="(/entrar/con-cuenta/[\w-]+)"', answer.text)[1]


def count(database, model):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model))


def test_who_has_linked_their_account_enters_with_it_and_goes_where_they_wanted(client, linked, provider):
    assert "Entrar con la cuenta de la aduana" in client.get("/entrar").text
    answer = enter(client, provider, start="/entrar/con-cuenta?next=/propuestas?estado%3Dopen")
    assert answer.status_code == 303
    assert answer.location == "/propuestas?estado=open"
    assert linked.name in client.get("/perfil").text


def test_the_way_there_carries_a_challenge_a_state_and_a_nonce_and_asks_for_nothing_but_who(client, linked):
    address = gone(client)
    asked = {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}
    assert asked["scope"] == "openid"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{PUBLIC}/entrar/vuelta"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert "prompt" not in asked
    other = parse_qs(urlsplit(gone(client)).query)
    assert all(other[name] != [asked[name]] for name in ("state", "nonce", "code_challenge"))


def test_nobody_is_led_to_another_site(client, linked, provider):
    for elsewhere in ("https://malo.example/", "//malo.example", "/\\malo.example"):
        assert enter(client, provider, start=f"/entrar/con-cuenta?next={elsewhere}").location == "/"
        client.post("/salir")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("lie", [*providers.CLAIMS, *list(providers.TIMES)[:4], *providers.OTHERWISE, "nothing"])
def test_a_token_that_lies_lets_nobody_in(client, linked, provider, database, caplog, lie):
    provider.tell(lie=lie)
    answer = enter(client, provider)
    assert answer.status_code == 403, lie
    assert "No se pudo comprobar quién es" in answer.text
    assert not is_in(client)
    assert count(database, SignIn) == 0
    assert "an ID token is refused" in caplog.text
    provider.tell()
    assert enter(client, provider).status_code == 303
    assert is_in(client)


def test_an_account_that_nobody_has_linked_is_told_whom_to_ask(client, member, provider, database):
    answer = enter(client, provider, member.email)
    assert answer.status_code == 403
    assert "Pida una invitación a la coordinación" in answer.text
    assert count(database, SignIn) == 0
    assert not is_in(client)


def test_an_account_out_of_use_does_not_come_in(client, linked, provider, database, workshop, group):
    with database.write() as session:
        accounts.put_out_of_use(session, workshop.group, linked.id, by=people.get(session, group.coordinator.id))
    answer = enter(client, provider)
    assert answer.status_code == 403
    assert "fuera de uso" in answer.text
    assert not is_in(client)


def test_a_state_is_good_once(client, linked, provider):
    back = provider.asked(gone(client), "lucia")
    assert returned(client, back).status_code == 303
    client.post("/salir")
    answer = returned(client, back)
    assert answer.status_code == 409
    assert "ya se usó" in answer.text
    assert not is_in(client)


def test_a_state_is_good_once_also_for_a_copied_cookie(app, client, linked, provider):
    back = provider.asked(gone(client), "lucia")
    copy = app.test_client()
    with client.session_transaction() as cookie, copy.session_transaction() as other:
        other.update(cookie)
    assert returned(client, back).status_code == 303
    assert returned(copy, back).status_code == 409
    assert not is_in(copy)


def test_another_browser_does_not_come_in_with_somebodys_answer(app, client, linked, provider):
    back = provider.asked(gone(client), "lucia")
    stranger = app.test_client()
    assert returned(stranger, back).status_code == 409
    gone(stranger)  # not with a state of its own either
    assert returned(stranger, back).status_code == 409
    assert not is_in(stranger)
    assert returned(client, back).status_code == 303


def test_an_answer_is_waited_for_ten_minutes(client, linked, provider):
    back = provider.asked(gone(client), "lucia")
    with clock.at(clock.now() + departures.LASTS):
        assert returned(client, back).status_code == 409
    assert not is_in(client)


def test_the_code_of_somebody_else_opens_nothing(app, client, linked, provider):
    """The verifier and the nonce belong to the browser that asked."""
    theirs = parse_qs(urlsplit(provider.asked(gone(app.test_client()), "lucia")).query)["code"][0]
    state = parse_qs(urlsplit(gone(client)).query)["state"][0]
    assert client.get(f"/entrar/vuelta?code={theirs}&state={state}").status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize(
    ("answer", "status", "said"),
    [
        ("error=access_denied", 403, "usted lo canceló"),
        ("error=<script>", 403, "usted lo canceló"),
        ("error=temporarily_unavailable", 503, "no responde ahora"),
        ("code=invented", 403, "No se pudo comprobar"),
        ("code=x&iss=https://malo.example", 403, "No se pudo comprobar"),
        ("", 403, "No se pudo comprobar"),
    ],
)
def test_an_answer_that_is_none_is_told_and_the_password_remains(client, linked, answer, status, said):
    state = parse_qs(urlsplit(gone(client)).query)["state"][0]
    page = client.get(f"/entrar/vuelta?state={state}&{answer}")
    assert page.status_code == status
    assert said in page.text
    assert 'name="password"' in page.text
    assert "<script>" not in page.text
    assert client.post("/entrar", data={"email": linked.email, "password": PASSWORD}).status_code == 303


def test_who_says_no_at_the_provider_is_told(client, linked, provider):
    answer = returned(client, provider.asked(gone(client), action="deny"))
    assert answer.status_code == 403
    assert "usted lo canceló" in answer.text


@pytest.mark.parametrize("broken", ["away", "words", "long", "list"])
def test_a_provider_that_does_not_answer_is_told_and_the_password_remains(client, linked, provider, broken):
    provider.tell(broken=broken)
    answer = client.get("/entrar/con-cuenta", follow_redirects=True)
    assert answer.status_code == 503
    assert "no responde ahora" in answer.text
    assert client.post("/entrar", data={"email": linked.email, "password": PASSWORD}).status_code == 303


def test_a_provider_that_fails_while_somebody_is_there_is_told(client, linked, provider):
    back = provider.asked(gone(client), "lucia")
    provider.tell(broken="away")
    assert returned(client, back).status_code == 503
    assert not is_in(client)


def test_a_slow_provider_is_not_waited_for(client, linked, provider, monkeypatch):
    monkeypatch.setattr(fetching, "SILENCE", 0.2)
    provider.tell(slow=5)
    began = time.monotonic()
    answer = client.get("/entrar/con-cuenta", follow_redirects=True)
    assert answer.status_code == 503
    assert time.monotonic() - began < 3


def test_a_provider_under_another_name_is_not_believed(client, linked, app):
    known = app.extensions["provider"]
    known.registration = type(known.registration)(
        known.issuer + "/", providers.CLIENT, providers.SECRET, f"{PUBLIC}/entrar/vuelta", {"es": "x"}
    )
    assert client.get("/entrar/con-cuenta", follow_redirects=True).status_code == 503


def test_a_new_key_of_the_provider_is_read_when_a_token_names_it(client, linked, provider):
    assert enter(client, provider).status_code == 303
    client.post("/salir")
    provider.tell(rotate=True)
    assert enter(client, provider).status_code == 303


def test_a_session_begun_at_the_provider_has_a_token_of_its_own(client, linked, provider):
    client.get("/entrar")
    gone(client)
    with client.session_transaction() as cookie:
        cookie["token"] = "planted"
    enter(client, provider)
    with client.session_transaction() as cookie:
        assert cookie["token"] != "planted"
        assert "departures" not in cookie


def test_the_form_that_waits_comes_back_from_the_provider(client, linked, provider):
    text = "Un motivo que alguien escribió con cuidado"
    page = client.post("/borradores/1/presentar", data={"reason": text}, headers={"Origin": PUBLIC})
    assert page.status_code == 401
    sealed = re.search(r'name="form" value="([^"]+)"', page.text)[1]
    step = client.post("/entrar/con-cuenta", data={"form": sealed})
    again = enter(client, provider, start=link_in(step))
    assert again.status_code == 200
    assert text in again.text
    assert 'action="/borradores/1/presentar"' in again.text
    assert is_in(client)


def test_the_form_that_waits_is_there_when_the_provider_refuses(client, linked, provider):
    page = client.post("/borradores/1/presentar", data={"reason": "Un motivo largo"}, headers={"Origin": PUBLIC})
    sealed = re.search(r'name="form" value="([^"]+)"', page.text)[1]
    step = client.post("/entrar/con-cuenta", data={"form": sealed})
    refused = enter(client, provider, "nadie", start=link_in(step))
    assert refused.status_code == 403
    assert sealed in refused.text
    assert client.post("/entrar/con-cuenta", data={"form": "invented"}).status_code == 303


def test_more_forms_than_there_is_room_for_are_refused_and_stay_in_the_page(client, linked, monkeypatch):
    monkeypatch.setattr(departures, "FORMS", 10)
    page = client.post("/borradores/1/presentar", data={"reason": "Un motivo largo"}, headers={"Origin": PUBLIC})
    sealed = re.search(r'name="form" value="([^"]+)"', page.text)[1]
    answer = client.post("/entrar/con-cuenta", data={"form": sealed})
    assert answer.status_code == 503
    assert sealed in answer.text


def test_departures_do_not_pile_up(client, linked, database):
    for _ in range(5):
        gone(client)
    with client.session_transaction() as cookie:
        assert len(cookie["departures"]) == 3
    with clock.at(clock.now() + departures.LASTS):
        gone(client)
        assert count(database, Departure) == 1


@pytest.fixture
def invitation(sign_in, group):
    page = sign_in(group.coordinator).post("/grupo/invitar", data=ONE).text
    return re.search(r"/invitacion/[\w.-]+", page)[0]


def test_who_is_invited_opens_their_account_without_a_password(client, invitation, provider, database):
    assert "Entrar con la cuenta de la aduana" in client.get(invitation).text
    step = client.post(invitation, data=CHOSEN | {"way": "identity", "password": ""})
    assert enter(client, provider, "ana", start=link_in(step)).location == "/"
    assert is_in(client)
    with database.read() as session:
        made = people.find_by_email(session, ONE["email"])
        assert (made.name, made.language, made.timezone) == tuple(CHOSEN.values())
        assert made.password_hash is None
    assert client.get(invitation).status_code == 404
    client.post("/salir")
    assert enter(client, provider, "ana").location == "/"
    assert not client.post("/entrar", data={"email": ONE["email"], "password": ""}).location


def test_what_an_invited_person_chose_badly_is_said_before_they_leave(client, invitation, database):
    answer = client.post(invitation, data=CHOSEN | {"way": "identity", "name": "<b>"})
    assert answer.status_code == 400
    assert "America/Montevideo" in answer.text
    assert count(database, Departure) == 0


def test_an_invitation_is_not_used_by_an_account_that_is_somebodys(client, linked, invitation, provider, database):
    before = count(database, Person)
    step = client.post(invitation, data=CHOSEN | {"way": "identity"})
    refused = enter(client, provider, "lucia", start=link_in(step))
    assert refused.location == invitation
    assert "ya entra otra persona" in client.get(invitation).text
    assert count(database, Person) == before
    assert not is_in(client)


def test_an_invitation_withdrawn_meanwhile_opens_nothing(client, invitation, provider, database, sign_in, group):
    step = client.post(invitation, data=CHOSEN | {"way": "identity"})
    back = provider.asked(gone(client, link_in(step)), "ana")
    with database.read() as session:
        number = session.scalar(select(Invitation.id))
    sign_in(group.coordinator).post(f"/grupo/invitaciones/{number}/retirar")
    assert returned(client, back).location == invitation
    assert client.get(invitation).status_code == 404
    assert count(database, Identity) == 0
    assert not is_in(client)


def test_an_invitation_used_meanwhile_makes_no_second_account(client, app, invitation, provider, database):
    step = client.post(invitation, data=CHOSEN | {"way": "identity"})
    back = provider.asked(gone(client, link_in(step)), "ana")
    app.test_client().post(invitation, data=CHOSEN | {"password": PASSWORD})
    before = count(database, Person)
    assert returned(client, back).location == invitation
    assert count(database, Person) == before
    assert count(database, Identity) == 0


def test_a_link_for_a_new_password_offers_no_account_at_the_provider(client, sign_in, group):
    page = sign_in(group.coordinator).post(f"/grupo/cuentas/{group.reader.id}/enlace").text
    link = re.search(r"/invitacion/[\w.-]+", page)[0]
    assert "Entrar con" not in client.get(link).text
    answer = client.post(link, data={"way": "identity", "password": ""})
    assert answer.status_code == 400


@pytest.fixture
def entered(client, member):
    assert client.post("/entrar", data={"email": member.email, "password": PASSWORD}).status_code == 303
    return client


def test_a_member_links_their_account_enters_with_it_and_unlinks_it(entered, member, provider, sign_in, group):
    step = entered.post("/perfil/cuenta")
    assert enter(entered, provider, "lucia", start=link_in(step)).location == "/perfil"
    assert "Dejar de usarla" in entered.get("/perfil").text
    page = sign_in(group.coordinator).get("/grupo/cuentas").text
    assert page.count("Entra con la cuenta de la aduana") == 1
    entered.post("/salir")
    assert enter(entered, provider).location == "/"
    assert entered.post("/perfil/cuenta/quitar").status_code == 303
    assert "Vincular la cuenta" in entered.get("/perfil").text
    entered.post("/salir")
    assert enter(entered, provider).status_code == 403


def test_linking_asks_again_who_is_there_after_a_quarter_of_an_hour(entered, database):
    with clock.at(clock.now() + LATER):
        for path in ("/perfil/cuenta", "/perfil/cuenta/quitar"):
            assert entered.post(path).status_code == 401
        assert entered.post("/perfil/cuenta", data={"proof": PASSWORD}).status_code == 200


def test_an_account_at_the_provider_is_linked_only_by_who_began_it(entered, app, provider, database, sign_in, group):
    back = provider.asked(gone(entered, link_in(entered.post("/perfil/cuenta"))), "lucia")
    signed_in.enter(entered, group.members[1])  # somebody else at the same browser
    assert returned(entered, back).status_code == 409
    assert count(database, Identity) == 0


def test_an_account_that_is_somebodys_is_linked_to_nobody_else(linked, provider, database, sign_in, group):
    other = sign_in(group.members[1])
    assert enter(other, provider, "lucia", start=link_in(other.post("/perfil/cuenta"))).location == "/perfil"
    assert "ya entra otra persona" in other.get("/perfil").text
    assert count(database, Identity) == 1


def test_of_two_who_link_one_account_at_once_one_does(database, provider, group):
    def linking(person_id: int) -> Callable[[], str]:
        def run() -> str:
            with database.write() as session:
                identities.link(session, people.get(session, person_id), provider.issuer, "lucia")
            return "linked"

        return run

    results = at_once(*(linking(group.members[number].id) for number in range(3)))
    assert sorted(codes(results)) == ["identity-taken", "identity-taken", "linked"]
    assert count(database, Identity) == 1


def test_of_two_who_come_back_with_one_state_at_once_one_does(database):
    with database.write() as session:
        state = departures.leave(session, Left(Purpose.enter), clock.now())

    def back() -> bool:
        with database.write() as session:
            return departures.come_back(session, state, clock.now()) is not None

    assert sorted(at_once(back, back, back)) == [False, False, True]


def test_the_only_way_in_is_not_taken_away(database, provider, linked, sign_in):
    with database.write() as session:
        people.get(session, linked.id).password_hash = None
    theirs = sign_in(linked)
    assert "su única manera de entrar" in theirs.get("/perfil").text
    assert theirs.post("/perfil/cuenta/quitar").status_code == 303
    assert "Es su única manera" in theirs.get("/perfil").text
    assert count(database, Identity) == 1


@pytest.fixture
def coordination(database, provider, group, sign_in):
    """Sign in who coordinates and has no password."""
    with database.write() as session:
        person = people.get(session, group.coordinator.id)
        person.password_hash = None
        identities.link(session, person, provider.issuer, "coord")
    return sign_in(group.coordinator)


def asked_again(coordination):
    page = coordination.post("/grupo/invitar", data=ONE)
    assert page.status_code == 401
    assert 'type="password"' not in page.text
    return link_in(page)


def test_a_binding_act_sends_who_has_no_password_to_the_provider_and_back(coordination, provider, database):
    with clock.at(clock.now() + LATER):
        provider.tell(late=LATER.seconds)
        address = gone(coordination, asked_again(coordination))
        query = parse_qs(urlsplit(address).query)
        assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
        page = returned(coordination, provider.asked(address, "coord"))
        assert page.status_code == 200
        assert "Mostró quién es" in page.text
        assert 'action="/grupo/invitar"' in page.text
        assert ONE["email"] in page.text
        assert count(database, Invitation) == 0
        assert coordination.post("/grupo/invitar", data=ONE).status_code == 200
    assert count(database, Invitation) == 1


@pytest.mark.parametrize("lie", ["signed in long ago", "no auth_time"])
def test_who_has_not_signed_in_anew_has_shown_nothing(coordination, provider, database, lie):
    with clock.at(clock.now() + LATER):
        provider.tell(late=LATER.seconds, lie=lie)
        page = enter(coordination, provider, "coord", start=asked_again(coordination))
        assert page.status_code == 401
        assert "No se pudo comprobar" in page.text
        assert coordination.post("/grupo/invitar", data=ONE).status_code == 401
        provider.tell(late=LATER.seconds)
        assert ONE["email"] in enter(coordination, provider, "coord", start=link_in(page)).text  # it still waited


def test_another_account_at_the_provider_shows_nothing(coordination, provider, linked):
    with clock.at(clock.now() + LATER):
        provider.tell(late=LATER.seconds)
        page = enter(coordination, provider, "lucia", start=asked_again(coordination))
        assert page.status_code == 401
        assert "no es la que usted tiene vinculada" in page.text
        assert coordination.post("/grupo/invitar", data=ONE).status_code == 401


@pytest.fixture
def codes_on_paper(database, group, settings):
    """Give who coordinates a second step."""
    with database.write() as session:
        app = CodeApp(person_id=group.coordinator.id, made_at=clock.now(), last_step=0)
        app.secret, app.confirmed_at = sealing.seal(settings.secret_key, pyotp.random_base32()), clock.now()
        session.add(app)
        return recovery_codes.make(session, by=people.get(session, group.coordinator.id))


def test_the_provider_stands_for_the_password_and_the_second_step_is_asked_too(
    app, coordination, codes_on_paper, provider
):
    client = app.test_client()
    second = enter(client, provider, "coord", start="/entrar/con-cuenta?next=/avisos")
    assert second.status_code == 200
    assert "Falta un paso" in second.text
    assert not is_in(client)
    answer = client.post("/entrar/segundo-paso", data={"code": codes_on_paper[0], "next": "/avisos"})
    assert answer.location == "/avisos"
    assert is_in(client)


def test_a_binding_act_asks_for_the_second_step_too(coordination, codes_on_paper, provider, database):
    with clock.at(clock.now() + LATER):
        provider.tell(late=LATER.seconds)
        assert coordination.post("/grupo/invitar", data=ONE | {"proof": ""}).status_code == 401
        asked = enter(coordination, provider, "coord", start=asked_again(coordination))
        assert asked.status_code == 401
        assert 'name="proof_code"' in asked.text
        proof = {"proof": "", "proof_code": "mal"}
        assert coordination.post("/grupo/invitar", data=ONE | proof).status_code == 401
        assert count(database, Invitation) == 0
        proof["proof_code"] = codes_on_paper[1]
        assert coordination.post("/grupo/invitar", data=ONE | proof).status_code == 200
    assert count(database, Invitation) == 1


def test_who_has_no_password_is_told_what_to_do_where_single_sign_on_was_given_up(coordination, app):
    del app.extensions["provider"]
    with clock.at(clock.now() + LATER):
        page = coordination.post("/grupo/invitar", data=ONE)
    assert page.status_code == 401
    assert "Pida a la coordinación un enlace" in page.text


def test_the_database_keeps_no_state_and_no_log_a_secret(client, linked, provider, database, caplog):
    caplog.set_level("DEBUG")
    address = gone(client)
    state = parse_qs(urlsplit(address).query)["state"][0]
    with database.read() as session:
        row = session.scalars(select(Departure)).one()
        assert state not in [getattr(row, column.key) for column in Departure.__table__.columns]
    returned(client, provider.asked(address, "lucia"))
    assert not [secret for secret in (providers.SECRET, state, "eyJ") if secret in caplog.text]


def test_without_a_provider_nothing_is_offered(settings, workshop, group, member):
    off = create_app(settings.model_copy(update={"oidc_issuer": ""}), workshop)
    off.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    client = off.test_client()
    assert "/entrar/con-cuenta" not in client.get("/entrar").text
    for path in ("/entrar/con-cuenta", "/entrar/con-cuenta/x", "/entrar/vuelta?state=x"):
        assert client.get(path).status_code == 404
    assert client.post("/entrar", data={"email": member.email, "password": PASSWORD}).status_code == 303
    assert "Vincular la cuenta" not in client.get("/perfil").text
    assert client.post("/perfil/cuenta").status_code == 404


def test_the_button_is_in_the_readers_language(client, linked):
    assert "the customs account" in client.get("/entrar", headers={"Accept-Language": "en"}).text
    assert "la cuenta de la aduana" in client.get("/entrar", headers={"Accept-Language": "pt"}).text


def test_settings_show_no_secret(settings):
    assert providers.SECRET not in repr(settings)
