"""The web server: gunicorn with threads. `reviewtool serve` checks what it can, then becomes it.

The process that watches over the workers loads nothing of the application: `loading` does, in a process of its own
that forks the workers and ends. So they share what they only read, and no idle copy of it stays in memory.
"""

from __future__ import annotations

import ctypes
import errno
import gc
import os
import socket
import subprocess
import sys
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, NoReturn

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.errors import HaltServer

from reviewtool.errors import InstallationError

if TYPE_CHECKING:
    from flask import Flask

    from reviewtool.settings import Settings

GRACE_SECONDS = 20
REQUEST_SECONDS = 120
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
# One heap a worker, mallopt(3): with one for each thread, memory that one has freed is of no use to the others.
# And no docstrings, which nobody reads there: python(1), -OO.
LEAN = {"MALLOC_ARENA_MAX": "1", "PYTHONOPTIMIZE": "2"}

# Objects made before the collector looks for circles among them, gc.set_threshold: comparing two long documents makes
# hundreds of thousands that all live to its end, and looking at them again and again took a fifth of its time.
COLLECT = (20_000, 20, 20)


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn, configured by our settings."""

    def __init__(self, host: str, port: int, workers: int, threads: int) -> None:
        self.bind, self.workers, self.threads = f"{host}:{port}", workers, threads
        self.tell = 0  # the end of a pipe into which the loading process says the workers' numbers
        super().__init__()

    def load_config(self) -> None:
        """Hand gunicorn what the settings say."""
        options: dict[str, Any] = {
            "bind": [self.bind],
            "workers": self.workers,
            "threads": self.threads,
            "worker_class": "gthread",
            "graceful_timeout": GRACE_SECONDS,
            "timeout": REQUEST_SECONDS,
            "keepalive": 30,
            # of the first line with the address, of one header and their number; a longer request is answered 400
            "limit_request_line": 4094,
            "limit_request_field_size": 8190,
            "limit_request_fields": 60,
            "forwarded_allow_ips": "",  # whom to believe about the outside is said by `proxy_count` alone
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_fork": _adopted,
            "post_worker_init": self._begin,
            "worker_exit": lambda _arbiter, _worker: import_module("reviewtool.loading").end(),
        }
        for key, value in options.items():
            self.cfg.set(key, value)

    def load(self) -> Flask:
        """Make the application, in the process that will fork the workers."""
        app: Flask = import_module("reviewtool.loading").load()
        return app

    def _begin(self, _worker: Any) -> None:
        """Let a worker begin that hears signals by now, and let the watching process go on."""
        import_module("reviewtool.loading").begin()
        if self.tell:
            os.close(self.tell)

    def run(self) -> None:
        """Serve until stopped; SIGTERM lets requests end."""
        LeanArbiter(self).run()


class LeanArbiter(Arbiter):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn's watching process, whose workers come from a loading process that ends when it has forked them.

    The kernel gives a worker whose parent ended to the nearest process that asked for such orphans: this one.
    """

    worker_class: Any
    loader = 0  # in the loading process and its workers: its number

    def spawn_workers(self) -> None:
        """Load the application once and fork as many workers as are missing."""
        missing = self.num_workers - len(self.WORKERS)
        if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
            super().spawn_workers()  # each worker loads it for itself
            return
        workers = [self._worker() for _ in range(missing)]
        answers, self.app.tell = os.pipe()
        loader = os.fork()
        if loader == 0:
            self._load_and_fork(workers)
        os.close(self.app.tell)
        self.app.tell = 0
        with os.fdopen(answers) as told:
            pids = [int(line) for line in told]  # ends when the loader has ended and each worker hears signals
        _, status = os.waitpid(loader, 0)
        for worker, pid in zip(workers, pids, strict=False):
            worker.pid = pid
            self.WORKERS[pid] = worker
        if os.WIFSIGNALED(status):  # for want of memory, perhaps: those that serve go on, and it is soon tried again
            self.log.error("the process that loads the application was ended by signal %s", os.WTERMSIG(status))
        elif len(pids) < missing:
            raise HaltServer("The application could not be loaded.", self.APP_LOAD_ERROR)

    def _worker(self) -> Any:
        self.worker_age += 1
        return self.worker_class(
            self.worker_age, self.pid, self.LISTENERS, self.app, self.timeout / 2.0, self.cfg, self.log
        )

    def _load_and_fork(self, workers: list[Any]) -> NoReturn:
        self.loader = os.getpid()
        gc.disable()  # the collector writes to all that it looks at, and what is written to is shared no more
        try:
            self.app.wsgi()
            gc.freeze()
            prepared = iter(workers)
            self.worker_class = lambda *_args: next(prepared)  # what `spawn_worker` would make, known to the watcher
            for _ in workers:
                os.write(self.app.tell, f"{self.spawn_worker()}\n".encode())
        except SystemExit:  # of a worker, here in its own process
            raise
        except BaseException:
            self.log.exception("the application could not be loaded")
            os._exit(self.APP_LOAD_ERROR)
        os._exit(0)


def _adopted(arbiter: Any, _worker: Any) -> None:
    """Wait, in a new worker, until the loading process has ended and the watching one is its parent.

    Ends where the watching one was killed meanwhile: nobody would ever end this worker, nor free the port it holds.
    """
    gc.set_threshold(*COLLECT)
    gc.enable()
    while (parent := os.getppid()) != arbiter.pid:
        if parent != arbiter.loader:
            os._exit(0)
        time.sleep(0.001)


def ensure_port_free(settings: Settings) -> None:
    """Raise InstallationError when nothing can listen there."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise InstallationError(
                    f"Port {settings.port} is in use. Choose another one, for example: PORT={settings.port + 1}",
                    f"El puerto {settings.port} está ocupado. Elija otro, por ejemplo: PORT={settings.port + 1}",
                ) from error
            raise InstallationError(
                f"Nothing can listen on {settings.host}:{settings.port} ({error.strerror}).",
                f"No se puede escuchar en {settings.host}:{settings.port} ({error.strerror}).",
            ) from error


def start_worker() -> None:
    """Start the worker as a process of its own, which ends when this one or the server that it becomes ends."""
    command = [sys.executable, "-m", "reviewtool.cli", "worker", "--beside"]
    subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def become_server(settings: Settings) -> NoReturn:
    """Replace this process, which has loaded all that commands need, by the server with the same environment."""
    sys.stdout.flush()
    numbers = [str(number) for number in (settings.port, settings.workers, settings.threads)]
    command = [sys.executable, "-m", "reviewtool.serving", settings.host, *numbers]
    os.execve(sys.executable, command, LEAN | os.environ)  # noqa: S606  (no shell is wanted)


def main(host: str, port: str, workers: str, threads: str) -> None:
    """Serve an installation that was found whole."""
    sys.argv = sys.argv[:1]  # gunicorn reads the command line too
    Server(host, int(port), int(workers), int(threads)).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
