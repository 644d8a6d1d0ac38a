"""Which engine is taken, and why."""

import pytest

from pipeline import errors
from pipeline.lipsync import choose_engine, create
from pipeline.types import EngineChoice, EngineName
from tests.measure import spoken
from tests.measure.drawn import drawn_face


def test_auto_takes_the_warp_engine_and_says_why() -> None:
    name, reason = choose_engine(EngineChoice.AUTO)

    assert name is EngineName.WARP
    assert "latentsync" in reason


@pytest.mark.parametrize("choice", list(EngineChoice))
def test_every_choice_makes_the_engine_that_it_names(choice: EngineChoice) -> None:
    assert create(choice).name is choose_engine(choice)[0]


def test_latentsync_says_that_it_cannot_run(tmp_path: object) -> None:
    picture, face = drawn_face()
    speech = spoken.describe(spoken.phones("| p a |"))

    with pytest.raises(errors.EngineUnavailable, match="latentsync"):
        create(EngineChoice.LATENTSYNC).sync(picture, face, speech, 25)
