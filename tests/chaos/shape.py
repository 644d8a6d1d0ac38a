"""Where the tiny video of all quick renders lies, and its shape. Light: children import it."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "out" / "chaos"
CLIP = FOLDER / "clip.mp4"
THUMBNAIL = FOLDER / "thumb.jpg"
SIZE_PX = 96
FPS = 25
FRAMES = 25
