"""How fast LatentSync is on this CUDA device, beside the plain eager forward, and how exact.

    python -m tests.bench.latentsync_speed [--sizes 256,512] [--seconds 10] [--json out.json]
        [--parts speed,quality,devices]

Random weights at full size, 20 steps, guidance 1.5, chunks of 16 frames, fp16. Per size: one step
and one chunk of the plain forward in the published layout and of ours; the whole path of a still
in a 1080p picture (features, denoise, decode, paste; encode too where PyAV is installed), at rest
and in motion; the error of the latents and of the pictures against the plain forward in float32.
With two devices or more, one against two. "s/s" is seconds of work per second of video: below 1 is
faster than real time. Random weights time like trained ones; what they say of quality is the
arithmetic, not the looks. What starting takes from files on disk: `latentsync_first_use`.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor

from pipeline.latentsync import chunks, sampler, vae
from pipeline.latentsync.chunks import Models, Recipe
from pipeline.latentsync.engine import LatentSync
from tests.bench.latentsync_networks import (
    FRAMES,
    PUBLISHED,
    Inputs,
    random_inputs,
    random_models,
    random_unet,
)
from tests.bench.latentsync_speeches import FPS, moving, still, whole_path
from tests.bench.published_layout import PublishedLayout

LIMITS = {(256, False): 0.85, (256, True): 0.40, (512, False): 3.4, (512, True): 1.5}
"""Seconds per second of video on one H200, by size and step caching."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="256,512")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--parts", default="speed,quality,devices")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("This bench needs a CUDA device.")
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    results: dict[str, float | str] = {
        "device": torch.cuda.get_device_name(),
        "torch": torch.__version__,
    }
    print(f"{results['device']}, torch {torch.__version__}")
    for size in (int(text) for text in options.sizes.split(",")):
        with torch.inference_mode():
            measure(size, options.seconds, options.parts.split(","), results)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


def measure(size: int, seconds: float, parts: list[str], results: dict[str, float | str]) -> None:
    """Measure one size and print its table."""

    def say(name: str, value: float, unit: str, note: str = "") -> None:
        results[f"{size} {name}"] = value
        print(f"  {name:<62}{value:>10.4g} {unit:<5}{note}", flush=True)

    print(f"\n== {size} px, 20 steps, guidance 1.5, chunks of {FRAMES} frames")
    started = time.perf_counter()
    models = random_models(size, torch.device("cuda:0"))
    took = first_use(LatentSync([models]), started)
    say("random networks made, first chunks after", took, "s")
    plain = PublishedLayout(
        random_unet(models.device, PUBLISHED, models.dtype)
    )  # its own copy, laid out as published
    inputs = random_inputs(models)
    if "speed" in parts:
        speed(models, plain, inputs, seconds, say)
    if "devices" in parts and torch.cuda.device_count() > 1:
        two_devices(models, size, seconds, say)
    if "quality" in parts:
        quality(models, plain, inputs, say)
    models.free()


def speed(
    models: Models,
    plain: PublishedLayout,
    inputs: Inputs,
    seconds: float,
    say: Callable[..., None],
) -> None:
    """Time steps, chunks and whole speeches, the plain forward beside ours."""
    size = models.resolution
    torch.cuda.reset_peak_memory_stats()
    for name, network in (("plain eager, published layout", plain), ("ours", models.unet)):
        full, shallow = step_ms(network, inputs, models)
        say(f"{name}: full step", full, "ms")
        say(f"{name}: shallow step", shallow, "ms")
    plain_ms, ours_ms = decode_ms(inputs, models)
    say("plain eager autoencoder: decode a chunk", plain_ms, "ms")
    say("ours: decode a chunk", ours_ms, "ms")
    for cached in (False, True):
        label = "with step caching" if cached else "without step caching"
        for name, network in (("plain eager", plain), ("ours", models.unet)):
            loop = loop_ms(network, inputs, models, Recipe(cached=cached))
            say(f"{name}: denoise, {label}", loop / 1000 * FPS / FRAMES, "s/s")
        limit = LIMITS.get((size, cached), float("nan"))
        moved = whole_path([models], seconds, Recipe(cached=cached), moving)
        say(f"ours: whole path of a still in motion, {label}", moved, "s/s")
        for stacked in (1, 4 if size <= 256 else 2) if cached else (1,):
            took = whole_path([models], seconds, Recipe(cached=cached, stacked=stacked))
            name = f"ours: whole path of a still, {label}, stack {stacked}"
            say(name, took, "s/s", f"(limit {limit})")
    say("peak memory, both networks loaded", torch.cuda.max_memory_allocated() / 2**30, "GiB")


