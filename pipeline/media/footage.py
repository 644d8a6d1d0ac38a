"""Keep a stranger's video as footage of our own, and give its frames in any order.

``make_footage`` decodes once and encodes at once: even times, upright, one size, without sound,
close to lossless and in short runs of frames, so that it can be played backwards. ``Footage``
reads such a file like a sequence; only a few runs are in memory, however long it is. What a
stranger's file may be is decided in ``video.py``. Knows pixels; does not know what they show.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Self, overload

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from pipeline import errors
from pipeline.media.read import Pixels
from pipeline.media.video import Size, Straightener, VideoReader, opened
from pipeline.media.write import disk_error
from pipeline.settings import FootageSettings

RUN_FRAMES = 8
"""Frames of a run: each run begins with a whole picture and is decoded alone."""
KEPT_RUNS = 6
"""Runs in memory: 130 MB at 1280 x 720. An engine reads at two places, 16 frames apart."""
CRF = 8
"""Near lossless: this is no last encoding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FootageFacts:
    """What was kept of a video."""

    width_px: int
    height_px: int
    frames: int
    fps: int
    is_cut: bool
    """Whether the video was longer than what is used of it."""


def make_footage(
    source: Path, into: Path, limits: FootageSettings, *, fps: int, size_px: int
) -> FootageFacts:
    """Re-encode a stranger's video to ``into`` at ``fps``, its longer side at most ``size_px``.

    ``into`` appears only when it is whole. Raises ``VideoUnreadable``, ``VideoTooLarge``,
    ``VideoTooSmall``, ``DiskFull``.
    """
    refuse_file(source, limits)
    part = into.with_name(f".{into.name}.{os.getpid()}.part")
    try:
        facts = _kept(source, part, limits, fps, size_px)
        part.replace(into)
    except (av.FFmpegError, ValueError, ArithmeticError, LookupError) as e:
        if isinstance(e, OSError) and isinstance(full := disk_error(e), errors.DiskFull):
            raise full from e
        raise errors.VideoUnreadable("it is damaged or of a kind not known here") from e
    finally:
        part.unlink(missing_ok=True)
    return facts


def refuse_file(source: Path, limits: FootageSettings) -> None:
    """Raise before anything is opened: no file, an empty one, or one of too many bytes."""
    try:
        size_bytes = source.stat().st_size
    except OSError as e:
        raise errors.VideoUnreadable("there is no such file") from e
    if not source.is_file():
        raise errors.VideoUnreadable("it is not a file")
    if size_bytes == 0:
        raise errors.VideoUnreadable("it is empty")
    if size_bytes > limits.max_bytes:
        raise errors.VideoTooLarge(f"{size_bytes / 1e6:.1f} MB", f"{limits.max_bytes / 1e6:g} MB")


def _kept(
    source: Path, part: Path, limits: FootageSettings, fps: int, size_px: int
) -> FootageFacts:
    with opened(source) as container:
        reader = VideoReader(container, limits)
        straightener = Straightener(size_px, reader.pixel_shape)
        writer: _FootageWriter | None = None
        try:
            for frame in reader.frames(fps):
                straight = straightener.straight(frame)
                assert straightener.size is not None
                writer = writer or _FootageWriter(part, straightener.size, fps)
                writer.add(straight)
        finally:
            if writer is not None:
                writer.close()
    if writer is None:
        raise errors.VideoUnreadable("there are no frames in it")
    return FootageFacts(
        width_px=writer.size.width_px,
        height_px=writer.size.height_px,
        frames=writer.frames,
        fps=fps,
        is_cut=reader.is_cut,
    )


class _FootageWriter:
    """Encodes yuv420p frames in short runs."""

    def __init__(self, part: Path, size: Size, fps: int) -> None:
        self.size, self.frames = size, 0
        self._tick = Fraction(1, fps)
        self._container = av.open(f"file:{part}", "w", format="mp4")
        self._stream = self._container.add_stream("libx264", rate=fps)
        self._stream.width, self._stream.height = size.width_px, size.height_px
        self._stream.pix_fmt = "yuv420p"
        self._stream.thread_count = 2
        self._stream.gop_size = RUN_FRAMES
        self._stream.max_b_frames = 0
        context = self._stream.codec_context
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        # Without scene cuts a run begins at every eighth frame and nowhere else.
        self._stream.options = {
            "crf": str(CRF),
            "preset": "ultrafast",
            "x264-params": "scenecut=0:open-gop=0",
        }

    def add(self, frame: av.VideoFrame) -> None:
        # A copy without what the source says of it: the same frame may come again for the next
        # time, and its old picture type would begin runs where none may begin.
        again = av.VideoFrame.from_ndarray(frame.to_ndarray(), format="yuv420p")
        again.pts, again.time_base = self.frames, self._tick
        self._container.mux(self._stream.encode(again))
        self.frames += 1

    def close(self) -> None:
        self._container.mux(self._stream.encode(None))
        self._container.close()


class Footage(Sequence[Pixels]):
    """The frames of our own footage, (h, w, 3) RGB, in any order and from any thread.

    Each comes as an array of its own. With ``most`` the footage ends after so many frames.
    """

    def __init__(self, path: Path, *, most: int | None = None, kept_runs: int = KEPT_RUNS) -> None:
        try:
            self._container = av.open(f"file:{path}")
        except av.FFmpegError as e:
            raise errors.VideoUnreadable("the footage is damaged") from e
        self._stream = self._container.streams.video[0]
        self._stream.thread_count = 1
        whole = self._stream.frames
        self._frames = whole if most is None else min(most, whole)
        self._kept_runs = kept_runs
        self._runs: OrderedDict[int, list[Pixels]] = OrderedDict()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def size(self) -> Size:
        """Width and height of every frame."""
        return Size(width_px=self._stream.width, height_px=self._stream.height)

    def close(self) -> None:
        """Close the file and forget the frames."""
        with self._lock:
            self._runs.clear()
            self._container.close()

    def __len__(self) -> int:
        return self._frames

    @overload
    def __getitem__(self, index: int) -> Pixels: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Pixels]: ...
    def __getitem__(self, index: int | slice) -> Pixels | Sequence[Pixels]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._frames))]
        at = index + self._frames if index < 0 else index
        if not 0 <= at < self._frames:
            raise IndexError(f"frame {index} of {self._frames}")
        number, inside = divmod(at, RUN_FRAMES)
        with self._lock:
            if number not in self._runs:
                self._runs[number] = self._read_run(number)
            self._runs.move_to_end(number)
            while len(self._runs) > self._kept_runs:
                self._runs.popitem(last=False)
            return self._runs[number][inside].copy()

    def _read_run(self, number: int) -> list[Pixels]:
        first = number * RUN_FRAMES
        wanted = min(RUN_FRAMES, self._frames - first)
        rate, tick = self._stream.average_rate, self._stream.time_base
        assert rate is not None
        assert tick is not None
        run: list[Pixels] = []
        try:
            self._container.seek(round(first / rate / tick), stream=self._stream)
            for frame in self._container.decode(self._stream):
                at = round((frame.time or 0.0) * rate)
                if at != first + len(run):
                    raise errors.VideoUnreadable("the footage is damaged")
                run.append(np.asarray(frame.to_ndarray(format="rgb24"), np.uint8))
                if len(run) == wanted:
                    return run
        except av.FFmpegError as e:
            raise errors.VideoUnreadable("the footage is damaged") from e
        raise errors.VideoUnreadable("the footage is damaged")
