"""What the denoising network looks like, read from a published model section.

The defaults are LatentSync 1.5 and 1.6 alike. What all releases have in common is not a choice:
another value there is another network, and is refused. Nothing here needs torch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.latentsync.errors import ConfigUnsupported

FIXED = {
    "act_fn": "silu",
    "add_audio_layer": True,
    "center_input_sample": False,
    "downsample_padding": 1,
    "flip_sin_to_cos": True,
    "freq_shift": 0,
    "mid_block_scale_factor": 1,
    "mid_block_type": "UNetMidBlock3DCrossAttn",
    "motion_module_mid_block": False,
    "motion_module_type": "Vanilla",
    "resnet_time_scale_shift": "default",
    "use_inflated_groupnorm": False,
    "use_linear_projection": False,
}
"""What every LatentSync from 1.5 on has in common. Another value is another network."""

FIXED_MOTION = {"temporal_position_encoding": True, "temporal_attention_dim_div": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class UNetConfig:
    """Describe the network; the defaults are LatentSync 1.5 and 1.6 alike."""

    in_channels: int = 13
    out_channels: int = 4
    widths: tuple[int, ...] = (320, 640, 1280, 1280)
    down_attention: tuple[bool, ...] = (True, True, True, False)
    up_attention: tuple[bool, ...] = (False, True, True, True)
    layers: int = 2
    heads: int = 8
    audio_width: int = 384
    groups: int = 32
    eps: float = 1e-5
    motion_levels: tuple[int, ...] = (1, 2, 4, 8)
    motion_down: bool = True
    motion_heads: int = 8
    motion_blocks: int = 1
    motion_attentions: int = 2
    max_frames: int = 24

    @classmethod
    def from_published(cls, config: Mapping[str, object]) -> UNetConfig:
        """Read a published model section (names of diffusers); ConfigUnsupported if not ours."""
        motion = config.get("motion_module_kwargs") or {}
        if not isinstance(motion, Mapping):
            raise ConfigUnsupported(f"motion_module_kwargs is {motion!r}; expected a table")
        for name, value in FIXED.items():
            if config.get(name, value) != value:
                raise ConfigUnsupported(f"{name} is {config[name]!r}; only {value!r} is built")
        for name, value in FIXED_MOTION.items():
            if motion.get(name, value) != value:
                raise ConfigUnsupported(f"{name} is {motion[name]!r}; only {value!r} is built")
        usual = cls()
        read = config.get
        uses_motion = bool(read("use_motion_module", True))
        return cls(
            in_channels=whole(read("in_channels", 13)),
            out_channels=whole(read("out_channels", 4)),
            widths=whole_tuple(read("block_out_channels", usual.widths)),
            down_attention=attention_flags(read("down_block_types"), usual.down_attention),
            up_attention=attention_flags(read("up_block_types"), usual.up_attention),
            layers=whole(read("layers_per_block", 2)),
            heads=whole(read("attention_head_dim", 8)),  # the published name of the head COUNT
            audio_width=whole(read("cross_attention_dim", 384)),
            groups=whole(read("norm_num_groups", 32)),
            eps=float(str(read("norm_eps", 1e-5))),  # PyYAML reads 1e-5 as text
            motion_levels=(
                whole_tuple(read("motion_module_resolutions", usual.motion_levels))
                if uses_motion
                else ()
            ),
            motion_down=not read("motion_module_decoder_only", False),
            motion_heads=whole(motion.get("num_attention_heads", 8)),
            motion_blocks=whole(motion.get("num_transformer_block", 1)),
            motion_attentions=len(motion.get("attention_block_types", ("", ""))),
            max_frames=whole(motion.get("temporal_position_encoding_max_len", 24)),
        )


def whole(value: object) -> int:
    """Return `value` if it is a whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ConfigUnsupported(f"{value!r} stands where a whole number is needed")


def whole_tuple(value: object) -> tuple[int, ...]:
    """Return `value` as a tuple if it is a list of whole numbers."""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(whole(item) for item in value)
    raise ConfigUnsupported(f"{value!r} stands where whole numbers are needed")


def attention_flags(types: object, usual: tuple[bool, ...]) -> tuple[bool, ...]:
    """Read which blocks attend from their published type names."""
    if types is None:
        return usual
    if isinstance(types, Sequence) and not isinstance(types, str):
        return tuple(str(name).startswith("CrossAttn") for name in types)
    raise ConfigUnsupported(f"block types {types!r}; expected a list of names")
