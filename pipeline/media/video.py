"""Read the pictures of a stranger's video, under limits, at even times.

Opened under allow-lists of protocols, containers and codecs; sizes are checked before a frame is
decoded, and what the file claims about its length or its times is not believed. What comes out is
upright, has square pixels, even sides and one size. Its sound is not touched. Knows pixels; does
not know what they show. ``footage.py`` keeps what this module reads.

Where the next one goes: a container or codec that users send joins the lists here, with a file of
it in ``tests/unit/media``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, Interpolation, VideoReformatter

from pipeline import errors
from pipeline.settings import FootageSettings

CONTAINERS = "mov,mp4,m4a,3gp,matroska,webm,avi"
CODECS = ("h264", "hevc", "vp8", "vp9", "av1", "libdav1d", "mpeg4")
OPEN_OPTIONS = {
    # A playlist or a URL inside a file must not make us open anything else.
    "protocol_whitelist": "file",
    "format_whitelist": CONTAINERS,
    "codec_whitelist": ",".join(CODECS),
}
OPEN_TIMEOUT_S = 5.0
MOST_FPS = 250
"""A file with more frames a second than any camera gives is no film."""
USUAL_RATE = 25.0
"""Frames per second where a file does not say when its frames are shown."""
HD_LINES = 720
"""From here on, colours that are not described are BT.709, below BT.601, as players take them."""
UNDESCRIBED = 2
"""ITU-T H.273: the file does not say which colours it has."""
WIDEST_PIXEL = 4
"""Pixels further from a square than this are a mistake of the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What the frames of a video are made to be."""

    width_px: int
    height_px: int


class VideoReader:
    """A stranger's video, opened; a context manager whose frames can be read once."""

    def __init__(self, container: av.container.InputContainer, limits: FootageSettings) -> None:
        self._container, self._limits = container, limits
        if not container.streams.video:
            raise errors.VideoUnreadable("there are no pictures in it")
        self._stream = container.streams.video[0]
        context = self._stream.codec_context
        # The option guards FFmpeg's probing; this guards our own decoder. A stream of a codec
        # that nobody knows has no context at all.
        codec = getattr(context, "name", "(unknown)")
        if codec not in CODECS:
            raise errors.VideoUnreadable(f"its codec {codec} is not taken")
        refuse_size(context.width, context.height, limits)
        # A stream may announce one size and hold another: FFmpeg asks before it makes room.
        context.options = {"max_pixels": str(limits.max_pixels)}
        context.thread_type = "AUTO"
        context.thread_count = 2
        self.is_cut = False
        """Whether there was more than ``max_s``; known when all frames are read."""

    @property
    def pixel_shape(self) -> float:
        """Width of a shown pixel over its height, before turning."""
        shape = float(self._stream.sample_aspect_ratio or 1)
        return shape if 1 / WIDEST_PIXEL <= shape <= WIDEST_PIXEL else 1.0

    def frames(self, fps: int) -> Iterator[av.VideoFrame]:
        """Yield the frame shown at each multiple of 1/fps, for at most ``max_s`` seconds."""
        most = round(self._limits.max_s * fps)
        rate = float(self._stream.average_rate or USUAL_RATE)
        usual_s = 1.0 / rate if 0 < rate <= MOST_FPS else 1.0 / USUAL_RATE
        for number, frame in enumerate(at_even_times(self._decoded(), fps, usual_s)):
            if number == most:
                self.is_cut = True
                return
            yield frame

    def _decoded(self) -> Iterator[av.VideoFrame]:
        most = round(self._limits.max_s * MOST_FPS)
        for number, frame in enumerate(decoded(self._container, self._stream)):
            if number == most:
                raise errors.VideoTooLarge(f"more than {most} frames", f"{MOST_FPS} a second")
            refuse_size(frame.width, frame.height, self._limits)
            yield frame


def opened(path: Path) -> av.container.InputContainer:
    """Open a stranger's file under the allow-lists; a context manager."""
    timeout = (OPEN_TIMEOUT_S, OPEN_TIMEOUT_S)
    return av.open(f"file:{path}", options=dict(OPEN_OPTIONS), timeout=timeout)


