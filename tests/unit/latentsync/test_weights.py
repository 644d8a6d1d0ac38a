"""Files of the published formats load; wrong, broken and hostile ones say what is wrong."""

from __future__ import annotations

import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from diffusers import AutoencoderKL
from safetensors.torch import load_file, save_file

from pipeline.latentsync import weights
from pipeline.latentsync.checkpoints import manifest, shapes_of
from pipeline.latentsync.errors import (
    WeightsMismatch,
    WeightsMissing,
    WeightsNotFinite,
    WeightsUnreadable,
)
from pipeline.latentsync.releases import Release
from pipeline.latentsync.unet import UNet3D
from tests.unit.latentsync import published

CPU = torch.device("cpu")


def load(path: Path) -> UNet3D:
    return weights.load_unet(path, published.UNET, device=CPU, dtype=torch.float32)


def test_a_published_checkpoint_loads_with_its_values(tmp_path: Path) -> None:
    state = published.unet_state()

    unet = load(published.write_unet(tmp_path / "unet.pt", state))

    assert all(torch.equal(value, state[key]) for key, value in unet.state_dict().items())
    assert not any(p.requires_grad for p in unet.parameters())


def test_whisper_loads_its_encoder_out_of_the_published_file(tmp_path: Path) -> None:
    path = published.write_whisper(tmp_path / "tiny.pt")

    whisper = weights.load_whisper(path, device=CPU, dtype=torch.float32)

    assert whisper.config.width == 48
    value = published.whisper_state()["encoder.blocks.0.attn.key.weight"].float()
    assert torch.equal(whisper.state_dict()["encoder.blocks.0.attn.key.weight"], value)


def test_the_autoencoder_loads_with_old_attention_names(tmp_path: Path) -> None:
    path = published.write_vae(tmp_path / "vae.safetensors")
    assert any(".query." in key for key in load_file(path))

    vae = weights.load_vae(path, published.VAE, device=CPU, dtype=torch.float32)

    key = "decoder.mid_block.attentions.0.to_out.0.weight"
    old = load_file(path)["decoder.mid_block.attentions.0.proj_attn.weight"]
    assert torch.equal(cast(Any, vae).state_dict()[key], old)


def test_old_attention_as_convolutions_is_taken_as_matrices(tmp_path: Path) -> None:
    path = published.write_vae(tmp_path / "vae.safetensors")
    state = load_file(path)
    for key in [k for k in state if ".attentions.0." in k and state[k].ndim == 2]:
        state[key] = state[key][:, :, None, None].contiguous()
    save_file(state, path)

    weights.load_vae(path, published.VAE, device=CPU, dtype=torch.float32)


def test_the_full_autoencoder_has_the_published_keys() -> None:
    with torch.device("meta"):
        vae = AutoencoderKL(**weights.SD_VAE)  # type: ignore[no-untyped-call]  # diffusers

    assert shapes_of(cast(Any, vae)) == manifest("vae")


def test_a_converted_network_starts_from_half_precision(tmp_path: Path) -> None:
    source = published.write_unet(tmp_path / "latentsync_unet.pt")
    target = tmp_path / "latentsync_unet.fp16.safetensors"

    weights.convert(source, target, published.UNET)

    found = weights.Weights.of(tmp_path, Release.V15)
    assert found.unet == target
    assert found.resolution == 256
    halved = load(target).state_dict()
    expected = published.unet_state()
    assert all(torch.equal(v, expected[k].half().float()) for k, v in halved.items())
    assert not list(tmp_path.glob("*.part"))


def test_an_older_latentsync_is_named(tmp_path: Path) -> None:
    state = {
        key.replace("attn2", "audio_cross_attn"): value
        for key, value in published.unet_state().items()
        if "motion_modules" not in key
    }

    with pytest.raises(WeightsMismatch, match=r"LatentSync 1\.0") as caught:
        load(published.write_unet(tmp_path / "unet.pt", state))

    first_missing = next(key for key in published.unet_state() if key not in state)
    assert caught.value.missing[0] == first_missing
    assert first_missing in str(caught.value)
    assert "audio_cross_attn" in caught.value.unexpected[0]


def test_an_efficient_checkpoint_is_named_and_loads_only_when_asked_for(tmp_path: Path) -> None:
    config = replace(published.UNET, motion_down=False)
    path = published.write_unet(tmp_path / "unet.pt", published.unet_state(config))

    with pytest.raises(WeightsMismatch, match="efficient"):
        load(path)

    weights.load_unet(path, config, device=CPU, dtype=torch.float32)


