"""The commands of ``bolti`` around a render: doctor, voices, settings, worker, prune, demo."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from pipeline.settings import child_environment
from pipeline.settings.listing import default_toml
from tests import faces
from tests.botapi import family
from tests.botapi.family import Relative
from tests.e2e.test_cli import BOLTI, LIMIT_S, bolti, files


def test_doctor_finds_all_that_a_render_needs(tmp_path: Path) -> None:
    ended = bolti(tmp_path, "doctor", "--json")

    told = json.loads(ended.stdout)
    health = {finding["name"]: finding["health"] for finding in told["findings"]}
    assert ended.returncode == 0
    assert health.pop("gpu") in ("ok", "note"), "nobody needs one"
    assert health.pop("limits") in ("ok", "note"), "it depends on the kernel"
    assert health.pop("captions") in ("ok", "note"), "it depends on the fonts of the machine"
    assert health == {
        "python": "ok",
        "disk": "ok",
        "codecs": "ok",
        "faces": "ok",
        "signature": "ok",
        "at rest": "note",
        "voice": "ok",
        "weights": "note",
        "engine": "ok",
        "telegram": "note",
    }
    assert told["settings"]["speech.max_s"] == {"value": "60.0", "source": "default"}
    assert files(tmp_path) == [], "a doctor leaves nothing"


@pytest.mark.parametrize(
    ("variable", "value", "name", "advice"),
    [
        ("BOLTI_LIPSYNC__ENGINE", "latentsync", "engine", "set lipsync.engine to auto or warp"),
        ("BOLTI_STORE__MIN_FREE_BYTES", str(10**18), "disk", "Free some space"),
        ("BOLTI_SPEECH__VOICE", "nobody", "voice", "speech.voice"),
    ],
)
def test_doctor_says_what_is_missing_and_what_to_do(
    tmp_path: Path, variable: str, value: str, name: str, advice: str
) -> None:
    ended = bolti(tmp_path, "doctor", settings=[(variable, value)])

    lines = ended.stdout.splitlines()
    bad = next(number for number, line in enumerate(lines) if line.startswith("MISSING"))
    assert ended.returncode == 1
    assert name in lines[bad]
    assert advice in lines[bad + 1]
    assert any(variable in line for line in lines), "the source of the value is named"
    assert lines[-1] == f"No render is possible: see {name}."


def test_no_command_shows_the_token(tmp_path: Path) -> None:
    token = "123456789:AAFakeFakeFakeFakeFakeFakeFakeFake_00"

    for command in (["doctor"], ["doctor", "--json"], ["settings"], ["--debug", "settings"]):
        ended = bolti(tmp_path, *command, settings=[("BOLTI_TELEGRAM__TOKEN", token)])
        assert ended.returncode == 0, ended.stderr
        assert "FakeFake" not in ended.stdout + ended.stderr


def test_a_wrong_setting_is_told_in_one_text_with_status_2(tmp_path: Path) -> None:
    ended = bolti(
        tmp_path,
        *("render", faces.hopper(), "hi", "-o", "o.mp4"),
        settings=[("BOLTI_SPEACH__MAX_S", "3"), ("BOLTI_LIPSYNC__FPS", "fast")],
    )

    assert ended.returncode == 2
    assert "Did you mean" in ended.stderr
    assert "lipsync.fps" in ended.stderr


def test_settings_writes_the_default_file_and_lists_what_is_set(tmp_path: Path) -> None:
    default = bolti(tmp_path, "settings", "--default")
    listed = bolti(tmp_path, "settings", settings=[("BOLTI_SPEECH__MAX_S", "30")])

    assert default.stdout == default_toml()
    assert "speech.max_s = 30.0  # BOLTI_SPEECH__MAX_S" in listed.stdout.splitlines()


def test_voices_are_listed_by_language(tmp_path: Path) -> None:
    everybody = bolti(tmp_path, "voices").stdout.splitlines()
    hindi = bolti(tmp_path, "voices", "--locale", "hi", "--json").stdout.splitlines()

    assert len(everybody) > len(hindi) > 0
    assert any("(default)" in line for line in everybody)
    assert {json.loads(line)["locale"] for line in hindi} == {"hi-IN"}


def test_a_terminal_gets_a_bar_that_goes_away(tmp_path: Path) -> None:
    parent, child = pty.openpty()
    command = [
        *BOLTI,
        "render",
        str(faces.hopper()),
        "Good morning.",
        "-o",
        "o.mp4",
        "--i-have-consent",
    ]

    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env=child_environment(),
        stdout=subprocess.PIPE,
        stderr=child,
        timeout=LIMIT_S,
        check=False,
    )
    os.close(child)
    drawn = os.read(parent, 100_000).decode()
    os.close(parent)

    assert ended.returncode == 0
    assert "100 %  moving the lips" in drawn
    assert drawn.endswith("\r\x1b[K"), "the line is empty at the end"


def test_a_render_asks_for_consent_once_in_a_terminal(tmp_path: Path) -> None:
    command = [*BOLTI, "render", "tiny.png", "Good morning.", "-o", "o.mp4"]
    Image.new("RGB", (60, 60)).save(tmp_path / "tiny.png")

    def run_in_terminal(typed: str) -> tuple[int, str]:
        parent, child = pty.openpty()
        os.write(parent, typed.encode())
        ended = subprocess.run(
            command,
            cwd=tmp_path,
            env=child_environment(),
            stdin=child,
            capture_output=True,
            timeout=LIMIT_S,
            check=False,
        )
        os.close(child)
        os.close(parent)
        return ended.returncode, ended.stderr.decode()

    refused, said = run_in_terminal("n\n")
    assert refused == 81
    assert "I am 18 or older" in said
    agreed, said = run_in_terminal("y\n")
    assert agreed == 13, "goes on to look at the photo, which is too small"
    again, said = run_in_terminal("")
    assert again == 13
    assert "18 or older" not in said


def test_a_render_without_terminal_and_consent_says_what_to_do(tmp_path: Path) -> None:
    ended = subprocess.run(
        [*BOLTI, "render", str(faces.hopper()), "Good morning.", "-o", "o.mp4"],
        cwd=tmp_path,
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )

    assert ended.returncode == 81
    assert "--i-have-consent" in ended.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_demo_writes_a_video_and_its_contact_sheet(tmp_path: Path) -> None:
    ended = bolti(tmp_path, "demo", "--into", "out", "--json")

    result = next(
        line["result"] for line in map(json.loads, ended.stdout.splitlines()) if "result" in line
    )
    assert ended.returncode == 0, ended.stderr
    assert files(tmp_path / "out") == ["demo.mp4", "demo.png"]
    assert 5 < result["duration_s"] < 8
    assert max(result["width_px"], result["height_px"]) == 512
    with Image.open(tmp_path / "out" / "demo.png") as sheet:
        assert sheet.width > 800


@contextmanager
def working(folder: Path) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """Run a worker until the block ends; with what it said until it listened."""
    with subprocess.Popen(
        [*BOLTI, "worker"],
        cwd=folder,
        env=child_environment() | {"BOLTI_HEALTH__LISTEN": "127.0.0.1:0"},
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        try:
            assert worker.stderr is not None
            said: list[str] = []
            for line in worker.stderr:
                said.append(json.loads(line)["message"])
                if "listening to renders" in line:
                    break
            yield worker, said
        finally:
            worker.kill()


def until_ready(port: str) -> set[str]:
    """Wait until it is ready; give back what was failing before."""
    failing: set[str] = set()
    deadline = time.monotonic() + LIMIT_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz") as answer:
                assert json.load(answer) == {"ready": True, "failing": {}}
                return failing
        except urllib.error.HTTPError as e:
            failing |= {f"{name}: {wrong}" for name, wrong in json.load(e)["failing"].items()}
            time.sleep(0.1)
    raise AssertionError(failing)


def engine_hangs(worker: subprocess.Popen[str]) -> Relative:
    children = family.descendants_of(worker.pid)
    (studio,) = [child for child in children if family.runs(child, "pipeline.studio")]
    family.hang(studio)
    return studio


def test_a_worker_is_ready_until_sigterm_and_a_twin_refuses(tmp_path: Path) -> None:
    with working(tmp_path) as (worker, said_first):
        (port,) = re.findall(r"health: http://127\.0\.0\.1:(\d+)/", "\n".join(said_first))
        assert until_ready(port) <= {"engine: warming up"}

        twin = bolti(tmp_path, "worker")
        studio = engine_hangs(worker)
        worker.send_signal(signal.SIGTERM)
        _, said = worker.communicate(timeout=LIMIT_S)

    assert twin.returncode == 53
    assert "jobs.executor" in twin.stderr
    assert worker.returncode == 0
    assert "stopping" in said
    assert "Traceback" not in said
    assert not family.is_alive(studio), "it was waited for"


def test_a_second_signal_ends_a_worker_at_once_with_an_engine_that_hangs(tmp_path: Path) -> None:
    with working(tmp_path) as (worker, _):
        studio = engine_hangs(worker)
        ended = os.pidfd_open(studio.pid)
        worker.send_signal(signal.SIGSTOP)  # so that it meets both signals before it could end
        worker.send_signal(signal.SIGTERM)
        worker.send_signal(signal.SIGINT)
        worker.send_signal(signal.SIGCONT)

        assert worker.wait(LIMIT_S) == 130
        assert select.select([ended], [], [], LIMIT_S)[0], "the engine lives on"
    os.close(ended)


def test_prune_says_what_it_deleted(tmp_path: Path) -> None:
    stale = tmp_path / "data" / "scratch" / "tg-1"
    stale.mkdir(parents=True)
    os.utime(stale, (0, 0))

    ended = bolti(tmp_path, "prune", "--json")

    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout) == {
        "artifacts": 0,
        "drafts": 0,
        "scratch_folders": 1,
        "rows": 0,
        "speeches": 0,
        "workflows": 0,
        "backups": 0,
    }
