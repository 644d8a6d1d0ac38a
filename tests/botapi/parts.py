"""The parts of a message that people make: words, and files of theirs."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageDraw

from tests.botapi import content, media
from tests.botapi.files import FileStore
from tests.botapi.formatting import with_found_entities
from tests.botapi.schema import Json


def text_part(text: str) -> Json:
    """Write words, with the commands and links that Telegram finds in them."""
    text, entities = with_found_entities(text, [])
    return {"text": text, "entities": entities} if entities else {"text": text}


def caption_part(caption: str | None) -> Json:
    """Write words under a picture."""
    text, entities = with_found_entities(caption or "", [])
    part: Json = {"caption": text} if text else {}
    return {**part, "caption_entities": entities} if entities else part


def video_part(files: FileStore, path: Path) -> Json:
    """Send an MP4 as a video."""
    sent = path.read_bytes()
    return content.video(files, sent, _geometry(path, sent), path.name)


def animation_part(files: FileStore, path: Path) -> Json:
    """Send a GIF or a silent MP4 as an animation."""
    sent = path.read_bytes()
    return content.animation(files, sent, _geometry(path, sent), path.name)


def sticker_part(files: FileStore) -> Json:
    """Send a static sticker: a yellow face."""
    picture = Image.new("RGBA", (512, 512))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((20, 20, 492, 492), fill="#ffd54a", outline="#8a6d00", width=12)
    draw.arc((130, 150, 382, 400), 20, 160, fill="#5a4700", width=16)
    for x in (170, 300):
        draw.ellipse((x, 160, x + 45, 220), fill="#5a4700")
    written = io.BytesIO()
    picture.save(written, "WEBP")
    return content.sticker(files, written.getvalue())


def _geometry(path: Path, sent: bytes) -> Json:
    probe = media.probe(sent)
    if probe is None or not probe.video_codec:
        raise ValueError(f"{path} holds no moving picture.")
    return content.geometry(probe)
