"""The bare repository as a process sees it: one kept `git.Repo` a thread, every git process started with the same care.

Here are running a command, reading an object and creating a store; what objects mean is in `reading` and `writing`.
Services hold a `Store` and pass it on; only this package calls its methods, `close`, `forget` and `processes` aside.
"""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE
from typing import Any, Final, Literal, TypeVar, cast

import git
from cachetools import LRUCache
from git.exc import GitCommandNotFound, InvalidGitRepositoryError, NoSuchPathError

from reviewtool.errors import Conflict, NotFound, Unavailable
from reviewtool.gitstore.environment import ENVIRONMENT, OLDEST_GIT, SETTINGS, forget_inherited
from reviewtool.gitstore.failures import failure, unavailable
from reviewtool.gitstore.ids import EMPTY_TREE, BlobId, CommitId, TreeId, check_commit
from reviewtool.gitstore.signer import Signer

__all__ = ["BlobId", "CommitId", "Store", "TreeId", "check_commit", "check_git", "create"]

T = TypeVar("T")

_HEADERS_AT_ONCE: Final = 500  # 500 requests and 500 answers fit in a pipe of 64 KiB: neither side can block the other
_CHUNK: Final = 65536


class _Session:
    """One thread's `git.Repo`; its processes end when the thread ends and the last reference goes."""

    def __init__(self, repo: git.Repo) -> None:
        self.repo = repo
        self.repo.git.update_environment(GIT_DIR=str(repo.git_dir), **ENVIRONMENT)

    def __del__(self) -> None:
        self.repo.git.clear_cache()  # not the Repo's own end: it is in a cycle with its configuration

    def abandon(self) -> None:
        """Let go, in a forked child, of processes that belong to the parent: close our ends, stop nothing."""
        for name in ("cat_file_all", "cat_file_header"):
            kept = getattr(self.repo.git, name)
            process = kept.proc if kept is not None else None
            if process is not None:
                kept.proc = None
                process.returncode = 0
                for pipe in (process.stdin, process.stdout, process.stderr):
                    getattr(pipe, "raw", pipe).close()  # not `pipe`: its flush would write to the parent's process
            setattr(self.repo.git, name, None)


