"""From a stranger's video to a speaking one, with everything real but the size of the network."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.footage import FootageOrder
from pipeline.footage.check import check
from pipeline.media.footage import Footage
from pipeline.media.read import read_frames
from pipeline.portrait.mesh import MediaPipeMesh
from pipeline.settings import FootageSettings, LatentSyncSettings
from pipeline.studio import StudioOrder
from pipeline.studio.film import render_video
from pipeline.types import EngineChoice, EngineName, Motion, SourceKind, Stretch
from tests.films import blank, speaker, write_film
from tests.measure import spoken

pytest.importorskip("torch")


def test_a_video_with_a_faceless_stretch_speaks_to_and_fro(tmp_path: Path) -> None:
    from tests import tiny_latentsync

    frames = [*map(speaker, range(20)), *map(blank, range(18)), *map(speaker, range(38, 44))]
    footage = tmp_path / "footage.mp4"
    mesh = MediaPipeMesh()
    check(
        FootageOrder(
            source=write_film(tmp_path / "a.mov", frames, options={"crf": "12"}),
            into=footage,
            fps=25,
            size_px=256,
            limits=FootageSettings(),
        ),
        mesh,
    )
    time_s = np.arange(2 * spoken.RATE_HZ) / spoken.RATE_HZ
    order = StudioOrder(
        portrait=footage,
        speech=spoken.recording(tmp_path / "a.wav", 6000 * np.sin(2 * np.pi * 190 * time_s)),
        into=tmp_path / "out.mp4",
        thumbnail=tmp_path / "thumb.jpg",
        cover=tmp_path / "cover.jpg",
        engine=EngineChoice.LATENTSYNC,
        motion=Motion.OFF,
        size_px=512,
        fps=25,
        max_bytes=48_000_000,
        label="AI",
        language="en",
        mark_key="00" * 32,
        mark_id=0xDEADBEEF,
        latentsync=LatentSyncSettings(),
        source=SourceKind.FOOTAGE,
    )
    engine = tiny_latentsync.engine(tiny_latentsync.write_releases(tmp_path / "weights"))

    video = render_video(order, engine, mesh, lambda progress: None)

    assert video.made_by is EngineName.LATENTSYNC
    assert (video.frames, video.width_px, video.height_px) == (50, 256, 256)
    assert video.untouched == (Stretch(start_s=0.8, end_s=1.52),)
    made = list(read_frames(order.into))
    with Footage(footage) as source:
        off = [
            float(np.abs(frame[60:200].astype(int) - source[at][60:200]).mean())
            for frame, at in zip(made, [*range(44), *range(43, 37, -1)], strict=True)
        ]
    assert max(off[20:38]) < 3, "nobody there: as it was, but for the encoding"
    assert min(off[:20] + off[38:]) > 6, "the untrained network paints over the face"
