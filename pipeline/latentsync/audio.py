"""From the waveform to what each frame hears: mel, Whisper's encoder, one window per frame.

Only the encoder of Whisper tiny is used (Radford et al. 2022), and five of its layers: after the
positions, and after each of the four blocks, the last one BEFORE the closing layer norm. Features
come at 50 per second. Sound is mono float32 at 16 kHz in [-1, 1]; decoding files is not done here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from pipeline.latentsync.errors import AudioUnusable

SAMPLE_RATE_HZ = 16_000
FFT = 400
HOP = 160
MELS = 80
FEATURES_PER_S = 50
SEGMENT = 3000
"""Mel frames that Whisper hears at once: 30 s."""
OVERLAP = 400
"""Mel frames shared by neighbouring segments: 4 s."""
MIN_SAMPLES = FFT // 2 + 1
"""Reflection at the ends needs more samples than half a window."""


def check(pcm: NDArray[np.float32]) -> None:
    """Raise AudioUnusable unless the sound can be analysed."""
    if pcm.ndim != 1:
        raise AudioUnusable(f"sound of shape {pcm.shape}; one channel is needed")
    if len(pcm) < max(MIN_SAMPLES, 2 * HOP):
        raise AudioUnusable(f"{len(pcm)} samples of sound; at least {2 * HOP} (20 ms) are needed")
    if not np.isfinite(pcm).all():
        raise AudioUnusable("the sound holds values that are not finite")


def mel(pcm: NDArray[np.float32]) -> Tensor:
    """Compute Whisper's log-mel picture (80 n), n = samples // 160.

    Clamped to 8 below the maximum of the WHOLE clip: a segment cannot be analysed alone.
    """
    check(pcm)
    window = torch.hann_window(FFT)
    spectrum = torch.stft(
        torch.from_numpy(np.ascontiguousarray(pcm, dtype=np.float32)),
        FFT,
        HOP,
        window=window,
        center=True,
        pad_mode="reflect",
        return_complex=True,
    )
    power = spectrum[:, :-1].abs() ** 2  # (201 n)
    log = torch.log10(torch.clamp(mel_filters() @ power, min=1e-10))
    return (torch.maximum(log, log.max() - 8.0) + 4.0) / 4.0


def mel_filters() -> Tensor:
    """Build the Slaney mel bank (80 201): triangles of unit area, linear below 1 kHz."""
    knee_hz, knee_mel, log_step = 1000.0, 15.0, math.log(6.4) / 27.0
    top = knee_mel + math.log(8000.0 / knee_hz) / log_step
    mels = np.linspace(0.0, top, MELS + 2)
    edges_hz = np.where(
        mels < knee_mel, mels * knee_hz / knee_mel, knee_hz * np.exp(log_step * (mels - knee_mel))
    )
    bins_hz = np.linspace(0.0, SAMPLE_RATE_HZ / 2, FFT // 2 + 1)
    low, centre, high = edges_hz[:-2, None], edges_hz[1:-1, None], edges_hz[2:, None]
    rising, falling = (bins_hz - low) / (centre - low), (high - bins_hz) / (high - centre)
    bank = np.maximum(0.0, np.minimum(rising, falling)) * (2.0 / (high - low))
    return torch.from_numpy(bank.astype(np.float32))


@dataclass(frozen=True, slots=True, kw_only=True)
class WhisperConfig:
    """Describe the encoder; the defaults are Whisper tiny."""

    mels: int = MELS
    context: int = 1500
    width: int = 384
    heads: int = 6
    layers: int = 4

    @classmethod
    def from_dims(cls, dims: Mapping[str, int]) -> WhisperConfig:
        """Read the table `dims` of OpenAI's file."""
        return cls(
            mels=dims["n_mels"],
            context=dims["n_audio_ctx"],
            width=dims["n_audio_state"],
            heads=dims["n_audio_head"],
            layers=dims["n_audio_layer"],
        )


class Attention(nn.Module):
    """Self-attention of Whisper; the key has no bias."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (b t c) to (b t c)."""
        b, t, c = x.shape
        q, k, v = (
            to(x).view(b, t, self.heads, c // self.heads).transpose(1, 2)
            for to in (self.query, self.key, self.value)
        )
        y = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, t, c)
        projected: Tensor = self.out(y)
        return projected


