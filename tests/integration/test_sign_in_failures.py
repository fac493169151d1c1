"""Failed sign-ins in the database: waits that grow, per account and per address, and what is forgotten."""

from __future__ import annotations

import threading
from datetime import timedelta

from sqlalchemy import func, select

from reviewtool.clock import now
from reviewtool.models import SignInFailure
from reviewtool.services import sign_in_failures as failures

AT = now()
HERE, THERE = "192.0.2.1", "198.51.100.7"
EMAIL = "rosa@example.org"


def fail(database, times, address=HERE, email=EMAIL, at=AT):
    for _ in range(times):
        with database.write() as session:
            failures.note(session, address, email, at)


def waits(database, after, address=HERE, email=EMAIL):
    with database.read() as session:
        return failures.must_wait(session, address, email, AT + after)


def test_waits_double_up_to_the_longest():
    seconds = [failures.wait("account", count).total_seconds() for count in (4, 5, 6, 7, 10, 11, 12, 5000)]
    assert seconds == [0, 15, 30, 60, 480, 900, 900, 900]


def test_an_account_waits_from_every_address_and_the_address_not_yet(database):
    fail(database, 5)
    assert waits(database, timedelta(seconds=14), THERE, EMAIL.upper())
    assert not waits(database, timedelta(seconds=15), THERE)
    assert not waits(database, timedelta(0), HERE, "otra@example.org")


def test_an_address_waits_for_every_account(database):
    for number in range(30):
        fail(database, 1, email=f"nadie{number}@example.org")
    assert waits(database, timedelta(0), email="otra@example.org")
    assert not waits(database, timedelta(0), THERE, "otra@example.org")


def test_a_line_of_the_sixth_version_is_one_address(database):
    for number in range(30):
        fail(database, 1, f"2001:db8:1:2::{number:x}", f"nadie{number}@example.org")
    assert waits(database, timedelta(0), "2001:db8:1:2:ffff::1", "otra@example.org")
    assert not waits(database, timedelta(0), "2001:db8:1:3::1", "otra@example.org")


def test_signing_in_forgets_the_account_and_a_day_forgets_everything(database):
    fail(database, 6)
    with database.write() as session:
        failures.forget(session, EMAIL.upper())
    assert not waits(database, timedelta(0))
    fail(database, 1, THERE, "otra@example.org", AT + failures.FORGOTTEN + timedelta(seconds=1))
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(SignInFailure)) == 2


def test_failures_at_once_are_all_counted(database):
    threads = [threading.Thread(target=fail, args=(database, 5)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as session:
        assert set(session.scalars(select(SignInFailure.count))) == {20}


def test_strange_texts_are_counted_too(database):
    fail(database, 1, "", "\ud800 \x00 @")
    assert not waits(database, timedelta(0), "", "\ud800 \x00 @")
