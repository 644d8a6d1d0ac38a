"""Say which encoders and decoders are built in, for ``bolti doctor``."""

from __future__ import annotations

import av
from av.codec import Codec

NEEDED = (("libx264", "w"), ("aac", "w"), ("opus", "r"), ("mp3", "r"), ("aac", "r"))


def missing_codecs() -> list[str]:
    """List what a render or a voice note needs and this build of PyAV lacks."""
    missing = []
    for name, mode in NEEDED:
        try:
            Codec(name, "w" if mode == "w" else "r")
        except av.codec.codec.UnknownCodecError:
            missing.append(f"{name} ({'encoder' if mode == 'w' else 'decoder'})")
    return missing


def versions() -> str:
    """Name PyAV and the FFmpeg inside it."""
    major, minor, micro = av.library_versions["libavcodec"]
    return f"PyAV {av.__version__}, libavcodec {major}.{minor}.{micro}"