def refuse_size(width_px: int, height_px: int, limits: FootageSettings) -> None:
    """Raise ``VideoTooLarge``, ``VideoTooSmall`` or ``VideoUnreadable`` for a frame's size."""
    if min(width_px, height_px) <= 0:
        raise errors.VideoUnreadable("its pictures have no size")
    if width_px * height_px > limits.max_pixels:
        raise errors.VideoTooLarge(
            f"frames of {width_px} x {height_px} pixels",
            f"{limits.max_pixels / 1e6:g} megapixels a frame",
        )
    if min(width_px, height_px) < limits.min_side_px:
        raise errors.VideoTooSmall(width_px, height_px, limits.min_side_px)


def decoded(
    container: av.container.InputContainer, stream: av.VideoStream
) -> Iterator[av.VideoFrame]:
    """Yield what can be decoded; damaged packets are skipped, as players do."""
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.InvalidDataError:  # nothing at all is refused later
            continue
        yield from frames


def at_even_times(
    frames: Iterable[av.VideoFrame], fps: int, usual_s: float
) -> Iterator[av.VideoFrame]:
    """Yield for every multiple of 1/fps the frame that is shown then, by the file's own times.

    Frames come once, several times or not at all. Times are rounded to the grid, so that the
    rounding of a container does no harm. Times that are missing or run backwards are replaced.
    """
    shown: av.VideoFrame | None = None
    first_s, now_s, lasts_s, made = 0.0, 0.0, 0.0, 0
    for frame in frames:
        if shown is None:
            first_s = frame.time or 0.0
        else:
            at_s = now_s + usual_s if frame.time is None else frame.time - first_s
            now_s = max(now_s, at_s)
            while made < round(now_s * fps):
                yield shown
                made += 1
        shown = frame
        lasts_s = float(frame.duration * frame.time_base) if frame.time_base else 0.0
    if shown is not None:
        end = max(1, round((now_s + max(lasts_s, usual_s)) * fps))
        for _ in range(end - made):
            yield shown


class Straightener:
    """Makes frames upright, of square pixels, of one even size and in the colours of HD."""

    def __init__(self, size_px: int, pixel_shape: float) -> None:
        self._side_px, self._pixel_shape = size_px, pixel_shape
        self._reformatter = VideoReformatter()
        self.size: Size | None = None

    def straight(self, frame: av.VideoFrame) -> av.VideoFrame:
        """Return the frame as yuv420p BT.709; the first one decides the size of all."""
        quarters = round(frame.rotation / 90) % 4
        upright = _turned(frame, quarters) if quarters else frame
        if self.size is None:
            shape = 1 / self._pixel_shape if quarters % 2 else self._pixel_shape
            self.size = _even_size(upright.width * shape, upright.height, self._side_px)
        colours = frame.colorspace
        if colours == UNDESCRIBED and min(frame.width, frame.height) >= HD_LINES:
            colours = Colorspace.ITU709
        return self._reformatter.reformat(
            upright,
            width=self.size.width_px,
            height=self.size.height_px,
            format="yuv420p",
            src_colorspace=colours,
            dst_colorspace=Colorspace.ITU709,
            src_color_range=frame.color_range,
            dst_color_range=ColorRange.MPEG,
            interpolation=Interpolation.BICUBIC,
        )


def _turned(frame: av.VideoFrame, quarters: int) -> av.VideoFrame:
    """Turn by quarters, counterclockwise, as the camera noted it; colours stay what they are."""
    planes = np.asarray(frame.to_ndarray(format="yuv444p"), np.uint8)  # (3, h, w)
    turned = np.ascontiguousarray(np.rot90(planes, quarters, axes=(1, 2)))
    return av.VideoFrame.from_ndarray(turned, format="yuv444p")


def _even_size(width: float, height: float, side_px: int) -> Size:
    scale = min(1.0, side_px / max(width, height))
    return Size(
        width_px=max(2, 2 * round(width * scale / 2)),
        height_px=max(2, 2 * round(height * scale / 2)),
    )