class ResidualBlock(nn.Module):
    """Attention and a two-layer perceptron, each on a layer norm, each added."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.attn = Attention(width, heads)
        self.attn_ln = nn.LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )
        self.mlp_ln = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """Map (b t c) to (b t c)."""
        x = x + self.attn(self.attn_ln(x))
        y: Tensor = x + self.mlp(self.mlp_ln(x))
        return y


class Encoder(nn.Module):
    """Whisper's encoder, under OpenAI's key names."""

    positional_embedding: Tensor

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(config.mels, config.width, 3, padding=1)
        self.conv2 = nn.Conv1d(config.width, config.width, 3, stride=2, padding=1)
        self.register_buffer("positional_embedding", sinusoids(config.context, config.width))
        self.blocks = nn.ModuleList(
            [ResidualBlock(config.width, config.heads) for _ in range(config.layers)]
        )
        self.ln_post = nn.LayerNorm(config.width)  # in the file, unused: features come before it

    def forward(self, mels: Tensor) -> Tensor:
        """Map (b 80 3000) to the hidden states (b 1500 layers+1 c)."""
        x = F.gelu(self.conv2(F.gelu(self.conv1(mels)))).transpose(1, 2)
        x = x + self.positional_embedding
        states = [x]
        for block in self.blocks:
            x = block(x)
            states.append(x)
        return torch.stack(states, dim=2)


class Whisper(nn.Module):
    """Hold the encoder under the prefix that it has in the published file."""

    def __init__(self, config: WhisperConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)


def sinusoids(length: int, width: int, max_timescale: float = 10_000.0) -> Tensor:
    """Tabulate positions (t c): the first half sines, the second cosines."""
    rate = torch.exp(-math.log(max_timescale) / (width // 2 - 1) * torch.arange(width // 2))
    angle = torch.arange(length)[:, None] * rate
    return torch.cat((angle.sin(), angle.cos()), dim=1)


@torch.no_grad()
def features(whisper: Whisper, pcm: NDArray[np.float32], *, overlap: int = OVERLAP) -> Tensor:
    """Compute what Whisper hears: (rows layers c) float32 on the CPU, 50 rows per second.

    A clip longer than 30 s is heard in segments. The published implementation cuts them hard
    (`overlap=0`, which the parity tests use); its users see the lips falter every 30 s. Here
    neighbours share `overlap` mel frames and fade into each other over the middle half of them.
    """
    device = whisper.encoder.conv1.weight.device
    whole = mel(pcm)  # (80 n)
    n = whole.shape[1]
    heard: Tensor | None = None
    for start, stop in segments(n, overlap):
        part = whole[:, start:stop]
        padded = F.pad(part, (0, SEGMENT - part.shape[1]))  # zeros AFTER the normalisation
        rows = whisper.encoder(padded[None].to(device, whisper.encoder.conv1.weight.dtype))[0]
        rows = rows[: part.shape[1] // 2].float().cpu()
        heard = rows if heard is None else join(heard, rows, start // 2, overlap // 2)
    assert heard is not None
    return heard


def segments(n: int, overlap: int) -> Iterator[tuple[int, int]]:
    """Cut n mel frames into segments of at most 3000 that share `overlap`, in order."""
    start = 0
    while True:
        yield start, min(start + SEGMENT, n)
        if start + SEGMENT >= n:
            return
        start += SEGMENT - overlap


def join(heard: Tensor, rows: Tensor, start: int, overlap: int) -> Tensor:
    """Append `rows`, which begin at row `start`; fade over the middle half of what both hold."""
    shared = min(overlap, len(heard) - start, len(rows))
    margin = shared // 4
    fade = shared - 2 * margin
    if fade <= 0:
        return torch.cat((heard[:start], rows)) if shared else torch.cat((heard, rows))
    old, new = heard[start + margin : start + margin + fade], rows[margin : margin + fade]
    weight = ((torch.arange(fade) + 0.5) / fade)[:, None, None]
    blend = old * (1.0 - weight) + new * weight
    return torch.cat((heard[: start + margin], blend, rows[margin + fade :]))


def frame_count(rows: int, fps: float) -> int:
    """Count the frames for so many feature rows: emitted until one is centred past the end.

    At 25 fps that is rows // 2 + 2, up to 0.08 s longer than the sound.
    """
    i = 0 if rows < 0 else max(0, int(rows * fps / FEATURES_PER_S) - 2)
    while int(i * FEATURES_PER_S / fps) <= rows:
        i += 1
    return i + 1


def windows(heard: Tensor, fps: float, start: int = 0, stop: int | None = None) -> Tensor:
    """Gather what frames start..stop hear: (frames 50 c), token = row * layers + layer.

    Ten rows around the centre of each frame, four before and five after, clamped at the ends.
    """
    rows = len(heard)
    stop = frame_count(rows, fps) if stop is None else stop
    centres = torch.tensor([int(i * FEATURES_PER_S / fps) for i in range(start, stop)])
    taken = (centres[:, None] + torch.arange(-4, 6)).clamp(0, rows - 1)
    return heard[taken].flatten(1, 2)
