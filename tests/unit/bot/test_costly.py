"""What takes a machine long may be asked for so often, by each person, within an hour."""

from __future__ import annotations

import pytest

from bot.costly import HOUR_S, MOST_PEOPLE, Costly
from pipeline import errors
from pipeline.settings import Settings
from pipeline.settings.access import AccessSettings
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_verify import INTACT, asked
from tests.unit.bot.updates import ALICE, BOB, text

ADMIN = 900


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limited = AccessSettings(costly_per_hour=2, admins=(ADMIN,))
    return settings.model_copy(update={"access": limited})


class Clock:
    """Stands until it is set."""

    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


async def test_the_third_within_an_hour_is_told_when_to_come_back(bot: Bot) -> None:
    bot.services.finding = INTACT
    await bot.hears(asked(10), asked(12), asked(14), text(16, "/mydata"))

    often = "That was often within one hour. Please try this again in 60 minutes."
    assert sum("I made this video" in said for said in bot.telegram.texts) == 2
    assert bot.telegram.texts[-2:] == [often, often]


async def test_others_and_the_operators_are_not_held_up(bot: Bot) -> None:
    bot.services.finding = INTACT
    for number in (10, 20, 30):
        await bot.hears(asked(number), asked(number + 2, user=ADMIN))
    await bot.hears(asked(40, user=BOB))

    assert "I made this video" in bot.telegram.texts[-1]
    assert sum("often" in said for said in bot.telegram.texts) == 1


async def test_how_it_is_done_is_told_as_often_as_somebody_asks(bot: Bot) -> None:
    for number in range(1, 5):
        await bot.hears(text(number, "/verify"))

    assert not any("often" in said for said in bot.telegram.texts)


def test_an_hour_later_it_may_be_asked_again() -> None:
    clock = Clock()
    costly = Costly(1, now=clock)
    costly.take(ALICE)
    clock.now_s = HOUR_S - 90
    with pytest.raises(errors.AskedTooOften, match="in 2 minutes"):
        costly.take(ALICE)

    clock.now_s = HOUR_S
    costly.take(ALICE)


def test_whose_hour_is_over_is_forgotten_when_there_are_many() -> None:
    clock = Clock()
    costly = Costly(1, now=clock)
    for person in range(MOST_PEOPLE):
        costly.take(person)
    clock.now_s = 2 * HOUR_S

    costly.take(MOST_PEOPLE)

    assert len(costly._asked) == 1


def test_no_limit_counts_nobody() -> None:
    costly = Costly(0)

    for _ in range(100):
        costly.take(ALICE)