class Store:
    """A bare repository, safe to use from many threads and after a fork; with a signer, what it writes is signed."""

    def __init__(self, path: Path, signer: Signer | None = None) -> None:
        self.path = Path(path).resolve()
        self._signer = signer
        forget_inherited()
        self._check_folder()
        self.processes = 0
        """How many git and ssh-keygen processes this store has started, so that a page can be held to its limit."""
        # These four are of `reading` and `history`: values of immutable ids. Trees are counted by their rows: those of
        # a long record have a hundred each.
        self.trees: LRUCache[str, Any] = LRUCache(6_000, getsizeof=lambda rows: 1 + len(rows))
        self.sizes: LRUCache[str, int] = LRUCache(8_192)
        self.commits: LRUCache[str, Any] = LRUCache(512)
        self.touched: LRUCache[str, Any] = LRUCache(2)
        self._after_fork()
        _stores.add(self)

    def _after_fork(self) -> None:
        sessions = [ref() for ref in getattr(self, "_sessions", ())]
        self.lock = threading.Lock()
        self._local = threading.local()
        self._sessions: list[weakref.ref[_Session]] = []
        for session in sessions:
            if session is not None:
                session.abandon()

    def _check_folder(self) -> None:
        # git's own check (safe.directory) is skipped once GIT_DIR is given; the reason for it is not.
        try:
            owner = self.path.stat().st_uid
            found = (self.path / "objects").is_dir()
        except OSError as error:
            raise unavailable("store-missing", path=str(self.path)) from error
        if owner != os.geteuid():
            raise unavailable("store-owner", path=str(self.path), owner=owner)
        if not found:
            raise unavailable("store-missing", path=str(self.path))

    def _session(self) -> _Session:
        session: _Session | None = getattr(self._local, "session", None)
        if session is None:
            self._check_folder()
            try:
                session = _Session(git.Repo(self.path, expand_vars=False))
            except (InvalidGitRepositoryError, NoSuchPathError) as error:
                raise unavailable("store-missing", path=str(self.path)) from error
            self._local.session = session
            with self.lock:
                self._sessions = [ref for ref in self._sessions if ref() is not None]
                self._sessions.append(weakref.ref(session))
        return session

    def close(self) -> None:
        """End the kept processes of all threads; a later call simply starts new ones."""
        with self.lock:
            sessions = [ref() for ref in self._sessions]
            self._sessions = []
            self._local = threading.local()
        for session in sessions:
            if session is not None:
                session.repo.close()

    def forget(self) -> None:
        """Empty what is remembered of trees and commits, after history was rewritten."""
        with self.lock:
            for remembered in (self.trees, self.sizes, self.commits, self.touched):
                remembered.clear()

    def _count(self) -> None:
        with self.lock:
            self.processes += 1

    # -- commands --------------------------------------------------------------------------------------------------

    @contextmanager
    def _process(self, args: Sequence[str], env: Mapping[str, str] | None, *, stdin: bool) -> Iterator[Any]:
        session = self._session()
        self._count()
        command = [git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git", *args]
        try:
            process = session.repo.git.execute(command, istream=PIPE if stdin else None, as_process=True, env=env)
        except GitCommandNotFound as error:
            raise Unavailable("git-missing") from error
        try:
            yield process
        finally:
            process.__del__()  # closes the pipes and ends what still runs

    def attempt(
        self,
        *args: str,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        accept: Sequence[int] = (0,),
    ) -> tuple[int, bytes, bytes]:
        """Run one git command to its end; return its status, one of `accept`, what it wrote and its complaints."""
        with self._process(args, env, stdin=stdin is not None) as process:
            written, complaint = process.communicate(stdin)
            status: int = process.returncode
        if status not in accept:
            raise failure(args[0], status, complaint)
        return status, written, complaint

    def run(self, *args: str, stdin: bytes | None = None, env: Mapping[str, str] | None = None) -> bytes:
        """Run one git command that must succeed and return what it wrote."""
        return self.attempt(*args, stdin=stdin, env=env)[1]

    def tokens(self, *args: str) -> Generator[bytes, None, None]:
        """Yield what a git command writes between NUL bytes, as it comes; stopping early ends the command."""
        with self._process(args, None, stdin=False) as process:
            rest = b""
            while chunk := process.stdout.read1(_CHUNK):
                *whole, rest = (rest + chunk).split(b"\0")
                yield from whole
            if rest:
                yield rest
            complaint = process.stderr.read()
            status = process.proc.wait()
            if status != 0:
                raise failure(args[0], status, complaint)

    def signed(self, kind: Literal["commit", "tag"], data: bytes) -> bytes:
        """Return a commit or tag as it will be stored: with a signature if this store has a key."""
        if self._signer is None:
            return data
        self._count()
        return self._signer.signed(kind, data)

    # -- objects ---------------------------------------------------------------------------------------------------

    def object(self, object_id: str) -> tuple[str, bytes]:
        """Return kind and bytes of an object through the thread's kept `cat-file`; NotFound if there is none."""
        return self._ask(self._read_object, object_id)

    def _read_object(self, session: _Session, object_id: str) -> tuple[str, bytes]:
        kept = session.repo.git
        if kept.cat_file_all is None:
            self._count()
        _, kind, size, data = kept.get_object_data(object_id)
        if len(data) != size:
            raise EOFError(object_id)
        return cast("bytes", kind).decode("ascii"), data  # its annotation says str

    def size_of(self, ids: Sequence[str]) -> dict[str, int]:
        """Return the sizes in bytes of many objects at once; what the store does not have is left out."""
        with self.lock:
            known = {name: self.sizes[name] for name in ids if name in self.sizes}
        wanted = [name for name in dict.fromkeys(ids) if name not in known]
        for start in range(0, len(wanted), _HEADERS_AT_ONCE):
            part = wanted[start : start + _HEADERS_AT_ONCE]
            sizes = self._ask(self._read_sizes, *part)
            known.update(sizes)
            with self.lock:
                self.sizes.update(sizes)
        return known

    def _read_sizes(self, session: _Session, *ids: str) -> dict[str, int]:
        kept = session.repo.git
        if kept.cat_file_header is None:
            self._count()
            kept.get_object_header(EMPTY_TREE)  # starts the process; git knows this one without having it
        process: Any = kept.cat_file_header
        process.stdin.write("".join(f"{name}\n" for name in ids).encode("ascii"))
        process.stdin.flush()
        answers = [process.stdout.readline().split() for _ in ids]
        if not all(answers):
            raise EOFError(ids[0])
        found = {answer[0].decode("ascii"): int(answer[2]) for answer in answers if len(answer) == 3}
        if len(found) < len(ids):
            kept.clear_cache()  # it may have complained, and nobody empties that pipe
        return found

    def _ask(self, read: Callable[..., T], *ids: str) -> T:
        session = self._session()
        try:
            return read(session, *ids)
        except ValueError as error:  # it may have complained, and nobody empties that pipe
            session.repo.git.clear_cache()
            if "could not be resolved" in str(error):
                raise self._absent(ids[0]) from error
        except (OSError, EOFError):  # somebody ended our process
            session.repo.git.clear_cache()
        try:
            return read(session, *ids)
        except (ValueError, OSError, EOFError) as error:
            session.repo.git.clear_cache()
            self._check_folder()
            raise unavailable("store-damaged", object=ids[0]) from error

    def _absent(self, object_id: str) -> NotFound | Unavailable:
        if (self.path / "objects" / object_id[:2] / object_id[2:]).exists():
            return unavailable("store-damaged", object=object_id)
        self._check_folder()
        return NotFound("no-object", object=object_id)


_stores: weakref.WeakSet[Store] = weakref.WeakSet()


def _after_fork() -> None:
    # A child on the parent's pipes would take the parent's answers; a lock held by another thread stays locked.
    for store in _stores:
        store._after_fork()


os.register_at_fork(after_in_child=_after_fork)


def check_git() -> tuple[int, ...]:
    """Return the version of the installed git, at least 2.38; Unavailable("git-missing" | "git-too-old") otherwise."""
    try:
        version = git.Git().version_info
    except GitCommandNotFound as error:
        raise Unavailable("git-missing") from error
    if version < OLDEST_GIT:
        raise Unavailable("git-too-old", found=".".join(map(str, version)), wanted=".".join(map(str, OLDEST_GIT)))
    return version


def create(path: Path, signer: Signer | None = None) -> Store:
    """Make an empty bare repository with the branch `main` and settings that never lose what was acknowledged."""
    check_git()
    path = Path(path)
    if path.exists() and any(path.iterdir()):
        raise Conflict("store-exists", path=str(path))
    path.mkdir(parents=True, exist_ok=True)
    forget_inherited()
    bootstrap = git.Git(str(path))
    bootstrap.update_environment(**{k: v for k, v in ENVIRONMENT.items() if not k.startswith("GIT_CONFIG_COUNT")})
    bootstrap.init("--quiet", "--bare", "--template=", "--initial-branch=main", "--object-format=sha1", ".")
    for key, value in SETTINGS.items():
        bootstrap.config(key, value)
    return Store(path, signer)