def test_a_network_for_another_whisper_is_named(tmp_path: Path) -> None:
    config = replace(published.UNET, audio_width=768)

    with pytest.raises(WeightsMismatch, match="Whisper small") as caught:
        load(published.write_unet(tmp_path / "unet.pt", published.unet_state(config)))

    assert "768" in caught.value.misshapen[0]


@pytest.mark.parametrize(
    ("rename", "guess"),
    [
        (lambda key: f"module.{key}", "several GPUs"),
        (
            lambda key: f"x.{key}".replace("motion_modules", "m").replace("down_blocks", "d"),
            "no n",
        ),
    ],
)
def test_other_files_are_guessed(tmp_path: Path, rename: Any, guess: str) -> None:
    state = {rename(key): value for key, value in published.unet_state().items()}

    with pytest.raises(WeightsMismatch, match=guess):
        load(published.write_unet(tmp_path / "unet.pt", state))


@pytest.mark.parametrize("kept", [0, 10, 1000, 0.5, 0.999])
def test_a_truncated_checkpoint_is_unreadable(tmp_path: Path, kept: float) -> None:
    path = published.write_unet(tmp_path / "unet.pt")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(int(kept * size) if isinstance(kept, float) else kept)

    with pytest.raises(WeightsUnreadable, match=r"unet\.pt"):
        load(path)


class Hostile:
    """What a pickle can do to whoever loads it carelessly."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch hacked",)


def test_a_checkpoint_that_carries_code_is_refused_and_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    torch.save({"global_step": 7, "state_dict": Hostile()}, "unet.pt")

    with pytest.raises(WeightsUnreadable):
        load(tmp_path / "unet.pt")

    assert not (tmp_path / "hacked").exists()


def test_a_checkpoint_whose_tensor_points_past_the_file_is_refused(tmp_path: Path) -> None:
    path = published.write_unet(tmp_path / "whole.pt")
    broken = tmp_path / "unet.pt"
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(broken, "w") as copy:
        for item in whole.infolist():
            content = whole.read(item)
            copy.writestr(item.filename, content[:8] if "/data/" in item.filename else content)

    with pytest.raises(WeightsUnreadable):
        load(broken)


@pytest.mark.parametrize(
    "content",
    [
        [1, 2],
        {"global_step": 7},
        {"state_dict": [1]},
        {"state_dict": {"conv_in.weight": "text"}},
        {"state_dict": {3: torch.zeros(1)}},
    ],
)
def test_a_file_of_something_else_is_unreadable(tmp_path: Path, content: object) -> None:
    torch.save(content, tmp_path / "unet.pt")

    with pytest.raises(WeightsUnreadable):
        load(tmp_path / "unet.pt")


def test_whole_numbers_instead_of_weights_are_refused(tmp_path: Path) -> None:
    state = published.unet_state()
    state["conv_in.bias"] = torch.zeros(32, dtype=torch.int64)

    with pytest.raises(WeightsUnreadable, match=r"conv_in\.bias"):
        load(published.write_unet(tmp_path / "unet.pt", state))


def test_weights_that_are_not_finite_are_refused(tmp_path: Path) -> None:
    state = published.unet_state()
    state["conv_out.bias"][2] = float("nan")

    with pytest.raises(WeightsNotFinite, match=r"conv_out\.bias"):
        load(published.write_unet(tmp_path / "unet.pt", state))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"latentsync_unet\.pt"):
        load(tmp_path / "latentsync_unet.pt")
    with pytest.raises(WeightsMissing):
        weights.load_vae(tmp_path / "vae.safetensors", device=CPU, dtype=torch.float32)


@pytest.mark.parametrize(
    "change",
    [{"n_audio_state": 10**9}, {"n_audio_layer": 0}, {"n_audio_head": 7}, {"n_mels": "80"}],
)
def test_a_whisper_of_impossible_size_is_refused(tmp_path: Path, change: dict[str, int]) -> None:
    path = published.write_whisper(tmp_path / "tiny.pt", published.DIMS | change)

    with pytest.raises(WeightsUnreadable, match=r"tiny\.pt"):
        weights.load_whisper(path, device=CPU, dtype=torch.float32)


def test_a_truncated_autoencoder_is_unreadable(tmp_path: Path) -> None:
    path = published.write_vae(tmp_path / "vae.safetensors")
    path.write_bytes(path.read_bytes()[:-100])

    with pytest.raises(WeightsUnreadable):
        weights.load_vae(path, published.VAE, device=CPU, dtype=torch.float32)


def test_the_network_in_the_place_of_the_whisper_is_unreadable(tmp_path: Path) -> None:
    path = published.write_unet(tmp_path / "tiny.pt")

    with pytest.raises(WeightsUnreadable):
        weights.load_whisper(path, device=CPU, dtype=torch.float32)
