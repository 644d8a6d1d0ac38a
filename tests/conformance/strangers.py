"""python-telegram-bot's own tests, fetched when they are run, with what their archive leaves out.

The tests are LGPL and never committed. Their source distribution lacks some binary files; files of
the same kinds are made here, so tests that compare exact sizes of the originals cannot pass.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

RELEASE = "22.8"
NEEDS = (
    f"python-telegram-bot[all]=={RELEASE}",
    "pytest==9.0.3",
    "pytest-asyncio==0.21.2",
    "pytest-timeout==2.4.0",
    "flaky==3.8.1",
    "pytz",
    "beautifulsoup4",
)
INSTALL_LIMIT_S = 600
SOUND = ("-f", "lavfi", "-i", "sine=frequency=440:duration=3")
MOVING = ("-f", "lavfi", "-i", "testsrc=duration=3:size=320x240:rate=25")
CLIPS = {
    "telegram.ogg": (*SOUND, "-c:a", "libopus"),
    "telegram.mp3": (*SOUND, "-c:a", "libmp3lame"),
    "telegram.mp4": (*MOVING, *SOUND, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac"),
    "telegram2.mp4": (*MOVING, "-vf", "crop=240:240", "-c:v", "libx264", "-pix_fmt", "yuv420p"),
    "game.gif": (*MOVING, "-r", "5"),
}


def fetch(folder: Path) -> Path:
    """Bring the release's tests into a folder, once; give the root of its source tree."""
    source = folder / f"python_telegram_bot-{RELEASE}"
    if not (source / "tests" / "data" / "telegram.mp4").exists():
        folder.mkdir(parents=True, exist_ok=True)
        requirement = f"python-telegram-bot=={RELEASE}"
        options = ("--no-deps", "--no-binary", ":all:", "--no-build-isolation")
        _run(sys.executable, "-m", "pip", "download", "-q", *options, "-d", folder, requirement)
        with tarfile.open(folder / f"python_telegram_bot-{RELEASE}.tar.gz") as archive:
            archive.extractall(folder, filter="data")
        make_samples(source / "tests" / "data")
    return source


def environment(folder: Path) -> Path:
    """Make an environment for the tests, once; give its interpreter."""
    python = folder / "venv" / "bin" / "python"
    stamp = folder / "venv" / f"ready-{RELEASE}"
    if not stamp.exists():
        venv.create(folder / "venv", with_pip=True, clear=True)
        _run(python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *NEEDS)
        stamp.touch()
    return python


def make_samples(data: Path) -> None:
    """Make the binary files that the archive lacks."""
    gradient = Image.linear_gradient("L").resize((1280, 720))
    picture = Image.merge(
        "RGB", (gradient, gradient.transpose(Image.Transpose.ROTATE_180), gradient)
    )
    picture.save(data / "telegram.jpg", quality=90)
    picture.resize((512, 512)).save(data / "telegram.webp")
    picture.resize((640, 360)).save(data / "telegram.png")
    for name, arguments in CLIPS.items():
        _run(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *arguments, data / name)


def _run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, timeout=INSTALL_LIMIT_S)
