"""How long LatentSync takes from the start of the program to the first frames, weights on disk.

    python -m tests.bench.latentsync_first_use FOLDER [--size 512] [--seconds 2]

Writes random weights in the published formats (5 GB) into the folder where they are missing, then
starts a fresh process twice: with nothing compiled, as on a new machine, and again. Files just
written lie in memory, so that reading them is as fast as it can be.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file

from pipeline.latentsync.audio import Whisper, WhisperConfig
from pipeline.latentsync.unet import UNet3D
from pipeline.latentsync.weights import SD_VAE
from tests.bench.latentsync_networks import PUBLISHED, random_fill

DIMS = {
    "n_mels": 80,
    "n_audio_ctx": 1500,
    "n_audio_head": 6,
    "n_audio_layer": 4,
    "n_audio_state": 384,
}
FRESH = """
import os, sys, time
from pathlib import Path

os.environ["TRITON_CACHE_DIR"] = sys.argv[4]

def age():
    ticks = int(Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")

from pipeline.latentsync import LatentSync, Recipe, Weights
from tests.bench.latentsync_speeches import still
print(f"    imported after {age():.1f} s", flush=True)
folder, size, seconds = Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
engine = LatentSync.load(
    Weights(
        unet=folder / "unet.pt", whisper=folder / "tiny.pt", vae=folder / "vae.safetensors",
        resolution=size,
    ),
    device="cuda",
)
print(f"    loaded after {age():.1f} s", flush=True)
for number, _ in enumerate(still(engine, seconds, Recipe())):
    if number % 16 == 0:
        print(f"    frame {number} after {age():.1f} s", flush=True)
print(f"    done after {age():.1f} s", flush=True)
"""


def main() -> None:
    """Write the files, then start twice."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--seconds", type=float, default=2.0)
    options = parser.parse_args()
    write(options.folder)
    arguments = [str(options.folder), str(options.size), str(options.seconds)]
    with tempfile.TemporaryDirectory() as empty:
        for title in ("nothing compiled yet", "compiled before"):
            print(f"== {options.size} px, {title}", flush=True)
            subprocess.run(
                [sys.executable, "-c", FRESH, *arguments, empty],
                check=True,
                timeout=300,
            )


@torch.no_grad()
def write(folder: Path) -> None:
    """Write the three files where they are missing."""
    from diffusers import AutoencoderKL

    folder.mkdir(parents=True, exist_ok=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    unet, tiny, vae = (folder / name for name in ("unet.pt", "tiny.pt", "vae.safetensors"))
    if unet.is_file() and tiny.is_file() and vae.is_file():
        return
    with device:
        network = random_fill(UNet3D(PUBLISHED), 1)
        hearing = random_fill(Whisper(WhisperConfig()), 2)
        coder: Any = AutoencoderKL(**SD_VAE)  # type: ignore[no-untyped-call]
        random_fill(coder, 3)
    state = {key: value.cpu() for key, value in network.state_dict().items()}
    torch.save({"global_step": 1, "state_dict": state}, unet)
    heard = {key: value.half().cpu() for key, value in hearing.state_dict().items()}
    torch.save({"dims": DIMS, "model_state_dict": heard}, tiny)
    save_file({key: value.cpu().contiguous() for key, value in coder.state_dict().items()}, vae)


if __name__ == "__main__":
    main()
