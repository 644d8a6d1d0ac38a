"""The lock that dies with its process."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.jobs.liveness import FileLiveness, PostgresLiveness, create

HOLD = """
import sys
from contextlib import ExitStack
from pathlib import Path
from pipeline.jobs.liveness import FileLiveness
live = FileLiveness(Path(sys.argv[1]))
live.acquire("gpu:0/a b")
print("held", flush=True)
sys.stdin.read()
"""
NAME = "gpu:0/a b"
"""Names hold what a file name must not."""


def test_the_database_decides_on_the_lock(tmp_path: Path) -> None:
    assert isinstance(create(f"sqlite:///{tmp_path / 'bolti.db'}"), FileLiveness)
    assert isinstance(create("postgresql://bolti@db/bolti"), PostgresLiveness)


def test_a_second_holder_is_refused_and_told_what_to_do(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'bolti.db'}"
    first, second = create(url), create(url)
    first.acquire(NAME)

    with pytest.raises(errors.ExecutorAlreadyRunning, match=r"jobs\.executor"):
        second.acquire(NAME)
    second.acquire("another")

    first.release()
    second.release()
    second.acquire(NAME)
    second.release()


def test_the_living_are_not_dead_and_the_dead_are(tmp_path: Path) -> None:
    database = tmp_path / "bolti.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(database)],
        cwd=Path(__file__).parents[3],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        live = FileLiveness(database)

        with live.if_dead(NAME) as dead:
            assert not dead
        holder.kill()
        holder.wait()
        with live.if_dead(NAME) as dead:
            assert dead


def test_who_comes_back_while_it_is_recovered_is_no_twin_of_itself(tmp_path: Path) -> None:
    database = tmp_path / "bolti.db"
    with ExitStack() as recovery:
        assert recovery.enter_context(FileLiveness(database).if_dead(NAME))
        live = FileLiveness(database, pause=recovery.close)

        live.acquire(NAME)

    live.release()


def test_who_is_being_recovered_cannot_come_back_meanwhile(tmp_path: Path) -> None:
    database = tmp_path / "bolti.db"
    with FileLiveness(database).if_dead(NAME) as dead:
        assert dead
        with pytest.raises(errors.ExecutorAlreadyRunning):
            FileLiveness(database).acquire(NAME)


def test_the_lock_lies_beside_the_database(tmp_path: Path) -> None:
    live = create(f"sqlite:///{tmp_path / 'bolti.db'}")
    live.acquire(NAME)
    live.release()

    assert [path.name for path in tmp_path.iterdir()] == ["bolti.db.gpu%3A0%2Fa%20b.lock"]
