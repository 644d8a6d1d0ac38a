"""The render child is confined: it opens videos in the making, weights, code, and nothing else."""

from __future__ import annotations

import textwrap
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline.child import Child
from pipeline.confine import confinable
from pipeline.settings import Settings, child_environment
from pipeline.studio import studio_child

ROOT = Path(__file__).parents[2]
CURIOUS = """
    # The studio of the product, confined as it is, that does what it is told instead of filming.
    from pathlib import Path
    from pipeline.studio import __main__ as studio, room

    class Curious(room.Studio):
        def warm(self):
            pass

        def handle(self, message, say):
            try:
                exec(message["do"], {"Path": Path, **message["places"]})
            except OSError as e:
                return {"went": type(e).__name__}
            return {"went": "through"}

    room.Studio = Curious
    studio.main()
"""
ATTEMPTS = {
    "Path(scratch, 'job', 'portrait.png').read_bytes()": True,
    "Path(scratch, 'job', 'out.mp4').write_bytes(b'a video')": True,
    "Path(weights, 'network.pt').read_bytes()": True,
    "Path(weights, 'linked.pt').read_bytes()": True,
    "Path(weights, 'network.pt').write_bytes(b'other')": False,
    "Path(data, 'bolti.db').read_bytes()": False,
    "Path(data, 'provenance', 'signer.pem').read_bytes()": False,
    "Path(data, 'new').touch()": False,
    "Path('/etc/hostname').read_text()": False,
    "import socket; socket.socket()": False,
    "import socket; socket.socket(socket.AF_UNIX).connect('/nowhere')": False,
    "import os; open(f'/proc/{os.getppid()}/environ').read()": False,
}


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[Child]:
    code = tmp_path / "code"
    code.mkdir()
    (code / "curious_studio.py").write_text(textwrap.dedent(CURIOUS))
    settings = settings_in(tmp_path)
    for place, name in (
        (settings.scratch_dir / "job", "portrait.png"),
        (tmp_path / "weights", "network.pt"),
        (tmp_path / "elsewhere", "linked.pt"),
        (tmp_path / "data", "bolti.db"),
        (tmp_path / "data" / "provenance", "signer.pem"),
    ):
        place.mkdir(parents=True, exist_ok=True)
        (place / name).write_text("what is in it")
    (tmp_path / "weights" / "linked.pt").symlink_to(tmp_path / "elsewhere" / "linked.pt")
    environment = child_environment() | {"PYTHONPATH": f"{ROOT}:{code}"}
    made = studio_child("studio", settings, environment, settings.scratch_dir, "curious_studio")
    yield made
    await made.close()


def settings_in(folder: Path) -> Settings:
    settings = Settings(data_dir=folder / "data")
    there = settings.latentsync.model_copy(update={"weights": str(folder / "weights")})
    return settings.model_copy(update={"latentsync": there})


async def test_the_studio_opens_what_it_needs_and_nothing_else(
    studio: Child, tmp_path: Path
) -> None:
    held = confinable()
    if not (held.folders and held.network):
        pytest.skip("this kernel cannot confine it")
    places = {
        "scratch": str(tmp_path / "data" / "scratch"),
        "weights": str(tmp_path / "weights"),
        "data": str(tmp_path / "data"),
    }

    went = {
        attempt: (await studio.ask({"do": attempt, "places": places}, limit_s=60))["went"]
        for attempt in ATTEMPTS
    }

    assert {attempt: how == "through" for attempt, how in went.items()} == ATTEMPTS, went
    assert (tmp_path / "weights" / "network.pt").read_text() == "what is in it"
