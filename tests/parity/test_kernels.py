"""The Triton kernels and their plain twins say the same.

On CUDA they run as they are. Without it they run in Triton's interpreter, in a process of its own,
because the interpreter is chosen when Triton is first imported.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from pipeline.latentsync import kernels, ops

ROOT = Path(__file__).parents[2]
needs_triton = pytest.mark.skipif(
    importlib.util.find_spec("triton") is None, reason="Triton is not installed"
)


def random_norm(norm: nn.GroupNorm | nn.LayerNorm) -> None:
    nn.init.normal_(norm.weight, 1.0, 0.2)
    nn.init.normal_(norm.bias, 0.0, 0.2)


def pairs(device: str, dtype: torch.dtype) -> Iterator[tuple[str, Tensor, Tensor]]:
    """Yield what each kernel gives beside what its twin gives."""
    torch.manual_seed(3)

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape, device=device, dtype=dtype)

    for n, frames, side, c, groups in ((6, 3, 5, 64, 32), (2, 1, 17, 96, 32), (4, 2, 9, 40, 4)):
        group = nn.GroupNorm(groups, c, eps=1e-5).to(device, dtype)
        random_norm(group)
        x, shift = draw(n, side, side + 1, c) * 3 + 1, draw(c)
        for silu, moved in ((True, shift), (False, None)):
            yield (
                f"group_norm {n} {c} {silu}",
                kernels.group_norm(
                    x, group.weight, group.bias, groups, group.eps, frames, silu, moved
                ),
                ops.group_norm_plain(x, group, frames=frames, silu=silu, shift=moved),
            )
    layer = nn.LayerNorm(80).to(device, dtype)
    random_norm(layer)
    x, y, positions, lead = draw(6, 7, 80), draw(6, 7, 80), draw(3, 80), draw(80)
    for added, places, first, later in (
        (y, positions, None, None),
        (None, positions, None, None),
        (y, None, None, draw(80)),
        (None, None, None, None),
        (y[4:], None, lead, draw(80)),
        (y, None, lead, None),
    ):
        mine = kernels.add_layer_norm(
            x, added, layer.weight, layer.bias, layer.eps, places, first, later
        )
        plain = ops.add_layer_norm_plain(
            x, added, layer, positions=places, lead=first, later=later
        )
        yield "add_layer_norm stream", mine[0], plain[0]
        yield "add_layer_norm normed", mine[1], plain[1]
    wide = draw(2, 5, 2 * 320)
    yield "geglu", kernels.geglu(wide), ops.geglu_plain(wide)
    for frames, heads, d in ((5, 8, 8), (16, 2, 40), (24, 2, 20)):
        qkv = draw(2 * frames, 6, 3 * heads * d)
        yield (
            f"temporal_attention {frames}",
            kernels.temporal_attention(qkv, frames, heads),
            ops.temporal_attention_plain(qkv, frames=frames, heads=heads),
        )
    for spots, tokens, heads, d in ((70, 50, 8, 40), (5, 7, 2, 8), (64, 50, 2, 160)):
        q, c = draw(3, spots, heads * d), heads * d
        k, v = draw(3, tokens, c), draw(3, tokens, c)
        yield (
            f"audio_attention {spots} {d}",
            kernels.audio_attention(q, k, v, heads),
            ops.audio_attention_plain(q, k, v, heads=heads),
        )
    x, residual, bias = draw(2, 5, 7, 24), draw(2, 5, 7, 24), draw(24)
    yield "add_bias", kernels.add_bias(x, residual, bias), x + residual + bias
    for c in (24, 3, 80):
        x, bias = draw(2, 5, 7, c), draw(c)
        yield "bias alone", kernels.add_bias(x.clone(), None, bias), x + bias
        for size in ((10, 14), (9, 13)):
            yield "upsample", kernels.upsample(x, size), ops.upsample_plain(x, size)


def compare(device: str, dtype: torch.dtype, tolerance: float) -> None:
    for name, mine, plain in pairs(device, dtype):
        error = float((mine.float() - plain.float()).norm() / plain.float().norm())
        assert error < tolerance, f"{name} in {dtype}: relative error {error:.2e}"


@pytest.mark.gpu
@needs_triton
@pytest.mark.parametrize(("dtype", "tolerance"), [(torch.float32, 2e-6), (torch.float16, 2e-3)])
def test_kernels_agree_with_their_plain_twins_on_cuda(
    dtype: torch.dtype, tolerance: float
) -> None:
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device")
    with torch.no_grad():
        compare("cuda", dtype, tolerance)


@needs_triton
def test_kernels_agree_with_their_plain_twins_in_the_interpreter(tmp_path: Path) -> None:
    code = (
        "import torch\n"
        "from tests.parity.test_kernels import compare\n"
        "with torch.no_grad():\n"
        "    compare('cpu', torch.float32, 2e-6)\n"
        "    compare('cpu', torch.float16, 2e-3)\n"
    )

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        cwd=ROOT,
        env={"TRITON_INTERPRET": "1", "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )

    assert done.returncode == 0, done.stderr[-2000:]


def test_plain_group_norm_shares_statistics_over_frames() -> None:
    norm = nn.GroupNorm(4, 8)
    x = torch.randn(6, 3, 3, 8, generator=torch.Generator().manual_seed(0))
    volume = x.view(2, 3, 3, 3, 8).permute(0, 4, 1, 2, 3)  # (b c f h w)

    shared = ops.group_norm(x, norm, frames=3)

    expected = norm(volume).permute(0, 2, 3, 4, 1).reshape(6, 3, 3, 8)
    torch.testing.assert_close(shared, expected, atol=1e-5, rtol=1e-5)


def test_a_product_is_added_in_the_memory_of_the_stream() -> None:
    generator = torch.Generator().manual_seed(0)
    x, y = (torch.randn(2, 3, c, generator=generator) for c in (4, 6))
    weight = torch.randn(4, 6, generator=generator)
    expected = x + y @ weight.T

    added = ops.add_product(x, y, weight)

    assert added.data_ptr() == x.data_ptr()
    torch.testing.assert_close(added, expected)