def sampler_latents(
    network: sampler.Network,
    inputs: Inputs,
    models: Models,
    recipe: Recipe,
    dtype: torch.dtype | None = None,
) -> Tensor:
    """Denoise one chunk."""
    audio = inputs.audio.to(dtype or models.dtype)
    return chunks.run(network, inputs.conditions, audio, inputs.noise, inputs.mask, recipe)


def milliseconds(run: Callable[[], object], repeats: int, warm_ups: int = 2) -> float:
    """Time with CUDA events: the median after the warm-ups."""
    for _ in range(warm_ups):
        run()
    times: list[float] = []
    for _ in range(repeats):
        start, stop = event(), event()
        start.record()
        run()
        stop.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(stop))
    return statistics.median(times)


def event() -> torch.cuda.Event:
    """Make an event that takes the time."""
    return torch.cuda.Event(enable_timing=True)  # type: ignore[no-untyped-call]


def step_ms(network: sampler.Network, inputs: Inputs, models: Models) -> tuple[float, float]:
    """Time one full and one shallow step of a guided chunk."""
    side = models.resolution // 8
    sample = torch.randn(1, 13, FRAMES, side, side, device=models.device, dtype=models.dtype)
    tokens = inputs.audio[0].to(models.dtype)
    network(sample, 500, network.listen(tokens), guided=True)  # ours records the second step
    keys = network.listen(tokens)
    _, deep = network(sample, 500, keys, guided=True)
    full = milliseconds(lambda: network(sample, 500, keys, guided=True), 5)
    shallow = milliseconds(lambda: network.shallow(sample, 500, keys, deep, guided=True), 5)
    return full, shallow


def loop_ms(network: sampler.Network, inputs: Inputs, models: Models, recipe: Recipe) -> float:
    """Time the denoising of a chunk."""
    return milliseconds(lambda: sampler_latents(network, inputs, models, recipe), 2, 1)


def decode_ms(inputs: Inputs, models: Models) -> tuple[float, float]:
    """Time the decoding of a chunk: the autoencoder's own forward, and ours."""
    latents = sampler_latents(models.unet, inputs, models, Recipe())
    flat = latents.transpose(1, 2).flatten(0, 1).to(models.dtype)
    coder = cast(Any, models.vae)
    plain = milliseconds(lambda: coder.decode(flat / vae.SCALING).sample, 3)
    return plain, milliseconds(lambda: vae.decode(models.vae, flat), 3)


def first_use(engine: LatentSync, started: float) -> float:
    """Make the first chunks, kernels compiled and recorded on the way."""
    for _ in still(engine, 2.0, Recipe()):
        pass
    torch.cuda.synchronize()
    return time.perf_counter() - started


def two_devices(models: Models, size: int, seconds: float, say: Callable[..., None]) -> None:
    """Show one device against two."""
    other = random_models(size, torch.device("cuda:1"))
    recipe = Recipe()
    one = whole_path([models], 2 * seconds, recipe)
    both = whole_path([models, other], 2 * seconds, recipe)
    say("whole path, one device", one, "s/s")
    say("whole path, two devices", both, "s/s", f"({one / both:.2f} times as fast)")


def quality(
    models: Models, plain: PublishedLayout, inputs: Inputs, say: Callable[..., None]
) -> None:
    """Compare latents after the loop and decoded pictures with the plain forward in float32."""
    half = {
        (name, cached): sampler_latents(network, inputs, models, Recipe(cached=cached)).clone()
        for name, network in (("plain fp16", plain), ("ours fp16", models.unet))
        for cached in (False, True)
    }
    plain.unet.float()
    coder: Any = models.vae
    exact = {
        cached: sampler_latents(plain, inputs, models, Recipe(cached=cached), torch.float32)
        for cached in (False, True)
    }
    pictures = {
        key: vae.decode(models.vae, value[0].transpose(0, 1).to(models.dtype)).float()
        for key, value in half.items()
    }
    coder.float()
    shown = {
        cached: coder.decode(value[0].transpose(0, 1) / vae.SCALING).sample
        for cached, value in exact.items()
    }
    coder.half()
    for (name, cached), latents in half.items():
        label = "cached" if cached else "every step"
        error = float((latents - exact[cached]).norm() / exact[cached].norm())
        say(f"{name}, {label}: error of the latents", error, "rel.")
        off = (pictures[name, cached] - shown[cached]).square().mean()
        span = float(shown[cached].max() - shown[cached].min())
        say(f"{name}, {label}: PSNR of the pictures", 10 * float(torch.log10(span**2 / off)), "dB")
    cost = float((exact[True] - exact[False]).norm() / exact[False].norm())
    say("what step caching itself changes in the latents", cost, "rel.")


if __name__ == "__main__":
    main()
