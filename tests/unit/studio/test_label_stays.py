"""No setting, argument or environment variable takes the label out of a video: all are tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import click
import numpy as np
import pytest
from pydantic import BaseModel

from bot.texts import load_texts
from pipeline import errors
from pipeline.cli.render import render
from pipeline.media.read import read_frames
from pipeline.settings import Settings, read_settings
from pipeline.studio import StudioOrder
from pipeline.studio.film import render_video
from pipeline.types import Motion, Shape
from tests.unit.studio.test_film import OneFace, StillEngine, order

__all__ = ["order"]

OFF = ("", " ", "false", "off", "no", "none", "null", "0", "-", "\t", "Made by hand", "AIR")
NAMES = ("LABEL", "NO_LABEL", "LABEL__ENABLED", "LABEL__OFF", "LABEL__ALPHA", "LABEL__SIZE_PX")


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("language", ["en", "hi", "xx"])
def test_whatever_is_ordered_every_frame_is_labelled(
    order: StudioOrder, shape: Shape, language: str
) -> None:
    for motion, captions in ((Motion.OFF, None), (Motion.LIVELY, "Hello there.")):
        asked = replace(order, shape=shape, language=language, motion=motion, captions=captions)

        render_video(asked, StillEngine(), OneFace(), lambda progress: None)

        lights = [frame[frame.shape[0] // 2 :].max() for frame in read_frames(order.into)]
        assert min(lights) > 190, "the picture is of grey 120: only letters are white"


@pytest.mark.parametrize("value", OFF)
def test_no_value_of_the_labels_setting_empties_it(value: str) -> None:
    with pytest.raises(errors.SettingsInvalid):
        read_settings({"BOLTI_LABEL__TEXT": value})


@pytest.mark.parametrize("name", NAMES)
def test_no_environment_variable_turns_it_off(name: str) -> None:
    with pytest.raises(errors.SettingsInvalid):
        read_settings({f"BOLTI_{name}": "false"})


def fields(model: type[BaseModel], above: str = "") -> Iterator[str]:
    """List every setting by its dotted name."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from fields(kind, f"{above}{name}.")
        else:
            yield above + name


def test_the_only_setting_about_it_is_what_it_says() -> None:
    words = ("label", "watermark", "caption", "plate", "unmarked", "unsigned")
    about = [name for name in fields(Settings) if any(word in name for word in words)]

    assert about == ["label.text"]


def test_no_option_of_the_command_is_about_it() -> None:
    options = [name for p in render.params if isinstance(p, click.Option) for name in p.opts]

    assert not [o for o in options if "label" in o or "mark" in o or "sign" in o]


@pytest.mark.parametrize("language", load_texts().languages)
def test_the_caption_says_it_too(language: str) -> None:
    texts = load_texts()
    captions = [key for key in texts.keys(language) if key.startswith("video.caption")]

    assert captions
    assert all("AI" in str(texts._sentences[language][key]) for key in captions)


def test_the_letters_are_white_and_the_test_would_see_them_gone(order: StudioOrder) -> None:
    picture = np.full((256, 192, 3), 120, np.uint8)

    assert picture.max() < 190
