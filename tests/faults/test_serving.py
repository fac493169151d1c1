"""The server under faults: killed workers are replaced, a killed watcher leaves nobody behind, and a bad start ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from reviewtool import installing
from reviewtool.settings import Settings
from tests.conftest import ROOT
from tests.support import server
from tests.support.server import below

KEY = "only-for-tests" * 4


@pytest.fixture
def address(tmp_path):
    materials = tmp_path / "materials"
    materials.mkdir()
    (materials / "uno.md").write_text("# Uno\n\nTexto.\n", encoding="utf-8")
    settings = Settings(var=tmp_path / "var", group_file=ROOT / "config" / "group.toml", secret_key=KEY)
    workshop = installing.create(settings, source=str(materials))
    workshop.database.dispose()
    workshop.store.close()
    with server.running(settings.var, {"REVIEWTOOL_SECRET_KEY": KEY, "REVIEWTOOL_WORKERS": "2"}) as url:
        yield url


def watcher_of(address: str) -> int:
    """Return the process that watches over the workers of this server; other tests may have servers of their own."""
    port = address.rpartition(":")[2]
    (found,) = (pid for pid in below(os.getpid()) if f"\0{port}\0" in Path(f"/proc/{pid}/cmdline").read_text())
    return found


def until(holds) -> None:
    """Wait for something that another process does, at most a minute."""
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)  # polling another process, with the bound above


def answers(url: str) -> bool:
    try:
        return urllib.request.urlopen(f"{url}/salud", timeout=5).read() == b"ok\n"
    except OSError:
        return False


def test_the_watching_process_has_nothing_of_the_application_in_memory(address):
    watcher = watcher_of(address)
    workers = below(watcher)
    assert len(workers) == 2
    assert "nh3" not in Path(f"/proc/{watcher}/maps").read_text()
    assert all("nh3" in Path(f"/proc/{worker}/maps").read_text() for worker in workers)


def test_a_killed_worker_is_replaced_and_the_other_goes_on_answering(address):
    watcher = watcher_of(address)
    first, second = below(watcher)
    os.kill(first, signal.SIGKILL)
    assert answers(address)
    until(lambda: len(below(watcher)) == 2 and first not in below(watcher))
    os.kill(second, signal.SIGKILL)
    until(lambda: len(below(watcher)) == 2 and second not in below(watcher))
    until(lambda: answers(address))


def test_a_killed_loading_process_does_not_end_those_that_serve(tmp_path, address):
    watcher = watcher_of(address)
    first, second = below(watcher)
    os.kill(first, signal.SIGKILL)
    until(lambda: set(below(watcher)) - {first, second})
    (loader,) = set(below(watcher)) - {first, second}
    os.kill(loader, signal.SIGKILL)
    until(lambda: "was ended by signal 9" in (tmp_path / "var" / "server.log").read_text())
    assert answers(address)
    until(lambda: len(set(below(watcher)) - {first, loader}) == 2)
    assert second in below(watcher)


def test_when_the_watching_process_is_killed_its_workers_end_too(tmp_path, address):
    watcher = watcher_of(address)
    workers = below(watcher)
    os.kill(watcher, signal.SIGKILL)
    until(lambda: not any(Path(f"/proc/{worker}/exe").exists() for worker in workers))
    assert not answers(address)


def test_when_the_watching_process_is_killed_while_workers_are_made_they_end_and_free_the_port(address):
    watcher = watcher_of(address)
    port = address.rpartition(":")[2]
    workers = below(watcher)
    os.kill(workers[0], signal.SIGKILL)
    until(lambda: set(below(watcher)) - set(workers))
    os.kill(watcher, signal.SIGKILL)  # whom the loading process and its worker do not know dead
    until(lambda: not serving_on(port))
    assert not answers(address)


def serving_on(port: str) -> list[str]:
    """Return the processes that were started to serve on this port, whoever their parent is now."""
    found = []
    for cmdline in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command, state = cmdline.read_text(), cmdline.with_name("stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if "reviewtool.serving" in command and f"\0{port}\0" in command and state != "Z":
            found.append(cmdline.parent.name)
    return found


def test_an_application_that_cannot_be_loaded_ends_the_start_with_a_status(tmp_path):
    began = subprocess.run(
        [sys.executable, "-m", "reviewtool.serving", "127.0.0.1", str(server.free_port()), "2", "4"],
        cwd=ROOT,
        env=os.environ | {"VAR": str(tmp_path / "nothing"), "REVIEWTOOL_SECRET_KEY": KEY},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert began.returncode == 4  # gunicorn's for an application that does not load
    assert "the application could not be loaded" in began.stderr
