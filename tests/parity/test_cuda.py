"""What only a CUDA device can show: recordings, several devices, memory that really runs out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor

from pipeline.latentsync import chunks, sampler
from pipeline.latentsync.chunks import Conditions, Recipe
from pipeline.latentsync.engine import LatentSync
from pipeline.latentsync.graph import RecordedUNet
from pipeline.latentsync.speaking import Report
from pipeline.latentsync.unet import UNet3D
from pipeline.latentsync.unet_config import UNetConfig

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device"),
]
SMALL = UNetConfig(widths=(64, 64, 128, 128), groups=8)
GIB = 2**30


@pytest.fixture(autouse=True)
def exact_float32() -> Iterator[None]:
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    with torch.inference_mode():
        yield
    torch.backends.cudnn.allow_tf32 = before


def small_unet() -> UNet3D:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        return UNet3D(SMALL).requires_grad_(False).eval()


def latents(
    network: sampler.Network, sound: int, device: str, dtype: torch.dtype, frames: int = 5
) -> Tensor:
    """Denoise one chunk; `sound` seeds what it hears."""
    generator = torch.Generator().manual_seed(8)
    noise, masked, reference = (torch.randn(1, 4, 1, 16, 16, generator=generator) for _ in "abc")
    audio = torch.randn(1, frames, 50, 384, generator=torch.Generator().manual_seed(sound))
    mask = torch.zeros(128, 128)
    mask[:64] = 1.0
    pixels = torch.zeros(1, 1, 3, 128, 128)
    conditions = Conditions(
        pixels=pixels.to(device), masked=masked.to(device), reference=reference.to(device)
    )
    return chunks.run(
        network,
        conditions,
        audio.to(device, dtype),
        noise.to(device),
        mask.to(device),
        Recipe(steps=7),
    )


@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 1e-4), (torch.float16, 1e-2)])
def test_every_chunk_on_cuda_is_that_of_the_cpu_recorded_or_not(
    dtype: torch.dtype, tolerance: float
) -> None:
    expected = {sound: latents(small_unet(), sound, "cpu", torch.float32) for sound in (1, 2)}
    network = RecordedUNet(small_unet().to("cuda", dtype).fuse())

    for sound in (1, 2, 1, 2):  # only the first steps run as they are
        got = latents(network, sound, "cuda", dtype).cpu()

        error = float((got - expected[sound]).norm() / expected[sound].norm())
        assert error < tolerance, f"sound {sound}: relative error {error:.2e}"
    assert len(network.recordings) == 1


def test_shapes_that_take_turns_share_their_memory_and_disturb_nobody() -> None:
    small = RecordedUNet(small_unet().to("cuda").fuse())
    expected = {frames: latents(small.unet, 1, "cuda", torch.float32, frames) for frames in (3, 5)}

    for frames in (5, 3, 5, 3):
        got = latents(small, 1, "cuda", torch.float32, frames)

        torch.testing.assert_close(got, expected[frames], rtol=1e-3, atol=1e-3)
    assert len(small.recordings) == 2


def full_size(*devices: str) -> LatentSync:
    """Load full-size random networks."""
    from tests.bench.latentsync_networks import random_models

    return LatentSync([random_models(256, torch.device(name)) for name in devices])


def speak(engine: LatentSync, recipe: Recipe) -> tuple[NDArray[np.uint8], Report]:
    """Speak over a still for six seconds: ten chunks, the last of them shorter."""
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 255, (360, 480, 3)).astype(np.uint8)
    matrices = engine.matrices(np.array([[[200.0, 150.0], [280.0, 152.0], [240.0, 200.0]]]))
    speech = (0.1 * rng.standard_normal(16_000 * 6)).astype(np.float32)
    report = Report()
    frames = engine.sync([picture], list(matrices), speech, recipe=recipe, report=report)
    return np.stack(list(frames)), report


@pytest.mark.slow
def test_memory_that_runs_out_steps_down_and_every_frame_still_comes() -> None:
    engine = full_size("cuda:0")
    expected, _ = speak(engine, Recipe(steps=3))
    engine.replicas[0].free()
    total = torch.cuda.get_device_properties(0).total_memory
    room = torch.cuda.memory_reserved() + 1.5 * GIB
    torch.cuda.set_per_process_memory_fraction(room / total)
    try:
        frames, report = speak(engine, Recipe(steps=3, stacked=8))
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)

    assert report.notes[0] == "out of memory: one chunk at a time"
    assert len(frames) == report.frames
    assert most_differ_by_less_than(2, frames, expected)


@pytest.mark.slow
@pytest.mark.skipif(torch.cuda.device_count() < 2, reason="one CUDA device")
def test_two_devices_make_the_frames_of_one() -> None:
    one, _ = speak(full_size("cuda:0"), Recipe(steps=3))
    two, _ = speak(full_size("cuda:0", "cuda:1"), Recipe(steps=3))

    assert most_differ_by_less_than(2, two, one)


def most_differ_by_less_than(levels: int, a: NDArray[np.uint8], b: NDArray[np.uint8]) -> bool:
    """Allow half precision its rounding: 99.9 percent of all values within so many levels."""
    off = np.abs(a.astype(np.int16) - b.astype(np.int16))
    return bool(np.mean(off < levels) > 0.999)
